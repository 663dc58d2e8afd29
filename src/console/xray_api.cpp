// SPDX-License-Identifier: Apache-2.0
#include "console/xray_api.hpp"

#include "console/otlp/inflate.hpp"

#include <aloft/core/text.hpp>
#include <aloft/http/response.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace aloft::console {
namespace {

using http::Request;
using http::Response;

// What else X-Ray can do, by path, so that a refusal can name it without repeating what was sent.
// Source: X-Ray service model, botocore 1.43, read 2026-11.
constexpr std::array<std::pair<std::string_view, std::string_view>, 30> kOperations = {{
    {"/TimeSeriesServiceStatistics", "GetTimeSeriesServiceStatistics"},
    {"/SamplingStatisticSummaries", "GetSamplingStatisticSummaries"},
    {"/Groups", "GetGroups"},
    {"/GetGroup", "GetGroup"},
    {"/CreateGroup", "CreateGroup"},
    {"/UpdateGroup", "UpdateGroup"},
    {"/DeleteGroup", "DeleteGroup"},
    {"/CreateSamplingRule", "CreateSamplingRule"},
    {"/UpdateSamplingRule", "UpdateSamplingRule"},
    {"/DeleteSamplingRule", "DeleteSamplingRule"},
    {"/EncryptionConfig", "GetEncryptionConfig"},
    {"/PutEncryptionConfig", "PutEncryptionConfig"},
    {"/TagResource", "TagResource"},
    {"/UntagResource", "UntagResource"},
    {"/ListTagsForResource", "ListTagsForResource"},
    {"/PutResourcePolicy", "PutResourcePolicy"},
    {"/DeleteResourcePolicy", "DeleteResourcePolicy"},
    {"/ListResourcePolicies", "ListResourcePolicies"},
    {"/Insight", "GetInsight"},
    {"/InsightEvents", "GetInsightEvents"},
    {"/InsightImpactGraph", "GetInsightImpactGraph"},
    {"/InsightSummaries", "GetInsightSummaries"},
    {"/GetIndexingRules", "GetIndexingRules"},
    {"/UpdateIndexingRule", "UpdateIndexingRule"},
    {"/StartTraceRetrieval", "StartTraceRetrieval"},
    {"/CancelTraceRetrieval", "CancelTraceRetrieval"},
    {"/ListRetrievedTraces", "ListRetrievedTraces"},
    {"/GetRetrievedTracesGraph", "GetRetrievedTracesGraph"},
    {"/GetTraceSegmentDestination", "GetTraceSegmentDestination"},
    {"/UpdateTraceSegmentDestination", "UpdateTraceSegmentDestination"},
}};

// Statistics of 25 rules are below 8 KiB; anybody may send them.
constexpr std::size_t kMaxSamplingBytes = std::size_t{64} << 10U;

using Operation = Response (*)(const xray::OperationParts&, std::string_view body);

Response take_telemetry(const xray::OperationParts&, std::string_view body) {
  return xray::put_telemetry_records(body);
}

constexpr std::array<std::pair<std::string_view, Operation>, 6> kSigned = {{
    {"/TraceSegments", xray::put_trace_segments},
    {"/TelemetryRecords", take_telemetry},
    {"/TraceSummaries", xray::get_trace_summaries},
    {"/Traces", xray::batch_get_traces},
    {"/ServiceGraph", xray::get_service_graph},
    {"/TraceGraph", xray::get_trace_graph},
}};

Response unknown(std::string_view path) {
  const auto* known = std::find_if(kOperations.begin(), kOperations.end(),
                                   [&](const auto& entry) { return entry.first == path; });
  if (known == kOperations.end()) {
    return xray::error(404, "UnknownOperationException",
                       "neither X-Ray nor this console has an operation at this path");
  }
  return xray::error(501, "NotImplementedException",
                     std::string(known->second) + " is not implemented by aloft-console");
}

// What another protocol than X-Ray's calls a refusal, and how it says so.
struct Dialect {
  Response (*error)(int status, std::string_view code, std::string_view message);
  int unauthorized;  // status
};

// As UUIDs are written; the number tells one answer from another, as clients' own logs show it.
std::string request_id(std::uint64_t number) {
  std::array<char, 16> digits{};
  text::write_hex(number, digits.data());
  return "00000000-0000-4000-8000-" + std::string(digits.data() + 4, 12);
}

class XrayApi {
 public:
  XrayApi(Clock& clock, XrayOptions options)
      : clock_(clock), options_(std::move(options)), gate_(options_.gate) {}

