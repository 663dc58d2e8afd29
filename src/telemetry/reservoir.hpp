// SPDX-License-Identifier: Apache-2.0
// So many requests a second, counted in one word: the second in the upper 40 bits, what was taken
// in it in the lower 24. Lock-free; a thread that lost a race tries again, and somebody has won.
#pragma once

#include <atomic>
#include <cstdint>

namespace aloft {
inline namespace v0 {
namespace detail {

/// @tparam Atomic  another than the standard's walks through the orders of its steps, in a test.
template <template <typename> class Atomic = std::atomic>
class BasicReservoir {
 public:
  /// @param second  of any epoch; a thread whose look at the clock is older shares the newer one.
  /// @param most    above 16,777,215 it is that.
  bool take(std::uint64_t second, std::uint32_t most) noexcept {
    most = most < kMost ? most : kMost;
    std::uint64_t seen = word_.load(std::memory_order_relaxed);
    while (true) {
      const std::uint64_t newest = seen >> kBits > second ? seen >> kBits : second;
      const std::uint64_t used = seen >> kBits == newest ? seen & kMost : 0;
      if (used >= most) return false;
      if (word_.compare_exchange_weak(seen, newest << kBits | (used + 1),
                                      std::memory_order_relaxed)) {
        return true;
      }
    }
  }

 private:
  static constexpr int kBits = 24;
  static constexpr std::uint32_t kMost = (1u << kBits) - 1;
  Atomic<std::uint64_t> word_{0};
};
using Reservoir = BasicReservoir<>;

}  // namespace detail
}  // namespace v0
}  // namespace aloft
