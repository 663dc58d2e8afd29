// SPDX-License-Identifier: Apache-2.0
// The backend's side: take, put in order, read, export, give back.
#include "telemetry/chunk_pool_members.hpp"
#include "telemetry/logs/lane.hpp"
#include "telemetry/outcomes.hpp"
#include "telemetry/pipeline.hpp"

#include <algorithm>
#include <cstring>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

/// What an exporter sees at once; more gains nothing.
constexpr std::size_t kLinesPerBatch = 1'024;

}  // namespace

template class MemoryPool<kLogChunkBytes>;

void LogLane::open(const LogOptions& options, LogReader& reader) noexcept {
  exporter_ = options.exporter.get();
  reader_ = &reader;
  location_from_ = options.location_from;
  next_sequence_ = 1;
  exporters_ = {};
  is_shut_ = false;
  reset_counters();
  hand_out_credits();
}

void LogLane::release(LogChunk& chunk) noexcept {
  taken_.fetch_sub(1, std::memory_order_relaxed);
  pool_.put(&chunk);
}

void LogLane::collect() noexcept {
  for (LogShard& shard : shards_) {
    LogChunk* chunk = shard.current.load(std::memory_order_acquire);
    if (chunk == nullptr || chunk->reserved.load(std::memory_order_relaxed) == 0) continue;
    // Whoever finds it sealed takes a new one; if nobody comes, the place is empty again.
    if (chunk->seal()) push(*chunk);
    shard.current.compare_exchange_strong(chunk, nullptr, std::memory_order_acq_rel);
  }
  const std::size_t first = waiting_.size();
  const std::uint64_t head = queue_.exchange(0, std::memory_order_acquire);
  for (LogChunk* chunk = chunk_at(static_cast<std::uint32_t>(head)); chunk != nullptr;
       chunk = chunk_at(chunk->next_index)) {
    waiting_.push_back(chunk);
  }
  std::reverse(waiting_.begin() + static_cast<std::ptrdiff_t>(first), waiting_.end());
}

void LogLane::index_lines(LogChunk& chunk) noexcept {
  const char* const data = chunk.data();
  chunk.lines_left = 0;
  for (std::size_t at = 0; at < chunk.end;) {
    const auto* const line = reinterpret_cast<const LogLine*>(data + at);
    if (line->kind == LogLineKind::line) {
      index_.push_back({line->wall_ns, line, &chunk});
      ++chunk.lines_left;
      seen_tenants_[line->stamp.tenant] = true;
    }
    at += line->bytes;
  }
}

std::size_t LogLane::round() noexcept {
  collect();
  index_.clear();
  std::size_t bytes = 0;
  std::erase_if(waiting_, [&](LogChunk* chunk) {
    if (!chunk->complete()) return false;
    bytes += chunk->end;
    index_lines(*chunk);
    if (chunk->lines_left == 0) release(*chunk);
    return true;
  });
  const auto earlier = [](const LogIndex& a, const LogIndex& b) { return a.wall_ns < b.wall_ns; };
  if (!std::is_sorted(index_.begin(), index_.end(), earlier)) {
    std::stable_sort(index_.begin(), index_.end(), earlier);
  }
  export_lines();
  hand_out_credits();
  held_up_.store(static_cast<std::uint32_t>(waiting_.size()), std::memory_order_relaxed);
  return (bytes + kChunkBytes - 1) / kChunkBytes + waiting_.size();
}

void LogLane::export_lines() noexcept {
  for (std::size_t begin = 0; begin < index_.size(); begin += kLinesPerBatch) {
    const std::size_t end = std::min(index_.size(), begin + kLinesPerBatch);
    reader_->clear();
    for (std::size_t i = begin; i < end; ++i) reader_->read(index_[i], next_sequence_++);
    ExportReport report;
    exporter_->export_batch({pipeline_.settings().resource, reader_->lines()}, report);
    settle(outcomes_, report, end - begin);
    for (std::size_t i = begin; i < end; ++i) {
      LogChunk& chunk = *index_[i].chunk;
      if (--chunk.lines_left == 0) release(chunk);
    }
  }
}

