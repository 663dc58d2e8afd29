// SPDX-License-Identifier: Apache-2.0
// The pass that every byte of every string goes through. Sixteen bytes at a time it asks two
// questions: is one of nine bytes here that some secret cannot do without, and are there enough
// digits for a part of a card number? Only then a matcher runs, at that place.
//
// Trigger bytes were chosen to be rare in logs and JSON, not to come first in the secret:
// `=` `:` `%`  a key and its value, plain or percent-encoded, and `://`
// `_`          ghp_, github_pat_, sk_live_, whsec_
// `J` `I`      eyJ (JSON Web Tokens), AKIA, ASIA, AIza
// `B` `b`      Bearer, Basic, -----BEGIN
// `x`          xoxb-
// `@` 0xEF     email addresses and full-width digits, where somebody looks for personal data
//
// A template, so that who does not look for personal data does not pay for it.
#pragma once

#include "telemetry/redaction_patterns.hpp"

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

template <bool kPersonal>
[[gnu::always_inline]] inline Marks marks_of(Bytes block) noexcept {
  Words triggers = mask(block == '=') | mask(block == ':') | mask(block == '%') |
                   mask(block == '_') | mask(block == 'J') | mask(block == 'I') |
                   mask((block | 0x20) == 'b') | mask(block == 'x');
  if constexpr (kPersonal) triggers |= mask(block == '@') | mask(block == 0xEF);
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

// Most triggers are false; one or two more bytes tell, before anything is called.
template <bool kPersonal>
class TriggerFilter {
 public:
  explicit TriggerFilter(Scan& scan) noexcept : scan_(scan), text_(scan.text) {}

  [[gnu::always_inline]] void look(std::size_t at) noexcept {
    switch (text_[at]) {
      case '=':
        return find_assigned(scan_, {at, at + 1, false});
      case ':':
        if (peek(at + 1) == '/' && peek(at + 2) == '/') return find_userinfo(scan_, at + 3, false);
        return find_assigned(scan_, {at, at + 1, false});
      case '%':
        if (peek(at + 1) == '3') return look_at_percent(at);
        if constexpr (kPersonal) {
          if (percent_at(text_, at, "40")) find_email(scan_, at, at + 3);
        }
        return;
      case '_':
        if (at >= 3) look_at_underscore(at);
        return;
      case 'J':
        if (at >= 2 && text_[at - 1] == 'y') find_json_web_token(scan_, at);
        return;
      case 'I':
        if (peek(at + 1) == 'A' || peek(at + 1) == 'z') find_aws_or_google_key(scan_, at);
        return;
      case 'x':
        if (peek(at + 1) == 'o' && peek(at + 2) == 'x') find_slack_token(scan_, at);
        return;
      case '@':
        if constexpr (kPersonal) find_email(scan_, at, at + 1);
        return;
      case '\xEF':  // of full-width digits
        if constexpr (kPersonal) find_disguised_card(scan_, at);
        return;
      default:
        return look_at_b(at);
    }
  }

 private:
  char peek(std::size_t at) const noexcept { return at < text_.size() ? text_[at] : '\0'; }

  void look_at_percent(std::size_t at) noexcept {
    if (percent_at(text_, at, "3D")) return find_assigned(scan_, {at, at + 3, true});
    if (text::is_digit(peek(at + 2))) return find_disguised_card(scan_, at);
    if (!percent_at(text_, at, "3A")) return;
    if (percent_at(text_, at + 3, "2F") && percent_at(text_, at + 6, "2F")) {
      return find_userinfo(scan_, at + 9, true);
    }
    find_assigned(scan_, {at, at + 3, true});
  }

  // gh?_, github_pat_, sk_live_ and sk_test_ with their sisters, whsec_.
  void look_at_underscore(std::size_t at) noexcept {
    const char last = text_[at - 1];
    const char before = text_[at - 2];
    const bool is_worth_it = (before == 'h' && text_[at - 3] == 'g') ||
                             (at >= 7 && text_[at - 5] == '_' && (last == 'e' || last == 't')) ||
                             (at >= 10 && text_[at - 4] == '_' && last == 't') ||
                             (before == 'e' && last == 'c');
    if (is_worth_it) find_credential_at_underscore(scan_, at);
  }

  // Bearer, Basic, BEGIN.
  void look_at_b(std::size_t at) noexcept {
    const char second = text::to_lower(peek(at + 1));
    const char third = text::to_lower(peek(at + 2));
    const bool is_worth_it =
        (second == 'e' && (third == 'a' || third == 'g')) || (second == 'a' && third == 's');
    if (is_worth_it) find_authorization_or_private_key(scan_, at);
  }

  Scan& scan_;
  std::string_view text_;
};

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

template <bool kPersonal>
[[gnu::always_inline]] inline void find_in_block(Scan& scan, std::size_t base,
                                                 const Marks& marks) noexcept {
  const std::uint64_t low = marks.triggers[0];
  const std::uint64_t high = marks.triggers[1];
  if ((low | high) != 0) find_at_triggers<kPersonal>(scan, base, low, high);
  if (count_digits(marks.digits[0], marks.digits[1]) < kDigitsWorthALook) return;
  const std::size_t end = std::min(base + sizeof(Bytes), scan.text.size());
  find_cards(scan, base, end);
  if constexpr (kPersonal) find_personal_numbers(scan, base, end);
}

template <bool kPersonal>
void find_all(Scan& scan) noexcept {
  constexpr std::size_t kBlock = sizeof(Bytes);
  const char* const bytes = scan.text.data();
  const std::size_t size = scan.text.size();
  std::size_t base = 0;
  for (; base + 2 * kBlock <= size; base += 2 * kBlock) {
    const Marks first = marks_of<kPersonal>(load(bytes + base));
    const Marks second = marks_of<kPersonal>(load(bytes + base + kBlock));
    // Two blocks are dismissed by one question; 0xFF is minus one, hence the minus.
    const Words triggers = first.triggers | second.triggers;
    const Words digits = reinterpret_cast<Words>(
        -(reinterpret_cast<Bytes>(first.digits) + reinterpret_cast<Bytes>(second.digits)));
    const std::uint64_t count = ((digits[0] + digits[1]) * kOnePerByte) >> 56U;
    if ((triggers[0] | triggers[1]) == 0 && count < kDigitsWorthALook) continue;
    find_in_block<kPersonal>(scan, base, first);
    find_in_block<kPersonal>(scan, base + kBlock, second);
  }
  if (base + kBlock <= size) {
    find_in_block<kPersonal>(scan, base, marks_of<kPersonal>(load(bytes + base)));
    base += kBlock;
  }
  if (base < size)
    find_in_block<kPersonal>(scan, base,
                             marks_of<kPersonal>(load_short(bytes + base, size - base)));
}

}  // namespace redaction
}  // namespace v0
}  // namespace aloft
