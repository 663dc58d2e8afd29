// SPDX-License-Identifier: Apache-2.0
#include "telemetry/block.hpp"

#include <new>

namespace aloft {
inline namespace v0 {
namespace detail {
void* Block::allocate(ChunkPool& pool, std::size_t bytes) noexcept {
  bytes = align8(bytes);
  constexpr std::size_t kHeader = align8(sizeof(Chunk));
  if (bytes > kChunkBytes - kHeader) return nullptr;
  for (;;) {
    Chunk* chunk = current.load(std::memory_order_acquire);
    // Looked at before it is raised, so that failed attempts cannot make it wrap.
    if (chunk->used.load(std::memory_order_relaxed) + bytes <= kChunkBytes) {
      const std::uint32_t at =
          chunk->used.fetch_add(static_cast<std::uint32_t>(bytes), std::memory_order_relaxed);
      if (at + bytes <= kChunkBytes) return reinterpret_cast<std::byte*>(chunk) + at;
    }
    if (chunks.load(std::memory_order_relaxed) >= kMaxChunksPerBlock) return nullptr;
    void* memory = pool.take();
    if (memory == nullptr) return nullptr;
    Chunk* fresh = start_chunk(memory, chunk, kHeader + bytes);
    if (current.compare_exchange_strong(chunk, fresh, std::memory_order_acq_rel)) {
      chunks.fetch_add(1, std::memory_order_relaxed);
      return static_cast<std::byte*>(memory) + kHeader;
    }
    pool.put(memory);  // another thread was first: use its chunk
  }
}

Slot* Block::add_slot(ChunkPool& pool, const SlotStart& known) noexcept {
  void* memory = allocate(pool, sizeof(Slot) + kFirstExtentBytes);
  if (memory == nullptr) return nullptr;
  Slot* slot = new (memory) Slot(known);
  slot->sequence = spans.fetch_add(1, std::memory_order_relaxed);
  start_extent(*slot, slot->first, kFirstExtentBytes);
  slot->next = newest.load(std::memory_order_relaxed);
  while (!newest.compare_exchange_weak(slot->next, slot, std::memory_order_release,
                                       std::memory_order_relaxed)) {
  }
  return slot;
}

void Block::release(ChunkPool& pool) noexcept {
  Chunk* chunk = current.load(std::memory_order_acquire);
  while (chunk != nullptr) {
    Chunk* const previous = chunk->previous;
    pool.put(chunk);
    chunk = previous;
  }
}

char* next_extent(Block& block, ChunkPool& pool, Slot& slot, std::size_t bytes) noexcept {
  const std::size_t capacity =
      bytes > kNextExtentBytes - sizeof(Extent) ? bytes : kNextExtentBytes - sizeof(Extent);
  void* memory = block.allocate(pool, sizeof(Extent) + capacity);
  if (memory == nullptr) return nullptr;
  Extent* extent = new (memory) Extent;
  slot.current->used = static_cast<std::uint32_t>(slot.at - slot.current->data());
  slot.current->next = extent;
  start_extent(slot, *extent, capacity);
  return slot.at;
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
