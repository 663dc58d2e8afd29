// SPDX-License-Identifier: Apache-2.0
// Where the engine keeps records: at addresses that stay until they are settled (a wire reads them
// while others come and go), 64 to a piece of memory, so that taking one in costs no allocation.
//
// Thread-safety: none.
#pragma once

#include <aloft/telemetry/delivery/wire.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace aloft {
inline namespace v0 {
namespace delivery {

struct SlabChunk;

/// A record on its way, and what is known about it.
struct Item {
  Record record;
  SteadyTime arrived{};
  std::uint64_t sequence = 0;    ///< in the log; 0: not there
  std::uint64_t generation = 0;  ///< of the flush that waits for it
  Item* next = nullptr;          ///< in its tenant's queue
  Item* previous = nullptr;
  SlabChunk* home = nullptr;
  std::uint32_t text_bytes = 0;  ///< what it holds outside of the slab
  std::uint32_t wire_bytes = 0;  ///< in a request
  std::uint32_t tenant = 0;      ///< slot in the fair queue
  bool maybe_received = false;   ///< some attempt may have reached the receiver
  bool durable = false;          ///< on disk, and counted so
  bool unlogged = false;         ///< the log is to have it
  bool pinned = false;           ///< being written to the log: must stay
  bool in_parcel = false;        ///< in a request, or waiting to be in one again
  bool restored = false;         ///< was on disk alone before: it stays in memory now
  bool settled = false;          ///< a flush need not wait for it any more
};

inline constexpr std::size_t kItemsPerChunk = 64;

struct SlabChunk {
  std::array<Item, kItemsPerChunk> items;
  Item* free = nullptr;
  std::size_t used = 0;
  SlabChunk* next = nullptr;  // of all
  SlabChunk* previous = nullptr;
  SlabChunk* next_partial = nullptr;  // of those with a free place
  SlabChunk* previous_partial = nullptr;
};

class Slab {
 public:
  Slab() = default;
  ~Slab();
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;

  /// A place; null when the system has no memory.
  Item* take() noexcept;
  /// Empties the place.
  void release(Item& item) noexcept;
  /// What it holds of memory, free places included.
  std::size_t bytes() const noexcept { return chunks_ * sizeof(SlabChunk); }
  /// What `take` would add to that.
  std::size_t bytes_for_next() const noexcept { return partial_ ? 0 : sizeof(SlabChunk); }

 private:
  SlabChunk* grow() noexcept;
  void shrink(SlabChunk& chunk) noexcept;
  void link_partial(SlabChunk& chunk) noexcept;
  void unlink_partial(SlabChunk& chunk) noexcept;

  SlabChunk* all_ = nullptr;
  SlabChunk* partial_ = nullptr;
  std::size_t chunks_ = 0;
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
