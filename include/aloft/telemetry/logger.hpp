// SPDX-License-Identifier: Apache-2.0
// Writes log lines. Get it from a `Telemetry` that has logs; copy it freely.
//
//   Logger log = telemetry->logger("charges");
//   log.info("ready", {{"port", 8080}});
//
//   Logger mine = log.with(identity).with(span);     // once a request
//   mine.info("charge accepted", {{"charge_id", id}, {"amount_minor", 4200}});
//   mine.error("issuer refused", {{"error", error}});
//
// The message is a literal: what varies is a field. A line below the level of its logger costs a
// load and a branch. What a logger carries is written once into each piece of memory that its lines
// go into, not with each line. Default-constructed, switched off, or left by its Telemetry, a
// logger does nothing.
//
// Thread-safety: all calls of one logger, from any thread. Nothing blocks, throws, allocates or
// enters the kernel; only an exception as a field asks the C++ runtime for the name of its type,
// which may allocate.
#pragma once

#include <aloft/core/identity.hpp>
#include <aloft/telemetry/log_field.hpp>
#include <aloft/telemetry/log_level.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {

class Span;
struct TraceContext;

/// What a logger may carry: three ids, a trace and a dozen short fields. What is beyond is left out
/// and counted.
inline constexpr std::size_t kMaxLogContextBytes = 1'024;

namespace detail {
class LogLane;

/// The last part of `__FILE__`.
consteval const char* file_name(const char* path) noexcept {
  const char* name = path;
  for (const char* at = path; *at != '\0'; ++at) {
    if (*at == '/') name = at + 1;
  }
  return name;
}

struct LogCell {
  std::atomic<LogLevel> level{LogLevel::off};
};
extern LogCell silent_log;
}  // namespace detail

/// The message of a line: a literal, and where it stands.
struct LogText {
  template <std::size_t N>
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is a message, or does not compile.
  consteval LogText(const char (&literal)[N], const char* path = __builtin_FILE(),
                    std::uint32_t at_line = __builtin_LINE()) noexcept
      : text(literal, N - 1), file(detail::file_name(path)), line(at_line), is_literal(true) {}
  /// A message that is only known when the program runs, as that of another logger: it is cut at
  /// the limit of a value, and looked at for secrets like one.
  static LogText of(std::string_view message, const char* file = "",
                    std::uint32_t line = 0) noexcept {
    return LogText(message, file, line);
  }

  std::string_view text;
  const char* file;
  std::uint32_t line;
  bool is_literal;

 private:
  LogText(std::string_view message, const char* in_file, std::uint32_t at_line) noexcept
      : text(message), file(in_file), line(at_line), is_literal(false) {}
};

class Logger {
 public:
  /// Writes nothing.
  Logger() noexcept = default;
  Logger(const Logger& other) noexcept;
  Logger& operator=(const Logger& other) noexcept;
  ~Logger() = default;

  // Always inline, so that each translation unit keeps its own floor.
  [[gnu::always_inline]] void debug(const LogText& message, LogFields fields = {}) const noexcept {
    write<LogLevel::debug>(message, fields);
  }
  [[gnu::always_inline]] void info(const LogText& message, LogFields fields = {}) const noexcept {
    write<LogLevel::info>(message, fields);
  }
  [[gnu::always_inline]] void warn(const LogText& message, LogFields fields = {}) const noexcept {
    write<LogLevel::warn>(message, fields);
  }
  [[gnu::always_inline]] void error(const LogText& message, LogFields fields = {}) const noexcept {
    write<LogLevel::error>(message, fields);
  }
  /// At a level that is only known when the program runs.
  void log(LogLevel level, const LogText& message, LogFields fields = {}) const noexcept {
    if (enabled(level)) record(level, message, fields);
  }

  bool enabled(LogLevel level) const noexcept {
    return level >= cell_->level.load(std::memory_order_relaxed) && level != LogLevel::off;
  }

  /// One that says with each line whose request it is, and goes by its tenant's level where one is
  /// set. An id that is empty leaves what was there.
  Logger with(const Identity& identity) const noexcept;
  /// One whose lines belong to this span: they say its trace and its id. Nothing for a span that
  /// does nothing.
  Logger with(const Span& span) const noexcept;
  Logger with(const TraceContext& context) const noexcept;
  /// One that says these fields, too; a field of the same key replaces the earlier one.
  Logger with(LogFields fields) const noexcept;

 private:
  friend class detail::LogLane;
  Logger(detail::LogLane& lane, std::uint32_t generation, const detail::LogCell& cell,
         std::uint16_t name) noexcept
      : lane_(&lane), cell_(&cell), generation_(generation), name_(name) {}

  template <LogLevel kLevel>
  [[gnu::always_inline]] void write(const LogText& message, LogFields fields) const noexcept {
    if constexpr (kLevel >= detail::kLogFloor) {
      if (kLevel >= cell_->level.load(std::memory_order_relaxed)) record(kLevel, message, fields);
    }
  }
  /// Without the entries that `replaced` picks, and with what `add` writes.
  template <typename Replaced, typename Add>
  Logger changed(Replaced replaced, Add add) const noexcept;
  [[gnu::noinline]] void record(LogLevel level, const LogText& message,
                                LogFields fields) const noexcept;

  detail::LogLane* lane_ = nullptr;
  const detail::LogCell* cell_ = &detail::silent_log;
  std::uint32_t generation_ = 0;
  std::uint16_t name_ = 0;  // index of the logger's name
  std::uint16_t context_bytes_ = 0;
  std::uint8_t tenant_ = 0;  // bucket of the tenant, 0: none
  /// Where the context was written last: number of the chunk, and place in it by eight bytes.
  mutable std::atomic<std::uint64_t> written_{0};
  alignas(8) std::array<char, kMaxLogContextBytes> context_;  // entries, as in a line
};

}  // namespace v0
}  // namespace aloft
