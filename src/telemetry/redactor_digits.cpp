// SPDX-License-Identifier: Apache-2.0
#include "telemetry/redaction_patterns.hpp"

#include <algorithm>

// Digits that only their key gives away: "cvv":"737", "pin":["4921"], ssn=123 45 6789. How many
// there are, and what may stand between and behind them, says whether they are what the key
// promises; `pin: 1700000000123` is none.

namespace aloft {
inline namespace v0 {
namespace redaction {
namespace {

using Rule = detail::ValueShape;

// How many digits a number has, and what may stand between them.
struct Digits {
  std::size_t fewest;
  std::size_t most;
  std::string_view separators;
};
constexpr Digits kCardDigits = {12, 32, " -.+"};
constexpr Digits kSsnDigits = {9, 9, " -."};
constexpr Digits kPhoneDigits = {7, 15, " -.+()/"};
constexpr Digits kPinDigits = {4, 12, " -.+"};
constexpr Digits kCvvDigits = {3, 4, " -.+"};

Digits digits_of(Rule rule) noexcept {
  switch (rule) {
    case Rule::card:
      return kCardDigits;
    case Rule::ssn:
      return kSsnDigits;
    case Rule::phone:
      return kPhoneDigits;
    case Rule::pin:
      return kPinDigits;
    default:
      return kCvvDigits;
  }
}

// The end of the digits, separators included, that begin at `at`; `at` when they are not as many.
[[gnu::cold]] std::size_t end_of_digits(std::string_view text, std::size_t at,
                                        const Digits& wanted) noexcept {
  constexpr std::size_t kMaxBytes = 64;
  const std::size_t limit = std::min(text.size(), at + kMaxBytes);
  std::size_t digits = 0;
  std::size_t end = at;
  for (std::size_t i = at; i < limit; ++i) {
    if (text::is_digit(text[i])) {
      ++digits;
      end = i + 1;
    } else if (percent_at(text, i, "20") || percent_at(text, i, "2D")) {
      i += 2;
    } else if (wanted.separators.find(text[i]) == std::string_view::npos) {
      break;
    }
  }
  return digits >= wanted.fewest && digits <= wanted.most ? end : at;
}

// Whether what stands at `at` makes the digits before it part of more: `12ab`, `12:30`, `1.5`.
bool goes_on(std::string_view text, std::size_t at) noexcept {
  if (at >= text.size()) return false;
  const char next = text[at];
  return is_token_char(next) || next == ':' ||
         (next == '.' && at + 1 < text.size() && text::is_alnum(text[at + 1]));
}

// A code of few digits, alone or in groups: `4921`, `49 21`, `4-9-2-1`. Groups that nothing
// encloses are of one size, for `pin: 1 of 2` has two numbers.
[[gnu::cold]] std::size_t end_of_code(std::string_view text, std::size_t at, const Digits& wanted,
                                      bool is_quoted) noexcept {
  std::size_t digits = 0;
  std::size_t first = 0;
  std::size_t groups = 0;
  bool is_even = true;
  std::size_t end = at;
  std::size_t alone = at;
  for (;;) {
    const std::size_t group = end;
    while (end < text.size() && end - group <= wanted.most && text::is_digit(text[end])) ++end;
    const std::size_t size = end - group;
    digits += size;
    if (groups++ == 0) {
      first = size;
      if (size >= wanted.fewest && size <= wanted.most && !goes_on(text, end)) alone = end;
    }
    is_even = is_even && size == first;
    const std::size_t separator = separator_at(text, end);
    if (separator == 0 || digits > wanted.most) break;
    end += separator;
  }
  const bool is_all = digits >= wanted.fewest && digits <= wanted.most && !goes_on(text, end);
  return is_all && (is_even || (is_quoted && quote_at(text, end) != 0)) ? end : alone;
}

// An account's number or an IBAN, also in groups: letters and digits, four digits at least.
[[gnu::cold]] std::size_t end_of_account(std::string_view text, std::size_t at) noexcept {
  constexpr std::size_t kMinDigits = 4;
  constexpr std::size_t kMaxBytes = 48;
  const std::size_t limit = std::min(text.size(), at + kMaxBytes);
  std::size_t digits = 0;
  std::size_t i = at;
  for (; i < limit; ++i) {
    const bool joins =
        text[i] == '-' ||
        (text[i] == ' ' && i + 1 < limit &&
         (text::is_digit(text[i + 1]) ||
          (i + 2 < limit && detail::is_upper(text[i + 1]) && text::is_digit(text[i + 2]))));
    if (!text::is_alnum(text[i]) && !joins) break;
    digits += text::is_digit(text[i]) ? 1U : 0U;
  }
  return digits >= kMinDigits ? i : at;
}

// The end of what the key promises at `at`, or `at`.
std::size_t end_of_promised(std::string_view text, std::size_t at, Rule rule,
                            bool is_quoted) noexcept {
  if (at >= text.size()) return at;
  if (rule == Rule::account) return end_of_account(text, at);
  const Digits wanted = digits_of(rule);
  const bool is_code = rule == Rule::pin || rule == Rule::cvv;
  return is_code ? end_of_code(text, at, wanted, is_quoted) : end_of_digits(text, at, wanted);
}

// Takes the value at `at`; answers where it ends, which is `at` when it is none.
std::size_t take_one(Scan& scan, std::size_t at, const KeyClass& key) noexcept {
  const std::size_t quote = quote_at(scan.text, at);
  const std::size_t begin = at + quote;
  const std::size_t end = end_of_promised(scan.text, begin, key.shape, quote != 0);
  if (end == begin) return at;
  scan.take(begin, end, key.sensitive_class);
  return end + quote_at(scan.text, end);
}

// The elements of a list from `at` on, up to one that is none.
[[gnu::cold]] void take_list(Scan& scan, std::size_t at, const KeyClass& key) noexcept {
  for (;;) {
    const std::size_t end = take_one(scan, at, key);
    if (end == at) return;
    at = skip_blanks(scan.text, end);
    if (at >= scan.text.size() || scan.text[at] != ',') return;
    at = skip_blanks(scan.text, at + 1);
  }
}

// A code whose digits are the elements of a list, "pin":[4,9,2,1]: takes all.
[[gnu::cold]] bool take_pieces(Scan& scan, std::size_t at, const KeyClass& key) noexcept {
  const std::string_view text = scan.text;
  const Digits wanted = digits_of(key.shape);
  const std::size_t begin = at + quote_at(text, at);
  std::size_t digits = 0;
  std::size_t end = begin;
  while (digits <= wanted.most) {
    at += quote_at(text, at);
    const std::size_t piece = at;
    while (at < text.size() && at - piece < wanted.fewest && text::is_digit(text[at])) ++at;
    if (at == piece || at - piece == wanted.fewest) return false;
    digits += at - piece;
    end = at;
    at = skip_blanks(text, at + quote_at(text, at));
    if (at >= text.size() || text[at] != ',') break;
    at = skip_blanks(text, at + 1);
  }
  const bool is_whole = at < text.size() && text[at] == ']';
  if (!is_whole || digits < wanted.fewest || digits > wanted.most) return false;
  scan.take(begin, end, key.sensitive_class);
  return true;
}

// What the key promises, wherever a value begins in the object behind `at`: "pin":{"value":"4921"}.
[[gnu::cold]] void take_object(Scan& scan, std::size_t at, const KeyClass& key) noexcept {
  constexpr std::size_t kMaxBytes = 256;
  const std::string_view text = scan.text;
  const std::size_t limit = std::min(text.size(), at + kMaxBytes);
  for (int depth = 1; at < limit && depth > 0; ++at) {
    const char c = text[at];
    if (c == '{') ++depth;
    if (c == '}') --depth;
    if (c != ':' && c != '[' && c != ',') continue;
    const std::size_t value = skip_blanks(text, at + 1);
    const std::size_t end = take_one(scan, value, key);
    if (end != value) at = end - 1;
  }
}

}  // namespace

[[gnu::cold]] void find_assigned_digits(Scan& scan, std::size_t at, const KeyClass& key) noexcept {
  const std::string_view text = scan.text;
  at = skip_blanks(text, at);
  if (at >= text.size()) return;
  if (text[at] == '{') return take_object(scan, at + 1, key);
  if (text[at] != '[' || label_at(text, at) != 0) {
    take_one(scan, at, key);
    return;
  }
  at = skip_blanks(text, at + 1);
  if (key.shape == Rule::account || !take_pieces(scan, at, key)) take_list(scan, at, key);
}

}  // namespace redaction
}  // namespace v0
}  // namespace aloft
