// SPDX-License-Identifier: Apache-2.0
// Records that wait to be sent, tenant by tenant: deficit round robin by bytes, so that who has
// much to send waits longer for it, and nobody else does.
//
// Each tenant that holds something (queued or in a request) has a slot; when the slots are used up,
// further ones share slot 0. A visit gives a tenant one quantum of bytes to spend; what it does not
// spend it keeps while it has something queued.
//
// Thread-safety: none.
#pragma once

#include "telemetry/delivery/slab.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace delivery {

class FairQueue {
 public:
  /// @param quantum_bytes  a visit's worth, at least 1.
  FairQueue(std::size_t tenant_limit, std::size_t quantum_bytes);

  /// The tenant's slot, opened when needed: `hold` something for it, or it is opened in vain.
  std::uint32_t slot_of(const std::string& tenant);
  /// Memory that the tenant begins and ceases to hold. A slot that holds nothing is closed.
  void hold(std::uint32_t slot, std::size_t bytes) noexcept;
  void let_go(std::uint32_t slot, std::size_t bytes) noexcept;

  /// To the end of its tenant's queue.
  void push(Item& item) noexcept;
  /// The record whose turn it is; null when there is none. Does not take it.
  Item* peek() noexcept;
  /// Takes what `peek` returned.
  void pop() noexcept;
  /// Leaves the tenant of `peek` out for this time.
  void pass() noexcept;
  /// Out of the middle.
  void remove(Item& item) noexcept;
  /// The newest record of the tenant that queues the most, unless that one queues `floor_bytes` or
  /// less; null then, or when it must stay.
  Item* newest_of_largest(std::size_t floor_bytes) noexcept;
  /// The oldest record of a tenant's queue, or null; slots are 0 to `slots()`.
  Item* oldest_of(std::size_t slot) const noexcept { return slots_[slot].first; }
  std::size_t slots() const noexcept { return slots_.size(); }

  /// When the oldest came; `SteadyTime::max()` when empty.
  SteadyTime oldest() const noexcept;
  std::size_t held_by(std::uint32_t slot) const noexcept { return slots_[slot].held_bytes; }
  /// Tenants that hold something; those in slot 0 are one.
  std::size_t tenants() const noexcept { return tenants_; }
  /// How many tenants have something queued.
  std::size_t queueing() const noexcept { return ring_.size(); }
  std::size_t records() const noexcept { return records_; }
  std::size_t wire_bytes() const noexcept { return wire_bytes_; }
  /// Sum of `Record::count`.
  std::size_t count() const noexcept { return count_; }
  bool empty() const noexcept { return records_ == 0; }

 private:
  struct Slot {
    std::string tenant;
    Item* first = nullptr;
    Item* last = nullptr;
    std::size_t held_bytes = 0;
    std::size_t queued_bytes = 0;  // of memory
    std::size_t deficit = 0;       // bytes that it may still send in this visit
    bool visited = false;          // it got the quantum of this visit
  };

  void next_tenant() noexcept;
  void leave_ring(std::uint32_t slot) noexcept;

  std::size_t tenant_limit_;
  std::size_t quantum_;
  std::vector<Slot> slots_;  // 0 is everybody's who found no other
  std::vector<std::uint32_t> free_;
  std::unordered_map<std::string, std::uint32_t> by_name_;
  std::vector<std::uint32_t> ring_;  // slots with something queued, in the order of visits
  std::size_t turn_ = 0;             // in the ring
  std::size_t tenants_ = 0;
  std::size_t records_ = 0;
  std::size_t wire_bytes_ = 0;
  std::size_t count_ = 0;
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
