// SPDX-License-Identifier: Apache-2.0
#include "console/logs/query_operations.hpp"

#include "console/logs/parameters.hpp"
#include "console/logs/store_operations.hpp"

#include <aloft/core/json_writer.hpp>
#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace aloft::console::logs {
namespace {

using http::Response;
using insights::QueryError;

// Of rows: all that a query may keep, as clients before 2026 know no token here and would take a
// part for the whole. Source: botocore 1.29 (GetQueryResults has neither maxItems nor nextToken),
// read 2026-11. A text of control characters is six bytes each as JSON.
constexpr std::size_t kMaxAnswerBytes = 7 * insights::kMaxKeptBytes;
constexpr std::size_t kMaxAnswerRows = 10'000;
constexpr std::size_t kMaxGroups = 50;
constexpr std::int64_t kMaxSeconds = 253'402'300'799;  // the year 9999
constexpr auto kStates = std::to_array<std::string_view>(
    {"Scheduled", "Running", "Complete", "Failed", "Cancelled", "Timeout", "Unknown"});
constexpr auto kLanguages = std::to_array<std::string_view>({"CWLI", "SQL", "PPL"});
constexpr TextRule kIdentifier{1, 2048};
constexpr TextRule kQueryText{0, insights::kMaxQueryChars};
constexpr TextRule kQueryId{1, 256};

// The service counts characters.
std::int64_t chars_before(std::string_view text, std::size_t byte) {
  return std::count_if(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(byte),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

Response malformed(std::string_view text, const QueryError& wrong) {
  json::Buffer buffer(std::size_t{4} << 10U);
  json::Writer json(buffer);
  json.begin_object();
  json.key("__type").text("MalformedQueryException");
  json.key("message").text(wrong.message);
  json.key("queryCompileError").begin_object();
  json.key("location").begin_object();
  json.key("startCharOffset").integer(chars_before(text, std::min(wrong.begin, text.size())));
  json.key("endCharOffset").integer(chars_before(text, std::min(wrong.end, text.size())));
  json.end_object();
  json.key("message").text(wrong.message);
  json.end_object();
  json.end_object();
  return Response::content(400, "application/x-amz-json-1.1", std::string(buffer.view()));
}

std::vector<std::string> read_groups(Parameters& in) {
  std::vector<std::string> groups = in.texts("logGroupNames", kMaxGroups, kGroupName);
  const bool names = in.has("logGroupNames");
  const bool identifiers = in.has("logGroupIdentifiers");
  for (const std::string& one : in.texts("logGroupIdentifiers", kMaxGroups, kIdentifier)) {
    groups.emplace_back(group_of(one));
  }
  if (const auto one = in.text("logGroupName", kGroupName)) groups.emplace_back(*one);
  const int given = int{names} + int{identifiers} + int{in.has("logGroupName")};
  if (given != 1) {
    in.refuse("Give exactly one of logGroupName, logGroupNames and logGroupIdentifiers.");
  }
  return groups;
}

Response start_query(const QueryParts& parts, const Call& call) {
  Parameters in(call.body);
  QueryTask task;
  task.scan.groups = read_groups(in);
  const std::int64_t start = in.required_integer("startTime");
  const std::int64_t end = in.required_integer("endTime");
  const auto limit = in.integer("limit", 1, static_cast<std::int64_t>(insights::kMaxRows));
  task.text = in.required_text("queryString", kQueryText);
  const std::string_view language = in.choice("queryLanguage", kLanguages);
  if (!language.empty() && language != "CWLI") {
    in.refuse("aloft-console reads queries of Logs Insights (CWLI) only.");
  }
  if (start < 0 || end > kMaxSeconds || start > end) {
    in.refuse("startTime and endTime are seconds since 1970, and the end is not before the start.");
  }
  if (auto wrong = in.wrong()) return std::move(*wrong);
  auto parsed = insights::Query::parse(task.text);
  if (const auto* wrong = std::get_if<QueryError>(&parsed)) return malformed(task.text, *wrong);
  for (const std::string& group : task.scan.groups) {
    if (parts.store.group(group)) continue;
    return error(400, "ResourceNotFoundException", "The specified log group does not exist.");
  }
  task.query =
      std::make_shared<const insights::Query>(std::get<insights::Query>(std::move(parsed)));
  task.scan.from_ms = start * 1000;
  // "The range is inclusive": all of its last second.
  task.scan.to_ms = end * 1000 + 999;
  task.window = {task.scan.from_ms, task.scan.to_ms, now_ms(parts.clock),
                 limit ? static_cast<std::size_t>(*limit) : insights::kDefaultRows};
  const auto id = parts.runner.start(std::move(task));
  if (!id) return store_trouble(id.error());
  return success("{\"queryId\":\"" + *id + "\"}");
}

void write_field(json::Writer& json, std::string_view name, std::string_view value) {
  json.begin_object();
  json.key("field").text(name);
  json.key("value").text(value);
  json.end_object();
}

void write_row(json::Writer& json, const insights::Results& results,
               const insights::ResultRow& row) {
  bool pointer = !row.ptr.empty();
  std::string room;
  json.begin_array();
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    if (results.columns[i] == "@ptr") pointer = false;
    // A field that an event has not is left out of its row.
    if (!row.cells[i].is_null()) write_field(json, results.columns[i], row.cells[i].view(room));
  }
  if (pointer) write_field(json, "@ptr", row.ptr);
  json.end_array();
}

// Writes rows from `first` on; where the next page begins.
std::size_t write_rows(json::Writer& json, const insights::Results& results, std::size_t first,
                       std::size_t count) {
  std::size_t at = first;
  for (; at < results.rows.size() && at - first < count; ++at) {
    write_row(json, results, results.rows[at]);
  }
  return at;
}

void write_statistics(json::Writer& json, const QueryInfo& info) {
  json.begin_object();
  json.key("recordsMatched").number(static_cast<double>(info.statistics.matched));
  json.key("recordsScanned").number(static_cast<double>(info.statistics.scanned));
  json.key("bytesScanned").number(static_cast<double>(info.statistics.bytes));
  json.key("estimatedRecordsSkipped").number(0);
  json.key("estimatedBytesSkipped").number(0);
  json.key("logGroupsScanned").number(static_cast<double>(info.groups.size()));
  json.end_object();
}

Response unknown_query() {
  return error(400, "ResourceNotFoundException", "The specified query does not exist.");
}

Response get_query_results(const QueryParts& parts, const Call& call) {
  Parameters in(call.body);
  const std::string_view id = in.required_text("queryId", kQueryId);
  const auto count = in.integer("maxItems", 0, static_cast<std::int64_t>(kMaxAnswerRows));
  const auto token = in.text("nextToken", kAnyText);
  const auto first = token ? text::parse_decimal(*token) : std::uint64_t{0};
  if (!first) in.refuse("The specified nextToken is invalid.");
  if (auto wrong = in.wrong()) return std::move(*wrong);
  const auto info = parts.runner.find(id);
  if (!info) return unknown_query();

  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("queryLanguage").text("CWLI");
  json.key("results").begin_array();
  std::size_t next = 0;
  const bool has_rows = info->results != nullptr;
  const std::size_t wanted =
      count && *count > 0 ? static_cast<std::size_t>(*count) : kMaxAnswerRows;
  if (has_rows) next = write_rows(json, *info->results, *first, wanted);
  json.end_array();
  json.key("statistics");
  write_statistics(json, *info);
  json.key("status").text(to_string(info->state));
  if (has_rows && next < info->results->rows.size()) {
    json.key("nextToken").text(std::to_string(next));
  }
  json.end_object();
  if (buffer.overflowed()) {
    return error(400, "LimitExceededException",
                 "The results are larger than 448 MiB as JSON: ask with maxItems.");
  }
  return success(std::string(buffer.view()));
}

Response stop_query(const QueryParts& parts, const Call& call) {
  Parameters in(call.body);
  const std::string id(in.required_text("queryId", kQueryId));
  if (auto wrong = in.wrong()) return std::move(*wrong);
  if (parts.runner.cancel(id)) return success(R"({"success":true})");
  if (!parts.runner.find(id)) return unknown_query();
  return invalid("The specified query is not running: it has ended, or was stopped.");
}

void write_query(json::Writer& json, const QueryInfo& info) {
  json.begin_object();
  json.key("queryLanguage").text("CWLI");
  json.key("queryId").text(info.id);
  json.key("queryString").text(info.text);
  json.key("status").text(to_string(info.state));
  json.key("createTime").integer(info.created_ms);
  json.key("queryDuration").integer(info.duration_ms);
  json.key("bytesScanned").number(static_cast<double>(info.statistics.bytes));
  if (info.groups.size() == 1) json.key("logGroupName").text(info.groups.front());
  json.end_object();
}

Response describe_queries(const QueryParts& parts, const Call& call) {
  Parameters in(call.body);
  const std::string group(in.text("logGroupName", kGroupName).value_or(""));
  const std::string_view status = in.choice("status", kStates);
  (void)in.choice("queryLanguage", kLanguages);
  const auto max = in.integer("maxResults", 1, 1000);
  const auto token = in.text("nextToken", kAnyText);
  const auto first = token ? text::parse_decimal(*token) : std::uint64_t{0};
  if (!first) in.refuse("The specified nextToken is invalid.");
  if (auto wrong = in.wrong()) return std::move(*wrong);

  const std::size_t wanted = max ? static_cast<std::size_t>(*max) : std::size_t{1000};
  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("queries").begin_array();
  std::size_t seen = 0;
  std::size_t written = 0;
  bool more = false;
  for (const QueryInfo& info : parts.runner.list()) {
    const auto& groups = info.groups;
    const bool of_group =
        group.empty() || std::find(groups.begin(), groups.end(), group) != groups.end();
    if (!of_group || (!status.empty() && to_string(info.state) != status)) continue;
    if (seen++ < *first) continue;
    more = written == wanted;
    if (more) break;
    write_query(json, info);
    ++written;
  }
  json.end_array();
  if (more) json.key("nextToken").text(std::to_string(*first + written));
  json.end_object();
  return success(std::string(buffer.view()));
}

}  // namespace

void add_query_operations(OperationTable& table, const QueryParts& parts) {
  using Answer = Response (*)(const QueryParts&, const Call&);
  constexpr std::pair<std::string_view, Answer> kOperations[] = {
      {"StartQuery", start_query},
      {"GetQueryResults", get_query_results},
      {"StopQuery", stop_query},
      {"DescribeQueries", describe_queries},
  };
  for (const auto& [name, operation] : kOperations) {
    table.add(name,
              [parts, operation = operation](const Call& call) { return operation(parts, call); });
  }
}

}  // namespace aloft::console::logs
