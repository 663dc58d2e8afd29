// SPDX-License-Identifier: Apache-2.0
#include "telemetry/open_roots.hpp"

namespace aloft {
inline namespace v0 {
namespace detail {

void OpenRoots::watch(Block& block) noexcept {
  block.open.fetch_add(1, std::memory_order_relaxed);
  block.is_listed = true;
  block.older = watched_.load(std::memory_order_relaxed);
  while (!watched_.compare_exchange_weak(block.older, &block, std::memory_order_release,
                                         std::memory_order_relaxed)) {
  }
}

void OpenRoots::gather() noexcept {
  Block* const newest = watched_.exchange(nullptr, std::memory_order_acquire);
  if (newest == nullptr) return;
  Block* oldest = newest;
  oldest->newer = nullptr;
  for (; oldest->older != nullptr; oldest = oldest->older) oldest->older->newer = oldest;
  oldest->older = newest_;
  (newest_ != nullptr ? newest_->newer : oldest_) = oldest;
  newest_ = newest;
}

void OpenRoots::leave(Block& block) noexcept {
  if (!block.is_listed) return;
  unlink(block);
  let_go(block);
}

Block* OpenRoots::take_due(SteadyTime latest) noexcept {
  Block* const block = oldest_;
  if (block == nullptr || block->start.steady > latest) return nullptr;
  unlink(*block);
  return block;
}

void OpenRoots::let_go(Block& block) noexcept {
  if (block.open.fetch_sub(1, std::memory_order_acq_rel) - 1 == kAbandoned) block.release(pool_);
}

void OpenRoots::let_all_go() noexcept {
  gather();
  while (Block* const block = oldest_) {
    unlink(*block);
    let_go(*block);
  }
}

void OpenRoots::unlink(Block& block) noexcept {
  (block.older != nullptr ? block.older->newer : oldest_) = block.newer;
  (block.newer != nullptr ? block.newer->older : newest_) = block.older;
  block.is_listed = false;
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
