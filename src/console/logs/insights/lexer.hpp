// SPDX-License-Identifier: Apache-2.0
// The words of a Logs Insights query, one after the other: whether `/` divides or begins a regular
// expression, only the parser knows.
//
// Thread-safety: one object a thread; tokens view the query.
#pragma once

#include "console/logs/insights/query.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace aloft::console::logs::insights {

enum class TokenKind : std::uint8_t { end, name, text, number, period, sign };

struct Token {
  TokenKind kind = TokenKind::end;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string text;     ///< of a name without its backticks, of a text without its quotes, a sign
  bool quoted = false;  ///< a name in backticks: never a keyword
  Number number;        ///< of a number
  Period period;        ///< of a period
};

class Lexer {
 public:
  explicit Lexer(std::string_view query);

  const Token& peek() const noexcept { return token_; }
  Token take();
  /// The sign `sign`, taken when it is next.
  bool accept(std::string_view sign);
  /// The same for a keyword, in either case.
  bool accept_word(std::string_view word);
  bool is_word(std::string_view word) const noexcept;
  /// The regular expression that begins at the next token, a `/`; null after `fail`.
  std::shared_ptr<const re2::RE2> take_regex();
  /// Where the last taken token ended.
  std::size_t last_end() const noexcept { return last_end_; }
  std::string_view text(std::size_t begin, std::size_t end) const noexcept {
    return query_.substr(begin, end - begin);
  }

  /// Keeps the first mistake, and ends the query; always false.
  bool fail(std::string_view message, std::size_t begin, std::size_t end) noexcept;
  bool fail(std::string_view message) noexcept { return fail(message, token_.begin, token_.end); }
  bool failed() const noexcept { return !error_.message.empty(); }
  const QueryError& error() const noexcept { return error_; }

 private:
  void read();
  void read_number();
  void read_name();
  void read_text(char quote);
  void skip_blanks() noexcept;
  char at(std::size_t ahead = 0) const noexcept {
    return at_ + ahead < query_.size() ? query_[at_ + ahead] : '\0';
  }

  std::string_view query_;
  std::size_t at_ = 0;
  std::size_t last_end_ = 0;
  std::size_t regexes_ = 0;
  Token token_;
  QueryError error_;
};

/// Compiles what stands in a query: Perl's syntax as RE2 has it, with `(?<name>…)`. Null when RE2
/// refuses it.
std::shared_ptr<const re2::RE2> compile_regex(std::string_view text);
/// A text with `*` for what is wanted, each as short as it can be, as a regular expression.
std::string regex_of_glob(std::string_view glob);

}  // namespace aloft::console::logs::insights
