// SPDX-License-Identifier: Apache-2.0
#include "telemetry/chunk_pool.hpp"

#include <sys/mman.h>
#include <new>

namespace aloft {
inline namespace v0 {
namespace detail {

template <std::size_t kPieceBytes>
MemoryPool<kPieceBytes>::MemoryPool(std::size_t bytes) noexcept {
  const std::size_t pieces = bytes / kPieceBytes;
  next_.reset(new (std::nothrow) std::atomic<std::uint32_t>[pieces]);
  if (!next_) return;
  void* memory = mmap(nullptr, pieces * kPieceBytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return;
  base_ = static_cast<std::byte*>(memory);
  capacity_ = static_cast<std::uint32_t>(pieces);
}

template <std::size_t kPieceBytes>
MemoryPool<kPieceBytes>::~MemoryPool() {
  if (base_ != nullptr) munmap(base_, std::size_t{capacity_} * kPieceBytes);
}

template <std::size_t kPieceBytes>
void* MemoryPool<kPieceBytes>::take_fresh() noexcept {
  // Checked before it is raised, so that a full pool cannot make the counter wrap.
  if (fresh_.load(std::memory_order_relaxed) >= capacity_) return nullptr;
  const std::uint32_t index = fresh_.fetch_add(1, std::memory_order_relaxed);
  return index < capacity_ ? at(index) : nullptr;
}

template class MemoryPool<kChunkBytes>;
template class MemoryPool<kExtrasBytes>;
template class MemoryPool<kLogChunkBytes>;

}  // namespace detail
}  // namespace v0
}  // namespace aloft
