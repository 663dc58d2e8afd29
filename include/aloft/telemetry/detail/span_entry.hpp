// SPDX-License-Identifier: Apache-2.0
// What a span's calls do in the caller's code: the entries that `annotate` writes by itself
// (src/telemetry/block.hpp has the others), and the values that are made only when they are needed.
//
// Thread-safety: one thread at a time per cursor.
#pragma once

#include <aloft/core/value.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace detail {
/// Where a span's next entry goes: all that this header knows of its memory.
struct EntryCursor {
  char* at;
  char* limit;
};

/// An entry of an annotation as `detail::Entry` lays it out; `record_scalar_annotation` checks that
/// the two agree.
constexpr std::uint64_t entry_header(Value::Kind kind, std::size_t key_bytes,
                                     std::size_t value_bytes) noexcept {
  return (std::uint64_t{1} + static_cast<std::uint64_t>(kind)) | std::uint64_t{key_bytes} << 32 |
         std::uint64_t{value_bytes} << 48;
}

/// Appends a whole number or a truth under a key that the compiler knows, at the price of four
/// stores (30 instructions less than a call); false when there is no room.
template <typename Bits>
inline bool append_scalar(EntryCursor& cursor, Value::Kind kind, std::string_view key,
                          Bits bits) noexcept {
  const std::size_t bytes = sizeof(std::uint64_t) + key.size() + sizeof bits;
  if (static_cast<std::size_t>(cursor.limit - cursor.at) < bytes) return false;
  const std::uint64_t entry = entry_header(kind, key.size(), sizeof bits);
  std::memcpy(cursor.at, &entry, sizeof entry);
  std::memcpy(cursor.at + sizeof entry, key.data(), key.size());
  std::memcpy(cursor.at + sizeof entry + key.size(), &bits, sizeof bits);
  cursor.at += bytes;
  return true;
}

/// A callable that makes a value, and is none.
template <typename Make>
concept MakesValue = !std::convertible_to<Make, Value> && requires(Make & make) {
  { make() } -> std::convertible_to<Value>;
};

/// Runs `work`, or `otherwise` when that throws.
template <typename Work, typename Otherwise>
void guard_making(Work work, Otherwise otherwise) noexcept {
#if defined(__cpp_exceptions)
  try {
    work();
  } catch (...) {
    otherwise();
  }
#else
  static_cast<void>(otherwise);
  work();
#endif
}
}  // namespace detail
}  // namespace v0
}  // namespace aloft
