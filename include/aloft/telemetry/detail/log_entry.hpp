// SPDX-License-Identifier: Apache-2.0
// How a field stands in its line: what the caller's code writes by itself, without a call
// (src/telemetry/logs/entry.hpp has the rest of a line).
//
// Thread-safety: plain values.
#pragma once

#include <aloft/core/sensitive_class.hpp>

#include <cstddef>
#include <cstdint>

namespace aloft {
inline namespace v0 {
namespace detail {
enum class LogEntryType : std::uint8_t {
  text,  // the kinds of a value stand in the order of Value::Kind
  integer,
  number,
  boolean,
  object_begin,
  object_end,
  request_id,
  tenant_id,
  user_id,
  place,  // in which trace
};

/// What else is known of an entry's value.
struct LogEntryFlags {
  /// Of a field: no plain copy; in a line: the value was cut.
  std::uint8_t is_special : 1;
  std::uint8_t hash_asked : 1;
  std::uint8_t sensitive_class : 4;  // SensitiveClass, said by the value's type
};
static_assert(kSensitiveClasses <= 16);

/// In front of the bytes of an entry, key and value: made where the compiler knows most of it.
struct LogEntry {
  LogEntryType type;
  LogEntryFlags flags;
  std::uint16_t key_bytes;
  std::uint32_t value_bytes;
};
static_assert(sizeof(LogEntry) == 8);

/// Longest text of a message or a value; longer ones are cut. Ours: four of them fit a line.
inline constexpr std::size_t kMaxLogTextBytes = 12'288;
/// Most that the fields of a line may take; what does not fit is left out. A chunk of 64 KiB holds
/// such a line with the longest message, beside its context.
inline constexpr std::size_t kMaxLogFieldBytes = 50'000;
/// What a field counts for that must be cut or measured first.
inline constexpr std::size_t kSpecialBytes = std::size_t{1} << 32;

/// Out of line: a copy of unknown length is long. @return where it ends.
char* put_log_text(char* at, const char* text, std::size_t bytes) noexcept;
}  // namespace detail
}  // namespace v0
}  // namespace aloft
