// SPDX-License-Identifier: Apache-2.0
#include "console/logs/page_api.hpp"

#include "console/logs/query_runner.hpp"
#include "console/logs/store_operations.hpp"
#include "console/trace_id.hpp"

#include <aloft/core/json_writer.hpp>
#include <aloft/core/text.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace aloft::console::logs {
namespace {

using http::Request;
using http::Response;

// Of the API document.
constexpr std::uint64_t kDefaultLines = 100;
constexpr std::uint64_t kMaxLines = 500;
constexpr std::size_t kMaxTraceLines = 1000;
constexpr std::size_t kMaxQueryRows = 1000;
// How long a search looks before it answers with what it has and a cursor to go on from.
constexpr auto kSearchTimeout = std::chrono::milliseconds(200);
// How long a query of Logs Insights may take: it has no answer before its end.
constexpr auto kQueryTimeout = std::chrono::seconds(2);
constexpr auto kTraceTimeout = std::chrono::seconds(1);
// An answer ends here, or behind its first line.
constexpr std::size_t kMaxAnswerBytes = std::size_t{4} << 20U;
// Of longer events the page shows the beginning.
constexpr std::size_t kMaxShownBytes = std::size_t{256} << 10U;
// Values of one facet that are told; those that are not seen first are left out.
constexpr std::size_t kMaxFacetValues = 50;

// The store cannot answer: its own sentence names no data.
Response trouble(const Error& error) {
  return Response::problem(503, "Service Unavailable", error.message);
}

// How often each value was seen.
class Facet {
 public:
  void add(std::string_view value) {
    if (value.empty()) return;
    const auto found = counts_.find(value);
    if (found != counts_.end()) {
      ++found->second;
    } else if (counts_.size() < kMaxFacetValues) {
      counts_.emplace(value, 1);
    }
  }
  // The most frequent first.
  void write(json::Writer& json) const {
    std::vector<std::pair<std::string_view, std::uint64_t>> sorted(counts_.begin(), counts_.end());
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    json.begin_array();
    for (const auto& [value, count] : sorted) {
      json.begin_object();
      json.key("value").text(value);
      json.key("count").integer(static_cast<std::int64_t>(count));
      json.end_object();
    }
    json.end_array();
  }

 private:
  std::map<std::string, std::uint64_t, std::less<>> counts_;
};

// The lines of one answer.
class Page {
 public:
  explicit Page(std::size_t limit) : limit_(limit), writer_(kMaxShownBytes) {}

  /// False when there is no room: the line is not in.
  bool add(const LogEvent& event) {
    if (count_ >= limit_) return false;
    const std::string line = writer_.json(event);
    if (count_ > 0 && out_.size() + line.size() > kMaxAnswerBytes) return false;
    if (count_ > 0) out_ += ',';
    out_ += line;
    ++count_;
    last_ = event.id;
    return true;
  }
  const std::string& lines() const noexcept { return out_; }
  /// Behind the last line.
  ScanCursor cursor() const noexcept { return {last_}; }

 private:
  std::size_t limit_;
  LineWriter writer_;
  std::string out_;
  std::size_t count_ = 0;
  std::uint64_t last_ = 0;
};

struct Facets {
  Facet level;
  Facet service;
  Facet tenant;

