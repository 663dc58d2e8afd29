// SPDX-License-Identifier: Apache-2.0
#include "common/page_request.hpp"

#include <aloft/core/text.hpp>

namespace example {

using aloft::ErrorCode;
using aloft::fail;
using aloft::Result;

Result<PageRequest> PageRequest::parse(const aloft::http::Query& query) {
  PageRequest page;
  if (const auto limit = query.get("limit")) {
    const std::optional<std::uint64_t> number = aloft::text::parse_decimal(*limit);
    if (!number || *number < 1 || *number > kMaxPageLimit) {
      return fail(ErrorCode::invalid_argument, "parameter limit is not from 1 to 100");
    }
    page.limit = *number;
  }
  if (const auto before = query.get("before")) {
    page.before = aloft::text::parse_decimal(*before);
    if (!page.before) {
      return fail(ErrorCode::invalid_argument,
                  "parameter before is not what an earlier page called next");
    }
  }
  return page;
}

void write_next(aloft::json::Writer& json, std::optional<std::uint64_t> next) {
  json.key("next");
  if (next)
    json.integer(static_cast<std::int64_t>(*next));
  else
    json.null();
}

}  // namespace example
