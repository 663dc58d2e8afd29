// SPDX-License-Identifier: Apache-2.0
#include "telemetry/redaction_scan.hpp"

#include <algorithm>
#include <array>
#include <iterator>

// Personal data that has a shape: email addresses, telephone numbers, United States social security
// numbers. What looks like one of them and is none (an image name, the host of a machine, an
// order number) is more common in logs than in forms, hence the rules below.

namespace aloft {
inline namespace v0 {
namespace redaction {
namespace {

// RFC 5321 4.5.3.1: 64 bytes before the `@`, 255 behind it.
constexpr std::size_t kMaxLocalBytes = 64;
constexpr std::size_t kMaxDomainBytes = 255;

// ---- Email
// ---------------------------------------------------------------------------------------

bool is_local_char(char c) noexcept {
  return text::is_alnum(c) || static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view("._+-%'~").find(c) != std::string_view::npos;
}

bool is_domain_char(char c) noexcept {
  return text::is_alnum(c) || c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

// Where the part before the `@` begins; an escape such as `%3D` or `\n` ends the word before it.
std::size_t begin_of_local(const Scan& scan, std::size_t at) noexcept {
  const std::string_view text = scan.text;
  const std::size_t limit = std::max(scan.consumed, at - std::min(at, kMaxLocalBytes));
  std::size_t begin = at;
  while (begin > limit && is_local_char(text[begin - 1])) --begin;
  for (std::size_t i = begin; i + 2 < at; ++i) {
    const bool is_escape = text[i] == '%' && is_hex(text[i + 1]) && is_hex(text[i + 2]) &&
                           !percent_at(text, i, "2B") && !percent_at(text, i, "2E");
    if (is_escape) begin = i + 3;
  }
  const bool is_after_escape = begin > 0 && begin < at && text[begin - 1] == '\\' &&
                               std::string_view("nrtu").find(text[begin]) != std::string_view::npos;
  if (is_after_escape) begin += text[begin] == 'u' ? std::min<std::size_t>(5, at - begin) : 1;
  while (begin < at && (text[begin] == '.' || text[begin] == '\'' || text[begin] == '-')) ++begin;
  return begin;
}

// Whether it is no name that machines and files have: user@host.internal, icon@2x.png.
bool may_be_of_a_person(std::string_view domain) noexcept {
  static constexpr std::string_view kNone[] = {"internal", "local", "localdomain", "lan",
                                               "cluster",  "svc",   "png",         "jpg",
                                               "jpeg",     "gif",   "svg",         "webp"};
  const std::size_t point = domain.rfind('.');
  if (point == std::string_view::npos || point == 0) return false;
  const std::string_view top = domain.substr(point + 1);
  const bool is_top = top.size() >= 2 && std::all_of(top.begin(), top.end(), [](char c) {
                        return text::is_alpha(c) || static_cast<unsigned char>(c) >= 0x80;
                      });
  const bool is_puny = top.size() > 4 && text::equals_ignoring_case(top.substr(0, 4), "xn--");
  return (is_top || is_puny) && std::none_of(std::begin(kNone), std::end(kNone), [&](auto none) {
           return text::equals_ignoring_case(top, none);
         });
}

// ---- Numbers
// -------------------------------------------------------------------------------------

// How far a number, its separators and the word that announces it reach.
constexpr std::size_t kMaxNumberBytes = 32;
constexpr std::size_t kContextBytes = 24;
constexpr std::size_t kNowhere = std::string_view::npos;

// 1: a digit; 2: what may stand between the digits of a number; 4: what begins another one too.
constexpr std::array<std::uint8_t, 256> kNumberParts = [] {
  std::array<std::uint8_t, 256> table{};
  for (const char c : std::string_view("0123456789")) table[static_cast<unsigned char>(c)] = 1;
  for (const char c : std::string_view("-./)")) table[static_cast<unsigned char>(c)] = 2;
  for (const char c : std::string_view(" (+")) table[static_cast<unsigned char>(c)] = 4;
  return table;
}();

bool belongs_to_number(char c) noexcept { return kNumberParts[static_cast<unsigned char>(c)] != 0; }

// The same bit for both cases of a letter.
constexpr unsigned letter_bit(char c) noexcept {
  return 1U << (static_cast<unsigned char>(c) & 0x1FU);
}

// Whether one of `words` begins a word shortly before `at`.
bool has_word_before(std::string_view text, std::size_t at,
                     std::span<const std::string_view> words) noexcept {
  for (std::size_t i = at - std::min(at, kContextBytes); i < at; ++i) {
    constexpr unsigned kFirstLetters = [] {
      unsigned letters = 0;
      for (const char c : std::string_view("cdfimpstw")) letters |= letter_bit(c);
      return letters;
    }();
    if (!text::is_alpha(text[i]) || (kFirstLetters & letter_bit(text[i])) == 0) continue;
    if (!detail::begins_key_word(text, i)) continue;
    const auto is_here = [&](std::string_view word) {
      return text::to_lower(text[i]) == word[0] && i + word.size() <= at &&
             text::equals_ignoring_case(text.substr(i, word.size()), word) &&
             !text::is_alpha(text[i + word.size()]);
    };
    if (std::any_of(words.begin(), words.end(), is_here)) return true;
  }
  return false;
}

bool announces_phone(std::string_view text, std::size_t at) noexcept {
  static constexpr std::string_view kWords[] = {"phone",  "telephone", "cellphone", "tel",
                                                "mobile", "cell",      "fax",       "sms",
                                                "dial",   "call me",   "call us",   "whatsapp"};
  return has_word_before(text, at, kWords);
}

bool announces_ssn(std::string_view text, std::size_t at) noexcept {
  static constexpr std::string_view kWords[] = {"ssn", "social", "taxpayer", "itin"};
  return has_word_before(text, at, kWords);
}

// The groups of digits of a number, and what stands between them, from one place on.
struct Groups {
  static constexpr std::size_t kMost = 12;
  std::array<std::size_t, kMost> begins;
  std::array<std::size_t, kMost> ends;
  std::size_t count = 0;

  std::size_t size(std::size_t group) const noexcept { return ends[group] - begins[group]; }
};

// Two groups are of one number when a separator, or `) ` and the like, stands between them.
bool are_joined(std::string_view between) noexcept {
  if (between.empty() || between.size() > 3) return false;
  const bool has_bracket = between.find_first_of("()") != std::string_view::npos;
  return (has_bracket || between.size() == 1) && between.find('+') == std::string_view::npos;
}

Groups groups_from(std::string_view text, std::size_t at) noexcept {
  Groups groups;
  const std::size_t limit = std::min(text.size(), at + kMaxNumberBytes);
  while (groups.count < Groups::kMost) {
    const std::size_t begin = at;
    while (at < limit && text::is_digit(text[at])) ++at;
    if (at == begin) break;
    groups.begins[groups.count] = begin;
    groups.ends[groups.count++] = at;
    std::size_t next = at;
    while (next < limit && next - at < 4 && belongs_to_number(text[next]) &&
           !text::is_digit(text[next])) {
      ++next;
    }
    if (!are_joined(text.substr(at, next - at))) break;
    at = next;
  }
  return groups;
}

// Whether what stands around [begin, end) makes it part of something longer.
bool stands_alone(std::string_view text, std::size_t begin, std::size_t end) noexcept {
  const auto is_glued = [&](char c) { return text::is_alnum(c) || c == '_'; };
  if (!begins_word(text, begin) || (begin > 0 && text[begin - 1] == '_')) return false;
  if (end < text.size() && is_glued(text[end])) return false;
  const bool goes_on = end + 1 < text.size() && (text[end] == '-' || text[end] == '.') &&
                       text::is_alnum(text[end + 1]);
  const bool went_on = begin >= 2 && (text[begin - 1] == '-' || text[begin - 1] == '.') &&
                       text::is_alnum(text[begin - 2]);
  return !goes_on && !went_on;
}

// +49 1512 3456789: the country first, 9 to 15 digits. Answers the end.
std::size_t international_phone(std::string_view text, const Groups& groups) noexcept {
  const std::size_t begin = groups.begins[0];
  const bool has_plus = begin > 0 && text[begin - 1] == '+';
  const bool is_encoded = begin >= 3 && percent_at(text, begin - 3, "2B");
  if ((!has_plus && !is_encoded) || text[begin] == '0') return kNowhere;
  if (has_plus && begin >= 2 && text::is_alnum(text[begin - 2])) return kNowhere;
  std::size_t digits = 0;
  std::size_t end = kNowhere;
  for (std::size_t i = 0; i < groups.count; ++i) {
    digits += groups.size(i);
    if (digits > 15) break;
    if (digits >= 9) end = groups.ends[i];
  }
  return end != kNowhere && end < text.size() && text::is_alnum(text[end]) ? kNowhere : end;
}

// 415-555-0132, (415) 555-0132, 1-415-555-0132. Three groups of digits with blanks only between
// them are more often a table.
std::size_t american_phone(std::string_view text, const Groups& groups) noexcept {
  const std::size_t area =
      groups.count >= 4 && groups.size(0) == 1 && text[groups.begins[0]] == '1' ? 1 : 0;
  if (groups.count < area + 3 || groups.size(area) != 3 || groups.size(area + 1) != 3 ||
      groups.size(area + 2) != 4) {
    return kNowhere;
  }
  const std::size_t end = groups.ends[area + 2];
  const bool is_code = text[groups.begins[area]] >= '2' && text[groups.begins[area + 1]] >= '2';
  const std::size_t begin = groups.begins[0];
  const std::string_view whole = text.substr(begin, end - begin);
  const bool has_mark = whole.find_first_of("-.()") != std::string_view::npos;
  if (!is_code || !has_mark || !stands_alone(text, begin, end)) return kNowhere;
  return end;
}

// Digits behind a word that announces a telephone number.
std::size_t announced_phone(std::string_view text, const Groups& groups) noexcept {
  std::size_t digits = 0;
  for (std::size_t i = 0; i < groups.count; ++i) digits += groups.size(i);
  const std::size_t end = groups.ends[groups.count - 1];
  const std::size_t fewest = groups.count == 1 ? 10 : 7;
  if (digits < fewest || digits > 15 || !stands_alone(text, groups.begins[0], end)) return kNowhere;
  return announces_phone(text, groups.begins[0]) ? end : kNowhere;
}

// 123-45-6789; with blanks or nothing between only where a word announces it.
// Source: SSA, "Social Security Number Randomization": no area 000, 666 or 9xx, no group 00, no
// serial 0000 (read 2026-11).
std::size_t social_security(std::string_view text, const Groups& groups) noexcept {
  std::array<char, 9> digits{};
  std::size_t size = 0;
  std::size_t end = kNowhere;
  bool has_dashes = true;
  for (std::size_t i = 0; i < groups.count && size < 9; ++i) {
    if (size + groups.size(i) > 9) return kNowhere;
    if (i > 0) has_dashes = has_dashes && text[groups.ends[i - 1]] == '-';
    for (std::size_t at = groups.begins[i]; at < groups.ends[i]; ++at) digits[size++] = text[at];
    end = groups.ends[i];
  }
  if (size != 9) return kNowhere;
  const std::string_view all(digits.data(), size);
  const bool is_issued = all.substr(0, 3) != "000" && all.substr(0, 3) != "666" && all[0] != '9' &&
                         all.substr(3, 2) != "00" && all.substr(5) != "0000";
  const bool is_grouped =
      groups.count >= 3 && groups.size(0) == 3 && groups.size(1) == 2 && groups.size(2) == 4;
  if (!is_issued || !stands_alone(text, groups.begins[0], end)) return kNowhere;
  if (is_grouped && has_dashes) return end;
  const bool is_whole = groups.size(0) == 9 || is_grouped;
  return is_whole && announces_ssn(text, groups.begins[0]) ? end : kNowhere;
}

// The brackets and the plus before the first digit belong to the number.
std::size_t begin_of_phone(std::string_view text, std::size_t begin) noexcept {
  if (begin > 0 && text[begin - 1] == '(') --begin;
  if (begin > 0 && text[begin - 1] == '+') return begin - 1;
  return begin >= 3 && percent_at(text, begin - 3, "2B") ? begin - 3 : begin;
}

// Whether digits in a row can be announced to be a telephone or social security number: not a time
// since 1970 in seconds or milliseconds, which is what most of them are.
bool may_be_announced(std::string_view digits) noexcept {
  const bool is_time = digits[0] == '1' && digits.size() != 9 && digits.size() != 11;
  return digits.size() >= 9 && digits.size() <= 15 && !is_time;
}

// Looks at the number whose first digit is at `at`, in a stretch that ends at `end`; answers where
// the search goes on.
std::size_t find_number(Scan& scan, std::size_t at, std::size_t end) noexcept {
  const std::string_view text = scan.text;
  std::size_t first = at;
  while (first < end && text::is_digit(text[first])) ++first;
  if (at > 0 && text[at - 1] == '%') return first;  // behind the escape more of it may stand
  const bool is_row =
      first == end || (text[first] != '-' && text[first] != '.' && text[first] != ')' &&
                       text[first] != ' ' && text[first] != '(' && text[first] != '/');
  const bool has_plus = at > 0 && (text[at - 1] == '+' || text[at - 1] == 'B');
  if (is_row && !has_plus && !may_be_announced(text.substr(at, first - at))) return first;
  const Groups groups = groups_from(text, at);
  if (const std::size_t found = social_security(text, groups); found != kNowhere) {
    scan.take(at, found, Secret::ssn);
    return found;
  }
  for (const auto phone : {international_phone, american_phone, announced_phone}) {
    const std::size_t found = phone(text, groups);
    if (found == kNowhere) continue;
    scan.take(begin_of_phone(text, at), found, Secret::phone);
    return found;
  }
  return first;
}

// 2026-11-22: eight digits and no more, a year of this century first.
bool is_date(std::string_view text, std::size_t at, std::size_t digits) noexcept {
  return digits == 8 && text[at] == '2' && text[at + 1] == '0' && text::is_digit(text[at + 2]) &&
         text::is_digit(text[at + 3]) && (text[at + 4] == '-' || text[at + 4] == '/');
}

struct Stretch {
  std::size_t end;
  std::size_t digits;
  bool is_one;  // nothing in it begins another number
};

// From `at` as far as bytes go on that could belong to a number.
Stretch stretch_from(std::string_view text, std::size_t at) noexcept {
  Stretch stretch{at, 0, true};
  unsigned parts = 0;
  for (; stretch.end < text.size(); ++stretch.end) {
    const unsigned part = kNumberParts[static_cast<unsigned char>(text[stretch.end])];
    if (part == 0) break;
    stretch.digits += part & 1U;
    parts |= part;
  }
  stretch.is_one = (parts & 4U) == 0;
  return stretch;
}

}  // namespace

void find_email(Scan& scan, std::size_t begin, std::size_t end) noexcept {
  const std::string_view text = scan.text;
  const std::size_t local = begin_of_local(scan, begin);
  if (local == begin) return;
  const std::size_t limit = std::min(text.size(), end + kMaxDomainBytes);
  std::size_t domain_end = end;
  while (domain_end < limit && is_domain_char(text[domain_end])) ++domain_end;
  const bool was_cut = scan.reaches_cut_end(domain_end);
  while (domain_end > end && (text[domain_end - 1] == '.' || text[domain_end - 1] == '-')) {
    --domain_end;
  }
  const std::string_view domain = text.substr(end, domain_end - end);
  if (text.substr(local, begin - local) == "git") return;  // of a repository, not of a person
  if (was_cut || may_be_of_a_person(domain)) scan.take(local, domain_end, Secret::email);
}

void find_personal_numbers(Scan& scan, std::size_t from, std::size_t until) noexcept {
  constexpr std::size_t kFewestDigits = 7;
  const std::string_view text = scan.text;
  std::size_t at = std::max({from, scan.numbers_done, scan.consumed});
  const std::size_t floor = std::max(scan.numbers_done, scan.consumed);
  const std::size_t limit = std::max(floor, at - std::min(at, kMaxNumberBytes));
  while (at > limit && belongs_to_number(text[at - 1])) --at;
  while (at < until) {
    if (!text::is_digit(text[at])) {
      ++at;
      continue;
    }
    if (at >= 2 && detail::is_lower(text[at - 1]) && detail::is_lower(text[at - 2]) &&
        at + 1 < text.size() && text::is_digit(text[at + 1]) && begins_word(text, at - 2)) {
      find_accounts(scan, at - 2, at - 1);  // where a form made it lower case
      if (scan.consumed > at) {
        at = scan.consumed;
        continue;
      }
    }
    const Stretch stretch = stretch_from(text, at);
    if (stretch.digits < kFewestDigits) {
      at = stretch.end;
      continue;
    }
    // Digits of an identifier: glued to letters, and no number of another country.
    const bool is_glued = stretch.is_one && (at == 0 || text[at - 1] != '+') &&
                          ((stretch.end < text.size() && text::is_alnum(text[stretch.end])) ||
                           !begins_word(text, at));
    if (is_glued || is_date(text, at, stretch.digits)) {
      at = stretch.end;
      continue;
    }
    while (at < stretch.end)
      at = text::is_digit(text[at]) ? find_number(scan, at, stretch.end) : at + 1;
  }
  scan.numbers_done = std::max(scan.numbers_done, at);
}

void find_secrets_and_personal_data(Scan& scan) noexcept { find_all<true>(scan); }

}  // namespace redaction
}  // namespace v0
}  // namespace aloft
