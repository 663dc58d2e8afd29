// SPDX-License-Identifier: Apache-2.0
#include <aloft/testing/manual_clock.hpp>

#include <algorithm>

namespace aloft {
inline namespace v0 {
namespace testing {
namespace {

constexpr std::chrono::seconds kStart{1'735'787'045};  // 2025-01-02T03:04:05Z
// A waiter that was just about to sleep when `advance` notified looks again after this long.
constexpr std::chrono::milliseconds kMissedWakeup{10};

}  // namespace

ManualClock::ManualClock() noexcept : now_{WallTime(kStart), SteadyTime(std::chrono::hours(1))} {}

TimePoint ManualClock::now() const noexcept {
  const std::lock_guard lock(mutex_);
  return now_;
}

SteadyTime ManualClock::steady_now() const noexcept { return now().steady; }

void ManualClock::wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& wakeup,
                             SteadyTime until) {
  if (steady_now() >= until) return;
  {
    const std::lock_guard own(mutex_);
    waiting_.push_back(&wakeup);
  }
  wakeup.wait_for(lock, kMissedWakeup);
  const std::lock_guard own(mutex_);
  waiting_.erase(std::find(waiting_.begin(), waiting_.end(), &wakeup));
}

void ManualClock::advance(Nanoseconds by) {
  const std::lock_guard lock(mutex_);
  now_.wall += by;
  now_.steady += by;
  for (std::condition_variable* wakeup : waiting_) wakeup->notify_all();
}

void ManualClock::jump_wall(Nanoseconds by) {
  const std::lock_guard lock(mutex_);
  now_.wall += by;
}

}  // namespace testing
}  // namespace v0
}  // namespace aloft
