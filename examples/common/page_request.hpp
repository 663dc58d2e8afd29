// SPDX-License-Identifier: Apache-2.0
// Which part of a list is asked for: `limit` and `before` of a query.
//
//   Result<PageRequest> wanted = PageRequest::parse(request.query);
//
// Thread-safety: plain value, pure function.
#pragma once

#include <aloft/core/json_writer.hpp>
#include <aloft/core/result.hpp>
#include <aloft/http/target.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace example {

/// Ours: a page of that many always fits into the 64 KiB of an answer.
inline constexpr std::uint64_t kMaxPageLimit = 100;
inline constexpr std::size_t kMaxAnswerBytes = 64 * 1024;

struct PageRequest {
  std::size_t limit = 20;
  std::optional<std::uint64_t> before;  ///< entries older than this position of an earlier page

  /// @error invalid_argument  one of them is no number, or out of range.
  static aloft::Result<PageRequest> parse(const aloft::http::Query& query);
};

/// Writes `"next"`: the `before` of the following page, or null on the last.
void write_next(aloft::json::Writer& json, std::optional<std::uint64_t> next);

}  // namespace example
