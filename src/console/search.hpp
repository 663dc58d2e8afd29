// SPDX-License-Identifier: Apache-2.0
// The search of the trace list: words that must all occur, ignoring ASCII case. `"a phrase"` is
// one word (quotes may also stand inside: `error="timed out"`), `-word` excludes, `=word` (or
// `"=two words"`) is a whole field instead of a part of one, and `duration>=0.5` (or `>`, `<`,
// `<=`) compares how long the whole trace took, in seconds.
//
//   auto query = Query::parse("fault -globex \"timed out\"");
//   if (query && query->matches(searchable)) …
//
// Thread-safety: plain value; matching is pure and linear in the text times the words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace aloft::console {

/// Of the API document (`docs/reference/console-api.md`).
inline constexpr std::size_t kMaxQueryBytes = 512;
/// Stands between the fields of a searchable text, so that no word matches across two of them.
inline constexpr char kFieldSeparator = '\x1f';

/// What is wrong with a query, and at which byte.
struct QueryError {
  std::string_view message;
  std::size_t position = 0;
};

class Query {
 public:
  static std::variant<Query, QueryError> parse(std::string_view text);

  /// @param searchable  fields in lower case, as `searchable_field` makes them.
  bool matches(std::string_view searchable) const noexcept;
  bool empty() const noexcept { return words_.empty(); }

 private:
  enum class Comparison : std::uint8_t { none, less, less_or_equal, greater, greater_or_equal };
  struct Word {
    std::string text;
    bool excluded = false;
    bool whole = false;                        // a field, not a part of one
    Comparison comparison = Comparison::none;  // with the duration
    std::int64_t duration_us = 0;
  };
  static bool holds(const Word& word, std::string_view searchable) noexcept;
  static bool read_comparison(Word& word) noexcept;
  std::vector<Word> words_;
};

/// Begins a searchable text with how long the trace took. Texts of earlier versions have no such
/// beginning: no comparison holds for them.
void append_duration(std::string& searchable, std::int64_t duration_us);
/// Appends one field: lower case, control characters as blanks, then the separator.
void append_searchable(std::string& searchable, std::string_view field);

}  // namespace aloft::console
