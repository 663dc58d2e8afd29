// SPDX-License-Identifier: Apache-2.0
// SIGTERM and SIGINT as something to wait for, instead of a handler that interrupts.
//
// Make it first in `main`: it blocks both signals, and the threads that start later inherit that,
// so only the waits below ever see one.
//
//   StopSignals stop;
//   …start servers…
//   stop.wait();
//
// Thread-safety: one thread waits.
#pragma once

#include <aloft/core/clock.hpp>

#include <csignal>

namespace example {

class StopSignals {
 public:
  StopSignals() noexcept;
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// Returns when one of the signals has come.
  void wait() noexcept;
  /// @return true when one of the signals came before `until`.
  bool wait_until(const aloft::Clock& clock, aloft::SteadyTime until) noexcept;

 private:
  ::sigset_t signals_;
};

}  // namespace example
