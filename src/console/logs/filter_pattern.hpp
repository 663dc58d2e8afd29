// SPDX-License-Identifier: Apache-2.0
// The filter patterns of CloudWatch Logs: which events FilterLogEvents, a live tail or the page's
// search means. All four forms of the documented language (docs/reference/log-queries.md):
//
//   ERROR -timeout "two words"          terms, each found in the text or not; `?a ?b` is any
//   %[45][0-9]{2}%                      a regular expression, of the documented subset
//   { $.level = "ERROR" && $.n > 10 }   conditions on the members of an event that is JSON
//   [ip, ..., status = 4*, bytes]       conditions on the words of a line
//
//   auto pattern = FilterPattern::parse("{ $.level = \"ERROR\" }");
//   if (!pattern) …                     // pattern.error() says what is wrong, and at which byte
//   if (pattern->matches(event.message)) …
//
// Source: "Filter pattern syntax for metric filters, subscription filters, filter log events, and
// Live Tail", CloudWatch Logs user guide, read 2026-11.
// Thread-safety: plain value, cheap to copy; matching is pure, and linear in the message for each
// term or condition, of which a pattern of 1,024 characters has some hundreds at most.
#pragma once

#include "console/expression/token.hpp"

#include <aloft/core/result.hpp>

#include <cstddef>
#include <memory>
#include <string_view>
#include <variant>

namespace aloft::console::logs {

/// Source: FilterPattern, CloudWatch Logs service model, botocore 1.43, read 2026-11.
inline constexpr std::size_t kMaxPatternChars = 1024;

class FilterPattern {
 public:
  /// Matches every event, as the empty pattern does.
  FilterPattern() = default;

  /// What is wrong with `text`, as a value with its place.
  static std::variant<FilterPattern, expression::SyntaxError> read(std::string_view text);
  /// The same for who tells people in a sentence, which ends with the place ("… at byte 7").
  /// @error invalid_argument  the pattern cannot be read.
  static Result<FilterPattern> parse(std::string_view text);

  bool matches(std::string_view message) const;
  /// Whether it means every event.
  bool matches_all() const noexcept { return program_ == nullptr; }

 private:
  struct Program;
  std::shared_ptr<const Program> program_;  // null: everything matches
};

}  // namespace aloft::console::logs
