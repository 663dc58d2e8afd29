// SPDX-License-Identifier: Apache-2.0
// A piece of memory that several threads append lines to at once, without a lock.
//
// Who wants to write *reserves* bytes with one addition; who crosses the end has sealed the chunk
// and hands it over. Who has written *commits* as many bytes with another; the chunk can be read
// when all that was reserved is committed. A thread that sleeps in between holds up its chunk, no
// other thread.
//
// A pointer to a chunk may be old: the chunk may have been read, given back and taken again
// meanwhile, by another shard. A reservation that succeeds is good all the same, for it is a
// reservation in whatever the chunk is now. That is why `serial` counts, why a chunk in the pool
// stays sealed, and why one that was taken in vain is sealed again before it goes back.
#pragma once

#include <aloft/telemetry/logger.hpp>

#include "telemetry/chunk_pool.hpp"
#include "telemetry/logs/entry.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace aloft {
inline namespace v0 {
namespace detail {

struct LogChunk {
  static constexpr std::uint64_t kSealed = std::uint64_t{1} << 40;

  std::atomic<std::uint64_t> reserved{0};
  std::atomic<std::uint64_t> committed{0};
  std::atomic<std::uint64_t> serial{0};
  std::uint64_t end = 0;         // bytes that were reserved; set by who sealed it
  std::uint32_t next_index = 0;  // link of the lane's queue
  std::uint32_t lines_left = 0;  // of a round

  char* data() noexcept { return reinterpret_cast<char*>(this + 1); }
  const char* data() const noexcept { return reinterpret_cast<const char*>(this + 1); }
  bool sealed() const noexcept;
  bool complete() const noexcept { return committed.load(std::memory_order_acquire) == end; }

  enum class Outcome : std::uint8_t { reserved, sealed_by_us, sealed };
  struct Reservation {
    Outcome outcome;
    char* at;
  };
  Reservation reserve(std::size_t bytes) noexcept;
  /// Ends the reservations; true when it was this call that did.
  bool seal() noexcept;
  void commit(std::size_t bytes) noexcept { committed.fetch_add(bytes, std::memory_order_release); }
};
inline constexpr std::size_t kLogChunkData = kLogChunkBytes - sizeof(LogChunk);
static_assert(sizeof(LogChunk) % 8 == 0);
static_assert(kLogChunkData / 8 < kNoContext);
static_assert(kMaxLogFieldBytes + kMaxLogTextBytes + 2 * kMaxLogContextBytes <= kLogChunkData);

inline LogChunk::Reservation LogChunk::reserve(std::size_t bytes) noexcept {
  // Sequentially consistent, for a backend that is about to doze: see `LogLane::has_work`.
  const std::uint64_t before = reserved.fetch_add(bytes, std::memory_order_seq_cst);
  if (before + bytes <= kLogChunkData) [[likely]]
    return {Outcome::reserved, data() + before};
  if (before > kLogChunkData) return {Outcome::sealed, nullptr};
  end = before;
  return {Outcome::sealed_by_us, nullptr};
}

inline bool LogChunk::sealed() const noexcept {
  return reserved.load(std::memory_order_acquire) > kLogChunkData;
}

inline bool LogChunk::seal() noexcept {
  const std::uint64_t before = reserved.fetch_add(kSealed, std::memory_order_acq_rel);
  if (before > kLogChunkData) return false;
  end = before;
  return true;
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
