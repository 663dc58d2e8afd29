// SPDX-License-Identifier: Apache-2.0
#include "console/otlp/otlp_intake.hpp"

#include "console/otlp/documents.hpp"
#include "console/otlp/inflate.hpp"

#include <aloft/core/json_writer.hpp>
#include <aloft/core/text.hpp>

#include <protozero/pbf_writer.hpp>

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace aloft::console::otlp {
namespace {

using http::Response;

constexpr std::string_view kProtobuf = "application/x-protobuf";
constexpr std::string_view kJson = "application/json";
// Codes of google.rpc.Status. Source: google/rpc/code.proto, read 2026-11.
constexpr int kInvalidArgument = 3;
constexpr int kUnavailable = 14;

enum class Encoding : std::uint8_t { protobuf, json };

std::optional<Encoding> encoding_of(const http::Request& request) {
  std::string_view type = request.headers.get("content-type").value_or("");
  type = text::trim(type.substr(0, type.find(';')));
  if (text::equals_ignoring_case(type, kProtobuf)) return Encoding::protobuf;
  if (text::equals_ignoring_case(type, kJson)) return Encoding::json;
  return std::nullopt;
}

Response reply(int status, Encoding encoding, std::string body) {
  return Response::content(status, encoding == Encoding::json ? kJson : kProtobuf, std::move(body));
}

/// A google.rpc.Status, as OTLP wants of every refusal.
Response refuse(int status, Encoding encoding, std::string_view why) {
  const int code = status == 503 ? kUnavailable : kInvalidArgument;
  if (encoding == Encoding::json) {
    json::Buffer buffer(1024);
    json::Writer json(buffer);
    json.begin_object();
    json.key("code").integer(code);
    json.key("message").text(why);
    json.end_object();
    return reply(status, encoding, std::string(buffer.view()));
  }
  std::string body;
  protozero::pbf_writer writer(body);
  writer.add_int32(1, code);
  writer.add_string(2, why.data(), why.size());
  return reply(status, encoding, std::move(body));
}

std::string reasons_of(const RejectCounts& rejected) {
  std::string text;
  for (std::size_t i = 0; i < kRejects; ++i) {
    if (rejected[i] == 0) continue;
    text.append(text.empty() ? "spans were rejected: " : ", ");
    text.append(std::to_string(rejected[i])).append(" ");
    text.append(to_string(static_cast<Reject>(i)));
  }
  return text;
}

/// An ExportTraceServiceResponse; empty when all was taken.
Response accept(Encoding encoding, const RejectCounts& rejected) {
  std::uint64_t count = 0;
  for (const std::uint64_t spans : rejected) count += spans;
  const std::string why = reasons_of(rejected);
  if (encoding == Encoding::json) {
    if (count == 0) return reply(200, encoding, "{}");
    json::Buffer buffer(4096);
    json::Writer json(buffer);
    json.begin_object();
    json.key("partialSuccess").begin_object();
    json.key("rejectedSpans").text(std::to_string(count));  // 64 bits are a text in this JSON
    json.key("errorMessage").text(why);
    json.end_object();
    json.end_object();
    return reply(200, encoding, std::string(buffer.view()));
  }
  std::string body;
  if (count != 0) {
    protozero::pbf_writer answer(body);
    protozero::pbf_writer partial(answer, 1);
    partial.add_int64(1, static_cast<std::int64_t>(count));
    partial.add_string(2, why);
  }
  return reply(200, encoding, std::move(body));
}

std::variant<Request, BadRequest> read(Encoding encoding, std::string_view body, JsonReader& json) {
  if (encoding == Encoding::json) return json.read(body);
  return ProtobufReader().read(body);
}

/// One of the few that may be read or wait for it.
class Turn {
 public:
  explicit Turn(std::atomic<int>& inside) noexcept
      : inside_(inside), mine_(inside_.fetch_add(1) < kMostInside) {}
  ~Turn() { inside_.fetch_sub(1); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool mine() const noexcept { return mine_; }

 private:
  /// Ours: half of the workers that serve the page.
  static constexpr int kMostInside = 2;
  std::atomic<int>& inside_;
  bool mine_;
};

}  // namespace

struct OtlpIntake::Outcome {
  Leftovers left;
  std::uint64_t stored = 0;
};

OtlpIntake::Outcome OtlpIntake::store(const Request& request) {
  Outcome outcome;
  RejectCounts refused{};
  outcome.left = documents_of(request, [&](const Documents& documents) {
    std::uint64_t spans = 0;
    for (const std::uint32_t count : documents.spans) spans += count;
    for (const Refusal& refusal : intake_.put(documents.texts)) {
      count_of(refused, refusal.reason) += documents.spans[refusal.index];
      spans -= documents.spans[refusal.index];
    }
    outcome.stored += spans;
  });
  for (std::size_t i = 0; i < kRejects; ++i) outcome.left.rejected[i] += refused[i];
  return outcome;
}

http::Response OtlpIntake::answer(const http::Request& request) {
  const auto refused = [this](Response response) {
    const std::lock_guard lock(status_mutex_);
    ++status_.requests;
    ++status_.refused;
    return response;
  };
  const Turn turn(inside_);
  if (!turn.mine()) {
    // The workers that wait here are missed elsewhere; a sender keeps what is not taken.
    Response busy = Response::problem(503, "Service Unavailable", "other requests are being read");
    busy.headers.try_set("retry-after", "1");
    return refused(std::move(busy));
  }
  const std::lock_guard one_at_a_time(reading_);
  const auto encoding = encoding_of(request);
  if (!encoding) {
    return refused(Response::problem(415, "Unsupported Media Type",
                                     "send application/x-protobuf or application/json"));
  }
  const std::string_view coding = text::trim(request.headers.get("content-encoding").value_or(""));
  std::string inflated;
  std::string_view body = request.body;
  if (text::equals_ignoring_case(coding, "gzip")) {
    auto plain = inflate_gzip(body, kMaxBodyBytes);
    if (const auto* wrong = std::get_if<InflateError>(&plain)) {
      const bool large = *wrong == InflateError::too_large;
      return refused(refuse(large ? 413 : 400, *encoding,
                            large ? "the body is longer than 8 MiB when it is inflated"
                                  : "the body is no gzip, or it is cut short or damaged"));
    }
    inflated = std::get<std::string>(std::move(plain));
    body = inflated;
  } else if (!coding.empty() && !text::equals_ignoring_case(coding, "identity")) {
    return refused(refuse(415, *encoding, "send it with gzip, or as it is"));
  }
  JsonReader json;  // its memory goes with the request
  auto parsed = read(*encoding, body, json);
  if (const auto* wrong = std::get_if<BadRequest>(&parsed)) {
    return refused(refuse(400, *encoding, wrong->message));
  }
  const auto& spans = std::get<Request>(parsed).spans;
  const Outcome outcome = store(std::get<Request>(parsed));
  {
    const std::lock_guard lock(status_mutex_);
    ++status_.requests;
    status_.spans += spans.size();
    status_.stored += outcome.stored;
    status_.repeated += outcome.left.repeated;
    status_.links += outcome.left.links;
    for (std::size_t i = 0; i < kRejects; ++i) status_.rejected[i] += outcome.left.rejected[i];
  }
  // Nothing was stored, and it may be another time: the sender keeps it.
  const std::uint64_t failed =
      outcome.left.rejected[static_cast<std::size_t>(Reject::store_failed)];
  if (failed != 0 && failed == spans.size()) {
    return refuse(503, *encoding, "the store cannot write now").with("retry-after", "5");
  }
  return accept(*encoding, outcome.left.rejected);
}

OtlpStatus OtlpIntake::status() const {
  const std::lock_guard lock(status_mutex_);
  return status_;
}

}  // namespace aloft::console::otlp
