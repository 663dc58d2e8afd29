// SPDX-License-Identifier: Apache-2.0
#include "console/logs/insights/lexer.hpp"

#include <aloft/core/text.hpp>

#include <re2/re2.h>

#include <array>
#include <utility>

namespace aloft::console::logs::insights {
namespace {

// Ours: as in filter patterns, with room for longer ones.
constexpr std::int64_t kMaxProgramBytes = std::int64_t{2} << 20U;

constexpr std::array<std::string_view, 19> kSigns = {"=~", "!=", "<=", ">=", "=", "<", ">",
                                                     "|",  ",",  "(",  ")",  "[", "]", "+",
                                                     "-",  "*",  "/",  "%",  "^"};

bool is_blank(char c) noexcept { return static_cast<unsigned char>(c) <= ' '; }
bool is_name_char(char c) noexcept {
  return text::is_alnum(c) || c == '_' || c == '@' || c == '.' ||
         static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

Lexer::Lexer(std::string_view query) : query_(query) { read(); }

Token Lexer::take() {
  Token taken = std::move(token_);
  last_end_ = taken.end;
  read();
  return taken;
}

bool Lexer::accept(std::string_view sign) {
  if (token_.kind != TokenKind::sign || token_.text != sign) return false;
  take();
  return true;
}

bool Lexer::is_word(std::string_view word) const noexcept {
  return token_.kind == TokenKind::name && !token_.quoted &&
         text::equals_ignoring_case(token_.text, word);
}

bool Lexer::accept_word(std::string_view word) {
  if (!is_word(word)) return false;
  take();
  return true;
}

bool Lexer::fail(std::string_view message, std::size_t begin, std::size_t end) noexcept {
  if (!failed()) error_ = {message, begin, end};
  at_ = query_.size();
  token_ = {};
  token_.begin = token_.end = query_.size();
  return false;
}

// A comment reaches to the end of its line.
void Lexer::skip_blanks() noexcept {
  while (at_ < query_.size() && (is_blank(at()) || at() == '#')) {
    if (at() == '#') {
      while (at_ < query_.size() && at() != '\n') ++at_;
    } else {
      ++at_;
    }
  }
}

void Lexer::read() {
  skip_blanks();
  token_ = {};
  token_.begin = token_.end = at_;
  if (at_ == query_.size()) return;
  const char c = at();
  if (text::is_digit(c) || (c == '.' && text::is_digit(at(1)))) {
    read_number();
  } else if (is_name_char(c) || c == '`') {
    read_name();
  } else if (c == '"' || c == '\'') {
    read_text(c);
  } else {
    for (const std::string_view sign : kSigns) {
      if (query_.substr(at_, sign.size()) != sign) continue;
      token_.kind = TokenKind::sign;
      token_.text = sign;
      at_ += sign.size();
      token_.end = at_;
      return;
    }
    fail("this character has no meaning here", at_, at_ + 1);
  }
}

void Lexer::read_number() {
  const std::size_t begin = at_;
  while (text::is_digit(at()) || at() == '.') ++at_;
  // 1e3 and 1e-3, but not the name behind 5 in `5eggs`.
  if (at() == 'e' || at() == 'E') {
    const std::size_t sign = at(1) == '-' || at(1) == '+' ? 1 : 0;
    if (text::is_digit(at(1 + sign))) {
      at_ += 1 + sign;
      while (text::is_digit(at())) ++at_;
    }
  }
  const std::size_t unit = at_;
  while (text::is_alpha(at())) ++at_;
  const auto number = Number::parse(text(begin, unit));
  if (!number) {
    fail("this is no number", begin, unit);
    return;
  }
  token_.number = *number;
  token_.kind = TokenKind::number;
  token_.end = at_;
  if (unit == at_) return;
  const auto period = number->whole ? Period::of(*number->whole, text(unit, at_)) : std::nullopt;
  if (!period) {
    fail("this is neither a number nor a period such as 5m", begin, at_);
    return;
  }
  token_.kind = TokenKind::period;
  token_.period = *period;
}

void Lexer::read_name() {
  token_.kind = TokenKind::name;
  while (is_name_char(at()) || at() == '`') {
    if (at() != '`') {
      token_.text += at();
      ++at_;
      continue;
    }
    const std::size_t close = query_.find('`', at_ + 1);
    if (close == std::string_view::npos) {
      fail("this backtick is not closed", at_, query_.size());
      return;
    }
    token_.text += text(at_ + 1, close);
    token_.quoted = true;
    at_ = close + 1;
  }
  token_.end = at_;
  if (token_.text.empty()) fail("a name must stand between the backticks", token_.begin, at_);
}

void Lexer::read_text(char quote) {
  const std::size_t begin = at_;
  token_.kind = TokenKind::text;
  for (++at_; at_ < query_.size() && at() != quote; ++at_) {
    if (at() == '\\' && (at(1) == quote || at(1) == '\\')) ++at_;
    token_.text += at();
  }
  if (at_ >= query_.size()) {
    fail("this quote is not closed", begin, query_.size());
    return;
  }
  token_.end = ++at_;
}

std::shared_ptr<const re2::RE2> Lexer::take_regex() {
  const std::size_t begin = token_.begin;
  std::size_t end = begin + 1;
  bool set = false;
  for (; end < query_.size() && (set || query_[end] != '/'); ++end) {
    if (query_[end] == '\\') {
      ++end;
    } else if (query_[end] == '[') {
      set = true;
    } else if (query_[end] == ']') {
      set = false;
    }
  }
  if (end >= query_.size()) {
    fail("this regular expression is not closed by /", begin, query_.size());
    return nullptr;
  }
  if (++regexes_ > kMaxQueryRegexes) {
    fail("the query has too many regular expressions", begin, end + 1);
    return nullptr;
  }
  auto regex = compile_regex(text(begin + 1, end));
  if (!regex) {
    fail("this regular expression cannot be read", begin, end + 1);
    return nullptr;
  }
  at_ = last_end_ = end + 1;
  read();
  return regex;
}

std::shared_ptr<const re2::RE2> compile_regex(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == '\\' && i + 1 < text.size()) {
      out += text[++i];
    } else if (text.substr(i, 3) == "(?<" && i + 3 < text.size() && text[i + 3] != '=' &&
               text[i + 3] != '!') {
      out += "?P<";
      i += 2;
    }
  }
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(kMaxProgramBytes);
  auto regex = std::make_shared<const RE2>(out, options);
  return regex->ok() ? regex : nullptr;
}

std::string regex_of_glob(std::string_view glob) {
  // `.` shall match line ends, too.
  std::string out = "(?s)";
  for (std::size_t i = 0; i < glob.size(); ++i) {
    if (glob[i] != '*') {
      out += RE2::QuoteMeta(re2::StringPiece(glob.data() + i, 1));
    } else {
      // The last one takes all that is left.
      out += i + 1 == glob.size() ? "(.*)" : "(.*?)";
    }
  }
  return out;
}

}  // namespace aloft::console::logs::insights
