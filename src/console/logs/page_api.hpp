// SPDX-License-Identifier: Apache-2.0
// What the page asks of the logs (docs/reference/console-api.md): lines, live lines, the lines of a
// trace, and to forget them.
//
// Thread-safety: handlers run on several threads; what they use is thread-safe.
#pragma once

#include "console/logs/line_streams.hpp"
#include "console/logs/log_store.hpp"

#include <aloft/core/clock.hpp>
#include <aloft/http/request.hpp>
#include <aloft/http/response.hpp>

#include <string_view>

namespace aloft::console::logs {

/// All of it outlives the handlers.
struct PageParts {
  LogStore& store;
  LineStreams& streams;
  Clock& clock;
};

/// `GET /api/logs`: lines of a filter pattern, or rows of a query of Logs Insights.
http::Response list_lines(const PageParts& parts, const http::Request& request);
/// `GET /api/logs/events`.
http::Response follow_lines(const PageParts& parts, const http::Request& request);
/// `GET /api/traces/{id}/logs`.
http::Response lines_of_trace(const PageParts& parts, std::string_view id);
/// `DELETE /api/logs`.
http::Response forget_lines(const PageParts& parts);

}  // namespace aloft::console::logs
