// SPDX-License-Identifier: Apache-2.0
// What one request has said below its level, until it fails or ends.
//
// A ring is a piece of a pool: what stands at its head, and two halves that are written as a chunk
// is, line behind line, contexts between them. A line that does not fit the newer half erases the
// older one and begins it anew: of what was said last, at least half a ring is there. One thread
// writes at a time; another tries a while, then its line is lost, and counted.
//
// Rings are immortal, as chunks are. A logger has the serial of its ring; when the ring belongs to
// somebody else, the logger writes what its level lets through, and keeps nothing.
#pragma once

#include <aloft/telemetry/logger.hpp>

#include "telemetry/chunk_pool.hpp"
#include "telemetry/logs/entry.hpp"
#include "telemetry/logs/ring_lock.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace detail {

/// Ours: some fifty lines of 150 bytes in each half.
inline constexpr std::size_t kLogRingBytes = 16'384;
using LogRingPool = MemoryPool<kLogRingBytes>;

/// A logger in a ring finds the ring by its cell, at which every level is on.
struct LogRingHead : LogCell {
  struct Half {
    std::uint32_t bytes = 0;
    std::uint32_t lines = 0;
    std::uint32_t context_at = 0;  // the newest
    std::uint32_t context_bytes = 0;
  };
  /// Room for a line; null when it is longer than a half.
  struct Room {
    char* at;
    std::uint16_t context_at;
  };

  RingLock lock;
  std::atomic<std::uint32_t> lost;  // lines, since the last time that it was shown
  std::uint8_t tenant;
  std::uint8_t newer;  // of the halves
  std::array<Half, 2> halves;

  // With the lock held.
  Room make_room(std::string_view context, std::size_t bytes) noexcept;
  /// Nothing is left of its bytes.
  void erase(Half& half) noexcept;
  char* data(const Half& half) noexcept;
  bool holds(const LogLine* line) const noexcept {
    return reinterpret_cast<std::uintptr_t>(line) - reinterpret_cast<std::uintptr_t>(this) <
           kLogRingBytes;
  }

 private:
  bool knows(const Half& half, std::string_view context) noexcept;
};
inline constexpr std::size_t kLogRingHalf = ((kLogRingBytes - sizeof(LogRingHead)) / 2) & ~7u;

class LogRings {
 public:
  explicit LogRings(std::size_t limit_bytes) noexcept : pool_(limit_bytes) {}
  /// Whether there is memory, or was none wanted.
  bool valid() const noexcept { return pool_.capacity() == 0 || pool_.valid(); }

  /// Null when all are taken, or the tenant has as many as are left.
  LogRingHead* open(std::uint8_t tenant) noexcept;
  /// Of a logger's cell.
  LogRingHead& of(const LogCell& cell) noexcept {
    return *static_cast<LogRingHead*>(pool_.at(pool_.index(&cell)));
  }
  /// By whoever the lock says is to.
  void close(LogRingHead& ring) noexcept;
  void after_fork_in_child() noexcept;

 private:
  LogRingPool pool_;
  std::atomic<std::uint32_t> open_{0};
  std::atomic<std::uint32_t> ever_{0};  // pieces that were used
  std::array<std::atomic<std::uint32_t>, 256> of_tenant_{};
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
