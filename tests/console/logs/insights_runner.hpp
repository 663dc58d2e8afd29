// SPDX-License-Identifier: Apache-2.0
// Runs a query over events that a test writes down, and tells the outcome as one text.
#pragma once

#include "console/logs/insights/execution.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace aloft::console::logs::insights::runner {

/// 2026-11-27 12:00:00.000.
inline constexpr std::int64_t kNoon = 1'795'780'800'000;

inline LogEvent event_of(std::string_view message, std::uint64_t id, std::int64_t ms) {
  LogEvent event;
  event.id = id;
  event.timestamp_ms = ms;
  event.ingestion_ms = ms + 5;
  event.group = "/aloft/payments";
  event.stream = "today";
  event.message = message;
  event.columns.trace_id = "1-67891234-012345678901234567890123";
  return event;
}

/// The mistake as "message@begin-end", or "accepted".
inline std::string mistake(std::string_view query) {
  const auto parsed = Query::parse(query);
  const auto* wrong = std::get_if<QueryError>(&parsed);
  if (wrong == nullptr) return "accepted";
  return std::string(wrong->message) + "@" + std::to_string(wrong->begin) + "-" +
         std::to_string(wrong->end);
}

/// Oldest event first, a minute apart from noon on; shown newest first, as a log is read.
/// @return "column,column|cell,cell|cell,cell"; a missing cell is "-".
inline std::string run(std::string_view text, const std::vector<std::string>& messages) {
  auto parsed = Query::parse(text);
  if (std::holds_alternative<QueryError>(parsed)) return mistake(text);
  const auto query = std::make_shared<const Query>(std::get<Query>(std::move(parsed)));
  Window window;
  window.start_ms = kNoon;
  window.end_ms = kNoon + 3'600'000;
  window.now_ms = kNoon + 7'200'000;
  Execution execution(query, window);
  for (std::size_t i = messages.size(); i > 0; --i) {
    const auto ms = kNoon + static_cast<std::int64_t>(i - 1) * 60'000;
    if (!execution.add(event_of(messages[i - 1], i, ms))) break;
  }
  const auto results = execution.finish();
  if (!results) return results.error().message;
  std::string out;
  for (const std::string& column : results->columns) out += (out.empty() ? "" : ",") + column;
  for (const ResultRow& row : results->rows) {
    char separator = '|';
    for (const Value& cell : row.cells) {
      out += separator;
      out += cell.is_null() ? "-" : cell.shown();
      separator = ',';
    }
  }
  return out;
}

/// The value of one expression over one event.
inline std::string value(std::string_view expression, const std::string& message = "{}") {
  const std::string out = run("fields " + std::string(expression) + " as v", {message});
  return out.substr(0, 2) == "v|" ? out.substr(2) : out;
}

}  // namespace aloft::console::logs::insights::runner
