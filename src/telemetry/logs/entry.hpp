// SPDX-License-Identifier: Apache-2.0
// The bytes of a log line while it waits for the backend: a header, the message, the name of the
// source file, then entries, each with its key and its value behind it.
//
// A context is written the same way, once in each chunk, as a line that is none; lines carry its
// place. Lines begin at multiples of eight bytes; nothing inside of one is aligned.
#pragma once

#include <aloft/telemetry/log_level.hpp>

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
  place,  // a LogPlace
};

struct LogEntry {
  LogEntryType type;
  bool cut;  // the value was longer than its limit
  std::uint16_t key_bytes;
  std::uint32_t value_bytes;
};
static_assert(sizeof(LogEntry) == 8);

/// Where in which trace.
struct LogPlace {
  std::uint64_t trace_high;
  std::uint64_t trace_low;
  std::uint64_t span;
};

enum class LogLineKind : std::uint8_t {
  line,
  context,
  nothing,  // reserved and not used
};

struct LogLine {
  std::uint32_t bytes;       // of all of it, this header included; a multiple of 8
  std::uint16_t context_at;  // in its chunk, by eight bytes from where lines begin; see kNoContext
  LogLevel level;
  LogLineKind kind;
  std::int64_t wall_ns;
  std::uint32_t message_bytes;  // of a context: of its entries
  std::uint32_t entry_bytes;
  std::uint32_t source_line;
  std::uint32_t held_back;
  std::uint16_t file_bytes;
  std::uint16_t name;  // index of the logger's name
  bool is_literal;     // the message
  bool is_cut;         // the message
  bool is_recalled;
  std::uint8_t tenant;  // bucket of the tenant
};
static_assert(sizeof(LogLine) == 40);

inline constexpr std::uint16_t kNoContext = 0xFFFF;

/// Longest text of a message or a value; longer ones are cut. Ours: four of them fit a line.
inline constexpr std::size_t kMaxLogTextBytes = 12'288;
/// Longest line; what does not fit is left out. A chunk holds one beside its context.
inline constexpr std::size_t kMaxLogLineBytes = 60'000;
/// Room for the members of objects, which are written down before they are measured.
inline constexpr std::size_t kMaxLogObjectBytes = 4'096;
inline constexpr int kMaxLogObjectDepth = 8;

constexpr std::size_t line_bytes(std::size_t bytes) noexcept {
  return (bytes + 7) & ~std::size_t{7};
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
