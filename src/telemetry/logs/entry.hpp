// SPDX-License-Identifier: Apache-2.0
// The bytes of a log line while it waits for the backend: a header, the message, the name of the
// source file, then entries, each with its key and its value behind it.
//
// A context is written the same way, once in each chunk, as a line that is none; lines carry its
// place. Lines begin at multiples of eight bytes; nothing inside of one is aligned.
#pragma once

#include <aloft/telemetry/logger.hpp>

#include <cstddef>
#include <cstdint>

namespace aloft {
inline namespace v0 {
namespace detail {

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

inline constexpr std::uint16_t kNoContext = 0xFFFF;

struct LogLine {
  std::uint32_t bytes = 0;                // of all of it, this header included; a multiple of 8
  std::uint16_t context_at = kNoContext;  // in its chunk, by eight bytes from the first line
  LogLevel level = LogLevel::info;
  LogLineKind kind = LogLineKind::line;
  std::int64_t wall_ns = 0;
  std::uint32_t message_bytes = 0;  // 0 of a context
  std::uint32_t entry_bytes = 0;
  LogSite site;
  LogStamp stamp;
  std::uint32_t held_back = 0;  // before it, by its call site
};
static_assert(sizeof(LogLine) == 40);

/// Room for the members of objects, which are written down before they are measured.
inline constexpr std::size_t kMaxLogObjectBytes = 4'096;
inline constexpr int kMaxLogObjectDepth = 8;

constexpr std::size_t line_bytes(std::size_t bytes) noexcept {
  return (bytes + 7) & ~std::size_t{7};
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
