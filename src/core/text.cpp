// SPDX-License-Identifier: Apache-2.0
#include <aloft/core/text.hpp>

#include <bit>
#include <charconv>
#include <cstring>

namespace aloft {
inline namespace v0 {
namespace text {

namespace {

static_assert(std::endian::native == std::endian::little,
              "the hex digits of a number are made as little-endian words");

// The compiler's portable vectors: SSE2 on x86-64, NEON on arm64, both part of the base line.
using Bytes [[gnu::vector_size(16)]] = unsigned char;
using Pairs [[gnu::vector_size(16)]] = std::uint16_t;
using Words [[gnu::vector_size(16)]] = std::uint64_t;

/// Eight letters at once: the names of every header of every message are compared with it.
std::uint64_t to_lower(std::uint64_t eight) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  const std::uint64_t low = eight & (kOnes * 0x7F);
  const std::uint64_t from_a = low + kOnes * (0x80 - 'A');
  const std::uint64_t beyond_z = low + kOnes * (0x80 - 'Z' - 1);
  const std::uint64_t upper = from_a & ~beyond_z & ~eight & (kOnes * 0x80);
  return eight | upper >> 2;
}

/// Names mostly come in the very case they are compared with, and no letter is looked at.
template <typename Word>
bool word_equal(const char* a, const char* b) noexcept {
  Word first = 0;
  Word second = 0;
  std::memcpy(&first, a, sizeof first);
  std::memcpy(&second, b, sizeof second);
  return first == second || to_lower(std::uint64_t{first}) == to_lower(std::uint64_t{second});
}

/// The first and the last bytes, which overlap, and all between: for texts of a word and more.
template <typename Word>
bool words_equal(std::string_view a, std::string_view b) noexcept {
  const std::size_t last = a.size() - sizeof(Word);
  for (std::size_t at = 0; at < last; at += sizeof(Word)) {
    if (!word_equal<Word>(a.data() + at, b.data() + at)) return false;
  }
  return word_equal<Word>(a.data() + last, b.data() + last);
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  if (a.size() >= sizeof(std::uint64_t)) return words_equal<std::uint64_t>(a, b);
  if (a.size() >= sizeof(std::uint32_t)) return words_equal<std::uint32_t>(a, b);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

std::string_view trim(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view cut(std::string_view text, std::size_t limit_bytes) noexcept {
  return text.size() <= limit_bytes ? text : whole(text.substr(0, limit_bytes));
}

std::string_view whole(std::string_view text) noexcept {
  // The lead byte of the last sequence is among the last four bytes, or the text is no UTF-8.
  for (std::size_t tail = 1; tail <= 4 && tail <= text.size(); ++tail) {
    const auto byte = static_cast<unsigned char>(text[text.size() - tail]);
    if ((byte & 0xC0) == 0x80) continue;
    const std::size_t length = byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    return length > tail ? text.substr(0, text.size() - tail) : text;
  }
  return text;
}

std::size_t utf8_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) -> unsigned { return static_cast<unsigned char>(text[i]); };
  const auto tail = [&](std::size_t i, unsigned low, unsigned high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  if (text.empty()) return 0;
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return tail(1, 0x80, 0xBF) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;
    return tail(1, low, high) && tail(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return tail(1, low, high) && tail(2, 0x80, 0xBF) && tail(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value, 10);
  if (text.empty() || error != std::errc{} || at != end) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> parse_hex(std::string_view text) noexcept {
  if (text.empty() || text.size() > 16) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    const char lower = to_lower(c);
    unsigned digit = 0;
    if (is_digit(lower)) {
      digit = static_cast<unsigned>(lower - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      digit = static_cast<unsigned>(lower - 'a') + 10;
    } else {
      return std::nullopt;
    }
    value = value << 4 | digit;
  }
  return value;
}

void write_hex(std::uint64_t value, char* out) noexcept {
  // All sixteen digits at once: 18 instructions instead of 38 for a table. Every byte stands twice
  // side by side, the left one for its high digit and the right one for its low digit.
  const auto bytes = std::bit_cast<Bytes>(Words{__builtin_bswap64(value), 0});
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 12
  // g++ 11 has this one only.
  const auto twice = std::bit_cast<Pairs>(
      __builtin_shuffle(bytes, Bytes{0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7}));
#else
  const auto twice = std::bit_cast<Pairs>(
      __builtin_shufflevector(bytes, bytes, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7));
#endif
  const auto nibbles = std::bit_cast<Bytes>(((twice >> 4) & 0x000F) | (twice & 0x0F00));
  const auto is_letter = std::bit_cast<Bytes>(nibbles > 9);
  const Bytes digits = nibbles + '0' + (is_letter & ('a' - '0' - 10));
  std::memcpy(out, &digits, sizeof digits);
}

}  // namespace text
}  // namespace v0
}  // namespace aloft
