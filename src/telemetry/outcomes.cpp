// SPDX-License-Identifier: Apache-2.0
#include "telemetry/outcomes.hpp"

namespace aloft {
inline namespace v0 {
namespace detail {

void reset(Outcomes& outcomes) noexcept {
  for (Counter* counter : {&outcomes.left,
                           &outcomes.acknowledged,
                           &outcomes.sent,
                           &outcomes.taken,
                           &outcomes.unknown,
                           &outcomes.keys_mapped,
                           &outcomes.values_cut,
                           &outcomes.names_cut,
                           &outcomes.annotations_dropped,
                           &outcomes.redacted,
                           &outcomes.user_ids_dropped,
                           &outcomes.orphans,
                           &outcomes.documents_split,
                           &outcomes.links_dropped,
                           &outcomes.in_progress,
                           &outcomes.offloads_refused,
                           &outcomes.tail_kept,
                           &outcomes.tail_let_go,
                           &outcomes.tail_full,
                           &outcomes.keys_repeated}) {
    counter->store(0, std::memory_order_relaxed);
  }
  for (Counter& counter : outcomes.dropped) counter.store(0, std::memory_order_relaxed);
  for (Counter& counter : outcomes.rejected) counter.store(0, std::memory_order_relaxed);
  outcomes.redactions.reset();
}

void settle(Outcomes& outcomes, const ExportReport& report, std::uint64_t records) noexcept {
  raise(outcomes.acknowledged, report.acknowledged_count());
  raise(outcomes.sent, report.sent_count());
  raise(outcomes.taken, report.taken_count());
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    raise(outcomes.dropped[i], report.dropped_counts()[static_cast<Reason>(i)]);
    raise(outcomes.rejected[i], report.rejected_counts()[static_cast<Reason>(i)]);
  }
  // An exporter that says less than it got is counted as unknown; one that says more shows in
  // the balance.
  raise(outcomes.unknown, records > report.total() ? records - report.total() : 0);
  raise(outcomes.left, records);
}

std::uint64_t read_outcomes(const Outcomes& outcomes, Accounting& books) noexcept {
  const auto read = [](const Counter& counter) { return counter.load(std::memory_order_acquire); };
  const std::uint64_t left = read(outcomes.left);
  books.acknowledged = read(outcomes.acknowledged);
  books.sent = read(outcomes.sent);
  books.unknown = read(outcomes.unknown);
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    books.dropped[reason] = read(outcomes.dropped[i]);
    books.rejected[reason] = read(outcomes.rejected[i]);
  }
  return left;
}

void add_exporters(Accounting& books, const Outcomes& outcomes, const Accounting& later) noexcept {
  books.accepted += later.accepted - outcomes.taken.load(std::memory_order_acquire);
  books.acknowledged += later.acknowledged;
  books.sent += later.sent;
  books.durable += later.durable;
  books.in_flight += later.in_flight;
  books.unknown += later.unknown;
  books.dropped.add(later.dropped);
  books.rejected.add(later.rejected);
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
