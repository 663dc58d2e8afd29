// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery/log_keeper.hpp"

#include <algorithm>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace delivery {
namespace {

/// Read back at once: some milliseconds of a disk, between which answers are seen to.
constexpr std::size_t kRecordsARound = 256;
/// Runs of records that are on disk alone; 16 bytes each.
constexpr std::size_t kMostRanges = 16'384;
constexpr Nanoseconds kUnreadableInterval = std::chrono::seconds(1);
constexpr Nanoseconds kAdoptionInterval = std::chrono::minutes(1);

}  // namespace

LogKeeper::LogKeeper(std::unique_ptr<WriteAheadLog> log, const EngineOptions& options,
                     Machine& machine, SteadyTime now)
    : log_(std::move(log)),
      machine_(machine),
      sync_interval_(options.log ? options.log->sync_interval : Nanoseconds::zero()),
      read_limit_bytes_(options.queue_limit_bytes / 8),
      next_adoption_(now + kAdoptionInterval),
      counters_(log_->counters()) {
  recovered_items_ = counters_.recovered_items;
  if (log_->last() > 0) backlog_.push_back({.after = 0, .last = log_->last()});
  machine_.found_on_disk(recovered_items_);
}

void LogKeeper::round(std::unique_lock<std::mutex>& lock, SteadyTime now) {
  if (log_ == nullptr) return;
  const std::vector<Item*> fresh = machine_.take_unlogged();
  const std::vector<std::uint64_t> settled = machine_.take_settled_sequences();
  const bool sync = machine_.flush_is_wanted() || wants_sync(fresh, now);
  const bool wants_more = std::max(next_reading_, machine_.wants_more_at(now)) <= now;
  lock.unlock();
  write(fresh, settled, sync);
  if (now >= next_adoption_) adopt(now);
  if (wants_more) read_back(now);
  lock.lock();
  const std::uint64_t damaged = std::exchange(counters_, log_->counters()).damaged;
  for (std::size_t i = 0; i < fresh.size(); ++i) machine_.logged(*fresh[i], written_[i]);
  relogs_ = counters_.damaged != damaged &&
            machine_.relog([this](std::uint64_t sequence) { return log_->holds(sequence); });
  machine_.durable(log_->durable());
  machine_.found_on_disk(counters_.recovered_items -
                         std::exchange(recovered_items_, counters_.recovered_items));
  restore(now);
  spill();
}

/// The time that a record may wait to be safe begins when it is offered.
bool LogKeeper::wants_sync(const std::vector<Item*>& fresh, SteadyTime now) const noexcept {
  return !fresh.empty() &&
         (machine_.is_crowded() || now - fresh.front()->arrived >= sync_interval_);
}

void LogKeeper::write(const std::vector<Item*>& fresh, const std::vector<std::uint64_t>& settled,
                      bool sync) {
  for (const Sequence sequence : settled) log_->acknowledge(sequence);
  written_.clear();
  for (const Item* item : fresh) {
    const Appended appended = log_->append(item->record);
    written_.push_back(appended.stored == Stored::yes ? appended.sequence : 0);
  }
  // What it says itself: the log has counters and diagnostics for a disk that fails.
  static_cast<void>(sync && log_->durable() < log_->last() ? log_->sync() : log_->commit());
}

void LogKeeper::adopt(SteadyTime now) {
  next_adoption_ = now + kAdoptionInterval;
  const Sequence before = log_->last();
  if (log_->adopt() > 0) backlog_.push_back({.after = before, .last = log_->last()});
}

/// The next records of the first range; what lies between two ranges is in memory already.
void LogKeeper::read_back(SteadyTime now) {
  read_all_ = false;
  if (!has_backlog()) return;
  const Range range = backlog_.front();
  Sequence after = range.after;
  std::size_t bytes = 0;
  while (read_.size() < kRecordsARound && bytes < read_limit_bytes_) {
    LogRecord record;
    const bool found = log_->next(after, record);
    if (!found && log_->unreadable()) {
      next_reading_ = now + kUnreadableInterval;
      return;
    }
    read_all_ = !found || record.sequence > range.last;
    if (read_all_) return;
    after = record.sequence;
    bytes += record.record.payload.size() + record.record.tenant.size();
    read_.push_back(std::move(record));
  }
}

/// Never to a range that is there already: it may be read to its end.
void LogKeeper::spill() {
  if (backlog_.size() >= kMostRanges) return;
  bool is_new = true;
  for (const Sequence sequence : machine_.spill()) {
    if (is_new || sequence != backlog_.back().last + 1) {
      backlog_.push_back({.after = sequence - 1, .last = sequence});
      is_new = false;
    } else {
      backlog_.back().last = sequence;
    }
  }
}

void LogKeeper::restore(SteadyTime now) {
  for (LogRecord& record : read_) {
    if (record.damaged) {
      machine_.lost_on_disk(record.record.count, now);
      log_->acknowledge(record.sequence);
    } else if (!machine_.restore(record.record, record.sequence, now)) {
      read_all_ = false;  // no room: read again when there is
      break;
    }
    backlog_.front().after = record.sequence;
  }
  if (std::exchange(read_all_, false)) backlog_.pop_front();
  read_.clear();
}

SteadyTime LogKeeper::due(SteadyTime now) const {
  if (log_ == nullptr) return SteadyTime::max();
  if (relogs_) return now;
  const SteadyTime more =
      has_backlog() ? std::max(next_reading_, machine_.wants_more_at(now)) : SteadyTime::max();
  return std::min({more, next_adoption_, log_->sync_due()});
}

void LogKeeper::finish(std::unique_lock<std::mutex>& lock, SteadyTime now) {
  static_cast<void>(machine_.begin_flush());
  round(lock, now);
  machine_.close(Reason::owner_gone, now);
  const std::vector<std::uint64_t> settled = machine_.take_settled_sequences();
  lock.unlock();
  write({}, settled, false);
  const LogCounters last = log_->counters();
  log_.reset();
  lock.lock();
  counters_ = last;
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