void LogLane::hand_out_credits() noexcept {
  // What is left of the crowded half of the pool, in equal shares for those who have spoken since
  // the last round, and one for somebody new.
  const auto speakers = std::count(seen_tenants_.begin(), seen_tenants_.end(), true) + 1;
  const std::uint32_t taken = std::min(taken_.load(std::memory_order_relaxed), pool_.capacity());
  const std::uint32_t chunks = std::min(pool_.capacity() - taken, pool_.capacity() / 2);
  const auto left = static_cast<std::int64_t>(chunks * kLogChunkData);
  for (std::atomic<std::int64_t>& credit : credits_) {
    credit.store(left / speakers, std::memory_order_relaxed);
  }
  seen_tenants_.fill(false);
}

bool LogLane::flush_exporter(Deadline deadline) noexcept {
  return exporter_->flush(deadline) && held_up_.load(std::memory_order_relaxed) == 0;
}

void LogLane::abandon() noexcept {
  // Nobody is inside any more, so that every chunk is complete; its lines have been counted.
  collect();
  for (LogChunk* const chunk : waiting_) release(*chunk);
  waiting_.clear();
}

void LogLane::shut(Deadline deadline) noexcept {
  exporters_ = exporter_->shutdown(deadline);
  is_shut_ = true;
}

Accounting LogLane::accounting() const noexcept {
  Accounting books = own_accounting();
  add_exporters(books, outcomes_, is_shut_ ? exporters_ : exporter_->accounting());
  return books;
}

Accounting LogLane::own_accounting() const noexcept {
  const auto read = [](const Counter& counter) { return counter.load(std::memory_order_acquire); };
  Accounting books;
  const std::uint64_t left = read_outcomes(outcomes_, books);
  std::uint64_t entered = 0;
  for (const LogShard& shard : shards_) {
    books.dropped[Reason::queue_full] += read(shard.dropped_queue_full);
    books.dropped[Reason::over_share] += read(shard.dropped_over_share);
    entered += read(shard.entered);
    books.accepted += read(shard.accepted);
  }
  books.in_flight = entered > left ? entered - left : 0;
  return books;
}

LogCounters LogLane::counters() const noexcept {
  const auto read = [](const Counter& counter) { return counter.load(std::memory_order_relaxed); };
  LogCounters counters;
  for (const LogShard& shard : shards_) {
    counters.fields_dropped += read(shard.fields_dropped);
    counters.held_back += read(shard.held_back);
    counters.wakeups += read(shard.wakeups);
  }
  counters.values_cut = read(outcomes_.values_cut);
  counters.redacted = read(outcomes_.redacted);
  counters.user_ids_dropped = read(outcomes_.user_ids_dropped);
  return counters;
}

void LogLane::reset_counters() noexcept {
  for (LogShard& shard : shards_) {
    for (Counter* counter :
         {&shard.accepted, &shard.entered, &shard.dropped_queue_full, &shard.dropped_over_share,
          &shard.fields_dropped, &shard.held_back, &shard.wakeups}) {
      counter->store(0, std::memory_order_relaxed);
    }
  }
  reset(outcomes_);
}

void LogLane::after_fork_in_child() noexcept {
  const std::uint64_t in_flight = own_accounting().in_flight;
  for (LogShard& shard : shards_) shard.current.store(nullptr, std::memory_order_relaxed);
  queue_.store(0, std::memory_order_relaxed);
  taken_.store(0, std::memory_order_relaxed);
  waiting_.clear();
  pool_.take_all_back();
  levels_.forget_lock();
  reset_counters();
  raise(shards_[0].accepted, in_flight);
  raise(outcomes_.dropped[static_cast<std::size_t>(Reason::forked)], in_flight);
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
