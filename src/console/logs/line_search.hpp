// SPDX-License-Identifier: Apache-2.0
// Which lines of the logs a request of the page means: `q`, `level`, `service`, `tenant`, `group`,
// `trace`, `minutes` (docs/reference/console-api.md).
//
// `q` is a query of Logs Insights when it begins with one of its commands or when a `|` stands in
// it, else a filter pattern; words that only happen to begin with a command, such as
// `limit exceeded`, stay words.
//
//   auto search = LineSearch::read(request.query, now_ms);
//   if (auto* wrong = std::get_if<http::Response>(&search)) return std::move(*wrong);
//
// Thread-safety: plain value; matching is pure.
#pragma once

#include "console/logs/filter_pattern.hpp"
#include "console/logs/insights/query.hpp"
#include "console/logs/log_event.hpp"
#include "console/logs/log_store.hpp"

#include <aloft/http/request.hpp>
#include <aloft/http/response.hpp>

#include <cstdint>
#include <memory>
#include <variant>

namespace aloft::console::logs {

/// Ours: as long as CloudWatch Logs takes events of the past.
inline constexpr std::uint64_t kMaxMinutes = 20'160;

struct LineSearch {
  FilterPattern pattern;
  std::shared_ptr<const insights::Query> query;  ///< unless null, instead of the pattern
  ScanOptions scan;

  static std::variant<LineSearch, http::Response> read(const http::Request& request,
                                                       std::int64_t now_ms);

  /// Of an event that did not come through the scan.
  bool matches(const LogEvent& event) const;
};

/// 400 of the page's API.
http::Response bad_request(std::string_view detail);

}  // namespace aloft::console::logs
