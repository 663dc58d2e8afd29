// SPDX-License-Identifier: Apache-2.0
#include "core/crc32c.hpp"

#include <array>
#include <cstddef>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

/// 0x1EDC6F41 with its bits reversed, as the least significant bit goes first.
constexpr std::uint32_t kPolynomial = 0x82F63B78;

using Table = std::array<std::uint32_t, 256>;

/// `[n][b]`: what byte `b` does to the sum when `n` more bytes follow it.
constexpr std::array<Table, 8> make_tables() {
  std::array<Table, 8> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t sum = byte;
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1) != 0 ? kPolynomial : 0);
    tables[0][byte] = sum;
  }
  for (std::size_t n = 1; n < tables.size(); ++n) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[n - 1][byte];
      tables[n][byte] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  }
  return tables;
}

constexpr std::array<Table, 8> kTables = make_tables();

/// Little-endian, whatever the machine; compilers make one load of it.
std::uint32_t word_at(const unsigned char* at) noexcept {
  return std::uint32_t{at[0]} | std::uint32_t{at[1]} << 8 | std::uint32_t{at[2]} << 16 |
         std::uint32_t{at[3]} << 24;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before) noexcept {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
  std::uint32_t sum = ~before;
  for (; left >= 8; left -= 8, at += 8) {
    const std::uint32_t low = word_at(at) ^ sum;
    const std::uint32_t high = word_at(at + 4);
    sum = kTables[7][low & 0xFF] ^ kTables[6][low >> 8 & 0xFF] ^ kTables[5][low >> 16 & 0xFF] ^
          kTables[4][low >> 24] ^ kTables[3][high & 0xFF] ^ kTables[2][high >> 8 & 0xFF] ^
          kTables[1][high >> 16 & 0xFF] ^ kTables[0][high >> 24];
  }
  for (; left != 0; --left, ++at) sum = (sum >> 8) ^ kTables[0][(sum ^ *at) & 0xFF];
  return ~sum;
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
