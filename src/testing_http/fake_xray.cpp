// SPDX-License-Identifier: Apache-2.0
#include "testing_http/fake_xray.hpp"

#include <aloft/core/text.hpp>
#include <aloft/http/json_reader.hpp>

#include <chrono>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace testing {
namespace {

using http::JsonDocument;

/// Ours: deeper than any library nests subsegments.
constexpr std::size_t kMaxDepth = 128;
constexpr std::size_t kMaxNameBytes = 200;
constexpr std::int64_t kMaxAgeSeconds = 30LL * 24 * 3600;
constexpr std::int64_t kMaxAheadSeconds = 3600;

bool is_span_id(std::string_view id) { return id.size() == 16 && text::parse_hex(id).has_value(); }

/// "1-67891234-0123456789abcdef01234567"
bool is_trace_id(std::string_view id, WallTime now) {
  if (id.size() != 35 || id.substr(0, 2) != "1-" || id[10] != '-') return false;
  const auto seconds = text::parse_hex(id.substr(2, 8));
  if (!seconds || !text::parse_hex(id.substr(11, 12)) || !text::parse_hex(id.substr(23))) {
    return false;
  }
  const auto today =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  const auto then = static_cast<std::int64_t>(*seconds);
  return then >= today - kMaxAgeSeconds && then <= today + kMaxAheadSeconds;
}

/// Adds the span at `pointer` and all below it; false when one has no usable id, name or start.
bool add_spans(const JsonDocument& document, const std::string& pointer, std::string_view trace,
               std::vector<std::string>& out) {
  const Result<std::string_view> id = document.text(pointer + "/id");
  const Result<std::string_view> name = document.text(pointer + "/name");
  if (!id || !is_span_id(*id) || !name || name->empty() || name->size() > kMaxNameBytes ||
      !document.number(pointer + "/start_time")) {
    return false;
  }
  out.push_back(std::string(trace) + "." + std::string(*id));
  const std::string children = pointer + "/subsegments";
  const Result<std::size_t> count = document.size(children);
  for (std::size_t i = 0; count && i < *count; ++i) {
    if (!add_spans(document, children + "/" + std::to_string(i), trace, out)) return false;
  }
  return true;
}

}  // namespace

std::optional<std::vector<std::string>> read_documents(std::string_view body) {
  const Result<JsonDocument> request = JsonDocument::parse(body, {.bytes = 16u << 20});
  if (!request) return std::nullopt;
  const Result<std::size_t> count = request->size("/TraceSegmentDocuments");
  if (!count || *count > kMaxDocumentsPerCall) return std::nullopt;
  std::vector<std::string> documents;
  for (std::size_t i = 0; i < *count; ++i) {
    const Result<std::string_view> document =
        request->text("/TraceSegmentDocuments/" + std::to_string(i));
    if (!document) return std::nullopt;
    documents.emplace_back(*document);
  }
  return documents;
}

FakeDocument judge_document(const std::string& text, WallTime now) {
  const Result<JsonDocument> document =
      JsonDocument::parse(text, {.bytes = kMaxDocumentBytes, .depth = kMaxDepth});
  if (!document) {
    return {.id = {}, .error = text.size() > kMaxDocumentBytes ? "SegmentTooLarge" : "ParseError"};
  }
  FakeDocument judged{.id = {}};
  if (const Result<std::string_view> id = document->text("/id")) judged.id = *id;
  const Result<std::string_view> trace = document->text("/trace_id");
  if (!trace || !is_trace_id(*trace, now)) {
    judged.error = "InvalidTraceId";
    return judged;
  }
  if (!document->has("/end_time") && !document->has("/in_progress")) {
    judged.error = "MissingEndTime";
    return judged;
  }
  if (!add_spans(*document, "", *trace, judged.spans)) judged.error = "InvalidSegment";
  return judged;
}

}  // namespace testing
}  // namespace v0
}  // namespace aloft
