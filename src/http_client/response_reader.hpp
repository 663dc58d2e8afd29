// SPDX-License-Identifier: Apache-2.0
// Collects one answer from the lines and pieces that libcurl hands out, within limits. Knows
// nothing of libcurl, so that it can be fed anything. Private to the room.
//
// Interim answers (1xx) and trailers are read, counted against the limit and left out.
//
// Thread-safety: none.
#pragma once

#include <aloft/http_client/client.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace http_client {

class ResponseReader {
 public:
  enum class Problem : std::uint8_t { none, malformed, headers_big, body_big };

  ResponseReader(std::size_t header_limit_bytes, std::size_t body_limit_bytes) noexcept
      : header_limit_bytes_(header_limit_bytes), body_limit_bytes_(body_limit_bytes) {}

  /// A status line, a field or the empty line, with its line end.
  /// @return false when there is a problem: read no further.
  bool header_line(std::string_view line);
  /// @return false as above.
  bool body(std::string_view piece);

  Problem problem() const noexcept { return problem_; }
  /// All fields of the final answer were read.
  bool head_complete() const noexcept { return head_complete_; }
  ClientResponse& response() noexcept { return response_; }

 private:
  bool fail_with(Problem problem) noexcept {
    problem_ = problem;
    return false;
  }
  bool status_line(std::string_view line);
  bool field(std::string_view line);

  const std::size_t header_limit_bytes_;
  const std::size_t body_limit_bytes_;
  std::size_t header_bytes_ = 0;
  Problem problem_ = Problem::none;
  bool head_complete_ = false;
  ClientResponse response_;
};

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
