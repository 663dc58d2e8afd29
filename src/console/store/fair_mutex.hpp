// SPDX-License-Identifier: Apache-2.0
// A mutex that is given to those who wait in the order in which they came. A `std::mutex` promises
// no order: a busy writer that gives it up and takes it again at once may get it every time. Here
// whoever reads the list waits for one batch at most.
//
//   const std::lock_guard lock(fair_mutex);
//
// Thread-safety: all of it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace aloft::console {

class FairMutex {
 public:
  void lock() {
    std::unique_lock lock(mutex_);
    const std::uint64_t mine = next_++;
    turn_.wait(lock, [&] { return mine == serving_; });
  }
  void unlock() {
    {
      const std::lock_guard lock(mutex_);
      ++serving_;
    }
    turn_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable turn_;
  std::uint64_t next_ = 0;
  std::uint64_t serving_ = 0;
};

}  // namespace aloft::console
