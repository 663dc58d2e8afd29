// SPDX-License-Identifier: Apache-2.0
#include "telemetry/redaction_scan.hpp"

#include <utility>

namespace aloft {
inline namespace v0 {
namespace redaction {

bool is_whole_identifier(std::string_view text) noexcept {
  if (text.size() != 36 && text.size() != 32) return false;
  char digits[36];
  std::memcpy(digits, text.data(), 32);
  if (text.size() == 36) {
    std::memcpy(digits + 32, text.data() + 32, 4);
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) {
      if (std::exchange(digits[dash], '0') != '-') return false;
    }
  }
  // The last block overlaps the second.
  for (const std::size_t base : {std::size_t{0}, std::size_t{16}, text.size() - 16}) {
    Bytes block;
    std::memcpy(&block, digits + base, sizeof block);
    const Words hex = mask((block - '0') <= 9) | mask(((block | 0x20) - 'a') <= 5);
    if ((hex[0] & hex[1]) != ~std::uint64_t{0}) return false;
  }
  return true;
}

void find_secrets(Scan& scan) noexcept { find_all<false>(scan); }

}  // namespace redaction
}  // namespace v0
}  // namespace aloft
