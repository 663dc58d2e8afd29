// SPDX-License-Identifier: Apache-2.0
// How many forks lie between this process and the one that loaded the library: 0 there, one more
// in each child. Whoever caches a per-process thing (a seed, a thread) keeps the epoch beside it.
#pragma once

#include <atomic>
#include <cstdint>

namespace aloft {
inline namespace v0 {
namespace detail {

extern std::atomic<std::uint32_t> fork_epoch_counter;

/// Registers the handler that counts; idempotent, called by whoever reads the epoch first.
bool watch_forks() noexcept;

inline std::uint32_t fork_epoch() noexcept {
  static const bool watched = watch_forks();
  static_cast<void>(watched);
  return fork_epoch_counter.load(std::memory_order_relaxed);
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
