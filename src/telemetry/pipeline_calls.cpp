// SPDX-License-Identifier: Apache-2.0
// What the owner of a pipeline asks of it: flush, poll, accounting. Such a call may wait, and uses
// what a shutdown destroys; it is counted, so that the shutdown sees it.
#include "telemetry/backend.hpp"
#include "telemetry/outcomes.hpp"
#include "telemetry/pipeline.hpp"

#include <atomic>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

/// Flushes of exporters that the calling thread is in: a signal handler may have interrupted one.
[[gnu::tls_model("initial-exec")]] thread_local constinit int flushes_here = 0;

/// A call that may wait. Sequentially consistent like a `Pin`, whose brevity it does not have.
class Guest {
 public:
  explicit Guest(std::atomic<std::int32_t>& guests) noexcept : guests_(guests) {
    guests_.fetch_add(1, std::memory_order_seq_cst);
  }
  ~Guest() { guests_.fetch_sub(1, std::memory_order_release); }
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;

 private:
  std::atomic<std::int32_t>& guests_;
};

}  // namespace

bool Pipeline::flush(std::uint32_t in_generation, Nanoseconds timeout) noexcept {
  const Guest flusher(flushers_);
  Deadline deadline;
  {
    const Guest guest(guests_);
    if (generation.load(std::memory_order_seq_cst) != in_generation) return false;
    deadline = Deadline::after(clock(), timeout);
    if (!backend_->flush(deadline)) return false;
  }
  return flush_exporter(deadline);
}

bool Pipeline::flush(std::uint32_t in_generation, Deadline deadline) noexcept {
  const Guest flusher(flushers_);
  {
    const Guest guest(guests_);
    if (generation.load(std::memory_order_seq_cst) != in_generation) return false;
    if (!backend_->flush(deadline)) return false;
  }
  return flush_exporter(deadline);
}

bool Pipeline::flush_exporter(Deadline deadline) noexcept {
  // Held by `flushers_` alone, which keeps the exporter from being destroyed: a shutdown does not
  // wait for us before it has ended the exporter, which sends us back.
  ++flushes_here;
  const bool spans = settings_->exporter->flush(deadline);
  const bool complete = (logs_ == nullptr || logs_->flush_exporter(deadline)) && spans;
  --flushes_here;
  return complete;
}

bool Pipeline::flushes_on_this_thread() noexcept { return flushes_here > 0; }

bool Pipeline::in_use() const noexcept {
  return in_calls() || flushers_.load(std::memory_order_seq_cst) > 0;
}

bool Pipeline::in_calls() const noexcept {
  if (guests_.load(std::memory_order_seq_cst) > 0) return true;
  for (const Shard& shard : shards_) {
    if (shard.pins.load(std::memory_order_seq_cst) != 0) return true;
  }
  return false;
}

void Pipeline::poll() noexcept {
  const Guest guest(guests_);
  if (is_open_.load(std::memory_order_seq_cst)) backend_->round();
}

Accounting Pipeline::accounting() const noexcept {
  Accounting books = own_accounting();
  const Guest guest(guests_);
  if (is_open_.load(std::memory_order_seq_cst)) {
    add_exporters(books, settings_->exporter->accounting());
  }
  return books;
}

Accounting Pipeline::log_accounting() const noexcept {
  const Guest guest(guests_);
  const bool open = is_open_.load(std::memory_order_seq_cst) && logs_ != nullptr;
  return open ? logs_->accounting() : Accounting{};
}

RedactionCounts Pipeline::redactions(RedactionPlace place) const noexcept {
  const Guest guest(guests_);
  const bool open = is_open_.load(std::memory_order_seq_cst);
  RedactionCounts counts = open ? outcomes_.redactions.of(place) : RedactionCounts{};
  if (open && logs_ != nullptr) counts += logs_->redactions(place);
  return counts;
}

void Pipeline::add_exporters(Accounting& books, const Accounting& later) const noexcept {
  detail::add_exporters(books, outcomes_, later);
}

Accounting Pipeline::own_accounting() const noexcept {
  const auto read = [](const Counter& counter) { return counter.load(std::memory_order_acquire); };
  Accounting books;
  const std::uint64_t left = read_outcomes(outcomes_, books);
  std::uint64_t entered = 0;
  for (const Shard& shard : shards_) {
    books.dropped[Reason::queue_full] += read(shard.dropped_queue_full);
    books.dropped[Reason::span_limit] += read(shard.dropped_span_limit);
    entered += read(shard.entered);
    books.accepted += read(shard.accepted);
  }
  books.in_flight = entered > left ? entered - left : 0;
  return books;
}

TraceCounters Pipeline::counters() const noexcept {
  const auto read = [](const Counter& counter) { return counter.load(std::memory_order_relaxed); };
  TraceCounters counters;
  for (const Shard& shard : shards_) {
    counters.sampled_out += read(shard.sampled_out);
    counters.annotations_dropped += read(shard.annotations_dropped);
    counters.wakeups += read(shard.wakeups);
    counters.extras_dropped += read(shard.extras_dropped);
    counters.links_dropped += read(shard.links_dropped);
  }
  counters.annotations_dropped += read(outcomes_.annotations_dropped);
  counters.keys_mapped = read(outcomes_.keys_mapped);
  counters.values_cut = read(outcomes_.values_cut);
  counters.names_cut = read(outcomes_.names_cut);
  counters.redacted = read(outcomes_.redacted);
  counters.user_ids_dropped = read(outcomes_.user_ids_dropped);
  counters.links_dropped += read(outcomes_.links_dropped);
  counters.orphans = read(outcomes_.orphans);
  counters.documents_split = read(outcomes_.documents_split);
  counters.in_progress = read(outcomes_.in_progress);
  counters.offloads_refused = read(outcomes_.offloads_refused);
  counters.tail_kept = read(outcomes_.tail_kept);
  counters.tail_full = read(outcomes_.tail_full);
  counters.sampled_out += read(outcomes_.tail_let_go);
  return counters;
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
