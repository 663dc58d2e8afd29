// SPDX-License-Identifier: Apache-2.0
#include <aloft/http_client/otlp_wire.hpp>

#include "core/fork_epoch.hpp"
#include "http_client/gzip.hpp"
#include "http_client/otlp_answer.hpp"
#include "http_client/request_check.hpp"

#include <aloft/telemetry/format/otlp.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <optional>

namespace aloft {
inline namespace v0 {
namespace http_client {
namespace {

using delivery::Answer;
using delivery::Failure;
using delivery::Record;
using delivery::Records;

constexpr std::size_t kMaxRequestsInFlight = 1'024;
constexpr Nanoseconds kLongestTimeout = std::chrono::hours(1);
// An answer is a count and a sentence.
constexpr std::size_t kMaxAnswerBytes = std::size_t{64} << 10U;

Result<void> check(const OtlpOptions& options, const http::Headers& headers) {
  const ClientRequest probe{.method = http::Method::post, .url = options.url, .headers = headers};
  if (auto origin = check_request(probe); !origin) return unexpected(origin.error());
  if (options.in_flight_limit < 1 || options.in_flight_limit > kMaxRequestsInFlight) {
    return fail(ErrorCode::invalid_argument, "in_flight_limit is not 1 to 1,024",
                "leave it at its default");
  }
  if (options.timeout <= Nanoseconds::zero() || options.timeout > kLongestTimeout) {
    return fail(ErrorCode::invalid_argument, "timeout is not above 0 and at most an hour",
                "10 s is what OpenTelemetry uses");
  }
  const delivery::Limits& limits = options.limits;
  if (limits.batch_count < 1 || limits.batch_records < 1 || limits.record_bytes < 1 ||
      limits.batch_bytes < limits.record_bytes ||
      limits.batch_bytes > (std::numeric_limits<std::uint32_t>::max)() / 2) {
    return fail(ErrorCode::invalid_argument,
                "a limit is 0, or a record may be larger than a batch, or a batch than 2 GiB",
                "leave OtlpOptions::limits at its default");
  }
  return {};
}

Result<http::Headers> headers_of(const OtlpOptions& options) {
  http::Headers headers;
  for (const auto& [name, value] : options.headers) {
    if (auto set = headers.set(name, value); !set) return unexpected(set.error());
  }
  for (const auto& [name, value] : {std::pair("content-type", "application/x-protobuf"),
                                    std::pair("content-encoding", "gzip")}) {
    if (name == std::string_view("content-encoding") && !options.gzip) continue;
    if (auto set = headers.set(name, value); !set) return unexpected(set.error());
  }
  return headers;
}

std::size_t bytes_of(Records records) noexcept {
  std::size_t bytes = 0;
  for (const Record* record : records) bytes += record->payload.size();
  return bytes;
}

}  // namespace

class OtlpWire::Impl {
 public:
  /// Counted from the client's thread, after the wire may be gone.
  struct Counters {
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> body_bytes{0};
    std::atomic<std::uint64_t> sent_bytes{0};
    std::atomic<std::uint64_t> partial{0};
    std::atomic<std::uint64_t> unreadable{0};
  };

  Impl(OtlpOptions options, http::Headers headers, const Resource& resource, Platform platform)
      : options_(std::move(options)),
        headers_(std::move(headers)),
        envelope_(resource),
        platform_(platform) {}

  /// What has a thread, sockets, or may have been in the middle of something when this process
  /// forked off.
  Result<void> open() {
    auto client = Client::create(client_options(), platform_);
    if (!client) return unexpected(client.error());
    client_.emplace(std::move(*client));
    if (options_.gzip) {
      gzip_.emplace();
      if (!gzip_->ready()) {
        return fail(ErrorCode::resource_exhausted, "no memory for gzip",
                    "set OtlpOptions::gzip off");
      }
    }
    opened_in_ = detail::fork_epoch();  // last: what failed is tried again with the next request
    return {};
  }
  delivery::Limits limits() const noexcept {
    delivery::Limits limits = options_.limits;
    // The engine counts payloads; what stands round them is taken off once.
    const std::size_t envelope = std::min(envelope_.overhead_bytes(), limits.batch_bytes / 2);
    limits.batch_bytes -= envelope;
    limits.record_bytes = std::min(limits.record_bytes, limits.batch_bytes);
    return limits;
  }

  void send(Records records, Deadline deadline, Done done) {
    std::vector<std::uint32_t> counts;
    counts.reserve(records.size());
    for (const Record* record : records) counts.push_back(record->count);

    if (opened_in_ != detail::fork_epoch()) {
      if (auto opened = open(); !opened) return done(judge_failure(opened.error(), false));
    }
    ClientRequest request{.method = http::Method::post, .url = options_.url, .headers = headers_};
    const std::size_t plain = write_body(records, request.body);
    if (plain == 0) return done(no_memory());
    request.sent = std::make_shared<std::atomic<bool>>(false);
    if (options_.decorate) {
      if (auto decorated = options_.decorate(request); !decorated) {
        return done(not_signed(decorated.error()));
      }
    }
    count(plain, request.body.size());
    const Deadline own = Deadline::after(platform_.clock, options_.timeout);
    auto finish = [counts = std::move(counts), done = std::move(done), sent = request.sent,
                   counters = counters_, &clock = platform_.clock,
                   refused = options_.refused](Result<ClientResponse> answer) {
      if (!answer) return done(judge_failure(answer.error(), sent->load()));
      if (refused && (answer->status == 401 || answer->status == 403)) refused(*answer);
      OtlpVerdict verdict = judge_answer(*answer, counts, clock.now().wall);
      if (verdict.unreadable) counters->unreadable.fetch_add(1, std::memory_order_relaxed);
      if (!verdict.answer.refusals.empty()) {
        counters->partial.fetch_add(1, std::memory_order_relaxed);
      }
      done(std::move(verdict.answer));
    };
    client_->send(std::move(request), std::min(deadline, own), std::move(finish));
  }

  OtlpStats stats() const noexcept {
    return {counters_->requests.load(std::memory_order_relaxed),
            counters_->body_bytes.load(std::memory_order_relaxed),
            counters_->sent_bytes.load(std::memory_order_relaxed),
            counters_->partial.load(std::memory_order_relaxed),
            counters_->unreadable.load(std::memory_order_relaxed)};
  }

 private:
  ClientOptions client_options() const {
    return {.ca_file = options_.ca_file,
            .in_flight_limit = options_.in_flight_limit,
            .connections_per_host_limit = options_.in_flight_limit,
            .connections_limit = options_.in_flight_limit,
            // A body may grow by some hundredths when it cannot be compressed.
            .request_body_limit_bytes = 2 * options_.limits.batch_bytes,
            .response_body_limit_bytes = kMaxAnswerBytes,
            .request_timeout = kLongestTimeout};
  }
  /// Gives the size before compression, or 0 when it failed.
  std::size_t write_body(Records records, std::string& body) {
    const std::size_t payload = bytes_of(records);
    const std::string head = envelope_.open(payload);
    const std::size_t plain = head.size() + payload;
    if (gzip_) {
      gzip_->begin(body);
      gzip_->add(head);
      for (const Record* record : records) gzip_->add(record->payload);
      return gzip_->finish() ? plain : 0;
    }
    body.reserve(plain);
    body.append(head);
    for (const Record* record : records) body.append(record->payload);
    return plain;
  }

  void count(std::size_t plain, std::size_t sent) noexcept {
    counters_->requests.fetch_add(1, std::memory_order_relaxed);
    counters_->body_bytes.fetch_add(plain, std::memory_order_relaxed);
    counters_->sent_bytes.fetch_add(sent, std::memory_order_relaxed);
  }

  static Answer no_memory() {
    Answer answer;
    answer.failure = Failure::transient;
    answer.reason = Reason::unavailable;
    answer.message = "no memory to compress a request";
    return answer;
  }
  static Answer not_signed(const Error& error) {
    Answer answer;
    // What it signs with was not there in time: it may be the next time.
    const bool later = error.code == ErrorCode::deadline_exceeded;
    answer.failure = later ? Failure::transient : Failure::unauthorized;
    answer.reason = later ? Reason::unavailable : Reason::unauthorized;
    answer.message = error.message;
    return answer;
  }

  const OtlpOptions options_;
  const http::Headers headers_;
  const OtlpEnvelope envelope_;
  std::optional<Gzip> gzip_;
  const std::shared_ptr<Counters> counters_ = std::make_shared<Counters>();
  const Platform platform_;
  std::uint32_t opened_in_ = 0;
  std::optional<Client> client_;  // last: its end calls completions
};

Result<std::unique_ptr<OtlpWire>> OtlpWire::create(OtlpOptions options, const Resource& resource,
                                                   Platform platform) {
  auto headers = headers_of(options);
  if (!headers) return unexpected(headers.error());
  if (auto checked = check(options, *headers); !checked) return unexpected(checked.error());
  auto impl = std::make_unique<Impl>(std::move(options), std::move(*headers), resource, platform);
  if (auto opened = impl->open(); !opened) return unexpected(opened.error());
  return std::unique_ptr<OtlpWire>(new OtlpWire(std::move(impl)));
}

OtlpWire::OtlpWire(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
OtlpWire::~OtlpWire() = default;

delivery::Limits OtlpWire::limits() const noexcept { return impl_->limits(); }

void OtlpWire::send(Records records, Deadline deadline, Done done) noexcept {
  // Whatever throws, and only a lack of memory can, `done` is called once.
  std::shared_ptr<Done> shared;
  try {
    shared = std::make_shared<Done>(std::move(done));
    impl_->send(records, deadline, [shared](Answer answer) {
      if (Done once = std::exchange(*shared, nullptr)) once(std::move(answer));
    });
  } catch (const std::exception&) {
    Answer answer;
    answer.failure = Failure::transient;
    answer.reason = Reason::unavailable;
    Done once = shared ? std::exchange(*shared, nullptr) : std::move(done);
    if (once) once(std::move(answer));
  }
}

void OtlpWire::create_missing(Deadline, Done done) noexcept { done(Answer::accepted()); }

OtlpStats OtlpWire::stats() const noexcept { return impl_->stats(); }

delivery::Limits aws_otlp_limits() noexcept {
  return {.batch_records = 1'000,
          .batch_bytes = kMaxOtlpRequestBytes,
          .batch_count = 10'000,
          .record_bytes = 1u << 20,
          .oldest = std::chrono::hours(14 * 24),
          .longest_span = std::chrono::hours(24)};
}

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
