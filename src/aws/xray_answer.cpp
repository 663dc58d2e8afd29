// SPDX-License-Identifier: Apache-2.0
#include "aws/xray_answer.hpp"

#include "aws/error_codes.hpp"

#include <aloft/core/json_writer.hpp>
#include <aloft/http/json_reader.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

using delivery::Answer;
using delivery::Failure;
using delivery::Records;
using delivery::Refusal;

/// Ours: fifty entries with long messages.
constexpr std::size_t kMaxAnswerJson = 256 * 1024;

// What X-Ray says of one document; only these are ever quoted. Source: aws-xray-sdk-python #309,
// opentelemetry-collector-contrib #32610 and the daemon's logs, read 2026-11.
constexpr std::array<std::string_view, 8> kItemCodes = {
    "InvalidTraceId", "InvalidSegment",  "InvalidName",        "InvalidId",
    "MissingId",      "InvalidDocument", "ThrottledException", "InternalFailure"};

struct Item {
  std::optional<std::size_t> index{};  ///< of the document; empty: not found
  Failure failure = Failure::poison;
  std::string_view code = "a code that we do not know";
};

Failure failure_of_item(std::string_view code) noexcept {
  const ErrorCodeRow* const row = find_error_code(code);
  if (row != nullptr) return row->failure;
  if (code.substr(0, 9) == "Throttled") return Failure::throttled;
  return code.substr(0, 8) == "Internal" ? Failure::transient : Failure::poison;
}

bool may_help(Failure failure) noexcept {
  return failure == Failure::throttled || failure == Failure::transient;
}

/// Looks ids up in the documents, which it reads on first use.
class Documents {
 public:
  explicit Documents(Records records) : records_(records) {}

  std::optional<std::size_t> find(std::string_view id) {
    if (ids_.empty()) read();
    const auto found = std::find(ids_.begin(), ids_.end(), id);
    if (id.empty() || found == ids_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - ids_.begin());
  }

 private:
  void read() {
    for (const delivery::Record* const record : records_) {
      const Result<http::JsonDocument> json = http::JsonDocument::parse(
          record->payload, {.bytes = record->payload.size(), .depth = 256});
      const Result<std::string_view> id =
          json ? json->text("/id") : Result<std::string_view>(unexpected({}));
      ids_.emplace_back(id ? *id : std::string_view());
    }
  }

  const Records records_;
  std::vector<std::string> ids_;
};

Item read_item(const http::JsonDocument& answer, std::size_t number, Documents& documents) {
  const std::string at = "/UnprocessedTraceSegments/" + std::to_string(number);
  Item item;
  const Result<std::string_view> id = answer.text(at + "/Id");
  if (id) item.index = documents.find(*id);
  const Result<std::string_view> code = answer.text(at + "/ErrorCode");
  if (!code) return item;
  item.failure = failure_of_item(*code);
  const auto known = std::find(kItemCodes.begin(), kItemCodes.end(), *code);
  if (known != kItemCodes.end()) item.code = *known;
  return item;
}

/// Something is refused and we do not know what: the engine sends all of it again, or looks for it
/// in halves.
Answer whole_call(const Item& item) {
  return {
      .failure = item.failure,
      .reason = reason_of(item.failure),
      .maybe_received = true,  // all but that one were taken
      .message = "X-Ray refused a document that it does not name, with " + std::string(item.code)};
}

}  // namespace

std::string put_trace_segments_body(Records records) {
  std::size_t bytes = 64;
  // Escaping makes six bytes of one at most.
  for (const delivery::Record* const record : records) bytes += 6 * record->payload.size() + 3;
  json::Buffer buffer(bytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("TraceSegmentDocuments").begin_array();
  for (const delivery::Record* const record : records) json.text(record->payload);
  json.end_array();
  json.end_object();
  return std::string(buffer.view());
}

Answer read_unprocessed(std::string_view body, Records records) {
  const Result<http::JsonDocument> answer =
      http::JsonDocument::parse(body, {.bytes = kMaxAnswerJson, .depth = 16});
  if (!answer) {
    return {.failure = Failure::transient,
            .reason = Reason::unavailable,
            .maybe_received = true,
            .message = "X-Ray answered with something that is not JSON"};
  }
  const Result<std::size_t> count = answer->size("/UnprocessedTraceSegments");
  Answer judged = Answer::accepted();
  Documents documents(records);
  for (std::size_t i = 0; count && i < *count; ++i) {
    Item item = read_item(*answer, i, documents);
    if (!item.index && records.size() == 1) item.index = 0;
    if (!item.index) return whole_call(item);
    const auto same = [&](const Refusal& one) { return one.index == *item.index; };
    if (std::any_of(judged.refusals.begin(), judged.refusals.end(), same)) continue;
    judged.refusals.push_back(
        {.index = *item.index, .again = may_help(item.failure), .reason = reason_of(item.failure)});
    if (judged.message.empty()) {
      judged.message = "X-Ray refused a document with " + std::string(item.code);
    }
  }
  return judged;
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
