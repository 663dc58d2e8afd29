// SPDX-License-Identifier: Apache-2.0
// Writes log lines. Get it from a `Telemetry` that has logs; copy it freely.
//
//   Logger log = telemetry->logger("charges");
//   log.info("ready", {"port", 8080});
//
//   Logger mine = log.with(identity).with(span);     // once a request
//   mine.info("charge accepted", {"charge_id", id}, {"amount_minor", 4200});
//   mine.error("issuer refused", {"error", error});
//
// The message is a literal: what varies is a field. A line below the level of its logger costs a
// load and a branch. What a logger carries is written once into each piece of memory that its lines
// go into, not with each line; one that several threads share at once, more often.
// Default-constructed, switched off, or left by its Telemetry, a logger does nothing.
//
// Thread-safety: all calls of one logger, from any thread. Nothing blocks, throws or allocates, and
// the kernel is entered only to wake a backend that dozes, or that has much to do. An exception as
// a field asks the C++ runtime for the name of its type, an error code its category for its
// message: both may allocate.
#pragma once

#include <aloft/core/identity.hpp>
#include <aloft/telemetry/log_field.hpp>
#include <aloft/telemetry/log_level.hpp>
#include <aloft/telemetry/log_text.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace aloft {
inline namespace v0 {

class Span;
struct TraceContext;

/// What a logger may carry: three ids, a trace and a dozen short fields. What is beyond is left out
/// and counted.
inline constexpr std::size_t kMaxLogContextBytes = 1'024;

namespace detail {
struct CellRate;
class LogLane;
struct LogGate;
struct LogLine;

struct LogCell {
  std::atomic<LogLevel> level{LogLevel::off};
};
extern LogCell silent_log;

/// Who says a line.
struct LogStamp {
  std::uint16_t name = 0;   // index of the logger's name
  std::uint8_t tenant = 0;  // bucket of the tenant, 0: none
};
static_assert(sizeof(LogStamp) == 4);
}  // namespace detail

class Logger {
 public:
  /// Writes nothing.
  Logger() noexcept = default;
  Logger(const Logger& other) noexcept;
  Logger& operator=(const Logger& other) noexcept;
  ~Logger() = default;

  // Always inline, so that each translation unit keeps its own floor, and so that fields go from
  // where they are into the line without being a list in between (200 instructions less for five).
  [[gnu::always_inline]] void debug(LogText message, LogField a = {}, LogField b = {},
                                    LogField c = {}, LogField d = {}, LogField e = {},
                                    LogField f = {}, LogField g = {},
                                    LogField h = {}) const noexcept {
    write<LogLevel::debug>(message, a, b, c, d, e, f, g, h);
  }
  [[gnu::always_inline]] void info(LogText message, LogField a = {}, LogField b = {},
                                   LogField c = {}, LogField d = {}, LogField e = {},
                                   LogField f = {}, LogField g = {},
                                   LogField h = {}) const noexcept {
    write<LogLevel::info>(message, a, b, c, d, e, f, g, h);
  }
  [[gnu::always_inline]] void warn(LogText message, LogField a = {}, LogField b = {},
                                   LogField c = {}, LogField d = {}, LogField e = {},
                                   LogField f = {}, LogField g = {},
                                   LogField h = {}) const noexcept {
    write<LogLevel::warn>(message, a, b, c, d, e, f, g, h);
  }
  [[gnu::always_inline]] void error(LogText message, LogField a = {}, LogField b = {},
                                    LogField c = {}, LogField d = {}, LogField e = {},
                                    LogField f = {}, LogField g = {},
                                    LogField h = {}) const noexcept {
    write<LogLevel::error>(message, a, b, c, d, e, f, g, h);
  }
  /// At a level that is only known when the program runs, or with more than eight fields.
  void log(LogLevel level, LogText message, LogFields fields = {}) const noexcept {
    if (enabled(level)) record({level, message, 0}, fields.begin(), fields.size());
  }
  /// The same calls, for lines that a limit or a sample may hold back (telemetry/log_limit.hpp):
  /// `log.limited(limit).warn("issuer slow")`.
  template <typename Limit>
  LimitedLogger<Limit> limited(Limit& limit) const noexcept {
    return {*this, limit};
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
  /// Both at once, which costs less: what a request begins with.
  Logger with(const Identity& identity, const Span& span) const noexcept;
  Logger with(const Identity& identity, const TraceContext& context) const noexcept;
  /// One that says these fields, too; a field of the same key replaces the earlier one.
  Logger with(LogField a, LogField b = {}, LogField c = {}, LogField d = {}) const noexcept;

 private:
  friend class detail::LogLane;
  template <typename Limit>
  friend class LimitedLogger;
  Logger(detail::LogLane& lane, std::uint32_t generation, const detail::LogCell& cell,
         std::uint16_t name) noexcept
      : lane_(&lane), cell_(&cell), generation_(generation), stamp_{.name = name} {}

  /// Room for the fields of a line whose other parts are written.
  struct Line {
    char* fields;  // null when the line was refused
    detail::LogLine* line;
  };

  template <LogLevel kLevel, typename... Fields>
  [[gnu::always_inline]] void write(LogText message, const Fields&... fields) const noexcept {
    if constexpr (kLevel >= detail::kLogFloor) {
      if (kLevel < cell_->level.load(std::memory_order_relaxed)) return;
      write_on(kLevel, 0, message, fields...);
    }
  }
  /// @param held_back  lines that the call site said no to since the last one.
  /// @return whether the line was accepted and found room.
  template <typename... Fields>
  [[gnu::always_inline]] bool write_on(LogLevel level, std::uint32_t held_back, LogText message,
                                       const Fields&... fields) const noexcept {
    const std::size_t bytes = (fields.bytes() + ...);
    if (bytes > detail::kMaxLogFieldBytes) [[unlikely]]
      return record_some({level, message, held_back}, fields...);
    const Line line = begin(level, message.text_, message.file_, message.site_, bytes);
    if (line.fields == nullptr) [[unlikely]]
      return false;
    char* at = line.fields;
    ((at = fields.put(at)), ...);
    if (held_back != 0) say_held_back(line, held_back);
    end(line);
    return true;
  }
  /// What is known of a line beside its fields, on ways that are not short.
  struct Head {
    LogLevel level;
    LogText message;
    std::uint32_t held_back;
  };
  template <typename... Fields>
  [[gnu::always_inline]] bool record_some(const Head& head,
                                          const Fields&... fields) const noexcept {
    LogField list[sizeof...(fields)];
    std::size_t count = 0;
    ((fields.present() ? void(list[count++] = fields) : void()), ...);
    return record(head, list, count);
  }
  // The parts of a message apart, for they travel in registers.
  Line begin(LogLevel level, std::string_view text, const char* file, detail::LogSite site,
             std::size_t field_bytes) const noexcept;
  static void say_held_back(Line line, std::uint32_t lines) noexcept;
  void end(Line line) const noexcept;
  bool record(const Head& head, const LogField* fields, std::size_t count) const noexcept;
  /// How many lines were held back before this one, or a negative number: it may not pass.
  std::int64_t admit(detail::LogGate& gate, const detail::CellRate& rate) const noexcept;
  std::int64_t admit(detail::LogGate& gate, std::uint32_t one_in) const noexcept;
  /// Without the entries that `replaced` picks, if there may be any, and with what `add` writes.
  template <typename Replaced, typename Add>
  Logger changed(std::uint8_t kinds, Replaced replaced, Add add) const noexcept;
  void go_by_tenant(const Identity& identity) noexcept;

  detail::LogLane* lane_ = nullptr;
  const detail::LogCell* cell_ = &detail::silent_log;
  std::uint32_t generation_ = 0;
  std::uint16_t context_bytes_ = 0;
  std::uint8_t carried_ = 0;  // kinds of what stands in the context
  detail::LogStamp stamp_;
  /// Where the context was written last: number of the chunk, and place in it by eight bytes.
  mutable std::atomic<std::uint64_t> written_{0};
  alignas(8) std::array<char, kMaxLogContextBytes> context_;  // entries, as in a line
};

}  // namespace v0
}  // namespace aloft
