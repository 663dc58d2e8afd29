// SPDX-License-Identifier: Apache-2.0
#include "core/fork_epoch.hpp"

#include <pthread.h>

namespace aloft {
inline namespace v0 {
namespace detail {

constinit std::atomic<std::uint32_t> fork_epoch_counter{0};

bool watch_forks() noexcept {
  return pthread_atfork(
             nullptr, nullptr,
             +[] { fork_epoch_counter.fetch_add(1, std::memory_order_relaxed); }) == 0;
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