  Response answer(const Request& request) const {
    const std::string_view path = request.path();
    const bool rules = path == "/GetSamplingRules";
    const bool targets = path == "/SamplingTargets";
    const auto* found = std::find_if(kSigned.begin(), kSigned.end(),
                                     [&](const auto& entry) { return entry.first == path; });
    if (!rules && !targets && path != "/" && found == kSigned.end()) return unknown(path);
    const auto target = path == "/" ? request.headers.get("x-amz-target") : std::nullopt;
    const Dialect dialect = dialect_of(path, target.has_value());
    if (request.method != http::Method::post) {
      return dialect.error(405, "InvalidRequestException", "this operation takes POST")
          .with("allow", "POST");
    }
    if (rules || targets) return answer_sampling(rules, request.body);
    xray::Signer signer;
    if (auto refusal = refuse(request, dialect, signer)) return std::move(*refusal);
    if (target) {
      return answer_target(*target, signer, request)
          .with("x-amzn-requestid", request_id(next_request_.fetch_add(1)));
    }
    if (found == kSigned.end()) return xray::answer_sts(signer, request.body);
    return found->second(options_.parts(), request.body);
  }

 private:
  // STS speaks XML, also when it refuses; CloudWatch Logs JSON of its own kind.
  // Source: "Common Errors", X-Ray API reference and CloudWatch Logs API reference, read 2026-11.
  static Dialect dialect_of(std::string_view path, bool has_target) noexcept {
    if (has_target) return {logs::error, 400};
    return {path == "/" ? xray::sts_error : xray::error, 403};
  }

  // The three questions; nothing when the answers are right.
  std::optional<Response> refuse(const Request& request, const Dialect& dialect,
                                 xray::Signer& signer) const {
    if (!gate_.allows_host(request.host)) {
      return dialect.error(421, "MisdirectedRequestException",
                           "this host name is not allowed; start with --allow-host to allow it");
    }
    auto parsed =
        xray::Signer::parse(request.headers.get("authorization").value_or(std::string_view()));
    if (!parsed) {
      return dialect.error(dialect.unauthorized, "MissingAuthenticationTokenException",
                           "the request is not signed; any credentials will do");
    }
    if (!options_.gate.token.empty() &&
        !equal_in_constant_time(parsed->access_key_id, options_.gate.token)) {
      return dialect.error(dialect.unauthorized, "UnrecognizedClientException",
                           "off loopback the access key id is the token of the ready line");
    }
    signer = std::move(*parsed);
    return std::nullopt;
  }

  // "Logs_20140328.PutLogEvents".
  Response answer_target(std::string_view target, const xray::Signer& signer,
                         const Request& request) const {
    const std::size_t dot = target.find('.');
    if (dot == std::string_view::npos || target.substr(0, dot) != logs::kTargetPrefix) {
      return logs::error(400, "UnknownOperationException",
                         "of the services that X-Amz-Target names, aloft-console knows only "
                         "CloudWatch Logs");
    }
    const std::string_view name = target.substr(dot + 1);
    const auto encoding = request.headers.get("content-encoding");
    if (!encoding || text::equals_ignoring_case(*encoding, "identity")) {
      return options_.logs().answer(name, {request.body, signer.region});
    }
    if (!text::equals_ignoring_case(*encoding, "gzip")) {
      return logs::error(415, "SerializationException", "Content-Encoding can be gzip only");
    }
    const auto inflated = otlp::inflate_gzip(request.body, kXrayBodyLimitBytes);
    if (const auto* body = std::get_if<std::string>(&inflated)) {
      return options_.logs().answer(name, {*body, signer.region});
    }
    const bool damaged = std::get<otlp::InflateError>(inflated) == otlp::InflateError::damaged;
    return logs::error(damaged ? 400 : 413, "SerializationException",
                       damaged ? "The body is not gzip, or cut short"
                               : "The body is longer than 7 MiB when inflated");
  }

  Response answer_sampling(bool rules, std::string_view body) const {
    if (body.size() > kMaxSamplingBytes) {
      return xray::error(413, "InvalidRequestException", "the body is longer than 64 KiB");
    }
    Sampling& sampling = options_.sampling;
    auto answer =
        rules ? sampling.rules_json(body) : sampling.targets_json(body, clock_.now().wall);
    if (const auto* wrong = std::get_if<BadRequest>(&answer)) return xray::invalid(wrong->message);
    return Response::json(200, std::get<std::string>(std::move(answer)));
  }

  Clock& clock_;
  XrayOptions options_;
  Gate gate_;
  mutable std::atomic<std::uint64_t> next_request_{1};
};

}  // namespace

http::Handler make_xray_handler(Clock& clock, XrayOptions options) {
  auto api = std::make_shared<const XrayApi>(clock, std::move(options));
  return [api](http::Context&, const Request& request) { return api->answer(request); };
}

}  // namespace aloft::console
