// SPDX-License-Identifier: Apache-2.0
// The pass that every byte of every string goes through. It asks three questions, the cheapest
// first: may any of the next 16 bytes be of interest? If so, is
// one of some bytes here that some secret cannot do without, and are there enough digits for a part
// of a card number? Only then a matcher runs, at that place.
//
// Trigger bytes were chosen to be rare in logs and JSON, not to come first in the secret:
// `=` `:` `%`  a key and its value, plain or percent-encoded, and `://`
// `_`          ghp_, github_pat_, sk_live_, whsec_
// `J` `I`      eyJ (JSON Web Tokens), AKIA, ASIA, AIza
// `B` `b`      Bearer, Basic, -----BEGIN
// `-` `.`      xoxb-, sk-, glpat-; ya29., SG.
// `>` `(`      <password>…, VALUES (…
// `\\` 0xC2 0xE2  escapes and invisible characters, behind which all of them may be
// `@` `&` 0xEF  email addresses, entities and full-width digits, where somebody looks for personal
//              data
//
// A template, so that who does not look for personal data does not pay for it.
#pragma once

#include "telemetry/redaction_patterns.hpp"
#include "telemetry/redaction_triggers.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace redaction {

// The compiler's portable vectors: SSE2 on x86-64, NEON on arm64, both part of the base line.
using Bytes [[gnu::vector_size(16)]] = unsigned char;
using Words [[gnu::vector_size(16)]] = std::uint64_t;

constexpr std::uint64_t kOnePerByte = 0x0101010101010101ULL;

// Thirteen digits with single separators fill 25 bytes or fewer, so at least one of the blocks that
// they touch holds 5 of them (separators written `%20` count as digits themselves).
constexpr std::uint64_t kDigitsWorthALook = 5;

// What sixteen bytes hold, 0xFF per byte.
struct Marks {
  Words triggers;
  Words digits;
};

template <typename Comparison>
Words mask(Comparison comparison) noexcept {
  return reinterpret_cast<Words>(comparison);
}

// Not zero where a trigger or a digit may be: a superset of both, by few operations. In prose most
// blocks have none: no punctuation but commas and quotation marks, no capital before K.
template <bool kPersonal>
[[gnu::always_inline]] inline Words interest_of(Bytes block) noexcept {
  constexpr unsigned char kFromDashToJ = 'J' - '-';
  Words found = mask((block - '-') <= kFromDashToJ) | mask((block | 0x03) == '_') |
                mask(block == 'b') | mask(block == '%') | mask(block & 0x80);
  if constexpr (kPersonal) found |= mask(block == '&');
  return found;
}

template <bool kPersonal>
[[gnu::always_inline]] inline Marks marks_of(Bytes block) noexcept {
  // Each of the first three stands for several bytes: `-` `=`, `.` `>`, `B` `J` `b` `j`.
  Words triggers = mask((block | 0x10) == '=') | mask((block | 0x10) == '>') |
                   mask((block | 0x28) == 'j') | mask(block == ':') | mask(block == '%') |
                   mask(block == '_') | mask(block == 'I') | mask(block == '\\') |
                   mask((block & 0xDF) == 0xC2);
  if constexpr (kPersonal) {
    triggers |= mask(block == '@') | mask(block == '&') | mask(block == 0xEF);
  }
  return {triggers, mask((block - '0') <= 9)};
}

[[gnu::always_inline]] inline Bytes load(const char* bytes) noexcept {
  Bytes block;
  std::memcpy(&block, bytes, sizeof block);
  return block;
}

