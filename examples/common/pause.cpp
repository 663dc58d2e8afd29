// SPDX-License-Identifier: Apache-2.0
#include "common/pause.hpp"

#include <condition_variable>
#include <mutex>

namespace example {

void pause_until(aloft::Clock& clock, aloft::SteadyTime until) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  while (clock.steady_now() < until) clock.wait_until(lock, never, until);
}

}  // namespace example
