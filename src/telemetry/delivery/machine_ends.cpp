// SPDX-License-Identifier: Apache-2.0
// How a record ends, and what can be read about those that have.
#include "telemetry/delivery/machine.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace delivery {
namespace {

constexpr std::size_t kLongestMessage = 256;

}  // namespace

std::optional<Reason> Machine::too_old(const Item& item, TimePoint now) const noexcept {
  if (now.steady - item.arrived >= options_.age_limit) return destination_.reason();
  if (limits_.oldest != Nanoseconds::max() && now.wall - item.record.time > limits_.oldest) {
    return Reason::expired;
  }
  return std::nullopt;
}

void Machine::drop_old(Parcel& parcel, TimePoint now) noexcept {
  std::erase_if(parcel.items, [&](Item* item) {
    const std::optional<Reason> reason = too_old(*item, now);
    if (reason) give_up(*item, *reason, now.steady);
    return reason.has_value();
  });
}

void Machine::acknowledge(Item& item) noexcept {
  raise(books_.acknowledged, item.record.count);
  settle(item);
}

void Machine::reject(Item& item, const Refusal& refusal, const std::string& message,
                     SteadyTime now) noexcept {
  const std::uint32_t count = item.record.count;
  const std::uint32_t rejected = refusal.count == 0 ? count : std::min(refusal.count, count);
  raise(books_.rejected[static_cast<std::size_t>(refusal.reason)], rejected);
  raise(books_.acknowledged, count - rejected);
  losses_.add(rejected, now);
  keep_letter(item, refusal.reason, message);
  settle(item);
}

void Machine::give_up(Item& item, Reason reason, SteadyTime now) noexcept {
  raise(item.maybe_received ? books_.unknown : books_.dropped[static_cast<std::size_t>(reason)],
        item.record.count);
  losses_.add(item.record.count, now);
  settle(item);
}

void Machine::give_up_all(Parcel&& parcel, Reason reason, SteadyTime now) noexcept {
  for (Item* item : parcel.items) give_up(*item, reason, now);
  recycle(std::move(parcel));
}

void Machine::settle(Item& item) noexcept {
  raise(item.durable ? books_.taken_out : books_.left, item.record.count);
  settled_for_flush(item);
  if (item.unlogged) {
    // The newest is what is evicted: it stands at the end.
    const auto at = std::find(unlogged_.rbegin(), unlogged_.rend(), &item);
    unlogged_.erase(std::next(at).base());
  }
  if (item.sequence != 0) {
    settled_sequences_.push_back(item.sequence);
    forget_sync(item);
  }
  release(item);
}

void Machine::forget_sync(const Item& item) noexcept {
  const auto at = std::lower_bound(
      syncing_.begin(), syncing_.end(), item.sequence,
      [](const Syncing& syncing, std::uint64_t sequence) { return syncing.sequence < sequence; });
  if (at != syncing_.end() && at->item == &item) at->item = nullptr;
}

void Machine::release(Item& item) noexcept {
  const std::size_t memory = item.text_bytes + sizeof(Item);
  if (item.in_parcel) parcel_bytes_ -= memory;
  queue_.let_go(item.tenant, memory);
  text_bytes_ -= item.text_bytes;
  slab_.release(item);
}

void Machine::settled_for_flush(Item& item) noexcept {
  if (std::exchange(item.settled, true)) return;
  --pending_[item.generation - oldest_generation_];
  while (pending_.size() > 1 && pending_.front() == 0) {
    pending_.pop_front();
    ++oldest_generation_;
  }
}

void Machine::keep_letter(Item& item, Reason reason, const std::string& message) noexcept {
  DeadLetter letter{.reason = reason, .message = message.substr(0, kLongestMessage)};
  const std::size_t more = sizeof(DeadLetter) + letter.message.capacity();
  if (letters_.size() >= options_.dead_letter_limit ||
      letter_bytes_ + item.text_bytes + more > options_.queue_limit_bytes / 8 ||
      held_bytes() + more > options_.queue_limit_bytes) {
    ++counters_.dead_letters_lost;
    return;
  }
  // The texts change hands; the item's counts stay, for `settle`.
  letter_bytes_ += item.text_bytes + more;
  letter.record.payload = std::move(item.record.payload);
  letter.record.tenant = std::move(item.record.tenant);
  letter.record.count = item.record.count;
  letter.record.time = item.record.time;
  letters_.push_back(std::move(letter));
}

std::vector<DeadLetter> Machine::take_dead_letters() {
  letter_bytes_ = 0;
  return std::exchange(letters_, {});
}

