// SPDX-License-Identifier: Apache-2.0
// So many a second on average, some of them at once: the generic cell rate algorithm. All it keeps
// is one word, the time from which as many may come at once as ever. Lock-free; a thread that lost
// a race tries again, and somebody has won.
//
// Thread-safety: all calls.
// Source: ITU-T I.371, annex A, virtual scheduling algorithm.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace aloft {
inline namespace v0 {
namespace detail {

/// In nanoseconds of a steady clock.
struct CellRate {
  std::int64_t interval = 0;  // between two, on average
  std::int64_t burst = 0;     // how far ahead of its turn one may come
};

/// @tparam Atomic  another than the standard's walks through the orders of its steps, in a test.
template <template <typename> class Atomic = std::atomic>
class BasicCells {
 public:
  bool has_room(const CellRate& rate, std::int64_t now) const noexcept {
    return due_.load(std::memory_order_relaxed) - now <= rate.burst;
  }
  bool take(const CellRate& rate, std::int64_t now) noexcept {
    std::int64_t due = due_.load(std::memory_order_relaxed);
    do {
      if (due - now > rate.burst) return false;
    } while (!due_.compare_exchange_weak(due, (std::max)(due, now) + rate.interval,
                                         std::memory_order_relaxed));
    return true;
  }
  /// Nothing is lost by starting anew.
  bool is_full(std::int64_t now) const noexcept {
    return due_.load(std::memory_order_relaxed) <= now;
  }

 private:
  Atomic<std::int64_t> due_{0};
};
using Cells = BasicCells<>;

}  // namespace detail
}  // namespace v0
}  // namespace aloft
