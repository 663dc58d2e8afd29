// SPDX-License-Identifier: Apache-2.0
// CRC-32C (Castagnoli), by eight tables: it finds what a disk or a torn write did to bytes, and
// nothing that was done on purpose.
//
//   std::uint32_t sum = crc32c(header);
//   sum = crc32c(body, sum);   // of both, as if they were one text
//
// Source: RFC 3720, 12.1 and B.4 (polynomial 0x1EDC6F41, reflected), read 2026-11.
#pragma once

#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace detail {

/// @param before  the sum of what stands before `bytes`; 0 when nothing does.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0) noexcept;

}  // namespace detail
}  // namespace v0
}  // namespace aloft