void Machine::close(Reason reason, SteadyTime now) noexcept {
  closed_ = true;
  const auto end = [&](Item& item) {
    if (!item.durable) {
      give_up(item, reason, now);
      return;
    }
    // It stays on disk, for the next life.
    item.sequence = 0;
    raise(books_.stored, item.record.count);
    settle(item);
  };
  for (std::size_t slot = 0; slot < queue_.slots(); ++slot) {
    while (Item* item = queue_.oldest_of(slot)) {
      queue_.remove(*item);
      end(*item);
    }
  }
  // Their wire let go of them without a word.
  for (Parcel& parcel : flying_) {
    for (Item* item : parcel.items) item->maybe_received = true;
  }
  for (std::vector<Parcel>* parcels : {&flying_, &waiting_, &missing_}) {
    for (Parcel& parcel : *parcels) {
      for (Item* item : parcel.items) end(*item);
    }
    parcels->clear();
  }
}

void Machine::inherit(std::uint64_t count, SteadyTime now) noexcept {
  raise(books_.accepted, count);
  raise(books_.dropped[static_cast<std::size_t>(Reason::forked)], count);
  losses_.add(count, now);
}

std::vector<Item*> Machine::take_unlogged() {
  for (Item* item : unlogged_) {
    item->unlogged = false;
    item->pinned = true;
  }
  return std::exchange(unlogged_, {});
}

void Machine::logged(Item& item, std::uint64_t sequence) noexcept {
  item.pinned = false;
  item.sequence = sequence;
  if (sequence != 0) syncing_.push_back({sequence, &item});
}

void Machine::durable(std::uint64_t sequence) noexcept {
  for (; !syncing_.empty() && syncing_.front().sequence <= sequence; syncing_.pop_front()) {
    Item* const item = syncing_.front().item;
    if (item == nullptr) continue;
    item->durable = true;
    raise(books_.left, item->record.count);
    raise(books_.stored, item->record.count);
    settled_for_flush(*item);
  }
}

bool Machine::relog(const std::function<bool(std::uint64_t)>& holds) {
  std::vector<std::pair<std::uint64_t, Item*>> lost;
  const auto look_at = [&](Item& item) {
    if (item.sequence == 0 || holds(item.sequence)) return;
    lost.emplace_back(item.sequence, &item);
    settled_sequences_.push_back(item.sequence);
    forget_sync(item);
    item.sequence = 0;
    item.unlogged = true;
    if (!std::exchange(item.durable, false)) return;
    raise(books_.taken_out, item.record.count);
    raise(books_.entered, item.record.count);
    // A flush waits for it again, also one that is waiting now.
    item.settled = false;
    item.generation = oldest_generation_;
    ++pending_.front();
  };
  for (std::size_t slot = 0; slot < queue_.slots(); ++slot) {
    for (Item* item = queue_.oldest_of(slot); item != nullptr; item = item->next) look_at(*item);
  }
  for (const std::vector<Parcel>* parcels : {&flying_, &waiting_, &missing_}) {
    for (const Parcel& parcel : *parcels) {
      for (Item* item : parcel.items) look_at(*item);
    }
  }
  // In front of what is newer, in their order.
  std::sort(lost.begin(), lost.end());
  std::vector<Item*> items;
  for (const auto& [sequence, item] : lost) items.push_back(item);
  unlogged_.insert(unlogged_.begin(), items.begin(), items.end());
  return !items.empty();
}

std::vector<std::uint64_t> Machine::spill() {
  std::vector<std::uint64_t> spilled;
  if (!is_crowded()) return spilled;
  std::vector<Item*> on_disk;
  for (std::size_t slot = 0; slot < queue_.slots(); ++slot) {
    for (Item* item = queue_.oldest_of(slot); item != nullptr; item = item->next) {
      if (item->durable && !item->restored) on_disk.push_back(item);
    }
  }
  std::sort(on_disk.begin(), on_disk.end(),
            [](const Item* a, const Item* b) { return a->sequence > b->sequence; });
  for (Item* item : on_disk) {
    if (held_bytes() <= options_.queue_limit_bytes / 2) break;
    spilled.push_back(item->sequence);
    queue_.remove(*item);
    release(*item);
  }
  counters_.records_spilled += spilled.size();
  std::reverse(spilled.begin(), spilled.end());
  return spilled;
}

std::vector<std::uint64_t> Machine::take_settled_sequences() noexcept {
  return std::exchange(settled_sequences_, {});
}

SteadyTime Machine::wants_more_at(SteadyTime now) const noexcept {
  const bool room = held_bytes() <= options_.queue_limit_bytes / 2;
  if (!room || (destination_.probing() && !queue_.empty())) return SteadyTime::max();
  return std::max(now, destination_.paused_until());
}

void Machine::found_on_disk(std::uint64_t count) noexcept {
  raise(books_.accepted, count);
  raise(books_.stored, count);
}

void Machine::lost_on_disk(std::uint64_t count, SteadyTime now) noexcept {
  raise(books_.taken_out, count);
  raise(books_.dropped[static_cast<std::size_t>(Reason::damaged)], count);
  losses_.add(count, now);
}

EngineCounters Machine::counters() const noexcept {
  EngineCounters counters = counters_;
  counters.retries_unbudgeted = destination_.unbudgeted();
  counters.limit = limit_.now();
  counters.held_bytes = held_bytes();
  counters.tenants = queue_.tenants();
  return counters;
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
