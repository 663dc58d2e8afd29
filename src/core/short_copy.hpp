// SPDX-License-Identifier: Apache-2.0
// Copies of short texts without a call: first and last word, which overlap when the text is shorter
// than two. A call to memcpy costs 15 instructions, and the function around it 15 more for the
// registers it must save.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace detail {

/// Longest text that `put_short` copies.
inline constexpr std::size_t kShortBytes = 64;

using SixteenBytes [[gnu::vector_size(16)]] = char;

template <typename Word>
[[gnu::always_inline]] inline void copy_ends(char* at, const char* from,
                                             std::size_t size) noexcept {
  Word head;
  Word tail;
  std::memcpy(&head, from, sizeof head);
  std::memcpy(&tail, from + size - sizeof tail, sizeof tail);
  std::memcpy(at, &head, sizeof head);
  std::memcpy(at + size - sizeof tail, &tail, sizeof tail);
}

/// Requires at most `kShortBytes`. Most keys and values have 8 to 16 bytes, so these come first.
/// @return where the copy ends.
[[gnu::always_inline]] inline char* put_short(char* at, std::string_view bytes) noexcept {
  const std::size_t size = bytes.size();
  const char* const from = bytes.data();
  if (size - 8 <= 8) [[likely]] {
    copy_ends<std::uint64_t>(at, from, size);
  } else if (size > 16) {
    copy_ends<SixteenBytes>(at, from, size);
    if (size > 32) copy_ends<SixteenBytes>(at + 16, from + 16, size - 32);
  } else if (size >= 4) {
    copy_ends<std::uint32_t>(at, from, size);
  } else if (size != 0) {
    at[0] = from[0];
    at[size / 2] = from[size / 2];
    at[size - 1] = from[size - 1];
  }
  return at + size;
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
