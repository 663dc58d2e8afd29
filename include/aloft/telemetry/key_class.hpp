// SPDX-License-Identifier: Apache-2.0
// What a key says of its value: `cardNumber`, `user.password`, `X-Api-Key`, `home_address`.
//
//   constexpr KeyClass kClass = classify_key("customer_email");     // known when compiled
//   static_assert(kClass.sensitive_class == SensitiveClass::email);
//
// A key is judged by its last words, without regard to case, to `_`, `-` and `.` between them, to a
// number behind them and to words such as in `password_hash`. It is split at those separators and
// at the humps of camelCase. No part of a word counts: `shipping_method`, `author`, `className`,
// `pinned` and `opinion` say nothing. What it looks for: telemetry/key_words.hpp.
//
// The redactor reads keys in text by the same function. Pure; 20 instructions for most keys.
#pragma once

#include <aloft/core/sensitive_class.hpp>
#include <aloft/core/text.hpp>
#include <aloft/telemetry/key_words.hpp>

#include <cstddef>
#include <string_view>

namespace aloft {
inline namespace v0 {

struct KeyClass {
  SensitiveClass sensitive_class = SensitiveClass::none;
  detail::ValueShape shape = detail::ValueShape::any;
  friend constexpr bool operator==(const KeyClass&, const KeyClass&) = default;
};

namespace detail {

constexpr bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
constexpr bool is_key_separator(char c) noexcept { return c == '_' || c == '-' || c == '.'; }
constexpr bool is_hex_digit(char c) noexcept {
  return text::is_digit(c) || (text::to_lower(c) >= 'a' && text::to_lower(c) <= 'f');
}

/// Whether a word that begins at `at` does not continue one before it. Percent escapes (`%26pin`)
/// and `\n` end a word although they end in a letter or digit.
constexpr bool begins_word(std::string_view text, std::size_t at) noexcept {
  if (at == 0 || !text::is_alnum(text[at - 1])) return true;
  if (at >= 3 && text[at - 3] == '%' && is_hex_digit(text[at - 2]) && is_hex_digit(text[at - 1])) {
    return true;
  }
  return at >= 2 && text[at - 2] == '\\' && text::is_alpha(text[at - 1]);
}

/// The same for a word of a key, where camelCase divides too: `cardPin`, `userSSN`, `SSNValue`.
constexpr bool begins_key_word(std::string_view text, std::size_t at) noexcept {
  if (begins_word(text, at)) return true;
  if (!is_upper(text[at])) return false;
  return !is_upper(text[at - 1]) || (at + 1 < text.size() && is_lower(text[at + 1]));
}

/// Where `word` begins if the key that ends at `end` ends in it, else npos. Digits of a card or
/// code tell for themselves, so that blanks too may stand between the words before them.
constexpr std::size_t begin_of_word(std::string_view text, std::size_t end,
                                    const KeyWord& word) noexcept {
  const bool has_blanks = word.shape == ValueShape::card || word.shape == ValueShape::cvv ||
                          word.shape == ValueShape::ssn || word.shape == ValueShape::phone;
  std::size_t at = end;
  for (std::size_t left = word.size; left > 0;) {
    if (at == 0) return std::string_view::npos;
    const char c = text[--at];
    if (text::to_lower(c) == word.bytes[left - 1]) {
      --left;
    } else if (left == word.size || !(is_key_separator(c) || (has_blanks && c == ' '))) {
      return std::string_view::npos;
    }
  }
  const bool begins = word.start == WordStart::anywhere || begins_key_word(text, at);
  return begins ? at : std::string_view::npos;
}

/// Back over a number behind the words: `password2`, `address_line_1`, `signature-256`.
constexpr std::size_t without_number(std::string_view text, std::size_t end) noexcept {
  constexpr std::size_t kMostDigits = 3;
  std::size_t at = end;
  while (at > 0 && end - at < kMostDigits && text::is_digit(text[at - 1])) --at;
  return at != end && at > 0 && is_key_separator(text[at - 1]) ? at - 1 : at;
}

struct FoundWord {
  const KeyWord* word = nullptr;
  std::size_t begin = 0;
  bool is_one = false;  // no comparison with null: g++ 12 with -fsanitize=null calls it no constant
};

/// The first of [first, last) in which the key that ends at `end` ends.
[[gnu::noinline]] constexpr FoundWord find_word(const KeyWord* first, const KeyWord* last,
                                                std::string_view text, std::size_t end) noexcept {
  for (; first != last; ++first) {
    const std::size_t begin = begin_of_word(text, end, *first);
    if (begin != std::string_view::npos) return {first, begin, true};
  }
  return {};
}

/// As `class_by`, for the few keys that end as one of the words does.
template <std::size_t N>
[[gnu::noinline]] constexpr KeyClass class_of_ending(const KeyWords<N>& words,
                                                     std::string_view text,
                                                     std::size_t end) noexcept {
  constexpr int kMostTails = 2;
  for (int tails = 0; tails <= kMostTails; ++tails) {
    const bool is_numbered = end > 0 && text::is_digit(text[end - 1]);
    if (is_numbered) end = without_number(text, end);
    if (end < 2 || !text::is_alpha(text[end - 1]) || !text::is_alpha(text[end - 2])) return {};
    const std::size_t ending = ending_of(text.substr(0, end));
    const std::size_t first = words.first[ending];
    const std::size_t last = words.first[ending + 1];
    if (first == last) [[likely]]
      return {};
    const FoundWord found =
        find_word(words.words.data() + first, words.words.data() + last, text, end);
    if (!found.is_one || found.word->shape == ValueShape::harmless) return {};
    if (found.word->shape == ValueShape::numbered) {
      return is_numbered ? KeyClass{found.word->sensitive_class, ValueShape::token} : KeyClass{};
    }
    if (found.word->shape != ValueShape::tail) {
      return {found.word->sensitive_class, found.word->shape};
    }
    end = found.begin;
    if (end > 0 && is_key_separator(text[end - 1])) --end;
  }
  return {};
}

/// What the key that ends at `end` of `text` says, by these words.
template <std::size_t N>
constexpr KeyClass class_by(const KeyWords<N>& words, std::string_view text,
                            std::size_t end) noexcept {
  if (end < 2) return {};
  const unsigned before = (static_cast<unsigned char>(text[end - 2]) | 0x20U) - 'a';
  const unsigned last = (static_cast<unsigned char>(text[end - 1]) | 0x20U) - 'a';
  if (before < 26 && last < 26) [[likely]] {
    const unsigned ending = before * 26 + last;
    if (words.first[ending] == words.first[ending + 1]) [[likely]]
      return {};
  }
  return class_of_ending(words, text, end);
}

}  // namespace detail

/// What `key` says of its value; `SensitiveClass::none` when nothing.
constexpr KeyClass classify_key(std::string_view key) noexcept {
  const KeyClass personal = detail::class_by(detail::kPersonalWords, key, key.size());
  if (personal.sensitive_class != SensitiveClass::none) return personal;
  return detail::class_by(detail::kSecretWords, key, key.size());
}

}  // namespace v0
}  // namespace aloft
