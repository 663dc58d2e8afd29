// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery/slab.hpp"

#include <new>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace delivery {

Slab::~Slab() {
  while (all_ != nullptr) delete std::exchange(all_, all_->next);
}

Item* Slab::take() noexcept {
  SlabChunk* const chunk = partial_ != nullptr ? partial_ : grow();
  if (chunk == nullptr) return nullptr;
  Item* const item = chunk->free;
  chunk->free = std::exchange(item->next, nullptr);
  ++chunk->used;
  if (chunk->free == nullptr) unlink_partial(*chunk);
  return item;
}

void Slab::release(Item& item) noexcept {
  SlabChunk& chunk = *item.home;
  item = Item{};
  item.home = &chunk;
  if (chunk.free == nullptr) link_partial(chunk);
  item.next = std::exchange(chunk.free, &item);
  // The last one stays: a lone record that comes and goes should cost nothing.
  if (--chunk.used == 0 && chunks_ > 1) shrink(chunk);
}

SlabChunk* Slab::grow() noexcept {
  auto* const chunk = new (std::nothrow) SlabChunk;
  if (chunk == nullptr) return nullptr;
  for (Item& item : chunk->items) {
    item.home = chunk;
    item.next = std::exchange(chunk->free, &item);
  }
  chunk->next = all_;
  if (all_ != nullptr) all_->previous = chunk;
  all_ = chunk;
  ++chunks_;
  link_partial(*chunk);
  return chunk;
}

void Slab::shrink(SlabChunk& chunk) noexcept {
  unlink_partial(chunk);
  if (chunk.next != nullptr) chunk.next->previous = chunk.previous;
  (chunk.previous != nullptr ? chunk.previous->next : all_) = chunk.next;
  --chunks_;
  delete &chunk;
}

void Slab::link_partial(SlabChunk& chunk) noexcept {
  chunk.next_partial = partial_;
  if (partial_ != nullptr) partial_->previous_partial = &chunk;
  partial_ = &chunk;
}

void Slab::unlink_partial(SlabChunk& chunk) noexcept {
  SlabChunk* const next = std::exchange(chunk.next_partial, nullptr);
  SlabChunk* const previous = std::exchange(chunk.previous_partial, nullptr);
  if (next != nullptr) next->previous_partial = previous;
  (previous != nullptr ? previous->next_partial : partial_) = next;
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
