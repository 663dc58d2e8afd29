// SPDX-License-Identifier: Apache-2.0
#include "console/xray_api.hpp"

#include <aloft/core/text.hpp>
#include <aloft/http/response.hpp>

#include <algorithm>
#include <array>
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
    // STS speaks XML, also when it refuses.
    const auto refuse = path == "/" ? xray::sts_error : xray::error;
    if (request.method != http::Method::post) {
      return refuse(405, "InvalidRequestException", "this operation takes POST")
          .with("allow", "POST");
    }
    if (rules || targets) return answer_sampling(rules, request.body);
    if (!gate_.allows_host(request.host)) {
      return refuse(421, "MisdirectedRequestException",
                    "this host name is not allowed; start with --allow-host to allow it");
    }
    const auto signer =
        xray::Signer::parse(request.headers.get("authorization").value_or(std::string_view()));
    // Source: "Common Errors", X-Ray API reference, read 2026-11.
    if (!signer) {
      return refuse(403, "MissingAuthenticationTokenException",
                    "the request is not signed; any credentials will do");
    }
    if (!options_.gate.token.empty() &&
        !equal_in_constant_time(signer->access_key_id, options_.gate.token)) {
      return refuse(403, "UnrecognizedClientException",
                    "off loopback the access key id is the token of the ready line");
    }
    if (found == kSigned.end()) return xray::answer_sts(*signer, request.body);
    return found->second(options_.parts(), request.body);
  }

 private:
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
};

}  // namespace

http::Handler make_xray_handler(Clock& clock, XrayOptions options) {
  auto api = std::make_shared<const XrayApi>(clock, std::move(options));
  return [api](http::Context&, const Request& request) { return api->answer(request); };
}

}  // namespace aloft::console
