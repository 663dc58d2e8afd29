// SPDX-License-Identifier: Apache-2.0
#include "telemetry/redaction_places.hpp"

#include <algorithm>
#include <cstring>
#include <span>

// Values that only their key gives away: password=…, "cvv":"…", x-api-key: …, and the same in
// escaped JSON, in percent-encoded queries and in what is left of a broken document.
//
// Values are read for the few keys that tell something: those functions are marked cold, so that
// they are compiled small.
//
// What a key says is judged where everybody judges it, telemetry/key_class.hpp. Here is where a key
// ends, where its value begins and ends, and whether that looks like what the key promises.

namespace aloft {
inline namespace v0 {
namespace redaction {
namespace {

using Rule = detail::ValueShape;

// Whether [from, until) is the number of an element, or empty.
bool is_index(std::string_view text, std::size_t from, std::size_t until) noexcept {
  constexpr std::size_t kMostDigits = 3;
  while (from < until && text::is_digit(text[from])) ++from;
  return from == until && until - from <= kMostDigits;
}

// Back over the bracket of `user[password]`, or over all of `password[]`, `password[0]`, also
// percent-encoded; and over the one of `Key (email)=`.
[[gnu::cold]] std::size_t before_brackets(std::string_view text, std::size_t at) noexcept {
  constexpr std::size_t kMostBrackets = 2;
  for (std::size_t i = 0; i < kMostBrackets && at > 0; ++i) {
    const bool is_encoded = at >= 3 && percent_at(text, at - 3, "5D");
    const std::size_t size = is_encoded ? 3 : 1;
    if (!is_encoded && text[at - 1] != ']') break;
    at -= size;
    const std::size_t open =
        is_encoded ? text.substr(0, at).rfind('%') : text.substr(0, at).rfind('[');
    const std::size_t begin = open + size;
    const bool is_near = open != std::string_view::npos && begin <= at && at - begin <= 3;
    if (!is_near || (is_encoded && !percent_at(text, open, "5B"))) break;
    if (!is_index(text, begin, at)) break;
    at = open;
  }
  return at > 0 && text[at - 1] == ')' ? at - 1 : at;
}

// Back over what may stand between a key and its delimiter: blanks, brackets, quotation marks.
struct KeyEnd {
  std::size_t at;
  bool is_quoted;
};
KeyEnd find_key_end(std::string_view text, std::size_t at) noexcept {
  if (at == 0 || text::is_alnum(text[at - 1])) {
    // %22, %5D or \u0022 before the delimiter
    const bool may_be_escape =
        (at >= 3 && text[at - 3] == '%') || (at >= 6 && text[at - 6] == '\\');
    if (!may_be_escape) return {at, false};
  } else if (at >= 2 && text[at - 1] == '"' && text::is_alnum(text[at - 2])) {
    return {at - 1, true};
  }
  if (at > 0 && (text[at - 1] == '!' || text[at - 1] == '<' || text[at - 1] == '>')) --at;
  for (int i = 0; i < 2 && at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t'); ++i) --at;
  at = before_brackets(text, at);
  const std::size_t quote = quote_before(text, at);
  return {at - quote, quote != 0};
}

// Words that follow "password:" in sentences, and values that say there is none.
[[gnu::cold]] bool is_plain_word(std::string_view value) noexcept {
  static constexpr char kWords[][10] = {
      "null",    "none",    "nil",      "true",     "false", "undefined", "missing", "required",
      "invalid", "expired", "rejected", "mismatch", "empty", "unset",     "must",    "not",
      "is",      "was",     "has",      "cannot",   "too",   "the",       "failed",  "incorrect"};
  while (!value.empty() && (value.back() == '.' || value.back() == ':' || value.back() == '!')) {
    value.remove_suffix(1);
  }
  return std::any_of(std::begin(kWords), std::end(kWords),
                     [&](const char* word) { return text::equals_ignoring_case(value, word); });
}

struct Value {
  std::size_t begin;
  std::size_t end;
  bool is_quoted;
};

// To the same quotation mark again. A mark that never closes (a broken document, or one that was
// cut) ends with the line, so that the secret goes all the same. A mark behind more backslashes, or
// a doubled one as in SQL, is part of the value; one behind fewer ends the document around it.
[[gnu::cold]] std::size_t end_of_quotation(std::string_view text, std::size_t at,
                                           std::string_view mark) noexcept {
  const bool is_named = text::is_alnum(mark.back()) || mark.back() == ';';  // %22, &quot;, \u0022
  const char quote = is_named ? '"' : mark.back();
  const std::size_t own_slashes = is_named ? 0 : mark.size() - 1;
  for (; at < text.size() && text[at] != '\n'; ++at) {
    if (is_named && text.compare(at, mark.size(), mark) == 0) return at;
    std::size_t end = at;
    while (end < text.size() && text[end] == '\\') ++end;
    if (end == text.size()) break;
    if (text[end] != quote && (text[end] != '"' || mark.size() == 1)) {
      at = end == at ? at : end - 1;
      continue;
    }
    // A backslash of the value is written as two of its level, before its mark as well.
    const std::size_t slashes = (end - at) % (2 * (own_slashes + 1));
    const bool is_doubled = end == at && mark == "'" && text.substr(at + 1, 1) == "'";
    if (slashes <= own_slashes && !is_doubled) return end - slashes;
    at = is_doubled ? end + 1 : end;
  }
  return std::min(at, text.size());
}

bool ends_encoded_value(std::string_view text, std::size_t at) noexcept {
  static constexpr char kCodes[][3] = {"26", "22", "27", "20", "2C", "7D", "3B", "0A", "0D"};
  if (text[at] != '%') return false;
  return std::any_of(std::begin(kCodes), std::end(kCodes),
                     [&](const auto& code) { return percent_at(text, at, code); });
}

// A bare value ends at a blank, a quotation mark, `&` or `;`. In JSON also at `,` `}` `]`, which
// elsewhere may be part of a password.
[[gnu::cold]] std::size_t end_of_bare(std::string_view text, std::size_t at, bool is_json,
                                      bool is_encoded) noexcept {
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '\'' || c == '&' || c == ';' ||
        c == '<' || c == '>') {
      break;
    }
    if (is_json && (c == ',' || c == '}' || c == ']')) break;
    if (c == ',' && (at + 1 == text.size() || text[at + 1] == ' ')) break;
    if (c == '\\' && at + 1 < text.size() &&
        std::string_view("\"ntru\\").find(text[at + 1]) != std::string_view::npos) {
      break;
    }
    if (is_encoded && ends_encoded_value(text, at)) break;
  }
  return at;
}

// A header may hold quotation marks. One that stands in a string of JSON ends with that string: in
// a line with an odd number of them before it.
[[gnu::cold]] std::size_t end_of_line(std::string_view text, std::size_t at) noexcept {
  constexpr std::size_t kReach = 256;
  bool is_inside = false;
  std::size_t begin = at;
  for (; begin > 0 && at - begin < kReach && text[begin - 1] != '\n'; --begin) {
    if (text[begin - 1] == '"') is_inside = !is_inside;
  }
  is_inside = is_inside || at - begin == kReach;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\n' || c == '\r' || (c == '"' && is_inside)) break;
    if (c == '\\' && at + 1 < text.size() && (text[at + 1] == 'n' || text[at + 1] == 'r')) break;
  }
  return at;
}

// Behind the quotation mark that ends the string before `end`: the strings that follow in the same
// list. Answers where the last one ends.
[[gnu::cold]] std::size_t end_of_list(std::string_view text, std::size_t end,
                                      std::string_view mark) noexcept {
  for (;;) {
    std::size_t at = skip_blanks(text, end + mark.size());
    if (at >= text.size() || text[at] != ',') return end;
    at = skip_blanks(text, at + 1);
    if (text.compare(at < text.size() ? at : text.size(), mark.size(), mark) != 0) return end;
    end = end_of_quotation(text, at + mark.size(), mark);
  }
}

// The end of the object or list whose bracket is before `at`, or of the text.
[[gnu::cold]] std::size_t end_of_nested(std::string_view text, std::size_t at) noexcept {
  for (int depth = 1; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) break;
    if (c == '"') at = end_of_quotation(text, at + 1, "\"");
  }
  return std::min(at, text.size());
}

// Behind the letter of `b'…'`, `N'…'`, or the bracket of `Key (email)=(…)`.
std::size_t behind_literal_prefix(std::string_view text, std::size_t at) noexcept {
  if (at + 1 >= text.size()) return at;
  const bool is_prefix = text::is_alpha(text[at]) || text[at] == '(';
  return is_prefix && (text[at + 1] == '"' || text[at + 1] == '\'' || text[at] == '(') ? at + 1
                                                                                       : at;
}

[[gnu::cold]] Value find_value(std::string_view text, const Delimiter& delimiter,
                               bool key_is_quoted, Rule rule) noexcept {
  std::size_t at = behind_literal_prefix(text, skip_blanks(text, delimiter.end));
  const bool is_list = at < text.size() && text[at] == '[' && label_at(text, at) == 0;
  if (is_list) at = skip_blanks(text, at + 1);
  if (const std::size_t quote = quote_at(text, at); quote != 0) {
    const std::size_t begin = at + quote;
    const std::string_view mark = text.substr(at, quote);
    const std::size_t end = end_of_quotation(text, begin, mark);
    return {begin, is_list ? end_of_list(text, end, mark) : end, true};
  }
  if (key_is_quoted && at < text.size() && text[at] == '{') {
    return {at, std::min(end_of_nested(text, at + 1) + 1, text.size()), true};
  }
  const std::size_t from = at + label_at(text, at);  // what follows a label belongs to the value
  if (rule == Rule::line) return {at, end_of_line(text, from), false};
  return {at, end_of_bare(text, from, key_is_quoted, delimiter.is_encoded), false};
}

[[gnu::cold]] bool is_secret_text(Rule rule, std::string_view value, bool is_quoted) noexcept {
  if (value.empty()) return false;
  const bool has_alnum = std::any_of(value.begin(), value.end(), text::is_alnum);
  switch (rule) {
    case Rule::any:
      return is_quoted || !is_plain_word(value);
    case Rule::token:
      return value.size() >= 3 && has_alnum && (is_quoted || !is_plain_word(value));
    case Rule::signature:
      return value.size() >= 16 && has_alnum && value.find(' ') == value.npos;
    default:
      return has_alnum;
  }
}

bool is_of_digits(Rule rule) noexcept {
  return rule == Rule::pin || rule == Rule::cvv || rule == Rule::card || rule == Rule::ssn ||
         rule == Rule::phone || rule == Rule::account;
}

[[gnu::always_inline]] inline KeyClass class_of(const Scan& scan, std::size_t end) noexcept {
  if (scan.looks_for_personal_data()) {
    const KeyClass personal = scan.personal_key(scan.text, end);
    if (personal.sensitive_class != Secret::none) return personal;
  }
  return detail::class_by(detail::kSecretWords, scan.text, end);
}

}  // namespace

