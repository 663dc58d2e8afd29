// SPDX-License-Identifier: Apache-2.0
#include "common/stop_signals.hpp"

#include <cerrno>
#include <ctime>

namespace example {
namespace {

::timespec to_timespec(aloft::Nanoseconds time) noexcept {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  return {.tv_sec = seconds.count(), .tv_nsec = (time - seconds).count()};
}

}  // namespace

StopSignals::StopSignals() noexcept {
  ::sigemptyset(&signals_);
  ::sigaddset(&signals_, SIGTERM);
  ::sigaddset(&signals_, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

void StopSignals::wait() noexcept {
  int which = 0;
  while (::sigwait(&signals_, &which) != 0) {
  }
}

bool StopSignals::wait_until(const aloft::Clock& clock, aloft::SteadyTime until) noexcept {
  const aloft::Deadline deadline{until};
  for (;;) {
    // A deadline in the past still looks once: a signal that came meanwhile is not missed.
    const ::timespec left = to_timespec(deadline.left(clock.steady_now()));
    if (::sigtimedwait(&signals_, nullptr, &left) > 0) return true;
    if (errno == EAGAIN) return false;
  }
}

}  // namespace example
