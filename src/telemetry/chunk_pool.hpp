// SPDX-License-Identifier: Apache-2.0
// A bounded pool of pieces of memory of one size, taken and given back by any thread without locks
// or syscalls.
//
// The memory is mapped once and stays as long as the library does: a handle that outlives its owner
// may still give its piece back. Pieces are reused last in, first out, so a quiet service touches
// few pages (a first touch costs 1.8 us). The free list is a stack of indexes with a tag against
// ABA; its links live beside the chunks, so that nobody reads memory that another thread may be
// writing.
//
// The child of a fork cannot know which pieces were out with threads that it does not have. It
// leaves them alone and takes as many from a reserve: addresses behind the pool, as many again,
// which are no memory (not for mlockall either) before a child asks.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace aloft {
inline namespace v0 {
namespace detail {

/// Holds a request of about a dozen spans with eight annotations each.
inline constexpr std::size_t kChunkBytes = 8'192;

template <std::size_t kPieceBytes>
class MemoryPool {
 public:
  /// Maps `bytes / kPieceBytes` pieces and their reserve; `valid()` tells whether that worked.
  explicit MemoryPool(std::size_t bytes) noexcept;
  MemoryPool(const MemoryPool&) = delete;
  MemoryPool& operator=(const MemoryPool&) = delete;
  ~MemoryPool();  // only when the library is unloaded

  bool valid() const noexcept { return end_ != 0; }
  std::uint32_t capacity() const noexcept { return capacity_; }

  /// A piece whose bytes are undefined, or null when all are taken.
  void* take() noexcept {
    std::uint64_t head = head_.load(std::memory_order_acquire);
    while (index_of(head) != kNone) {
      const std::uint32_t next = next_[index_of(head)].load(std::memory_order_relaxed);
      if (head_.compare_exchange_weak(head, tagged(head, next), std::memory_order_acquire,
                                      std::memory_order_acquire)) {
        return at(index_of(head));
      }
    }
    return take_fresh();
  }
  void put(void* piece) noexcept {
    const std::uint32_t mine = index(piece);
    std::uint64_t head = head_.load(std::memory_order_relaxed);
    do {
      next_[mine].store(index_of(head), std::memory_order_relaxed);
    } while (!head_.compare_exchange_weak(head, tagged(head, mine), std::memory_order_release,
                                          std::memory_order_relaxed));
  }

  /// Takes every piece back; only where nobody else knows one, as in the child of a fork.
  void take_all_back() noexcept {
    head_.store(kNone, std::memory_order_relaxed);
    fresh_.store(0, std::memory_order_relaxed);
  }

  std::uint32_t index(const void* piece) const noexcept {
    return static_cast<std::uint32_t>(
        static_cast<std::size_t>(static_cast<const std::byte*>(piece) - base_) / kPieceBytes);
  }
  void* at(std::uint32_t index) const noexcept { return base_ + std::size_t{index} * kPieceBytes; }

  /// In the child of a fork, while it has one thread: makes `capacity` pieces free again. Those
  /// that are out may still be given back, and are more then. Nothing is left of the reserve after
  /// `capacity` pieces in all, through a chain of children.
  void replace_what_is_out() noexcept;

 private:
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;
  static std::uint32_t index_of(std::uint64_t head) noexcept {
    return static_cast<std::uint32_t>(head);
  }
  static std::uint64_t tagged(std::uint64_t old, std::uint32_t index) noexcept {
    return (((old >> 32) + 1) << 32) | index;
  }
  void* take_fresh() noexcept;
  std::size_t bytes() const noexcept { return std::size_t{capacity_} * kPieceBytes; }

  std::byte* base_ = nullptr;
  std::uint32_t capacity_ = 0;
  std::uint32_t end_ = 0;  // of the pieces that may be taken: `capacity_`, or more in a child
  std::unique_ptr<std::atomic<std::uint32_t>[]> next_;
  alignas(128) std::atomic<std::uint64_t> head_{kNone};
  alignas(128) std::atomic<std::uint32_t> fresh_{0};  // pieces never taken yet start here
};

using ChunkPool = MemoryPool<kChunkBytes>;
/// For the extras of a trace (pipeline_extras.cpp); the size is a multiple of a cache line.
inline constexpr std::size_t kExtrasBytes = 832;
using ExtrasPool = MemoryPool<kExtrasBytes>;
/// For log lines (logs/chunk.hpp). Ours: a thousand short lines, or the longest with its context.
inline constexpr std::size_t kLogChunkBytes = 65'536;
using LogChunkPool = MemoryPool<kLogChunkBytes>;

}  // namespace detail
}  // namespace v0
}  // namespace aloft
