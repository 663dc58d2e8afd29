// SPDX-License-Identifier: Apache-2.0
#include "console/search.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

namespace aloft::console {
namespace {

bool is_blank(char c) noexcept { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }

char folded(char c) noexcept { return is_blank(c) ? ' ' : text::to_lower(c); }

// A duration stands in front as sixteen hex digits that no word can match: the characters from
// 0x01 on, which words and fields never hold.
constexpr std::size_t kDurationDigits = 16;
constexpr char kZero = 1;
// The year 2255, as for times.
constexpr double kMaxSeconds = 9e9;

// Whether one of the fields is the word.
bool has_field(std::string_view searchable, std::string_view word) noexcept {
  for (std::size_t at = searchable.find(word); at != std::string_view::npos;
       at = searchable.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || searchable[at - 1] == kFieldSeparator) && end < searchable.size() &&
        searchable[end] == kFieldSeparator) {
      return true;
    }
  }
  return false;
}

std::optional<std::int64_t> duration_of(std::string_view searchable) noexcept {
  if (searchable.size() <= kDurationDigits || searchable[kDurationDigits] != kFieldSeparator) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  for (const char c : searchable.substr(0, kDurationDigits)) {
    if (c < kZero || c >= kZero + 16) return std::nullopt;
    value = value << 4U | static_cast<std::uint64_t>(c - kZero);
  }
  return static_cast<std::int64_t>(value);
}

}  // namespace

std::variant<Query, QueryError> Query::parse(std::string_view text) {
  if (text.size() > kMaxQueryBytes) {
    return QueryError{"the search is longer than 512 bytes", kMaxQueryBytes};
  }
  Query query;
  std::size_t at = 0;
  while (at < text.size()) {
    if (is_blank(text[at])) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    Word word;
    if (text[at] == '-' && at + 1 < text.size() && !is_blank(text[at + 1])) {
      word.excluded = true;
      ++at;
    }
    std::size_t quote = std::string_view::npos;  // where the open quote stands
    for (; at < text.size(); ++at) {
      const bool quoted = quote != std::string_view::npos;
      if (text[at] == '"') {
        quote = quoted ? std::string_view::npos : at;
      } else if (!quoted && is_blank(text[at])) {
        break;
      } else {
        word.text += folded(text[at]);
      }
    }
    if (quote != std::string_view::npos) return QueryError{"this quote is not closed", quote};
    if (!read_comparison(word)) {
      return QueryError{"duration is compared with a number of seconds, e.g. duration>=0.5", begin};
    }
    if (word.text.size() > 1 && word.text.front() == '=') {
      word.whole = true;
      word.text.erase(0, 1);
    }
    if (!word.text.empty()) query.words_.push_back(std::move(word));
  }
  return query;
}

bool Query::matches(std::string_view searchable) const noexcept {
  return std::all_of(words_.begin(), words_.end(),
                     [&](const Word& word) { return holds(word, searchable) != word.excluded; });
}

bool Query::holds(const Word& word, std::string_view searchable) noexcept {
  if (word.comparison == Comparison::none) {
    if (word.whole) return has_field(searchable, word.text);
    return searchable.find(word.text) != std::string_view::npos;
  }
  const auto duration_us = duration_of(searchable);
  if (!duration_us) return false;
  switch (word.comparison) {
    case Comparison::less:
      return *duration_us < word.duration_us;
    case Comparison::less_or_equal:
      return *duration_us <= word.duration_us;
    case Comparison::greater:
      return *duration_us > word.duration_us;
    case Comparison::greater_or_equal:
    case Comparison::none:
      return *duration_us >= word.duration_us;
  }
  return false;
}

// False when the word begins as a comparison does, but is none.
bool Query::read_comparison(Word& word) noexcept {
  constexpr std::string_view kDuration = "duration";
  std::string_view rest = word.text;
  if (rest.substr(0, kDuration.size()) != kDuration) return true;
  rest.remove_prefix(kDuration.size());
  if (rest.empty() || (rest[0] != '<' && rest[0] != '>')) return true;
  const bool or_equal = rest.size() > 1 && rest[1] == '=';
  double seconds = 0;
  const char* const begin = rest.data() + (or_equal ? 2 : 1);
  const char* const end = rest.data() + rest.size();
  const auto [stopped, failure] = std::from_chars(begin, end, seconds);
  if (failure != std::errc() || stopped != end || !(seconds >= 0 && seconds <= kMaxSeconds)) {
    return false;
  }
  word.duration_us = std::llround(seconds * 1e6);
  if (rest[0] == '<') {
    word.comparison = or_equal ? Comparison::less_or_equal : Comparison::less;
  } else {
    word.comparison = or_equal ? Comparison::greater_or_equal : Comparison::greater;
  }
  return true;
}

void append_duration(std::string& searchable, std::int64_t duration_us) {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(duration_us, 0));
  for (unsigned shift = kDurationDigits; shift > 0; --shift) {
    searchable += static_cast<char>(kZero + ((value >> (4 * (shift - 1))) & 15U));
  }
  searchable += kFieldSeparator;
}

void append_searchable(std::string& searchable, std::string_view field) {
  if (field.empty()) return;
  for (const char c : field) searchable += folded(c);
  searchable += kFieldSeparator;
}

}  // namespace aloft::console
