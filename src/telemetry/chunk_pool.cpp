// SPDX-License-Identifier: Apache-2.0
#include "telemetry/chunk_pool.hpp"

#include <sys/mman.h>
#include <new>

namespace aloft {
inline namespace v0 {
namespace detail {

ChunkPool::ChunkPool(std::size_t bytes) noexcept {
  const std::size_t chunks = bytes / kChunkBytes;
  next_.reset(new (std::nothrow) std::atomic<std::uint32_t>[chunks]);
  if (!next_) return;
  void* memory = mmap(nullptr, chunks * kChunkBytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return;
  base_ = static_cast<std::byte*>(memory);
  capacity_ = static_cast<std::uint32_t>(chunks);
}

ChunkPool::~ChunkPool() {
  if (base_ != nullptr) munmap(base_, std::size_t{capacity_} * kChunkBytes);
}

void* ChunkPool::take_fresh() noexcept {
  // Checked before it is raised, so that a full pool cannot make the counter wrap.
  if (fresh_.load(std::memory_order_relaxed) >= capacity_) return nullptr;
  const std::uint32_t index = fresh_.fetch_add(1, std::memory_order_relaxed);
  return index < capacity_ ? at(index) : nullptr;
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
