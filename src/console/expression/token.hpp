// SPDX-License-Identifier: Apache-2.0
// The words of the console's expression languages, each with the byte at which it stands.
//
//   auto tokens = lex("duration >= 5 AND user = \"ada\"", {});
//   if (const auto* wrong = std::get_if<SyntaxError>(&tokens)) …
//
// A name is a run of letters, digits and `_` `.` `-`, and of whatever is not ASCII; which names are
// keywords is for the language to say. Texts stand in double quotes, and know no escapes: X-Ray
// documents none. `#` is followed by one value of JSON, taken whole.
//
// Thread-safety: plain values, pure functions; tokens view the text that they were made from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

namespace aloft::console::expression {

/// What is wrong with an expression, in words that quote nothing of it, and at which byte.
struct SyntaxError {
  std::string_view message;
  std::size_t position = 0;

  friend bool operator==(const SyntaxError&, const SyntaxError&) = default;
};

/// Ours: far beyond what people write, and what one evaluation of a trace may cost.
struct Limits {
  std::size_t bytes = 2048;
  std::size_t operands = 64;
  std::size_t depth = 16;  ///< of parentheses and braces within each other
};

enum class TokenKind : std::uint8_t {
  end,  ///< always the last; stands behind the last byte
  name,
  text,  ///< without its quotes
  number,
  json,     ///< without its `#`
  compare,  ///< `= != < <= > >=`, CONTAINS, BEGINSWITH, ENDSWITH
  conjunction,
  disjunction,
  negation,
  open_paren,
  close_paren,
  open_brace,
  close_brace,
  open_bracket,
  close_bracket,
  comma,
  colon,
  star,
};

enum class Operator : std::uint8_t {
  equal,
  not_equal,
  less,
  less_or_equal,
  greater,
  greater_or_equal,
  contains,
  begins_with,
  ends_with,
};

struct Token {
  TokenKind kind = TokenKind::end;
  Operator op = Operator::equal;  ///< of `compare`
  std::size_t position = 0;
  std::string_view text;
  double number = 0;  ///< of `number`; finite
};

/// The tokens of `source`, the last of them `end`. AND, OR and the operators that are words may be
/// written in either case.
std::variant<std::vector<Token>, SyntaxError> lex(std::string_view source, const Limits& limits);

}  // namespace aloft::console::expression
