// SPDX-License-Identifier: Apache-2.0
#include <aloft/testing_http/fake_aws.hpp>

#include <aloft/core/json_writer.hpp>
#include <aloft/core/text.hpp>

#include "testing_http/fake_logs.hpp"
#include "testing_http/fake_xray.hpp"
#include "testing_http/raw_http_server.hpp"

#include <ctime>
#include <deque>
#include <random>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace testing {
namespace {

/// "The request must reach AWS within five minutes of the time stamp in the request."
/// Source: IAM user guide, "Signature Version 4", read 2026-11.
constexpr std::chrono::minutes kMaxSkew{5};
constexpr std::size_t kMaxAnswerBytes = 1u << 20;

struct Refused {
  int status = 403;
  std::string_view name;
  std::string_view message;
  bool in_body = false;  ///< the name stands in `__type` of the body, as in JSON 1.1
};

std::string_view phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 429:
      return "Too Many Requests";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

/// The value of `name=` in an authorization header.
std::string_view part_of(std::string_view authorization, std::string_view name) {
  const std::size_t at = authorization.find(name);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = authorization.substr(at + name.size());
  return rest.substr(0, rest.find_first_of(", "));
}

/// "20261126T201500Z" as a time; nothing when it is not one.
std::optional<WallTime> amz_date(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t size) {
    return static_cast<int>(text::parse_decimal(text.substr(at, size)).value_or(99'999));
  };
  std::tm parts{};
  parts.tm_year = number(0, 4) - 1900;
  parts.tm_mon = number(4, 2) - 1;
  parts.tm_mday = number(6, 2);
  parts.tm_hour = number(9, 2);
  parts.tm_min = number(11, 2);
  parts.tm_sec = number(13, 2);
  return WallTime(std::chrono::seconds(::timegm(&parts)));
}

std::string http_date(WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(time));
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[40];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

}  // namespace

std::size_t FakeAwsLedger::duplicates() const noexcept {
  std::size_t count = 0;
  for (const auto& [id, times] : spans) count += times > 1 ? 1 : 0;
  for (const auto& [line, times] : lines) count += times > 1 ? 1 : 0;
  return count;
}

class FakeAws::Service {
 public:
  Service(FakeAwsOptions options, Platform platform)
      : platform_(platform),
        options_(std::move(options)),
        logs_(options_.poison),
        server_([this](const FakeAwsRequest& request) { return serve(request); }) {}
  ~Service() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    slow_.notify_all();
  }
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  Result<void> listen() { return server_.listen(); }
  std::uint16_t port() const noexcept { return server_.port(); }

  void next(std::vector<Fault> faults) {
    const std::lock_guard lock(mutex_);
    script_.insert(script_.end(), faults.begin(), faults.end());
  }
  void plan(FaultPlan plan) {
    const std::lock_guard lock(mutex_);
    plan_ = std::move(plan);
    draws_.seed(plan_.seed);
  }
  void rotate(std::string access_key_id, std::string session_token) {
    const std::lock_guard lock(mutex_);
    options_.access_key_id = std::move(access_key_id);
    options_.session_token = std::move(session_token);
  }
  void skew(Nanoseconds ahead) {
    const std::lock_guard lock(mutex_);
    ahead_ = ahead;
  }
  FakeAwsLedger ledger() const {
    const std::lock_guard lock(mutex_);
    return ledger_;
  }

 private:
  WallTime now() const { return platform_.clock.now().wall + ahead_; }

  RawAnswer serve(const FakeAwsRequest& request) {
    std::unique_lock lock(mutex_);
    ++ledger_.requests;
    const Fault fault = draw();
    if (fault != Fault::none) ++ledger_.faults[fault];
    if (fault == Fault::reset_before) return {.bytes = {}, .keep_open = false, .reset = true};
    if (fault == Fault::missing) logs_.delete_streams(ledger_);
    if (const std::optional<Refused> refused = refuse(request, fault)) return answer(*refused);
    if (is_logs(request)) return deliver(serve_logs(request, fault), fault, lock);
    const std::optional<std::vector<std::string>> documents = read_documents(request.body);
    if (!documents) {
      return answer({400, "InvalidRequestException", "not a list of at most 50 documents"});
    }
    return deliver(answer(200, {}, take(*documents, fault)), fault, lock);
  }

