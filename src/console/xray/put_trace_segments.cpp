// SPDX-License-Identifier: Apache-2.0
// PutTraceSegments and PutTelemetryRecords: what the daemon sends on.
#include "console/xray/operations.hpp"
#include "console/xray/requests.hpp"

#include <aloft/core/json_writer.hpp>
#include <aloft/core/text.hpp>

#include <simdjson.h>

#include <string>
#include <variant>
#include <vector>

namespace aloft::console::xray {
namespace {

using http::Response;

// Fifty refusals of some 150 bytes.
constexpr std::size_t kMaxAnswerBytes = std::size_t{32} << 10U;

// What X-Ray calls the reason. Source: refusals seen in the wild (aws-xray-sdk-python#309,
// humanmade/aws-xray#29, opentelemetry-collector-contrib#32610, read 2026-11); the rest is ours, in
// the same manner.
std::string_view error_code(Reject reason) noexcept {
  switch (reason) {
    case Reject::too_large:
      return "SegmentTooLarge";
    case Reject::bad_name:
      return "InvalidName";
    case Reject::bad_id:
      return "InvalidId";
    case Reject::bad_trace_id:
      return "InvalidTraceId";
    case Reject::bad_parent_id:
      return "InvalidParentId";
    case Reject::bad_time:
    case Reject::no_end:
      return "InvalidTime";
    case Reject::empty_body:
    case Reject::bad_json:
    case Reject::too_deep:
    case Reject::not_an_object:
      return "ParseError";
    case Reject::store_failed:
    case Reject::stopped:
    case Reject::queue_full:
      return "InternalFailure";
    case Reject::too_many_spans:
    case Reject::trace_full:
    case Reject::bad_header:
      return "InvalidSegment";
  }
  return "InvalidSegment";
}

// The document's id when it has one, however wrong the rest is.
std::string_view readable_id(simdjson::dom::parser& parser, const std::string& document) {
  simdjson::dom::element root;
  std::string_view id;
  if (document.size() > kMaxDatagramBytes ||
      parser.parse(document).get(root) != simdjson::SUCCESS ||
      root["id"].get(id) != simdjson::SUCCESS || !parse_segment_id(id)) {
    return {};
  }
  return id;
}

std::string unprocessed_json(const PutSegmentsRequest& request,
                             const std::vector<Refusal>& refusals) {
  simdjson::dom::parser parser;
  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("UnprocessedTraceSegments").begin_array();
  for (const Refusal& refusal : refusals) {
    const std::string_view code = error_code(refusal.reason);
    std::string message = "Invalid segment. ErrorCode: ";
    message.append(code).append(" (").append(to_string(refusal.reason)).append(")");
    json.begin_object();
    const std::string_view id = readable_id(parser, request.documents[refusal.index]);
    if (!id.empty()) json.key("Id").text(id);
    json.key("ErrorCode").text(code);
    json.key("Message").text(message);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return std::string(buffer.view());
}

}  // namespace

Response put_trace_segments(const OperationParts& parts, std::string_view body) {
  auto parsed = PutSegmentsRequest::parse(body);
  if (const auto* wrong = std::get_if<BadRequest>(&parsed)) return invalid(wrong->message);
  const auto& request = std::get<PutSegmentsRequest>(parsed);
  const auto refusals = parts.intake.put(request.documents);
  return Response::json(200, unprocessed_json(request, refusals));
}

Response put_telemetry_records(std::string_view body) {
  const auto parsed = TelemetryRequest::parse(body);
  if (const auto* wrong = std::get_if<BadRequest>(&parsed)) return invalid(wrong->message);
  return Response::json(200, "{}");
}

}  // namespace aloft::console::xray
