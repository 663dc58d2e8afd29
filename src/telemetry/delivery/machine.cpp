// SPDX-License-Identifier: Apache-2.0
// From an offer to a request. What an answer means is in machine_answers.cpp, how a record ends in
// machine_ends.cpp.
#include "telemetry/delivery/machine.hpp"

#include <algorithm>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace delivery {
namespace {

/// A visit of a tenant, unless the wire's records are large.
constexpr std::size_t kSmallestQuantum = 4096;
/// A flush in vain costs nothing; so many that wait for different records are told apart.
constexpr std::size_t kGenerations = 1024;
constexpr Nanoseconds kSweepInterval = std::chrono::seconds(1);
constexpr std::size_t kSpareParcels = 16;
/// What a string keeps inside of itself.
constexpr std::size_t kInPlace = 15;

std::size_t outside_bytes(const std::string& text) noexcept {
  return text.capacity() > kInPlace ? text.capacity() + 1 : 0;
}

std::size_t memory_of(const Item& item) noexcept { return item.text_bytes + sizeof(Item); }

}  // namespace

Machine::Machine(const EngineOptions& options, const Limits& limits, bool logs, Random& random)
    : options_(options),
      limits_(limits),
      batch_memory_(options.queue_limit_bytes / 4),
      logs_(logs),
      queue_(options.tenant_limit, std::max(kSmallestQuantum, limits.record_bytes / 8)),
      destination_(options.probe_interval, random),
      limit_(options.requests_limit) {
  flying_.reserve(options.requests_limit);
}

void Machine::offer(Record&& record, TimePoint now) noexcept {
  raise(books_.accepted, record.count);
  const std::size_t size = record.payload.size();
  std::optional<Reason> refused;
  if (closed_) {
    refused = Reason::owner_gone;
  } else if (is_too_large(record)) {
    refused = Reason::too_large;
  }
  if (refused) {
    raise(books_.dropped[static_cast<std::size_t>(*refused)], record.count);
    losses_.add(record.count, now.steady);
    return;
  }
  // What an encoder's buffer had to spare would be held, too.
  if (record.payload.capacity() > size + size / 4 + 64) record.payload.shrink_to_fit();
  const std::size_t text = outside_bytes(record.payload) + outside_bytes(record.tenant);
  const std::uint32_t slot = queue_.slot_of(record.tenant);
  queue_.hold(slot, text + sizeof(Item));
  if (!admit(slot, text, record.count, now.steady)) {
    queue_.let_go(slot, text + sizeof(Item));
    return;
  }
  Item* const item = take_in(std::move(record), slot, now.steady);
  if (item == nullptr) return;
  raise(books_.entered, item->record.count);
  item->generation = oldest_generation_ + pending_.size() - 1;
  ++pending_.back();
  if (logs_) {
    item->unlogged = true;
    unlogged_.push_back(item);
  }
}

bool Machine::is_too_large(const Record& record) const noexcept {
  const std::size_t bytes = record.payload.size();
  return bytes > limits_.record_bytes ||
         bytes + limits_.record_overhead_bytes > limits_.batch_bytes ||
         record.count > limits_.batch_count;
}

/// True when there is room now; else the record is counted as dropped. The tenant holds it already.
bool Machine::admit(std::uint32_t slot, std::size_t text_bytes, std::uint64_t count,
                    SteadyTime now) noexcept {
  const std::size_t budget = options_.queue_limit_bytes;
  const std::size_t tenants = queue_.tenants();
  const std::size_t share = budget / tenants;
  const auto more = [&] { return text_bytes + slab_.bytes_for_next(); };
  Reason reason = Reason::queue_full;
  bool fits = true;
  if (held_bytes() + more() > budget / 2 && tenants > 1 && queue_.held_by(slot) > share) {
    reason = Reason::over_share;
    fits = false;
  }
  while (fits && held_bytes() + more() > budget) {
    // Half of its share is what a tenant is sure of: so much is queued by those above it, since
    // parcels hold half of the budget at most.
    const std::size_t sure = share / 2;
    Item* const newest = queue_.held_by(slot) <= sure ? queue_.newest_of_largest(sure) : nullptr;
    fits = newest != nullptr;
    if (fits) evict(*newest, now);
  }
  if (fits) return true;
  raise(books_.dropped[static_cast<std::size_t>(reason)], count);
  losses_.add(count, now);
  return false;
}