  /// What becomes of an answer on its way.
  RawAnswer deliver(RawAnswer taken, Fault fault, std::unique_lock<std::mutex>& lock) {
    if (fault == Fault::reset_after) return {.bytes = {}, .keep_open = false, .reset = true};
    if (fault == Fault::half_answer) {
      return {.bytes = taken.bytes.substr(0, taken.bytes.size() / 2), .keep_open = false};
    }
    if (fault == Fault::slow) wait(lock, plan_.slow_for);
    return taken;
  }

  static bool is_logs(const FakeAwsRequest& request) {
    return request.headers.get("x-amz-target").value_or("").substr(0, kLogsTarget.size()) ==
           kLogsTarget;
  }

  RawAnswer serve_logs(const FakeAwsRequest& request, Fault fault) {
    FakeLogsAnswer made = logs_.serve(request, now(), ledger_);
    const bool puts =
        request.headers.get("x-amz-target") == std::string(kLogsTarget) + "PutLogEvents";
    if (made.error.empty() && puts && fault == Fault::accepted_before) {
      made = {"DataAlreadyAcceptedException",
              "The given batch of log events has already been accepted."};
    }
    if (made.error.empty()) return answer(200, {}, made.text);
    return answer({400, made.error, made.text, true});
  }

  Fault draw() {
    if (!script_.empty()) {
      const Fault fault = script_.front();
      script_.pop_front();
      return fault;
    }
    double at = std::uniform_real_distribution<>(0.0, 1.0)(draws_);
    for (const auto& [fault, rate] : plan_.rates) {
      if (at < rate) return fault;
      at -= rate;
    }
    return Fault::none;
  }

  std::optional<Refused> refuse(const FakeAwsRequest& request, Fault fault) {
    if (std::optional<Refused> refused = judge_signature(request)) return refused;
    const bool logs = is_logs(request);
    switch (fault) {
      case Fault::throttle:
        if (logs) return Refused{400, "ThrottlingException", "Rate exceeded", true};
        return Refused{429, "ThrottledException", "rate exceeded"};
      case Fault::server_error:
        return Refused{500, "InternalFailure", "a fault was asked for"};
      case Fault::unavailable:
        if (logs) return Refused{503, "ServiceUnavailableException", "a fault was asked for", true};
        return Refused{503, "ServiceUnavailable", "a fault was asked for"};
      case Fault::expired:
        return Refused{403, "ExpiredTokenException", "the token has expired"};
      case Fault::aborted:
        return Refused{400, "OperationAbortedException", "somebody else makes it", true};
      default:
        break;
    }
    if (logs && request.method == "POST" && request.target == "/") return std::nullopt;
    if (request.method != "POST" || request.target != "/TraceSegments") {
      return Refused{404, "UnknownOperationException", "PutTraceSegments, or a target of Logs"};
    }
    return std::nullopt;
  }

  std::optional<Refused> judge_signature(const FakeAwsRequest& request) const {
    const std::string_view authorization = request.headers.get("authorization").value_or("");
    const std::string_view credential = part_of(authorization, "Credential=");
    if (authorization.substr(0, 17) != "AWS4-HMAC-SHA256 " || credential.empty() ||
        part_of(authorization, "SignedHeaders=").empty() ||
        part_of(authorization, "Signature=").size() != 64) {
      return Refused{403, "MissingAuthenticationTokenException", "no signature of version 4"};
    }
    const std::size_t slash = credential.find('/');
    const std::string_view scope = credential.substr(std::min(slash, credential.size()));
    if (credential.substr(0, slash) != options_.access_key_id) {
      return Refused{403, "UnrecognizedClientException", "the access key is not known"};
    }
    if (request.headers.get("x-amz-security-token").value_or("") != options_.session_token) {
      return Refused{403, "ExpiredTokenException", "the session token is not the current one"};
    }
    const std::string_view date = request.headers.get("x-amz-date").value_or("");
    const std::optional<WallTime> signed_at = amz_date(date);
    if (!signed_at || signed_at->time_since_epoch() < now().time_since_epoch() - kMaxSkew ||
        signed_at->time_since_epoch() > now().time_since_epoch() + kMaxSkew) {
      return Refused{403, "InvalidSignatureException", "Signature expired or not yet current"};
    }
    const std::string wanted = "/" + std::string(date.substr(0, 8)) + "/" + options_.region +
                               (is_logs(request) ? "/logs/" : "/xray/") + "aws4_request";
    if (scope != wanted || (options_.verify && !options_.verify(request))) {
      return Refused{403, "InvalidSignatureException", "the signature does not match"};
    }
    return std::nullopt;
  }