  void add(const LogEvent& event) {
    level.add(event.columns.level);
    service.add(event.columns.service);
    tenant.add(event.columns.tenant);
  }
  std::string json() const {
    json::Buffer buffer(kMaxAnswerBytes);
    json::Writer json(buffer);
    json.begin_object();
    json.key("level");
    level.write(json);
    json.key("service");
    service.write(json);
    json.key("tenant");
    tenant.write(json);
    json.end_object();
    return std::string(buffer.view());
  }
};

// Fills a page; then goes on to count facets until the time is over.
Response list_matches(const PageParts& parts, const LineSearch& search, std::size_t limit) {
  Page page(limit);
  Facets facets;
  std::uint64_t scanned = 0;
  bool full = false;
  const Deadline deadline = Deadline::after(parts.clock, kSearchTimeout);
  const auto next = parts.store.scan(
      search.scan,
      [&](const LogEvent& event) {
        // A regular expression may take a second for one event: at least one, then as time is.
        if (scanned > 0 && deadline.passed(parts.clock.steady_now())) return false;
        ++scanned;
        if (!search.pattern.matches(event.message)) return true;
        facets.add(event);
        full = full || !page.add(event);
        return true;
      },
      deadline);
  if (!next) return trouble(next.error());
  std::optional<ScanCursor> cursor = *next;
  if (full) cursor = page.cursor();
  std::string out = "{\"lines\":[" + page.lines() + "],\"next\":";
  out += cursor ? "\"" + cursor->text() + "\"" : "null";
  out += ",\"facets\":" + facets.json() + ",\"scanned\":" + std::to_string(scanned) + "}";
  return Response::json(200, std::move(out));
}

// Rows up to the limits, and the first in any case; nothing when that alone is too long.
std::optional<std::string> rows_json(const insights::Results& results,
                                     const insights::Statistics& statistics) {
  // A row within the limit is at most six times as long as JSON.
  json::Buffer buffer(8 * kMaxAnswerBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("columns").begin_array();
  for (const std::string& column : results.columns) json.text(column);
  json.end_array();
  json.key("rows").begin_array();
  std::size_t bytes = 0;
  std::size_t rows = 0;
  bool more = false;
  std::string room;
  for (const insights::ResultRow& row : results.rows) {
    for (const insights::Value& cell : row.cells) bytes += cell.bytes();
    more = rows == kMaxQueryRows || (rows > 0 && bytes > kMaxAnswerBytes);
    if (more) break;
    ++rows;
    json.begin_array();
    for (const insights::Value& cell : row.cells) json.text(cell.view(room));
    json.end_array();
  }
  json.end_array();
  json.key("more").boolean(more);
  json.key("scanned").integer(static_cast<std::int64_t>(statistics.scanned));
  json.key("matched").integer(static_cast<std::int64_t>(statistics.matched));
  json.end_object();
  if (buffer.overflowed()) return std::nullopt;
  return std::string(buffer.view());
}

Response list_rows(const PageParts& parts, const LineSearch& search, std::size_t limit) {
  const std::int64_t now = now_ms(parts.clock);
  QueryTask task;
  task.query = search.query;
  task.scan = search.scan;
  task.window = {search.scan.from_ms, now, now, limit};
  insights::Statistics statistics;
  const auto results = run_query(parts.store, task, parts.clock,
                                 Deadline::after(parts.clock, kQueryTimeout), statistics);
  if (results) {
    auto rows = rows_json(*results, statistics);
    if (!rows) return bad_request("one row is larger than 32 MiB; ask for fewer fields");
    return Response::json(200, std::move(*rows));
  }
  switch (results.error().code) {
    case ErrorCode::resource_exhausted:
      return bad_request(results.error().message);
    case ErrorCode::deadline_exceeded:
      return bad_request("the query takes longer than two seconds; ask for fewer minutes");
    default:
      return trouble(results.error());
  }
}

}  // namespace

Response list_lines(const PageParts& parts, const Request& request) {
  auto read = LineSearch::read(request, now_ms(parts.clock));
  if (auto* wrong = std::get_if<Response>(&read)) return std::move(*wrong);
  auto& search = std::get<LineSearch>(read);
  std::uint64_t limit = kDefaultLines;
  if (const auto text = request.query.get("limit"); text && !text->empty()) {
    const auto given = text::parse_decimal(*text);
    if (!given || *given == 0 || *given > kMaxLines) return bad_request("limit is not 1 to 500");
    limit = *given;
  }
  if (search.query) return list_rows(parts, search, limit);
  if (const auto text = request.query.get("before"); text && !text->empty()) {
    search.scan.after = ScanCursor::parse(*text);
    if (!search.scan.after) return bad_request("before is not a cursor of this API");
  }
  return list_matches(parts, search, limit);
}

Response follow_lines(const PageParts& parts, const Request& request) {
  auto read = LineSearch::read(request, now_ms(parts.clock));
  if (auto* wrong = std::get_if<Response>(&read)) return std::move(*wrong);
  auto& search = std::get<LineSearch>(read);
  if (search.query) return bad_request("live lines take a filter pattern, and no query");
  if (!parts.streams.has_room()) {
    return Response::problem(503, "Service Unavailable", "too many pages follow the logs");
  }
  auto shared = std::make_shared<LineSearch>(std::move(search));
  return Response::stream("text/event-stream",
                          [&streams = parts.streams, shared](http::StreamWriter writer) {
                            streams.subscribe(std::move(*shared), std::move(writer));
                          });
}

Response lines_of_trace(const PageParts& parts, std::string_view id) {
  const auto trace = TraceId::parse(id);
  if (!trace) return bad_request("this is not a trace id");
  ScanOptions options;
  options.columns.trace_id = trace->text();
  Page page(kMaxTraceLines);
  const auto next = parts.store.scan(
      options, [&](const LogEvent& event) { return page.add(event); },
      Deadline::after(parts.clock, kTraceTimeout));
  if (!next) return trouble(next.error());
  return Response::json(
      200, "{\"lines\":[" + page.lines() + "],\"more\":" + (*next ? "true" : "false") + "}");
}

Response forget_lines(const PageParts& parts) {
  if (auto done = parts.store.clear(); !done) return trouble(done.error());
  return Response::empty(204);
}

}  // namespace aloft::console::logs
