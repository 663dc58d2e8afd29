// SPDX-License-Identifier: Apache-2.0
// Where a reader of a filter pattern stands, and what it found wrong.
//
// Thread-safety: one object a thread.
#pragma once

#include "console/expression/token.hpp"

#include <aloft/core/text.hpp>

#include <cstddef>
#include <string_view>

namespace aloft::console::logs::pattern {

inline bool is_blank(char c) noexcept { return static_cast<unsigned char>(c) <= ' '; }
/// Letters of any alphabet, digits and `_`: what a term may hold without quotes.
/// Source: "Filter pattern syntax …" (terms with other characters stand in quotes), read 2026-11.
inline bool is_word(char c) noexcept {
  return text::is_alnum(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

class Cursor {
 public:
  /// @param end  where the part of `text` that is read ends; positions count from its beginning.
  Cursor(std::string_view text, std::size_t begin, std::size_t end) noexcept
      : text_(text.substr(0, end)), at_(begin) {}

  bool at_end() const noexcept { return at_ >= text_.size(); }
  /// A null character at the end.
  char peek(std::size_t ahead = 0) const noexcept {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  std::size_t position() const noexcept { return at_; }
  std::string_view since(std::size_t begin) const noexcept {
    return text_.substr(begin, at_ - begin);
  }
  std::string_view rest() const noexcept { return text_.substr(at_); }
  void skip(std::size_t count = 1) noexcept { at_ += count; }
  void skip_blanks() noexcept {
    while (!at_end() && is_blank(text_[at_])) ++at_;
  }
  bool accept(std::string_view sign) noexcept {
    if (rest().substr(0, sign.size()) != sign) return false;
    at_ += sign.size();
    return true;
  }
  /// A whole word, in either case.
  bool accept_word(std::string_view word) noexcept {
    if (!text::equals_ignoring_case(rest().substr(0, word.size()), word)) return false;
    if (is_word(peek(word.size()))) return false;
    at_ += word.size();
    return true;
  }

  /// Keeps the first mistake; always false.
  bool fail(std::string_view message, std::size_t position) noexcept {
    if (error_.message.empty()) error_ = {message, position};
    return false;
  }
  bool fail(std::string_view message) noexcept { return fail(message, at_); }
  const expression::SyntaxError& error() const noexcept { return error_; }

 private:
  std::string_view text_;
  std::size_t at_;
  expression::SyntaxError error_;
};

}  // namespace aloft::console::logs::pattern
