// SPDX-License-Identifier: Apache-2.0
// How much a line matters. `ALOFT_LOG_FLOOR` is the compile-time floor: what is below it is not in
// the program.
//
//   g++ -DALOFT_LOG_FLOOR=info …        // no call of `debug` leaves a trace in the code
//
// Thread-safety: constants.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace aloft {
inline namespace v0 {

enum class LogLevel : std::uint8_t {
  debug,
  info,
  warn,
  error,
  off,  ///< of a logger that writes nothing; no line has it
};

/// "DEBUG", "INFO", "WARN", "ERROR", "OFF": as in the lines.
std::string_view to_string(LogLevel level) noexcept;
/// Of a name in any case; also "warning", "fatal" and "critical" (both are `error`), "trace"
/// (`debug`) and "none" (`off`), the words of other loggers.
std::optional<LogLevel> parse_log_level(std::string_view name) noexcept;

#ifdef ALOFT_LOG_FLOOR
#define ALOFT_LOG_FLOOR_LEVEL LogLevel::ALOFT_LOG_FLOOR
#else
#define ALOFT_LOG_FLOOR_LEVEL LogLevel::debug
#endif
namespace detail {
namespace {  // of each translation unit: parts of a program may differ
// NOLINTNEXTLINE(misc-definitions-in-headers): one for each translation unit is what it is for.
constexpr LogLevel kLogFloor = ALOFT_LOG_FLOOR_LEVEL;
}  // namespace
}  // namespace detail
#undef ALOFT_LOG_FLOOR_LEVEL

}  // namespace v0
}  // namespace aloft