  /// Takes what is right, and says what is not.
  std::string take(const std::vector<std::string>& documents, Fault fault) {
    json::Buffer buffer(kMaxAnswerBytes);
    json::Writer json(buffer);
    json.begin_object();
    json.key("UnprocessedTraceSegments").begin_array();
    for (std::size_t i = 0; i < documents.size(); ++i) {
      FakeDocument judged = judge_document(documents[i], now());
      const bool nameless = fault == Fault::unprocessed_nameless && i == 0;
      if (judged.error.empty() && (nameless || (fault == Fault::unprocessed && i % 2 == 1))) {
        judged.error = "ThrottledException";
      }
      if (judged.error.empty()) {
        ++ledger_.documents;
        for (std::string& span : judged.spans) ++ledger_.spans[std::move(span)];
        continue;
      }
      ++ledger_.refused_documents[judged.error];
      json.begin_object();
      if (!judged.id.empty() && !nameless) json.key("Id").text(judged.id);
      json.key("ErrorCode").text(judged.error);
      json.key("Message").text("the document was not taken");
      json.end_object();
    }
    json.end_array();
    json.end_object();
    return std::string(buffer.view());
  }

  RawAnswer answer(const Refused& refused) {
    ++ledger_.refused_requests[std::string(refused.name)];
    if (refused.in_body) {
      return answer(refused.status, {},
                    "{\"__type\":\"" + std::string(refused.name) + "\",\"message\":\"" +
                        std::string(refused.message) + "\"}");
    }
    return answer(refused.status, refused.name,
                  "{\"message\":\"" + std::string(refused.message) + "\"}");
  }

  RawAnswer answer(int status, std::string_view error, const std::string& body) {
    std::string out = "HTTP/1.1 " + std::to_string(status) + " " + std::string(phrase(status)) +
                      "\r\nContent-Type: application/json\r\nDate: " + http_date(now()) +
                      "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    if (!error.empty()) out += "x-amzn-ErrorType: " + std::string(error) + "\r\n";
    const auto pause = std::chrono::duration_cast<std::chrono::seconds>(plan_.retry_after).count();
    if (pause > 0 && (status == 400 || status == 429 || status == 503)) {
      out += "Retry-After: " + std::to_string(pause) + "\r\n";
    }
    return {.bytes = out + "\r\n" + body};
  }

  void wait(std::unique_lock<std::mutex>& lock, Nanoseconds duration) {
    const Deadline until = Deadline::after(platform_.clock, duration);
    while (!stopping_ && !until.passed(platform_.clock.steady_now())) {
      platform_.clock.wait_until(lock, slow_, until.at);
    }
  }

  Platform platform_;
  mutable std::mutex mutex_;
  std::condition_variable slow_;
  bool stopping_ = false;
  FakeAwsOptions options_;
  FakeLogs logs_;
  Nanoseconds ahead_{0};
  std::deque<Fault> script_;
  FaultPlan plan_;
  std::mt19937_64 draws_{1};
  FakeAwsLedger ledger_;
  RawHttpServer server_;  // last: its threads use all of the above
};

Result<FakeAws> FakeAws::create(FakeAwsOptions options, Platform platform) {
  auto service = std::make_unique<Service>(std::move(options), platform);
  if (Result<void> listening = service->listen(); !listening) {
    return unexpected(listening.error());
  }
  return FakeAws(std::move(service));
}

FakeAws::FakeAws(std::unique_ptr<Service> service) noexcept : service_(std::move(service)) {}
FakeAws::FakeAws(FakeAws&&) noexcept = default;
FakeAws& FakeAws::operator=(FakeAws&&) noexcept = default;
FakeAws::~FakeAws() = default;

std::uint16_t FakeAws::port() const noexcept { return service_->port(); }
std::string FakeAws::url() const { return "http://127.0.0.1:" + std::to_string(port()); }
void FakeAws::next(std::vector<Fault> faults) { service_->next(std::move(faults)); }
void FakeAws::plan(FaultPlan plan) { service_->plan(std::move(plan)); }
void FakeAws::rotate(std::string access_key_id, std::string session_token) {
  service_->rotate(std::move(access_key_id), std::move(session_token));
}
void FakeAws::skew(Nanoseconds ahead) { service_->skew(ahead); }
FakeAwsLedger FakeAws::ledger() const { return service_->ledger(); }

}  // namespace testing
}  // namespace v0
}  // namespace aloft
