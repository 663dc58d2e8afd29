// SPDX-License-Identifier: Apache-2.0
#include "telemetry/redaction_places.hpp"

#include <algorithm>
#include <array>

// Each of these is called at a byte of its own and looks at a bounded number of bytes before it,
// and at values that it takes or passes over once.

namespace aloft {
inline namespace v0 {
namespace redaction {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;
constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kMaxListBytes = 1024;  // of the columns of a table
constexpr std::size_t kMaxColumns = 32;

bool is_name_char(char c) noexcept { return is_token_char(c) || c == '.' || c == ':'; }

bool ends_with(std::string_view text, std::size_t end, std::string_view word) noexcept {
  return end >= word.size() &&
         text::equals_ignoring_case(text.substr(end - word.size(), word.size()), word);
}

bool begins_with(std::string_view text, std::size_t at, std::string_view word) noexcept {
  return at + word.size() <= text.size() &&
         text::equals_ignoring_case(text.substr(at, word.size()), word);
}

std::size_t skip_space(std::string_view text, std::size_t at) noexcept {
  constexpr std::size_t kMost = 16;
  const std::size_t limit = std::min(text.size(), at + kMost);
  while (at < limit && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t')) ++at;
  return at;
}

std::size_t back_over_space(std::string_view text, std::size_t at) noexcept {
  constexpr std::size_t kMost = 16;
  const std::size_t limit = at - std::min(at, kMost);
  while (at > limit && (text[at - 1] == ' ' || text[at - 1] == '\n' || text[at - 1] == '\t')) --at;
  return at;
}

// The end of a value in SQL: of a text in quotation marks, which are doubled inside, or of what
// stands before a comma or bracket. `begin` moves behind the mark.
std::size_t end_of_literal(std::string_view text, std::size_t& begin) noexcept {
  if (begin + 1 < text.size() && text::is_alpha(text[begin]) && text[begin + 1] == '\'') ++begin;
  if (begin >= text.size() || text[begin] != '\'') {
    const std::size_t end = text.find_first_of(",)\n", begin);
    return end == kNowhere ? text.size() : end;
  }
  std::size_t at = ++begin;
  for (; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '\'') {
      if (at + 1 == text.size() || text[at + 1] != '\'') break;
      ++at;
    }
  }
  return std::min(at, text.size());
}

using Columns = std::array<KeyClass, kMaxColumns>;

// What the names of the columns say, whose bracket closes before `end`; false when there is none
// that says something.
bool read_columns(const Scan& scan, std::size_t end, Columns& columns) noexcept {
  const std::string_view text = scan.text;
  const std::size_t limit = end - std::min(end, kMaxListBytes);
  const std::size_t open = text.substr(0, end).rfind('(');
  if (open == kNowhere || open < limit) return false;
  bool is_telling = false;
  std::size_t column = 0;
  for (std::size_t at = open + 1; at <= end && column < kMaxColumns; ++at) {
    if (at != end && text[at] != ',') continue;
    std::size_t name = back_over_space(text, at);
    if (name > 0 && (text[name - 1] == '`' || text[name - 1] == '"' || text[name - 1] == ']'))
      --name;
    columns[column] = class_of_key(scan, name);
    is_telling = is_telling || columns[column].sensitive_class != Secret::none;
    ++column;
  }
  return is_telling;
}

// Takes the values of one row, behind its bracket; answers where the row ends.
std::size_t take_row(Scan& scan, std::size_t at, const Columns& columns) noexcept {
  const std::string_view text = scan.text;
  for (std::size_t column = 0; at < text.size(); ++column) {
    std::size_t begin = skip_space(text, at);
    const std::size_t end = end_of_literal(text, begin);
    const bool is_known = column < kMaxColumns && columns[column].sensitive_class != Secret::none;
    if (is_known) take_under(scan, columns[column], begin, end);
    at = end < text.size() && text[end] == '\'' ? end + 1 : end;
    at = skip_space(text, at);
    if (at >= text.size() || text[at] != ',') break;
    ++at;
  }
  return at;
}

// The literals behind `at`, in brackets or not, under the key that ends at `key_end`.
void take_operand(Scan& scan, std::size_t key_end, std::size_t at) noexcept {
  const std::string_view text = scan.text;
  std::size_t name = back_over_space(text, key_end);
  if (ends_with(text, name, " not")) name = back_over_space(text, name - 4);
  if (name > 0 && (text[name - 1] == '`' || text[name - 1] == '"' || text[name - 1] == ']')) --name;
  const KeyClass key = class_of_key(scan, name);
  if (key.sensitive_class == Secret::none) return;
  at = skip_space(text, at);
  if (at < text.size() && text[at] == '(') ++at;
  Columns same;
  same.fill(key);
  if (at < text.size() && (text[at] == '\'' || text::is_digit(text[at]))) take_row(scan, at, same);
}

}  // namespace

[[gnu::cold]] void find_element(Scan& scan, std::size_t at) noexcept {
  const std::string_view text = scan.text;
  if (at == 0 || !is_token_char(text[at - 1]) || at + 1 >= text.size()) return;
  std::size_t name = at;
  const std::size_t limit = at - std::min(at, kMaxNameBytes);
  while (name > limit && is_name_char(text[name - 1])) --name;
  if (name == 0 || text[name - 1] != '<') return;
  if (name >= 2 && text::is_alnum(text[name - 2])) return;  // Map<String, Token>
  const KeyClass key = class_of_key(scan, at);
  if (key.sensitive_class == Secret::none) return;
  constexpr std::string_view kRaw = "<![CDATA[";
  const bool is_raw = scan.has(at + 1, kRaw);
  const std::size_t begin = at + 1 + (is_raw ? kRaw.size() : 0);
  const std::size_t end = is_raw ? text.find("]]>", begin) : text.find('<', begin);
  // A secret that was cut has no end; a placeholder, as in `login <password>`, has no value.
  if (end == kNowhere ? !scan.was_cut : !is_raw && !scan.has(end, "</")) return;
  take_under(scan, key, begin, std::min(end, text.size()));
}

[[gnu::cold]] void find_inserted(Scan& scan, std::size_t at) noexcept {
  const std::string_view text = scan.text;
  const std::size_t word = back_over_space(text, at);
  if (!ends_with(text, word, "values")) return;
  const std::size_t close = back_over_space(text, word - 6);
  Columns columns{};
  if (close == 0 || text[close - 1] != ')' || !read_columns(scan, close - 1, columns)) return;
  while (at < text.size() && text[at] == '(') {
    at = take_row(scan, at + 1, columns);
    if (at >= text.size() || text[at] != ')') return;
    at = skip_space(text, at + 1);
    if (at >= text.size() || text[at] != ',') return;
    at = skip_space(text, at + 1);
  }
}

[[gnu::cold]] void find_in_statement(Scan& scan, std::size_t at) noexcept {
  const std::string_view text = scan.text;
  if (begins_with(text, at, "IN ") || begins_with(text, at, "IN(")) {
    return take_operand(scan, at, at + 2);
  }
  if (begins_with(text, at, "IKE ") && ends_with(text, at, " L")) {
    return take_operand(scan, at - 2, at + 3);
  }
  constexpr std::string_view kIdentified = "IDENTIFIED BY '";
  if (begins_with(text, at, kIdentified)) {
    std::size_t begin = at + kIdentified.size() - 1;
    const std::size_t end = end_of_literal(text, begin);
    if (label_at(text, begin) != end - begin) scan.take(begin, end, Secret::password);
    return;
  }
  if (!begins_with(text, at, "INSERT INTO ")) return;
  const std::string_view statement = text.substr(0, std::min(text.size(), at + kMaxListBytes));
  std::size_t values = statement.find("VALUES", at);
  if (values == kNowhere) values = statement.find("values", at);
  if (values == kNowhere) return;
  find_inserted(scan, skip_space(text, values + 6));
}

[[gnu::cold]] void find_option(Scan& scan, std::size_t at) noexcept {
  const std::string_view text = scan.text;
  std::size_t end = at + 1;
  const std::size_t limit = std::min(text.size(), at + kMaxNameBytes);
  while (end < limit && is_token_char(text[end])) ++end;
  if (end + 1 >= text.size() || text[end] != ' ' || text[end + 1] == '-') return;
  std::size_t begin = end + 1;
  const bool is_quoted = text[begin] == '\'' || text[begin] == '"';
  const char quote = is_quoted ? text[begin++] : ' ';
  std::size_t last = begin;
  while (last < text.size() && text[last] != quote && static_cast<unsigned char>(text[last]) > 0x1F)
    ++last;
  const bool is_long = at > 0 && text[at - 1] == '-';
  const std::string_view name = text.substr(at + 1, end - at - 1);
  if (is_long ? name == "user" || name == "proxy-user" : name == "u") {
    const std::size_t colon = text.substr(0, last).find(':', begin);
    const bool is_pair = colon != kNowhere && colon + 1 < last;
    if (is_pair && label_at(text, begin) == 0) scan.take(begin, last, Secret::userinfo);
    return;
  }
  if (is_long) take_under(scan, class_of_key(scan, end), begin, last);
}

[[gnu::cold]] KeyClass class_of_named_value(const Scan& scan, std::size_t end) noexcept {
  const std::string_view text = scan.text;
  constexpr std::size_t kValueBytes = 5;
  if (!ends_with(text, end, "value")) return {};
  std::size_t at = end - kValueBytes;
  const std::size_t mark = quote_before(text, at);
  if (mark == 0) return {};
  at = back_over_space(text, at - mark);
  if (at == 0 || text[at - 1] != ',') return {};
  at = back_over_space(text, at - 1);
  const std::size_t name_end = at - quote_before(text, at);
  if (name_end == at) return {};
  at = name_end;
  const std::size_t limit = at - std::min(at, kMaxNameBytes);
  while (at > limit && is_name_char(text[at - 1])) --at;
  const std::size_t quote = quote_before(text, at);
  if (quote == 0) return {};
  at = back_over_space(text, at - quote);
  if (at == 0 || text[at - 1] != ':') return {};
  at = back_over_space(text, at - 1);
  at -= quote_before(text, at);
  const bool is_name = ends_with(text, at, "name") || ends_with(text, at, "key") ||
                       ends_with(text, at, "field") || ends_with(text, at, "header");
  return is_name ? class_of_key(scan, name_end) : KeyClass{};
}

}  // namespace redaction
}  // namespace v0
}  // namespace aloft
