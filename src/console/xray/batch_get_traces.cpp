// SPDX-License-Identifier: Apache-2.0
#include "console/xray/merged_trace.hpp"
#include "console/xray/operations.hpp"
#include "console/xray/requests.hpp"
#include "console/xray/trace_fold.hpp"

#include <aloft/core/json_writer.hpp>

#include <string>
#include <utility>
#include <variant>

namespace aloft::console::xray {
namespace {

using http::Response;

// Ours, of all traces of an answer, in equal parts; X-Ray says 500 KB a trace. Beyond,
// `LimitExceeded` is true and the rest of the documents is left out; a segment that is too large
// with what was put into it stands there without. As much as this, every byte a quote to escape,
// fits the answer.
constexpr std::size_t kMaxTracesBytes = std::size_t{10} << 20U;
constexpr std::size_t kMaxAnswerBytes = std::size_t{24} << 20U;

void write_trace(json::Writer& json, const TraceId& id, const TraceDetail& detail,
                 std::size_t max_bytes) {
  json.begin_object();
  json.key("Id").text(id.text());
  json.key("Duration").number(TraceFolder().fold(detail, FoldDepth::summary).duration());
  json.key("Segments").begin_array();
  std::size_t bytes = 0;
  bool left_out = false;
  for (const MergedSegment& segment : merge_segments(detail)) {
    const bool whole = bytes + segment.document.size() <= max_bytes;
    left_out |= !whole;
    const std::string_view document = whole ? segment.document : segment.own;
    if (bytes + document.size() > max_bytes) break;
    bytes += document.size();
    json.begin_object();
    json.key("Id").text(segment.id);
    json.key("Document").text(document);
    json.end_object();
  }
  json.end_array();
  json.key("LimitExceeded").boolean(left_out);
  json.end_object();
}

}  // namespace

Response batch_get_traces(const OperationParts& parts, std::string_view body) {
  auto parsed = TraceIdsRequest::parse(body);
  if (const auto* wrong = std::get_if<BadRequest>(&parsed)) return invalid(wrong->message);
  const auto& request = std::get<TraceIdsRequest>(parsed);
  std::vector<std::string> unprocessed = request.unknown_ids;
  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("Traces").begin_array();
  for (const TraceId& id : request.ids) {
    const auto found = parts.store.find(id);
    if (!found) return error(500, "InternalFailure", found.error().message);
    if (*found) {
      write_trace(json, id, **found, kMaxTracesBytes / request.ids.size());
    } else {
      unprocessed.push_back(id.text());
    }
  }
  json.end_array();
  json.key("UnprocessedTraceIds").begin_array();
  for (const std::string& id : unprocessed) json.text(id);
  json.end_array();
  json.end_object();
  if (buffer.overflowed()) return error(500, "InternalFailure", "the answer is too large");
  return Response::json(200, std::string(buffer.view()));
}

}  // namespace aloft::console::xray
