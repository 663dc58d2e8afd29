// SPDX-License-Identifier: Apache-2.0
#include "telemetry/redaction_patterns.hpp"

#include <algorithm>

// IBANs: a country, two check digits, and letters and digits as many as that country uses, alone or
// in groups. Two letters and two digits begin many things; the length and the check digits leave
// one of ten thousand of them.

namespace aloft {
inline namespace v0 {
namespace redaction {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;
constexpr std::size_t kLongest = 33;

// Source: SWIFT, IBAN Registry, release 100 (countries and lengths; read 2026-11).
constexpr std::string_view kCountries =
    "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24"
    "FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32"
    "LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24"
    "RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

char to_upper(char c) noexcept { return detail::is_lower(c) ? static_cast<char>(c - 32) : c; }

// How many letters and digits an IBAN of the country has, or 0.
std::size_t length_of(char first, char second) noexcept {
  for (std::size_t at = 0; at < kCountries.size(); at += 4) {
    if (kCountries[at] != to_upper(first) || kCountries[at + 1] != to_upper(second)) continue;
    const auto digit = [](char c) { return static_cast<std::size_t>(c - '0'); };
    return digit(kCountries[at + 2]) * 10 + digit(kCountries[at + 3]);
  }
  return 0;
}

std::size_t separator_of_groups_at(std::string_view text, std::size_t at) noexcept {
  const char c = text[at];
  if (c == ' ' || c == '-' || c == '.' || c == '+') return 1;
  return percent_at(text, at, "20") || percent_at(text, at, "2D") ? 3 : 0;
}

// The end of the IBAN that begins at `begin`. ISO 7064, modulo 97: the first four go last.
[[gnu::cold]] std::size_t end_of_account_at(std::string_view text, std::size_t begin) noexcept {
  const std::size_t wanted = length_of(text[begin], text[begin + 1]);
  if (wanted == 0) return kNowhere;
  char all[kLongest + 1];
  std::size_t size = 0;
  std::size_t at = begin;
  for (; at < text.size() && size < wanted;) {
    if (const std::size_t separator = separator_of_groups_at(text, at); separator != 0) {
      at += separator;
      continue;
    }
    if (!text::is_alnum(text[at])) break;
    all[size++] = to_upper(text[at++]);
  }
  if (size != wanted || (at < text.size() && text::is_alnum(text[at]))) return kNowhere;
  unsigned rest = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const char c = all[(i + 4) % size];
    const auto value = static_cast<unsigned>(text::is_digit(c) ? c - '0' : c - 'A' + 10);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest == 1 ? at : kNowhere;
}

bool may_begin(std::string_view text, std::size_t at) noexcept {
  return at + 4 <= text.size() && text::is_alpha(text[at]) && text::is_alpha(text[at + 1]) &&
         text::is_digit(text[at + 2]) && text::is_digit(text[at + 3]) && begins_word(text, at);
}

}  // namespace

void find_accounts(Scan& scan, std::size_t from, std::size_t until) noexcept {
  until = std::min(until, scan.text.size());
  for (std::size_t at = std::max(from, scan.consumed); at < until; ++at) {
    const std::size_t end = may_begin(scan.text, at) ? end_of_account_at(scan.text, at) : kNowhere;
    if (end == kNowhere) continue;
    scan.take(at, end, Secret::account);
    return;
  }
}

}  // namespace redaction
}  // namespace v0
}  // namespace aloft
