// SPDX-License-Identifier: Apache-2.0
// The request target: path and query, parsed once and refused when ambiguous.
//
// A path is split on '/' first and decoded second, so `%2F` inside a segment never makes a new one.
// Refused: a bad escape, an encoded or plain NUL or other control byte, and the segments `.` and
// `..` in any spelling, because two parsers in a row would disagree on what they mean.
//
//   Result<TargetParts> parts = split_target("/v1/charges?limit=10");  // "/v1/charges", "limit=10"
//   Result<Query> query = Query::parse(parts->query);
//   query->get("limit");                                              // "10"
//
// Thread-safety: pure functions, plain values.
#pragma once

#include <aloft/core/result.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace http {

/// Ours: more parameters than any form we would accept in a URL.
inline constexpr std::size_t kMaxQueryParameters = 256;

/// Views into the target that was split.
struct TargetParts {
  std::string_view path;   ///< starts with '/', or is "*"; still encoded
  std::string_view query;  ///< without '?'; still encoded
};

/// Splits an origin-form or asterisk-form target (RFC 9112, 3.2) and checks the path as above.
/// @error invalid_argument  never quotes the target.
Result<TargetParts> split_target(std::string_view target);

/// Decodes `%XX`; nothing for a bad escape or a decoded control byte.
std::optional<std::string> percent_decode(std::string_view encoded);

/// The parameters of a query string, in order, decoded ('+' is a blank), several of one name kept.
class Query {
 public:
  /// @error invalid_argument    a bad escape or a control byte.
  /// @error resource_exhausted  more than 256 parameters.
  static Result<Query> parse(std::string_view encoded);

  /// The first value of that name; empty when it was given without '='.
  std::optional<std::string_view> get(std::string_view name) const noexcept;
  std::size_t count(std::string_view name) const noexcept;
  const std::vector<std::pair<std::string, std::string>>& parameters() const noexcept {
    return parameters_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
};

}  // namespace http
}  // namespace v0
}  // namespace aloft
