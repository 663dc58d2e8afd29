// SPDX-License-Identifier: Apache-2.0
// Holds lines back where one call site would say too much. The next line that passes says how many
// were held back before it (`held_back`).
//
//   static TenantLogLimit limit{.every = seconds(10)};
//   log.limited(limit).warn("issuer slow", {"took", took});    // of each tenant one in ten seconds
//
//   static LogLimit limit{.every = seconds(1), .burst = 5};
//   log.limited(limit).warn("disk slow", {"took", took});      // five at once, then one a second
//
//   static LogSample sample{.one_in = 100};
//   log.limited(sample).info("cache asked", {"hit", hit});     // the first of each hundred
//
// A limit is a static object beside its call. Errors pass and are not counted, unless it says
// `also_errors`. Where a tenant's own doing makes the line, use the limit that each tenant has for
// itself: with the other, one that floods us silences the rest.
//
// A line that is held back is not accepted: it stands in no book but `LogCounters::held_back`. A
// limit reads the steady clock with each line above the level, passed or not; a sample does not.
// One whose level is off costs what it costs without them.
//
// Thread-safety: all of it. No locks, no system calls but the clock's, nothing allocated.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/telemetry/detail/cell_rate.hpp>
#include <aloft/telemetry/logger.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace aloft {
inline namespace v0 {

namespace detail {
/// What a call site remembers.
struct LogGate {
  Cells cells;                         // of a limit
  std::atomic<std::uint32_t> seen{0};  // by a sample
  /// Since the last line that passed. One that is refused for lack of room gives it back.
  std::atomic<std::uint32_t> held_back{0};
};

inline CellRate cell_rate(Nanoseconds every, std::uint32_t burst) noexcept {
  constexpr std::int64_t kLongest = (std::numeric_limits<std::int64_t>::max)() / 4;
  const std::int64_t interval = every.count() > 0 ? every.count() : 0;
  const std::int64_t ahead = burst > 1 ? std::int64_t{burst} - 1 : 0;
  if (interval > kLongest) return {kLongest, 0};
  return {interval, interval != 0 && ahead > kLongest / interval ? kLongest : interval * ahead};
}
}  // namespace detail

/// `burst` lines at once, then one `every` so long, of all threads and tenants together.
struct LogLimit {
  Nanoseconds every = std::chrono::seconds(1);  ///< 0: there is no limit
  std::uint32_t burst = 1;                      ///< at least 1
  bool also_errors = false;
  detail::LogGate gate{};  // not to be set
};

/// The same for each tenant, 4 KiB a call site. Tenants share 255 limits by a hash that nobody
/// outside knows; lines without a tenant have one more.
struct TenantLogLimit {
  Nanoseconds every = std::chrono::seconds(1);  ///< 0: there is no limit
  std::uint32_t burst = 1;                      ///< at least 1
  bool also_errors = false;
  std::array<detail::LogGate, 256> gates{};  // not to be set
};

/// The first of so many lines.
struct LogSample {
  std::uint32_t one_in = 100;  ///< 0 and 1: all
  bool also_errors = false;
  detail::LogGate gate{};  // not to be set
};

namespace detail {
template <typename Limit>
LogGate& gate_of(Limit& limit, std::uint8_t /*tenant*/) noexcept {
  return limit.gate;
}
inline LogGate& gate_of(TenantLogLimit& limit, std::uint8_t tenant) noexcept {
  return limit.gates[tenant];
}
template <typename Limit>
CellRate pace_of(const Limit& limit) noexcept {
  return cell_rate(limit.every, limit.burst);
}
inline std::uint32_t pace_of(const LogSample& sample) noexcept {
  return sample.one_in > 1 ? sample.one_in : 1;
}
}  // namespace detail

/// A logger's calls behind a limit, for one expression: it views both.
template <typename Limit>
class [[nodiscard]] LimitedLogger {
 public:
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
  /// Passes, unless the limit is one of errors, too.
  [[gnu::always_inline]] void error(LogText message, LogField a = {}, LogField b = {},
                                    LogField c = {}, LogField d = {}, LogField e = {},
                                    LogField f = {}, LogField g = {},
                                    LogField h = {}) const noexcept {
    write<LogLevel::error>(message, a, b, c, d, e, f, g, h);
  }

 private:
  friend class Logger;
  LimitedLogger(const Logger& logger, Limit& limit) noexcept : logger_(logger), limit_(limit) {}

  template <LogLevel kLevel, typename... Fields>
  [[gnu::always_inline]] void write(LogText message, const Fields&... fields) const noexcept {
    if constexpr (kLevel >= detail::kLogFloor) {
      if (kLevel < logger_.cell_->level.load(std::memory_order_relaxed)) return;
      if (kLevel == LogLevel::error && !limit_.also_errors) {
        logger_.write_on(kLevel, 0, message, fields...);
        return;
      }
      detail::LogGate& gate = detail::gate_of(limit_, logger_.stamp_.tenant);
      const std::int64_t before = logger_.admit(gate, detail::pace_of(limit_));
      if (before < 0) return;
      const auto held_back = static_cast<std::uint32_t>(before);
      if (!logger_.write_on(kLevel, held_back, message, fields...) && held_back != 0) {
        gate.held_back.fetch_add(held_back, std::memory_order_relaxed);
      }
    }
  }

  const Logger& logger_;
  Limit& limit_;
};

}  // namespace v0
}  // namespace aloft
