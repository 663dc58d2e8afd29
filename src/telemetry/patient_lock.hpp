// SPDX-License-Identifier: Apache-2.0
// A lock for the paths that must come to an end whatever the rest of the process does: exit from a
// signal handler, whose thread may hold the mutex itself; a fork; a child without the thread that
// held it.
#pragma once

#include <aloft/core/clock.hpp>

#include <mutex>
#include <thread>

namespace aloft {
inline namespace v0 {
namespace detail {

/// Locked, or not when that did not succeed by `give_up`. By turns instead of a timed mutex, whose
/// lock ThreadSanitizer of g++ 12 does not see. A POSIX mutex says busy to its owner, too.
inline std::unique_lock<std::mutex> lock_by(std::mutex& mutex, SteadyTime give_up) noexcept {
  std::unique_lock lock(mutex, std::try_to_lock);
  while (!lock.owns_lock() && Clock::system().steady_now() < give_up) {
    std::this_thread::yield();
    static_cast<void>(lock.try_lock());
  }
  return lock;
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
