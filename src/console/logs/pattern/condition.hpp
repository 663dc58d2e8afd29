// SPDX-License-Identifier: Apache-2.0
// What the conditions of JSON and of space-delimited patterns share: an operator, what is compared
// with, and how conditions are joined.
//
//   $.status = 4*        a text, with or without quotes; `*` is any run of characters
//   $.latency >= 1.5e3   a number
//   $.path = %^/v[12]%   a regular expression
//
// Thread-safety: plain values; comparing is pure.
#pragma once

#include "console/expression/token.hpp"
#include "console/expression/tree.hpp"
#include "console/logs/pattern/cursor.hpp"
#include "console/logs/pattern/glob.hpp"
#include "console/logs/pattern/regex.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <variant>

namespace aloft::console::logs::pattern {

/// Ours: parentheses within each other, far beyond what people write.
inline constexpr std::size_t kMaxDepth = 16;
/// Source: "Filter pattern syntax …" (quotas), read 2026-11.
inline constexpr std::size_t kMaxRegexes = 2;

/// A number that knows whether it is a whole one, so that long ids compare digit by digit.
struct Number {
  double value = 0;
  std::optional<std::int64_t> whole;

  static std::optional<Number> parse(std::string_view text) noexcept;
};

bool compare(const Number& found, expression::Operator op, const Number& wanted) noexcept;

class Condition {
 public:
  /// Reads `= "x*"`: an operator and its value. Nothing, and the cursor knows why, otherwise.
  static std::optional<Condition> read(Cursor& cursor, std::size_t& regexes);

  /// Of a text, e.g. a word of a line. A text that is a number is compared as one by order.
  bool holds_for_word(std::string_view text) const;
  /// Of a JSON string: no number, so order never holds.
  bool holds_for_text(std::string_view text) const;
  /// Of a JSON number; `text` is how it is written.
  bool holds_for_number(const Number& number, std::string_view text) const;

 private:
  struct Text {
    Glob glob;
    std::optional<Number> number;  // when it stands without quotes
  };
  bool holds(std::string_view text, const std::optional<Number>& number) const;

  expression::Operator op_ = expression::Operator::equal;
  std::variant<Text, Regex> value_;
};

/// Reads `a && (b || c)` up to where no condition can follow: `read_one` reads one and gives its
/// number. && binds tighter than ||.
std::optional<expression::NodeId> read_junction(
    Cursor& cursor, expression::Tree& tree,
    const std::function<std::optional<std::uint32_t>(Cursor&)>& read_one);

/// Reads `"a \"quoted\" text"`; `*` becomes a star unless a backslash stands before it.
std::optional<Glob> read_quoted(Cursor& cursor);

}  // namespace aloft::console::logs::pattern
