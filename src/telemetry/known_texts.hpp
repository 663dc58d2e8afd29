// SPDX-License-Identifier: Apache-2.0
// Remembers short texts that were found to need no change, so that the few keys and names a service
// uses are not examined again for every span (100 instructions each).
//
// A direct-mapped cache of exact copies: a text is known only if all its bytes are the same, so a
// miss is the worst that can happen.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace detail {

class KnownTexts {
 public:
  /// Longest text that is remembered: two words, most keys and names.
  static constexpr std::size_t kMaxBytes = 16;

  bool contains(std::string_view text) const noexcept {
    const Entry entry = make(text);
    const Entry& known = entries_[place(entry)];
    return ((known.head ^ entry.head) | (known.tail ^ entry.tail) | (known.size ^ entry.size)) == 0;
  }
  void insert(std::string_view text) noexcept {
    if (text.empty() || text.size() > kMaxBytes) return;
    const Entry entry = make(text);
    entries_[place(entry)] = entry;
  }

 private:
  /// Its first and its last bytes, which overlap unless there are sixteen.
  struct Entry {
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
    std::uint64_t size = 0;  // 0 only in an entry that was never written
  };
  static constexpr std::size_t kEntries = 128;

  static Entry make(std::string_view text) noexcept {
    const char* const from = text.data();
    const std::size_t size = text.size();
    Entry entry{0, 0, size};
    if (size - 8 <= 8) [[likely]] {
      std::memcpy(&entry.head, from, 8);
      std::memcpy(&entry.tail, from + size - 8, 8);
    } else if (size > kMaxBytes || size == 0) {
      entry.size = ~std::uint64_t{0};  // never stored, so never found
    } else if (size >= 4) {
      // Through halves: a word that is stored by halves and loaded whole waits for 13 cycles.
      std::uint32_t head;
      std::uint32_t tail;
      std::memcpy(&head, from, 4);
      std::memcpy(&tail, from + size - 4, 4);
      entry.head = head;
      entry.tail = tail;
    } else {
      for (const char c : text) entry.head = entry.head << 8 | static_cast<unsigned char>(c);
    }
    return entry;
  }
  static std::size_t place(const Entry& entry) noexcept {
    // The upper bits of a product are the mixed ones; 2^7 entries.
    return ((entry.head ^ std::rotl(entry.tail, 23)) + entry.size) * 0x9e37'79b9'7f4a'7c15 >> 57;
  }

  std::array<Entry, kEntries> entries_{};
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
