// SPDX-License-Identifier: Apache-2.0
#include "telemetry/redaction_patterns.hpp"

#include <algorithm>
#include <iterator>

// Which numbers are card numbers: the ranges of the issuers, their lengths, the Luhn sum.

namespace aloft {
inline namespace v0 {
namespace redaction {
namespace {

constexpr std::uint32_t length(unsigned digits) { return 1U << digits; }
// In use; 17 and 18, which the issuers reserve as well, are what ids have.
constexpr std::uint32_t k16Or19 = length(16) | length(19);
constexpr std::uint32_t kDiners = length(14) | k16Or19;
constexpr std::uint32_t lengths(unsigned first, unsigned last) {
  std::uint32_t all = 0;
  for (unsigned digits = first; digits <= last; ++digits) all |= length(digits);
  return all;
}

// Sixteen digits that are all of a text are an id more often than a card. Only ranges that cards
// are commonly of count then: 2.8 % of random ids.
constexpr std::uint32_t kNotAlone = 1U << 31U;

struct Issuer {
  std::uint32_t first;  // of the first six digits
  std::uint32_t last;
  std::uint32_t lengths;
};

// Source: ISO/IEC 7812 prefixes as the networks publish them ("Payment card number", table of
// issuers, read 2026-11). Left out: UATP (15 digits from 1), because that is what counters look
// like, and 12-digit Maestro, because that is what telephone numbers look like.
constexpr Issuer kIssuers[] = {
    {220000, 220499, k16Or19},                               // Mir
    {222100, 272099, length(16)},                            // Mastercard, 2-series
    {300000, 305999, kDiners},                               // Diners Club
    {309500, 309599, kDiners},                               // Diners Club
    {340000, 349999, length(15)},                            // American Express
    {352800, 358999, k16Or19},                               // JCB
    {360000, 369999, kDiners | kNotAlone},                   // Diners Club
    {370000, 379999, length(15)},                            // American Express
    {380000, 399999, kDiners | kNotAlone},                   // Diners Club
    {400000, 499999, length(13) | length(16) | length(19)},  // Visa
    {500000, 509999, lengths(16, 19) | kNotAlone},           // Maestro, Elo, RuPay, Verve, Dankort
    {501800, 501899, lengths(13, 19)},                       // Maestro
    {501900, 501999, length(16)},                            // Dankort
    {502000, 502099, lengths(13, 19)},                       // Maestro
    {503800, 503899, lengths(13, 19)},                       // Maestro
    {506000, 509999, lengths(16, 19)},                       // Verve, RuPay, Elo
    {510000, 559999, length(16)},                            // Mastercard
    {561400, 561499, length(16)},                            // Uzcard
    {589300, 589399, lengths(13, 19)},                       // Maestro
    {600000, 609999, lengths(16, 19) | kNotAlone},           // Discover, RuPay, Hipercard
    {601100, 601199, k16Or19},                               // Discover
    {606000, 608999, lengths(16, 19)},                       // Hipercard, RuPay
    {620000, 629999, lengths(16, 19)},                       // UnionPay, Discover, Elo
    {630400, 630499, lengths(13, 19)},                       // Maestro
    {636000, 639999, lengths(16, 19) | kNotAlone},           // InterPayment, InstaPayment, Elo
    {644000, 659999, k16Or19},                               // Discover, RuPay, Troy, Verve
    {675900, 675999, lengths(13, 19)},                       // Maestro
    {676100, 676399, lengths(13, 19)},                       // Maestro
    {677000, 677199, lengths(16, 19)},                       // Maestro
    {810000, 829999, lengths(16, 19) | kNotAlone},           // UnionPay, RuPay
    {860000, 860099, length(16)},                            // Uzcard
    {979200, 979299, length(16)},                            // Troy
    {986000, 986099, length(16)},                            // Humo
};

bool luhn(const CardDigits& digits, std::size_t count) noexcept {
  unsigned sum = 0;
  bool twice = false;
  for (std::size_t i = count; i-- > 0; twice = !twice) {
    const unsigned digit = digits[i];
    sum += twice ? (digit > 4 ? 2 * digit - 9 : 2 * digit) : digit;
  }
  return sum % 10 == 0;
}

bool has_issuer(const CardDigits& digits, std::uint32_t allowed_lengths,
                bool is_alone = false) noexcept {
  std::uint32_t prefix = 0;
  for (std::size_t i = 0; i < 6; ++i) prefix = prefix * 10 + digits[i];
  return std::any_of(std::begin(kIssuers), std::end(kIssuers), [&](const Issuer& issuer) {
    return prefix >= issuer.first && prefix <= issuer.last &&
           (issuer.lengths & allowed_lengths) != 0 &&
           !(is_alone && (issuer.lengths & kNotAlone) != 0);
  });
}

}  // namespace

bool is_card_number(const CardDigits& digits, std::size_t count) noexcept {
  return luhn(digits, count) && has_issuer(digits, length(static_cast<unsigned>(count)));
}

// Source: GS1 General Specifications, 7.9 "Check digit calculations" (read 2026-11).
bool is_barcode(const CardDigits& digits, std::size_t count) noexcept {
  if (count != 13) return false;
  unsigned sum = 0;
  for (std::size_t i = 0; i < 13; ++i) sum += digits[i] * (i % 2 == 0 ? 1U : 3U);
  return sum % 10 == 0;
}

bool is_common_card_number(const CardDigits& digits) noexcept {
  return luhn(digits, 16) && has_issuer(digits, length(16), true);
}

bool could_become_card_number(const CardDigits& digits, std::size_t count) noexcept {
  return has_issuer(digits, lengths(static_cast<unsigned>(count), kMaxCardDigits));
}

}  // namespace redaction
}  // namespace v0
}  // namespace aloft
