// SPDX-License-Identifier: Apache-2.0
#include <aloft/core/clock.hpp>

#include <new>

namespace aloft {
inline namespace v0 {
namespace {

class SystemClock final : public Clock {
 public:
  TimePoint now() const noexcept override {
    return {std::chrono::system_clock::now(), std::chrono::steady_clock::now()};
  }
  SteadyTime steady_now() const noexcept override { return std::chrono::steady_clock::now(); }
  WallTime wall_now() const noexcept override { return std::chrono::system_clock::now(); }
  void wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& wakeup,
                  SteadyTime until) override {
    if (until == SteadyTime::max()) {
      wakeup.wait(lock);
    } else {
      wakeup.wait_until(lock, until);
    }
  }
};

}  // namespace

Clock& Clock::system() noexcept {
  // Never destroyed: spans may end while static destructors run.
  alignas(SystemClock) static unsigned char storage[sizeof(SystemClock)];
  static Clock* const clock = new (storage) SystemClock;
  return *clock;
}

}  // namespace v0
}  // namespace aloft
