// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery/fair_queue.hpp"

#include <algorithm>

namespace aloft {
inline namespace v0 {
namespace delivery {
namespace {

/// What a record occupies, its place in the slab included.
std::size_t memory_of(const Item& item) noexcept { return item.text_bytes + sizeof(Item); }

}  // namespace

FairQueue::FairQueue(std::size_t tenant_limit, std::size_t quantum_bytes)
    : tenant_limit_(tenant_limit), quantum_(std::max<std::size_t>(quantum_bytes, 1)), slots_(1) {}

std::uint32_t FairQueue::slot_of(const std::string& tenant) {
  if (const auto known = by_name_.find(tenant); known != by_name_.end()) return known->second;
  std::uint32_t slot = 0;
  if (!free_.empty()) {
    slot = free_.back();
    free_.pop_back();
  } else if (slots_.size() <= tenant_limit_) {
    slot = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    return 0;
  }
  slots_[slot].tenant = tenant;
  by_name_.emplace(tenant, slot);
  return slot;
}

void FairQueue::hold(std::uint32_t slot, std::size_t bytes) noexcept {
  if (slots_[slot].held_bytes == 0) ++tenants_;
  slots_[slot].held_bytes += bytes;
}

void FairQueue::let_go(std::uint32_t slot, std::size_t bytes) noexcept {
  Slot& held = slots_[slot];
  held.held_bytes -= bytes;
  if (held.held_bytes != 0) return;
  --tenants_;
  if (slot == 0) return;
  by_name_.erase(held.tenant);
  held = Slot{};
  free_.push_back(slot);
}

void FairQueue::push(Item& item) noexcept {
  Slot& slot = slots_[item.tenant];
  item.previous = slot.last;
  item.next = nullptr;
  (slot.last != nullptr ? slot.last->next : slot.first) = &item;
  slot.last = &item;
  slot.queued_bytes += memory_of(item);
  if (slot.first == &item) ring_.push_back(item.tenant);
  ++records_;
  wire_bytes_ += item.wire_bytes;
  count_ += item.record.count;
}

Item* FairQueue::peek() noexcept {
  // A record needs at most `record / quantum` rounds, and the engine's quantum is an eighth of the
  // largest record.
  while (!ring_.empty()) {
    Slot& slot = slots_[ring_[turn_]];
    if (!slot.visited) {
      slot.visited = true;
      slot.deficit += quantum_;
    }
    if (slot.first->wire_bytes <= slot.deficit) return slot.first;
    next_tenant();
  }
  return nullptr;
}

void FairQueue::pop() noexcept {
  Slot& slot = slots_[ring_[turn_]];
  slot.deficit -= slot.first->wire_bytes;
  remove(*slot.first);
}

void FairQueue::pass() noexcept { next_tenant(); }

void FairQueue::remove(Item& item) noexcept {
  Slot& slot = slots_[item.tenant];
  (item.previous != nullptr ? item.previous->next : slot.first) = item.next;
  (item.next != nullptr ? item.next->previous : slot.last) = item.previous;
  item.next = nullptr;
  item.previous = nullptr;
  slot.queued_bytes -= memory_of(item);
  --records_;
  wire_bytes_ -= item.wire_bytes;
  count_ -= item.record.count;
  if (slot.first == nullptr) leave_ring(item.tenant);
}

void FairQueue::next_tenant() noexcept {
  slots_[ring_[turn_]].visited = false;
  turn_ = turn_ + 1 < ring_.size() ? turn_ + 1 : 0;
}

void FairQueue::leave_ring(std::uint32_t slot) noexcept {
  slots_[slot].deficit = 0;
  slots_[slot].visited = false;
  const auto at = std::find(ring_.begin(), ring_.end(), slot);
  const auto index = static_cast<std::size_t>(at - ring_.begin());
  ring_.erase(at);
  if (index < turn_) --turn_;
  if (turn_ >= ring_.size()) turn_ = 0;
}

Item* FairQueue::newest_of_largest(std::size_t floor_bytes) noexcept {
  const Slot* largest = nullptr;
  for (const std::uint32_t slot : ring_) {
    if (largest == nullptr || slots_[slot].queued_bytes > largest->queued_bytes) {
      largest = &slots_[slot];
    }
  }
  if (largest == nullptr || largest->queued_bytes <= floor_bytes) return nullptr;
  Item* const newest = largest->last;
  return newest->durable || newest->pinned ? nullptr : newest;
}

SteadyTime FairQueue::oldest() const noexcept {
  SteadyTime oldest = SteadyTime::max();
  for (const std::uint32_t slot : ring_) oldest = std::min(oldest, slots_[slot].first->arrived);
  return oldest;
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
