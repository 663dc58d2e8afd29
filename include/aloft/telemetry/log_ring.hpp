// SPDX-License-Identifier: Apache-2.0
// Keeps what a request says below its level, and shows it when the request fails.
//
//   LogRing ring(log.with(identity, span));       // once a request, on its stack
//   const Logger& mine = ring.log();
//   mine.debug("cache asked", {"key", key});      // kept, although the level is `info`
//   mine.error("charge failed", {"error", error});   // shows what was kept, then itself
//
// What is shown has its own time and level, and went the way of every line: redacted, ordered,
// accounted for. Each error shows what was kept since the last, and so does `fail`; what is left
// when the ring ends is erased. Lines at the level or above are written at once, as ever.
//
// A ring has 16 KiB, of a pool of `LogOptions::ring_limit_bytes`; of the lines that were said last
// half of that is always there, so that a line may have 8 KiB with its context. What was
// overwritten before the request failed is counted (`LogCounters::ring_lost`), and said by the
// first line that is shown (`held_back`). Where no ring is to be had, or the tenant has as many as
// are left, its logger is the one that it was given, and `LogCounters::rings_refused` counts it.
//
// Thread-safety: the logger and its children, as every logger, also after the ring has ended: they
// keep nothing then. A line of one thread while another thread's is being copied tries a while,
// then counts as lost. `fail`: all calls; the ends of a ring are its owner's.
#pragma once

#include <aloft/telemetry/logger.hpp>

#include <cstdint>

namespace aloft {
inline namespace v0 {

namespace detail {
struct LogRingHead;
}  // namespace detail

class LogRing {
 public:
  explicit LogRing(const Logger& log) noexcept;
  LogRing(const LogRing&) = delete;
  LogRing& operator=(const LogRing&) = delete;
  /// Erases what was not shown.
  ~LogRing();

  /// One that says what the given one did.
  const Logger& log() const noexcept { return log_; }
  /// Shows what was kept: for a request that fails without a line about it.
  void fail() noexcept;

 private:
  Logger log_;
  detail::LogRingHead* ring_ = nullptr;  // none was to be had
};

}  // namespace v0
}  // namespace aloft
