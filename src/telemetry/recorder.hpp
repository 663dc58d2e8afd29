// SPDX-License-Identifier: Apache-2.0
// Appends entries to one span: copies bytes and moves a cursor. No atomics, no heap; text is cut to
// its limit here and checked, mapped and redacted later by the backend.
#pragma once

#include <aloft/core/value.hpp>

#include "core/short_copy.hpp"
#include "telemetry/block.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace detail {

inline char* put(char* at, std::string_view bytes) noexcept {
  if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
  return at + bytes.size();
}

/// The kinds of a value stand in the same order in EntryType.
constexpr EntryType scalar_type(EntryType text_type, Value::Kind kind) noexcept {
  return static_cast<EntryType>(static_cast<int>(text_type) + static_cast<int>(kind));
}

/// The common case of an entry without name space: where its value goes, or null when the long way
/// must be taken (long key or value, extent full).
[[gnu::always_inline]] inline char* begin_short(Slot& slot, EntryType type, std::string_view key,
                                                std::size_t value_bytes) noexcept {
  const std::size_t bytes = sizeof(Entry) + key.size() + value_bytes;
  char* const at = slot.at;
  if (static_cast<std::size_t>(slot.limit - at) < bytes) [[unlikely]]
    return nullptr;
  const Entry entry{type, false, 0, static_cast<std::uint16_t>(key.size()),
                    static_cast<std::uint16_t>(value_bytes)};
  const auto packed = std::bit_cast<std::uint64_t>(entry);
  std::memcpy(at, &packed, sizeof packed);
  return put_short(at + sizeof packed, key);
}

class Recorder {
 public:
  Recorder(Block& block, ChunkPool& pool, Slot& slot) noexcept
      : block_(block), pool_(pool), slot_(slot) {}

  /// Each answers false when the entry could not be kept. Calls, at a price of 20 instructions, so
  /// that each recorder of a block is 200 bytes less; what every request has goes by `text_often`,
  /// and annotations by `begin_short`.
  [[gnu::noinline]] bool text(EntryType type, std::string_view name_space, std::string_view key,
                              std::string_view value, std::size_t limit_bytes) noexcept {
    return text_often(type, name_space, key, value, limit_bytes);
  }
  [[gnu::always_inline]] bool text_often(EntryType type, std::string_view name_space,
                                         std::string_view key, std::string_view value,
                                         std::size_t limit_bytes) noexcept {
    const bool cut = value.size() > limit_bytes;
    if (cut) value = value.substr(0, limit_bytes);
    char* const at = reserve(type, cut, name_space, key, value.size());
    if (at == nullptr) return false;
    slot_.at = put(at, value);
    return true;
  }
  [[gnu::noinline]] bool scalar(EntryType text_type, std::string_view name_space,
                                std::string_view key, Value::Kind kind,
                                std::uint64_t bits) noexcept {
    if (kind == Value::Kind::number && !std::isfinite(std::bit_cast<double>(bits))) return false;
    char* const at = reserve(scalar_type(text_type, kind), false, name_space, key, sizeof bits);
    if (at == nullptr) return false;
    std::memcpy(at, &bits, sizeof bits);
    slot_.at = at + sizeof bits;
    return true;
  }
  bool value(EntryType text_type, std::string_view name_space, std::string_view key,
             const Value& value, std::size_t limit_bytes) noexcept {
    return value.kind() == Value::Kind::text
               ? text(text_type, name_space, key, value.text(), limit_bytes)
               : scalar(text_type, name_space, key, value.kind(), value.bits());
  }

 private:
  /// Writes the entry up to its value; where the value goes, or null.
  char* reserve(EntryType type, bool cut, std::string_view name_space, std::string_view key,
                std::size_t value_bytes) noexcept {
    if ((int{key.size() > kMaxAnnotationKeyBytes} |
         int{name_space.size() > kMaxAnnotationKeyBytes}) != 0) {
      return nullptr;
    }
    const std::size_t bytes = sizeof(Entry) + name_space.size() + key.size() + value_bytes;
    char* at = slot_.at;
    if (static_cast<std::size_t>(slot_.limit - at) < bytes) [[unlikely]] {
      at = next_extent(block_, pool_, slot_, bytes);
      if (at == nullptr) return nullptr;
    }
    const Entry entry{type, cut, static_cast<std::uint16_t>(name_space.size()),
                      static_cast<std::uint16_t>(key.size()),
                      static_cast<std::uint16_t>(value_bytes)};
    std::memcpy(at, &entry, sizeof entry);
    return put(put(at + sizeof entry, name_space), key);
  }

  Block& block_;
  ChunkPool& pool_;
  Slot& slot_;
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