template <typename Word>
std::uint64_t load_word(const char* bytes) noexcept {
  Word word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

// Fewer than sixteen bytes, zeros behind them. Two loads that overlap are cheaper than a copy of
// a length known only at run time, and most annotations are this short.
inline Bytes load_short(const char* bytes, std::size_t size) noexcept {
  Words words = {0, 0};
  if (size > 8) {
    words[0] = load_word<std::uint64_t>(bytes);
    words[1] = load_word<std::uint64_t>(bytes + size - 8) >> (8 * (16 - size));
  } else if (size >= 4) {
    const std::uint64_t last = load_word<std::uint32_t>(bytes + size - 4);
    words[0] = load_word<std::uint32_t>(bytes) | (last << (8 * (size - 4)));
  } else {
    for (std::size_t i = size; i-- > 0;) {
      words[0] = (words[0] << 8U) | static_cast<unsigned char>(bytes[i]);
    }
  }
  return reinterpret_cast<Bytes>(words);
}

[[gnu::always_inline]] inline std::uint64_t count_digits(std::uint64_t low,
                                                         std::uint64_t high) noexcept {
  return (((low & kOnePerByte) + (high & kOnePerByte)) * kOnePerByte) >> 56U;
}

// One bit per byte: each row of the mask keeps another bit, and the product gathers them on top.
[[gnu::always_inline]] inline std::uint64_t bits_of(std::uint64_t mask) noexcept {
  constexpr std::uint64_t kDiagonal = 0x8040201008040201ULL;
  return ((mask & kDiagonal) * kOnePerByte) >> 56U;
}

// The order keeps the edits of one block together: triggers first, then cards.
template <bool kPersonal>
[[gnu::noinline]] void find_at_triggers(Scan& scan, std::size_t base, std::uint64_t low,
                                        std::uint64_t high) noexcept {
  TriggerFilter<kPersonal> filter(scan);
  std::uint64_t left = bits_of(low) | (bits_of(high) << 8U);
  for (; left != 0; left &= left - 1) {
    const std::size_t at = base + static_cast<std::size_t>(std::countr_zero(left));
    if (at >= scan.consumed) filter.look(at);
  }
}

// IBANs begin with two letters and two digits; those that begin in the block before count here.
[[gnu::always_inline]] inline void find_accounts_in_block(Scan& scan, std::size_t base, Bytes block,
                                                          std::uint64_t digits) noexcept {
  const bool may_go_on = (digits & 3U) != 0 && base != 0;
  if (may_go_on && (detail::is_upper(scan.text[base - 2]) || detail::is_upper(scan.text[base - 1])))
    find_accounts(scan, base - 3, base);
  const Words capitals = mask((block - 'A') <= 25);
  if ((capitals[0] | capitals[1]) == 0) return;
  const std::uint64_t letters = bits_of(capitals[0]) | (bits_of(capitals[1]) << 8U);
  const std::uint64_t begins = letters & (letters >> 1U) & (digits >> 2U) & (digits >> 3U);
  if (begins != 0) find_accounts(scan, base, base + sizeof(Bytes));
}

template <bool kPersonal>
[[gnu::always_inline]] inline void find_in_block(Scan& scan, std::size_t base,
                                                 Bytes block) noexcept {
  const Marks marks = marks_of<kPersonal>(block);
  const std::uint64_t low = marks.triggers[0];
  const std::uint64_t high = marks.triggers[1];
  if ((low | high) != 0) find_at_triggers<kPersonal>(scan, base, low, high);
  const std::uint64_t count = count_digits(marks.digits[0], marks.digits[1]);
  if (count < (kPersonal ? 1 : kDigitsWorthALook)) return;
  const std::uint64_t digits = bits_of(marks.digits[0]) | (bits_of(marks.digits[1]) << 8U);
  if constexpr (kPersonal) find_accounts_in_block(scan, base, block, digits);
  if (count < kDigitsWorthALook) return;
  const std::size_t end = std::min(base + sizeof(Bytes), scan.text.size());
  const std::size_t first = base + static_cast<std::size_t>(std::countr_zero(digits));
  find_cards(scan, first, end);
  if constexpr (kPersonal) find_personal_numbers(scan, first, end);
}

template <bool kPersonal>
void find_all(Scan& scan) noexcept {
  constexpr std::size_t kBlock = sizeof(Bytes);
  const char* const bytes = scan.text.data();
  const std::size_t size = scan.text.size();
  if (size <= kBlock) {  // not worth two questions
    const Bytes block = size == kBlock ? load(bytes) : load_short(bytes, size);
    if (size != 0) find_in_block<kPersonal>(scan, 0, block);
    return;
  }
  for (std::size_t base = 0; base < size; base += kBlock) {
    const Bytes block =
        size - base >= kBlock ? load(bytes + base) : load_short(bytes + base, size - base);
    const Words interest = interest_of<kPersonal>(block);
    if ((interest[0] | interest[1]) == 0) continue;
    find_in_block<kPersonal>(scan, base, block);
  }
}

}  // namespace redaction
}  // namespace v0
}  // namespace aloft
