// SPDX-License-Identifier: Apache-2.0
// Time as a dependency: a `Clock` tells time and waits, so that every loop of the library runs on
// simulated time in a test (`testing::ManualClock`).
//
// The wall clock says *when* something happened and may jump; the steady clock says *how long* it
// took and may not. Both are read once for a local root, only the steady one for its children.
//
//   TimePoint start = clock.now();
//   SteadyTime later = clock.steady_now() + 200ms;
//
// Thread-safety: implementations are thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace aloft {
inline namespace v0 {

using Nanoseconds = std::chrono::nanoseconds;
/// Nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
using WallTime = std::chrono::time_point<std::chrono::system_clock, Nanoseconds>;
/// Nanoseconds since an arbitrary point; never goes back.
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, Nanoseconds>;

/// One moment on both clocks.
struct TimePoint {
  WallTime wall;
  SteadyTime steady;
  friend bool operator==(const TimePoint&, const TimePoint&) = default;
};

class Clock {
 public:
  virtual ~Clock() = default;
  /// Both clocks, read one after the other.
  virtual TimePoint now() const noexcept = 0;
  virtual SteadyTime steady_now() const noexcept = 0;
  /// The wall clock alone, for what needs no more, as a log line: half the price, 23 ns.
  virtual WallTime wall_now() const noexcept { return now().wall; }
  /// Waits on `wakeup` until it is notified or `until` has come, whichever is first; may return
  /// early, like every condition variable: test your own condition in a loop.
  virtual void wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& wakeup,
                          SteadyTime until) = 0;

  /// The operating system's clocks. Lives as long as the process.
  static Clock& system() noexcept;
};

/// A point in time after which nobody waits any more. A timeout is a duration; a deadline is what
/// it becomes once, at the edge, so that every step below shares it.
struct Deadline {
  SteadyTime at = (SteadyTime::max)();

  static constexpr Deadline never() noexcept { return {}; }
  static Deadline after(const Clock& clock, Nanoseconds timeout) noexcept {
    const SteadyTime now = clock.steady_now();
    return timeout < (SteadyTime::max)() - now ? Deadline{now + timeout} : never();
  }
  bool passed(SteadyTime now) const noexcept { return now >= at; }
  /// What is left; zero once passed.
  Nanoseconds left(SteadyTime now) const noexcept {
    return passed(now) ? Nanoseconds::zero() : at - now;
  }
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 sees a pointer in the compared 0
  friend auto operator<=>(const Deadline&, const Deadline&) = default;
};

}  // namespace v0
}  // namespace aloft
