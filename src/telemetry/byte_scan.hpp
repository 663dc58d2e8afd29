// SPDX-License-Identifier: Apache-2.0
// Looks for bytes that a header must not have, sixteen at a time. Private to the room.
#pragma once

#include "telemetry/hex_decoder.hpp"

#include <cstddef>
#include <cstring>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace detail {

inline Bytes block_at(const char* text) noexcept {
  Bytes block;
  std::memcpy(&block, text, sizeof block);
  return block;
}

/// Whether `bad(block)` marks any byte of `text`. By blocks, the last overlapping the one before
/// it: one instruction a byte instead of eight, and behind a load balancer every header comes this
/// way. Blanks fill up a text that is shorter than a block.
template <typename Bad>
[[gnu::always_inline]] inline bool any_byte(std::string_view text, Bad bad) noexcept {
  char padded[sizeof(Bytes)];
  if (text.size() < sizeof padded) {
    std::memset(padded, ' ', sizeof padded);
    if (!text.empty()) std::memcpy(padded, text.data(), text.size());
    text = {padded, sizeof padded};
  }
  const std::size_t last = text.size() - sizeof(Bytes);
  Bytes found = bad(block_at(text.data() + last));
  for (std::size_t at = 0; at < last; at += sizeof(Bytes)) found |= bad(block_at(text.data() + at));
  const Words words = reinterpret_cast<Words>(found);
  return (words[0] | words[1]) != 0;
}

/// A control byte other than a tab.
inline bool has_control_character(std::string_view text) noexcept {
  return any_byte(text, [](Bytes block) {
    const Bytes low = reinterpret_cast<Bytes>(block < 0x20);
    const Bytes tab = reinterpret_cast<Bytes>(block == '\t');
    return (low & ~tab) | reinterpret_cast<Bytes>(block == 0x7F);
  });
}

/// ASCII without control bytes.
inline bool is_printable(std::string_view text) noexcept {
  return !any_byte(text, [](Bytes block) {
    return reinterpret_cast<Bytes>(block < 0x20) | reinterpret_cast<Bytes>(block > 0x7E);
  });
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