KeyClass class_of_key(const Scan& scan, std::size_t end) noexcept { return class_of(scan, end); }

void take_under(Scan& scan, const KeyClass& key, std::size_t begin, std::size_t end) noexcept {
  if (key.sensitive_class == Secret::none || key.shape == Rule::email || begin >= end) return;
  if (is_of_digits(key.shape)) return find_assigned_digits(scan, begin, key);
  const std::string_view bytes = scan.text.substr(begin, end - begin);
  const bool is_said_to_be_none = bytes == "?" || text::equals_ignoring_case(bytes, "null");
  if (is_said_to_be_none || !is_secret_text(key.shape, bytes, true)) return;
  if (label_at(scan.text, begin) != bytes.size()) scan.take(begin, end, key.sensitive_class);
}

bool is_sensitive_key(std::string_view key) noexcept {
  return detail::class_by(detail::kSecretWords, key, key.size()).sensitive_class != Secret::none;
}

void find_assigned(Scan& scan, Delimiter delimiter) noexcept {
  const std::string_view text = scan.text;
  const KeyEnd end = find_key_end(text, delimiter.begin);
  KeyClass key = class_of(scan, end.at);
  if (key.sensitive_class == Secret::none && end.is_quoted && end.at >= 5 &&
      text::to_lower(text[end.at - 1]) == 'e' && text::to_lower(text[end.at - 5]) == 'v') {
    key = class_of_named_value(scan, end.at);
  }
  if (key.sensitive_class == Secret::none) return;
  // `==`, `=>` and `:=` are delimiters too.
  if (scan.has(delimiter.end, "=") || scan.has(delimiter.end, ">")) ++delimiter.end;
  if (is_of_digits(key.shape)) {
    const std::size_t at = skip_blanks(text, delimiter.end);
    return find_assigned_digits(scan, behind_literal_prefix(text, at), key);
  }
  if (key.shape == Rule::email) return;  // an address tells by its shape
  const Value value = find_value(text, delimiter, end.is_quoted, key.shape);
  const std::string_view bytes = text.substr(value.begin, value.end - value.begin);
  if (!is_secret_text(key.shape, bytes, value.is_quoted)) return;
  if (label_at(text, value.begin) == bytes.size()) return;
  scan.take(value.begin, value.end, key.sensitive_class);
}

}  // namespace redaction
}  // namespace v0
}  // namespace aloft
