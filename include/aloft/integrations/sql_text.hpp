// SPDX-License-Identifier: Apache-2.0
// A statement without the values that somebody wrote into it: each literal becomes `?`, comments
// go. For statements that were not written with parameters, before their text is recorded.
//
//   const SqlText text("SELECT * FROM entry WHERE owner = 'bob' LIMIT 5", SqlDialect::postgresql);
//   text.view();   // "SELECT * FROM entry WHERE owner = ? LIMIT ?"
//
// What cannot be told apart is taken out: what follows an open quote, and in SQLite what stands in
// double quotes, which may be a text there. Identifiers and parameters stay, so a value that was
// used as the name of a table stays, too.
//
// Thread-safety: plain value; the text is held in the object (2 KB). Linear, never throws.
#pragma once

#include <aloft/telemetry/span.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace integrations {

/// Source: PostgreSQL 15, "Lexical Structure"; SQLite, "The SQL of SQLite", read 2026-11.
enum class SqlDialect : std::uint8_t {
  postgresql,
  /// `standard_conforming_strings = off`: a backslash in any text escapes what follows.
  postgresql_with_backslashes,
  sqlite,
};

class SqlText {
 public:
  SqlText(std::string_view statement, SqlDialect dialect) noexcept
      : rest_(statement), dialect_(dialect) {
    while (!rest_.empty() && size_ < sizeof bytes_) step();
  }
  SqlText(const SqlText&) = delete;
  SqlText& operator=(const SqlText&) = delete;

  std::string_view view() const noexcept { return {bytes_, size_}; }

 private:
  static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
  /// Bytes above 0x7F are parts of words in both dialects.
  static bool begins_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
  }
  static bool continues_word(char c) noexcept { return begins_word(c) || is_digit(c) || c == '$'; }
  bool is_sqlite() const noexcept { return dialect_ == SqlDialect::sqlite; }
  char next(std::size_t at = 1) const noexcept { return at < rest_.size() ? rest_[at] : '\0'; }

  void step() noexcept {
    const char c = rest_.front();
    if (c == '\'') {
      replace(quoted('\'', dialect_ == SqlDialect::postgresql_with_backslashes));
    } else if (c == '"' || c == '`' || c == '[') {
      identifier(c);
    } else if (c == '-' && next() == '-') {
      skip_line();
    } else if (c == '/' && next() == '*') {
      skip_comment();
    } else if (is_digit(c) || (c == '.' && is_digit(next()))) {
      replace(number());
    } else if (begins_word(c)) {
      word();
    } else if (c == '$' && !is_sqlite() && !is_digit(next())) {
      dollar();
    } else if (c == '$' || (is_sqlite() && (c == '?' || c == ':' || c == '@'))) {
      copy(1 + words_from(1));
    } else {
      copy(1);
    }
  }

  void copy(std::size_t count) noexcept {
    size_ +=
        rest_.copy(bytes_ + size_, count < sizeof bytes_ - size_ ? count : sizeof bytes_ - size_);
    rest_.remove_prefix(count < rest_.size() ? count : rest_.size());
  }
  void put(char c) noexcept {
    if (size_ < sizeof bytes_) bytes_[size_++] = c;
  }
  void replace(std::size_t count) noexcept {
    put('?');
    rest_.remove_prefix(count);
  }

  /// Bytes from the quote in front to its partner, which two in a row are not; npos for none.
  std::size_t closing(char quote, bool backslashes) const noexcept {
    for (std::size_t at = 1; at < rest_.size(); ++at) {
      if (backslashes && rest_[at] == '\\') {
        ++at;
      } else if (rest_[at] == quote) {
        if (next(at + 1) != quote) return at + 1;
        ++at;
      }
    }
    return std::string_view::npos;
  }
  std::size_t quoted(char quote, bool backslashes) const noexcept {
    const std::size_t end = closing(quote, backslashes);
    return end == std::string_view::npos ? rest_.size() : end;
  }

  void identifier(char quote) noexcept {
    if (quote == '"' && is_sqlite()) return replace(quoted('"', false));
    if (quote != '"' && !is_sqlite()) return copy(1);  // an operator, a subscript
    const std::size_t end = quote == '[' ? rest_.find(']') : closing(quote, false);
    if (end == std::string_view::npos) return replace(rest_.size());
    copy(quote == '[' ? end + 1 : end);
  }

  void skip_line() noexcept {
    const std::size_t end = rest_.find('\n');
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end);
  }

  void skip_comment() noexcept {
    std::size_t at = 2;
    for (int open = 1; open > 0 && at < rest_.size();) {
      if (rest_[at] == '*' && next(at + 1) == '/') {
        --open;
        at += 2;
      } else if (!is_sqlite() && rest_[at] == '/' && next(at + 1) == '*') {
        ++open;
        at += 2;
      } else {
        ++at;
      }
    }
    put(' ');
    rest_.remove_prefix(at < rest_.size() ? at : rest_.size());
  }

  /// Also of 0xFF, 1_000, 1.5e-7; more than a number may be is one, too.
  std::size_t number() const noexcept {
    const bool hex = rest_.front() == '0' && (next() | 0x20) == 'x';
    std::size_t at = 1;
    while (at < rest_.size()) {
      const char c = rest_[at];
      const bool exponent =
          !hex && (c == '+' || c == '-') && (rest_[at - 1] | 0x20) == 'e' && is_digit(next(at + 1));
      if (!exponent && c != '.' && !continues_word(c)) break;
      ++at;
    }
    return at;
  }

  std::size_t words_from(std::size_t at) const noexcept {
    std::size_t count = 0;
    while (at + count < rest_.size() && continues_word(rest_[at + count])) ++count;
    return count;
  }

  void word() noexcept {
    const std::size_t count = words_from(0);
    const bool escapes = !is_sqlite() && count == 1 && (rest_.front() | 0x20) == 'e';
    copy(count);
    // E'…': backslashes escape, whatever the setting.
    if (escapes && !rest_.empty() && rest_.front() == '\'') replace(quoted('\'', true));
  }

  /// $tag$ … $tag$, a text of PostgreSQL.
  void dollar() noexcept {
    std::size_t end = 1;
    while (end < rest_.size() && rest_[end] != '$' && continues_word(rest_[end])) ++end;
    if (next(end) != '$') return copy(1);
    const std::string_view tag = rest_.substr(0, end + 1);
    const std::size_t last = rest_.find(tag, tag.size());
    replace(last == std::string_view::npos ? rest_.size() : last + tag.size());
  }

  std::string_view rest_;
  SqlDialect dialect_;
  std::size_t size_ = 0;
  char bytes_[kMaxSqlQueryBytes];
};

/// Whether a child of this span records anything: one that is sampled, or looked at in the end.
inline bool records_children(const Span& parent) noexcept {
  return parent.context().sampled == Sampled::yes || parent.recording();
}

}  // namespace integrations
}  // namespace v0
}  // namespace aloft