Item* Machine::take_in(Record&& record, std::uint32_t slot, SteadyTime now) noexcept {
  const std::size_t text = outside_bytes(record.payload) + outside_bytes(record.tenant);
  Item* const item = slab_.take();
  if (item == nullptr) {
    raise(books_.dropped[static_cast<std::size_t>(Reason::queue_full)], record.count);
    losses_.add(record.count, now);
    queue_.let_go(slot, text + sizeof(Item));
    return nullptr;
  }
  item->record = std::move(record);
  item->arrived = now;
  item->text_bytes = static_cast<std::uint32_t>(text);
  item->wire_bytes =
      static_cast<std::uint32_t>(item->record.payload.size() + limits_.record_overhead_bytes);
  item->tenant = slot;
  text_bytes_ += text;
  counters_.held_bytes_most = std::max(counters_.held_bytes_most, held_bytes());
  queue_.push(*item);
  return item;
}

bool Machine::restore(Record& record, std::uint64_t sequence, SteadyTime now) noexcept {
  const std::size_t text = outside_bytes(record.payload) + outside_bytes(record.tenant);
  // Another wire or another budget admitted it, in an earlier life. There would never be room.
  if (is_too_large(record) || text > batch_memory_) {
    settled_sequences_.push_back(sequence);
    raise(books_.taken_out, record.count);
    raise(books_.dropped[static_cast<std::size_t>(Reason::too_large)], record.count);
    losses_.add(record.count, now);
    return true;
  }
  if (closed_ || held_bytes() + text + slab_.bytes_for_next() > options_.queue_limit_bytes) {
    return false;
  }
  const std::uint32_t slot = queue_.slot_of(record.tenant);
  queue_.hold(slot, text + sizeof(Item));
  Item* const item = take_in(std::move(record), slot, now);
  if (item == nullptr) return true;
  item->sequence = sequence;
  item->durable = true;
  item->restored = true;
  item->settled = true;
  return true;
}

void Machine::evict(Item& item, SteadyTime now) noexcept {
  ++counters_.records_evicted;
  queue_.remove(item);
  give_up(item, Reason::over_share, now);
}

std::optional<Dispatch> Machine::next(TimePoint now) noexcept {
  if (closed_) return std::nullopt;
  if (now.steady >= next_sweep_) sweep(now);
  if (now.steady < destination_.paused_until()) return std::nullopt;
  if (creation_ == Creation::wanted) return launch_creation(now.steady);
  while (creation_ == Creation::none && may_send(now.steady)) {
    const bool again = !waiting_.empty() && waiting_.front().due <= now.steady;
    Parcel parcel = again ? new_parcel() : form(now);
    if (again) {
      std::pop_heap(waiting_.begin(), waiting_.end(),
                    [](const Parcel& a, const Parcel& b) { return a.due > b.due; });
      parcel = std::move(waiting_.back());
      waiting_.pop_back();
      drop_old(parcel, now);
    }
    if (!parcel.items.empty()) return launch(std::move(parcel), now.steady);
    recycle(std::move(parcel));
  }
  return std::nullopt;
}

bool Machine::may_send(SteadyTime now) noexcept {
  const bool due = !waiting_.empty() && waiting_.front().due <= now;
  if (!due && batch_ready_at(now) > now) return false;
  if (destination_.probing() && !flying_.empty()) return false;
  if (flying_.size() < limit_.now()) return true;
  limit_.reached();
  return false;
}

bool Machine::has_room_for_parcel() const noexcept {
  const std::size_t queued = queue_.wire_bytes() + queue_.records() * sizeof(Item);
  const std::size_t more = std::min(batch_memory_, queued);
  return parcel_bytes_ == 0 ||
         parcel_bytes_ + letter_bytes_ + more <= options_.queue_limit_bytes / 2;
}

SteadyTime Machine::batch_ready_at(SteadyTime now) const noexcept {
  if (queue_.empty() || !has_room_for_parcel()) return SteadyTime::max();
  const bool full = queue_.records() >= limits_.batch_records ||
                    queue_.wire_bytes() >= limits_.batch_bytes ||
                    queue_.count() >= limits_.batch_count;
  return full || hurries_ ? now : queue_.oldest() + options_.linger;
}

