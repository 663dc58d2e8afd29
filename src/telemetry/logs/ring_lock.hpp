// SPDX-License-Identifier: Apache-2.0
// Who may touch a ring. Nobody waits for it: who comes when it is busy tries a few times, then goes
// on without; who wants it shown, or has ended it, leaves that to the one who is inside.
#pragma once

#include <atomic>
#include <cstdint>

namespace aloft {
inline namespace v0 {
namespace detail {

/// @tparam Atomic  another than the standard's walks through the orders of its steps, in a test.
template <template <typename> class Atomic = std::atomic>
class BasicRingLock {
 public:
  enum class Entered : std::uint8_t { inside, busy, ended };
  enum class Left : std::uint8_t {
    outside,
    to_show,   // still inside: somebody wants it shown
    to_close,  // still inside, for good: it has ended meanwhile
  };
  /// Ours: a line is copied in less time than so many tries take.
  static constexpr int kTries = 200;

  /// Of its loggers.
  std::uint32_t serial() const noexcept {
    return word_.load(std::memory_order_relaxed) >> kFlagBits;
  }

  Entered enter(std::uint32_t serial, int tries = kTries) noexcept {
    const std::uint32_t free = serial << kFlagBits;
    for (int i = 0; i < tries; ++i) {
      std::uint32_t word = free;
      if (word_.compare_exchange_weak(word, free | kBusy, std::memory_order_acquire)) {
        return Entered::inside;
      }
      if (!is_of(word, serial)) return Entered::ended;
    }
    return Entered::busy;
  }
  /// True: the caller is inside, and is to show it. False: who is inside will, or it has ended.
  bool enter_to_show(std::uint32_t serial) noexcept {
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    while (is_of(word, serial)) {
      const bool busy = (word & kBusy) != 0;
      if (word_.compare_exchange_weak(word, word | (busy ? kShow : kBusy),
                                      std::memory_order_acq_rel)) {
        return !busy;
      }
    }
    return false;
  }
  Left leave() noexcept {
    std::uint32_t word = word_.load(std::memory_order_acquire);
    while ((word & (kShow | kEnded)) != kEnded) {
      const std::uint32_t cleared = (word & kShow) != 0 ? kShow : kBusy;
      if (word_.compare_exchange_weak(word, word & ~cleared, std::memory_order_acq_rel)) {
        return cleared == kShow ? Left::to_show : Left::outside;
      }
    }
    return Left::to_close;
  }
  /// True: the caller is to close it. False: who is inside will, or it was not the caller's.
  bool end(std::uint32_t serial) noexcept {
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    while (is_of(word, serial)) {
      if (word_.compare_exchange_weak(word, word | kEnded, std::memory_order_acq_rel)) {
        return (word & kBusy) == 0;
      }
    }
    return false;
  }
  /// By who closes it: loggers of so far find it ended.
  void renew() noexcept { word_.store((serial() + 1) << kFlagBits, std::memory_order_release); }

 private:
  static constexpr std::uint32_t kBusy = 1;
  static constexpr std::uint32_t kShow = 2;  // and busy
  static constexpr std::uint32_t kEnded = 4;
  static constexpr int kFlagBits = 3;

  /// Of this serial, and not ended.
  static bool is_of(std::uint32_t word, std::uint32_t serial) noexcept {
    return (word & ~(kBusy | kShow)) == serial << kFlagBits;
  }

  Atomic<std::uint32_t> word_{0};
};
using RingLock = BasicRingLock<>;

}  // namespace detail
}  // namespace v0
}  // namespace aloft
