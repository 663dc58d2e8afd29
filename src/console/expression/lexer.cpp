// SPDX-License-Identifier: Apache-2.0
#include "console/expression/token.hpp"

#include <aloft/core/text.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace aloft::console::expression {
namespace {

bool is_blank(char c) noexcept { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }

bool is_name(char c) noexcept {
  return text::is_alnum(c) || c == '_' || c == '.' || c == '-' ||
         static_cast<unsigned char>(c) >= 0x80;
}

struct Sign {
  std::string_view text;
  TokenKind kind;
  Operator op = Operator::equal;
};
// The longer of two that begin alike stands first.
constexpr std::array<Sign, 16> kSigns = {{
    {"!=", TokenKind::compare, Operator::not_equal},
    {"<=", TokenKind::compare, Operator::less_or_equal},
    {">=", TokenKind::compare, Operator::greater_or_equal},
    {"=", TokenKind::compare, Operator::equal},
    {"<", TokenKind::compare, Operator::less},
    {">", TokenKind::compare, Operator::greater},
    {"!", TokenKind::negation},
    {"(", TokenKind::open_paren},
    {")", TokenKind::close_paren},
    {"{", TokenKind::open_brace},
    {"}", TokenKind::close_brace},
    {"[", TokenKind::open_bracket},
    {"]", TokenKind::close_bracket},
    {",", TokenKind::comma},
    {":", TokenKind::colon},
    {"*", TokenKind::star},
}};

constexpr std::array<Sign, 5> kWords = {{
    {"and", TokenKind::conjunction},
    {"or", TokenKind::disjunction},
    {"contains", TokenKind::compare, Operator::contains},
    {"beginswith", TokenKind::compare, Operator::begins_with},
    {"endswith", TokenKind::compare, Operator::ends_with},
}};

class Lexer {
 public:
  explicit Lexer(std::string_view source) noexcept : source_(source) {}

  std::variant<std::vector<Token>, SyntaxError> lex() {
    for (;;) {
      while (at_ < source_.size() && is_blank(source_[at_])) ++at_;
      if (at_ == source_.size()) break;
      if (!read_one()) return error_;
    }
    tokens_.push_back({TokenKind::end, Operator::equal, source_.size(), {}, 0});
    return std::move(tokens_);
  }

 private:
  bool read_one() {
    const char c = source_[at_];
    if (c == '"') return read_text();
    if (c == '#') return read_json();
    if (is_name(c)) return read_word();
    for (const Sign& sign : kSigns) {
      if (source_.substr(at_, sign.text.size()) != sign.text) continue;
      tokens_.push_back({sign.kind, sign.op, at_, source_.substr(at_, sign.text.size()), 0});
      at_ += sign.text.size();
      return true;
    }
    return fail("this character has no meaning here", at_);
  }

  bool read_text() {
    const std::size_t close = source_.find('"', at_ + 1);
    if (close == std::string_view::npos) return fail("this quote is not closed", at_);
    tokens_.push_back(
        {TokenKind::text, Operator::equal, at_, source_.substr(at_ + 1, close - at_ - 1), 0});
    at_ = close + 1;
    return true;
  }

  // To the bracket that closes the first one; whether it is JSON is for its reader to say.
  bool read_json() {
    const std::size_t begin = at_ + 1;
    std::size_t open = 0;
    bool quoted = false;
    for (std::size_t i = begin; i < source_.size(); ++i) {
      const char c = source_[i];
      if (quoted) {
        if (c == '\\') ++i;
        quoted = c != '"';
        continue;
      }
      if (c == '"') {
        quoted = true;
      } else if (c == '[' || c == '{') {
        ++open;
      } else if (c == ']' || c == '}') {
        if (open == 0) break;
        if (--open != 0) continue;
        tokens_.push_back(
            {TokenKind::json, Operator::equal, at_, source_.substr(begin, i + 1 - begin), 0});
        at_ = i + 1;
        return true;
      } else if (open == 0 && !is_blank(c)) {
        break;
      }
    }
    return fail("a list or an object of JSON must follow, and end", at_);
  }

  bool read_word() {
    std::size_t end = at_;
    while (end < source_.size() && is_name(source_[end])) ++end;
    const std::string_view word = source_.substr(at_, end - at_);
    Token token{TokenKind::name, Operator::equal, at_, word, 0};
    for (const Sign& known : kWords) {
      if (!text::equals_ignoring_case(word, known.text)) continue;
      token.kind = known.kind;
      token.op = known.op;
    }
    if (const auto number = number_of(word)) {
      if (!std::isfinite(*number)) return fail("this number is too large", at_);
      token.kind = TokenKind::number;
      token.number = *number;
    }
    tokens_.push_back(token);
    at_ = end;
    return true;
  }

  // Infinite when it does not fit.
  static std::optional<double> number_of(std::string_view word) noexcept {
    const std::string_view digits = word.front() == '-' ? word.substr(1) : word;
    // What from_chars reads beside digits: "inf", "nan".
    if (digits.empty() || (!text::is_digit(digits[0]) && digits[0] != '.')) return std::nullopt;
    double value = 0;
    const char* const end = word.data() + word.size();
    const auto [stopped, failure] = std::from_chars(word.data(), end, value);
    if (stopped != end || failure == std::errc::invalid_argument) return std::nullopt;
    if (failure == std::errc::result_out_of_range) return HUGE_VAL;
    return value;
  }

  bool fail(std::string_view message, std::size_t position) noexcept {
    error_ = {message, position};
    return false;
  }

  std::string_view source_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
  SyntaxError error_;
};

}  // namespace

std::variant<std::vector<Token>, SyntaxError> lex(std::string_view source, const Limits& limits) {
  if (source.size() > limits.bytes) {
    return SyntaxError{"the expression is too long; it ends here", limits.bytes};
  }
  return Lexer(source).lex();
}

}  // namespace aloft::console::expression
