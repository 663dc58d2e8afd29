// SPDX-License-Identifier: Apache-2.0
// The members of the pool that are no one-liners, for the sources that make a pool of one size: who
// has no logs does not link those of their pool.
#pragma once

#include "telemetry/chunk_pool.hpp"

#include <sys/mman.h>
#include <algorithm>
#include <new>

namespace aloft {
inline namespace v0 {
namespace detail {

template <std::size_t kPieceBytes>
MemoryPool<kPieceBytes>::MemoryPool(std::size_t bytes) noexcept {
  const std::size_t pieces = bytes / kPieceBytes;
  next_.reset(new (std::nothrow) std::atomic<std::uint32_t>[2 * pieces]);
  if (!next_) return;
  void* memory = mmap(nullptr, 2 * pieces * kPieceBytes, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return;
  base_ = static_cast<std::byte*>(memory);
  capacity_ = static_cast<std::uint32_t>(pieces);
  if (mprotect(base_, this->bytes(), PROT_READ | PROT_WRITE) == 0) end_ = capacity_;
}

template <std::size_t kPieceBytes>
MemoryPool<kPieceBytes>::~MemoryPool() {
  if (base_ != nullptr) munmap(base_, 2 * bytes());
}

template <std::size_t kPieceBytes>
void* MemoryPool<kPieceBytes>::take_fresh() noexcept {
  // Checked before it is raised, so that a full pool cannot make the counter wrap.
  if (fresh_.load(std::memory_order_relaxed) >= end_) return nullptr;
  const std::uint32_t index = fresh_.fetch_add(1, std::memory_order_relaxed);
  return index < end_ ? at(index) : nullptr;
}

template <std::size_t kPieceBytes>
void MemoryPool<kPieceBytes>::replace_what_is_out() noexcept {
  // Threads that met at the end of the pool have raised it beyond.
  const std::uint32_t fresh = std::min(fresh_.load(std::memory_order_relaxed), end_);
  std::uint32_t free = end_ - fresh;
  for (std::uint32_t piece = index_of(head_.load(std::memory_order_relaxed)); piece != kNone;
       piece = next_[piece].load(std::memory_order_relaxed)) {
    ++free;
  }
  if (free >= capacity_) return;
  const std::uint32_t end = std::min(end_ + (capacity_ - free), 2 * capacity_);
  if (mprotect(base_, 2 * bytes(), PROT_READ | PROT_WRITE) != 0) return;
  fresh_.store(fresh, std::memory_order_relaxed);
  end_ = end;
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