Machine::Parcel Machine::form(TimePoint now) noexcept {
  Parcel parcel = new_parcel();
  Filling filling;
  std::size_t passed = 0;  // tenants in a row whose next record is too far away in time
  WallTime first = WallTime::max();
  WallTime last = WallTime::min();
  while (parcel.items.size() < limits_.batch_records && passed < queue_.queueing()) {
    Item* const item = queue_.peek();
    if (const std::optional<Reason> reason = too_old(*item, now)) {
      queue_.pop();
      give_up(*item, *reason, now.steady);
      continue;
    }
    if (!fits(*item, filling)) break;
    const WallTime time = item->record.time;
    if (!parcel.items.empty() &&
        std::max(last, time) - std::min(first, time) > limits_.longest_span) {
      ++passed;
      queue_.pass();
      continue;
    }
    passed = 0;
    queue_.pop();
    first = std::min(first, time);
    last = std::max(last, time);
    filling.wire_bytes += item->wire_bytes;
    filling.count += item->record.count;
    filling.memory += memory_of(*item);
    item->in_parcel = true;
    parcel.items.push_back(item);
  }
  parcel_bytes_ += filling.memory;
  hurries_ = hurries_ && !queue_.empty();
  counters_.batches += parcel.items.empty() ? 0u : 1u;
  counters_.batches_cut += passed != 0 ? 1u : 0u;
  return parcel;
}

bool Machine::fits(const Item& item, const Filling& filling) const noexcept {
  return filling.wire_bytes + item.wire_bytes <= limits_.batch_bytes &&
         filling.count + item.record.count <= limits_.batch_count &&
         (filling.memory == 0 || filling.memory + memory_of(item) <= batch_memory_);
}

Dispatch Machine::launch(Parcel&& parcel, SteadyTime now) noexcept {
  parcel.id = ++last_id_;
  parcel.started = now;
  ++counters_.requests;
  counters_.retries += parcel.attempts > 0 ? 1u : 0u;
  ++parcel.attempts;
  parcel.records.clear();
  for (const Item* item : parcel.items) {
    parcel.records.push_back(&item->record);
    counters_.bytes += item->record.payload.size();
    counters_.records_ambiguous += item->maybe_received ? 1u : 0u;
  }
  flying_.push_back(std::move(parcel));
  return {.id = flying_.back().id, .create = false, .records = flying_.back().records};
}

Dispatch Machine::launch_creation(SteadyTime now) noexcept {
  creation_ = Creation::asked;
  creation_id_ = ++last_id_;
  creation_started_ = now;
  ++creation_attempts_;
  ++counters_.creations;
  return {.id = creation_id_, .create = true, .records = {}};
}

Machine::Parcel Machine::new_parcel() noexcept {
  if (spare_.empty()) return {};
  Parcel parcel = std::move(spare_.back());
  spare_.pop_back();
  return parcel;
}

void Machine::recycle(Parcel&& parcel) noexcept {
  if (spare_.size() == kSpareParcels) return;
  parcel.items.clear();
  parcel.records.clear();
  parcel.attempts = 0;
  spare_.push_back(std::move(parcel));
}

SteadyTime Machine::wakes_at(SteadyTime now) const noexcept {
  SteadyTime at = SteadyTime::max();
  if (closed_) return at;
  if (!queue_.empty() || !waiting_.empty() || !missing_.empty()) at = next_sweep_;
  const SteadyTime from = std::max(now, destination_.paused_until());
  if (creation_ == Creation::wanted) return std::min(at, from);
  const bool busy = flying_.size() >= limit_.now() || (destination_.probing() && !flying_.empty());
  if (busy || creation_ != Creation::none) return at;
  const SteadyTime due = waiting_.empty() ? SteadyTime::max() : waiting_.front().due;
  const SteadyTime ready = std::min(due, batch_ready_at(now));
  return ready == SteadyTime::max() ? at : std::min(at, std::max(from, ready));
}

std::uint64_t Machine::begin_flush() noexcept {
  const std::uint64_t newest = oldest_generation_ + pending_.size() - 1;
  // Nothing came since the last flush began: this one waits for what that one waits for.
  const std::uint64_t flush = pending_.back() == 0 ? newest - 1 : newest;
  if (pending_.back() != 0 && pending_.size() < kGenerations) pending_.push_back(0);
  wanted_generation_ = std::max(wanted_generation_, flush);
  hurries_ = !queue_.empty();
  return flush;
}

bool Machine::flushed(std::uint64_t flush) const noexcept {
  return oldest_generation_ > flush || (oldest_generation_ == flush && pending_.front() == 0);
}

void Machine::sweep(TimePoint now) noexcept {
  next_sweep_ = now.steady + kSweepInterval;
  for (std::size_t slot = 0; slot < queue_.slots(); ++slot) {
    for (Item* item = queue_.oldest_of(slot); item != nullptr; item = queue_.oldest_of(slot)) {
      const std::optional<Reason> reason = too_old(*item, now);
      if (!reason) break;
      queue_.remove(*item);
      give_up(*item, *reason, now.steady);
    }
  }
  // An emptied parcel leaves when it is due.
  for (Parcel& parcel : waiting_) drop_old(parcel, now);
  for (Parcel& parcel : missing_) drop_old(parcel, now);
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
