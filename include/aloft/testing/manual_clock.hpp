// SPDX-License-Identifier: Apache-2.0
// A clock that stands still until a test moves it.
//
//   ManualClock clock;                       // 2025-01-02T03:04:05Z
//   clock.advance(200ms);                    // wakes every wait whose time has come
//   clock.jump_wall(-1h);                    // an NTP step: the steady clock does not move
//
// Thread-safety: all calls.
#pragma once

#include <aloft/core/clock.hpp>

#include <condition_variable>
#include <mutex>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace testing {

class ManualClock final : public Clock {
 public:
  ManualClock() noexcept;

  TimePoint now() const noexcept override;
  SteadyTime steady_now() const noexcept override;
  /// Returns when notified or when `advance` has reached `until`.
  void wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& wakeup,
                  SteadyTime until) override;

  void advance(Nanoseconds by);
  void jump_wall(Nanoseconds by);

 private:
  mutable std::mutex mutex_;
  TimePoint now_;
  std::vector<std::condition_variable*> waiting_;
};

}  // namespace testing
}  // namespace v0
}  // namespace aloft
