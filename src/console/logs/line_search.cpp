// SPDX-License-Identifier: Apache-2.0
#include "console/logs/line_search.hpp"

#include "console/logs/columns.hpp"
#include "console/trace_id.hpp"

#include <aloft/core/text.hpp>

#include <optional>
#include <string>
#include <utility>

namespace aloft::console::logs {
namespace {

using http::Response;

constexpr std::int64_t kMinuteMs = 60'000;

Response mistake(std::string_view message, std::size_t position) {
  return Response::problem(400, "Bad Request", message,
                           {{"position", static_cast<std::int64_t>(position)}});
}

// What is wrong with `text`, or nothing.
std::optional<Response> read_text(std::string_view text, LineSearch& search) {
  auto pattern = FilterPattern::read(text);
  if (!insights::looks_like_a_query(text)) {
    if (const auto* wrong = std::get_if<expression::SyntaxError>(&pattern)) {
      return mistake(wrong->message, wrong->position);
    }
    search.pattern = std::get<FilterPattern>(std::move(pattern));
    return std::nullopt;
  }
  auto query = insights::Query::parse(text);
  if (auto* read = std::get_if<insights::Query>(&query)) {
    search.query = std::make_shared<const insights::Query>(std::move(*read));
    return std::nullopt;
  }
  if (auto* words = std::get_if<FilterPattern>(&pattern)) {
    search.pattern = std::move(*words);
    return std::nullopt;
  }
  const auto& wrong = std::get<insights::QueryError>(query);
  return mistake(wrong.message, wrong.begin);
}

}  // namespace

Response bad_request(std::string_view detail) {
  return Response::problem(400, "Bad Request", detail);
}

std::variant<LineSearch, Response> LineSearch::read(const http::Request& request,
                                                    std::int64_t now_ms) {
  LineSearch search;
  const auto given = [&](std::string_view name) {
    return std::string(request.query.get(name).value_or(""));
  };
  if (auto wrong = read_text(given("q"), search)) return std::move(*wrong);
  search.scan.newest_first = true;
  search.scan.columns.level = given("level");
  search.scan.columns.service = given("service");
  search.scan.columns.tenant = given("tenant");
  if (const std::string group = given("group"); !group.empty()) search.scan.groups = {group};
  if (const std::string trace = given("trace"); !trace.empty()) {
    const auto id = TraceId::parse(trace);
    if (!id) return bad_request("trace is not a trace id");
    search.scan.columns.trace_id = id->text();
  }
  if (const std::string minutes = given("minutes"); !minutes.empty()) {
    const auto count = text::parse_decimal(minutes);
    if (!count || *count == 0 || *count > kMaxMinutes) {
      return bad_request("minutes is not 1 to 20160");
    }
    search.scan.from_ms = now_ms - static_cast<std::int64_t>(*count) * kMinuteMs;
  }
  return search;
}

bool LineSearch::matches(const LogEvent& event) const {
  if (!scan.groups.empty() && scan.groups.front() != event.group) return false;
  return logs::matches(scan.columns, event.columns) && pattern.matches(event.message);
}

}  // namespace aloft::console::logs
