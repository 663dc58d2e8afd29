// SPDX-License-Identifier: Apache-2.0
// What earlier lives and dead processes left, and what is asked about single records.
#include "telemetry/delivery/log_core.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace delivery {
namespace {

/// The name of a file is its number; what is above was not counted by us.
constexpr std::uint64_t kMaxNumber = std::uint64_t{1} << 62;

}  // namespace

void WriteAheadLog::Core::recover_own() {
  for (const std::uint64_t number : list_files(slot())) {
    next_number_ = std::max(next_number_, number + 1);
    take_file(number);
  }
  // A killed process may not have come to that.
  if (!segments_.empty()) sync_all(files_, slot());
  take_stock();
  rewrite_suspects();
}

/// Also removes what an interrupted rewrite left.
std::vector<std::uint64_t> WriteAheadLog::Core::list_files(int directory) {
  std::vector<std::string> names;
  std::vector<std::uint64_t> numbers;
  files_.list(directory, "", kMaxNames, names);
  for (const std::string& name : names) {
    if (is_temporary_name(name)) files_.remove(directory, name, false);
    const auto number = parse_segment_name(name);
    if (number && *number <= kMaxNumber) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

void WriteAheadLog::Core::take_file(std::uint64_t number) {
  Recovered found = segment_files_.recover(slot(), number, last_ + 1);
  if (found.error != 0 || found.state == HeaderState::newer) {
    leave_foreign(found.state == HeaderState::newer);
    ++own_foreign_files_;
    return;
  }
  counters_.damaged_bytes += found.damaged_bytes;
  counters_.torn_bytes += found.torn_bytes;
  counters_.repeated += found.repeated;
  if (!found.segment || found.segment->live() == 0) {
    files_.remove(slot(), segment_name(number), false);
    return;
  }
  counters_.damaged += found.lost;
  counters_.damaged_items += found.lost_items;
  counters_.recovered += found.segment->live();
  counters_.recovered_items += found.segment->live_items();
  const Sequence first = last_ + 1;
  last_ = found.segment->end() - 1;
  segments_.emplace(first, std::move(*found.segment));
}

void WriteAheadLog::Core::leave_foreign(bool is_newer) {
  ++counters_.foreign_files;
  if (std::exchange(told_of_foreign_, true)) return;
  platform_.diagnostics.report(
      is_newer ? ErrorCode::unsupported : ErrorCode::unavailable, "delivery_log",
      is_newer
          ? "a file of the log on disk is of a newer version of Aloft and was left as it is: "
            "let that version deliver it, or remove it"
          : "a file of the log on disk cannot be read and was left as it is: look at its owner "
            "and at the disk");
}

std::uint64_t WriteAheadLog::Core::adopt() {
  const std::uint64_t before = counters_.recovered;
  counters_.foreign_files = own_foreign_files_;
  directory_.visit_dead([this](Slot& dead) {
    const bool fits = take_dead(dead);
    directory_.remove_empty(dead);
    return fits;
  });
  leave_others();
  take_stock();
  rewrite_suspects();
  return counters_.recovered - before;
}

void WriteAheadLog::Core::leave_others() {
  if (told_of_others_ || !directory_.has_others()) return;
  told_of_others_ = true;
  platform_.diagnostics.report(
      ErrorCode::unavailable, "delivery_log",
      "a process that sent otherwise, or for another service, left records in the folder of the "
      "log; they stay: start it again to have them delivered, or remove its sub-folder");
}

/// @return false when no more can be taken now.
bool WriteAheadLog::Core::take_dead(const Slot& dead) {
  bool has_moved = false;
  bool fits = true;
  for (const std::uint64_t number : list_files(dead.directory.number())) {
    std::uint64_t bytes = 0;
    const auto state = segment_files_.look(dead.directory.number(), number, bytes);
    if (!state || *state == HeaderState::newer) {
      leave_foreign(state.has_value());
      continue;
    }
    // Their sequences come behind all that were given out, so the open group ends here.
    fits = counters_.bytes + bytes <= options_.limit_bytes && push(true);
    if (!fits) break;
    end_active();
    const std::uint64_t own = next_number_++;
    if (files_.rename(dead.directory.number(), segment_name(number), slot(), segment_name(own)) !=
        0) {
      continue;
    }
    has_moved = true;
    ++counters_.adopted;
    take_file(own);
    take_stock();
  }
  if (has_moved) {
    sync_all(files_, slot());
    sync_all(files_, dead.directory.number());
  }
  return fits;
}

void WriteAheadLog::Core::take_stock() noexcept {
  counters_.bytes = 0;
  unsafe_first_ = UINT64_MAX;
  for (const auto& [first, segment] : segments_) {
    counters_.bytes += segment.bytes;
    if (segment.is_unsafe) unsafe_first_ = std::min(unsafe_first_, first);
  }
}

WriteAheadLog::Core::Segments::iterator WriteAheadLog::Core::find(Sequence sequence) noexcept {
  auto at = segments_.upper_bound(sequence);
  if (at == segments_.begin()) return segments_.end();
  --at;
  return sequence < at->second.end() ? at : segments_.end();
}

void WriteAheadLog::Core::note(Segment& segment) {
  if (std::exchange(segment.noted, true)) return;
  noted_.push_back(segment.first());
}

void WriteAheadLog::Core::acknowledge(Sequence sequence) {
  const auto at = find(sequence);
  if (at == segments_.end() || !at->second.is_live(sequence)) return;
  Segment& segment = at->second;
  segment.settle(sequence);
  segment.note_settled(sequence);
  note(segment);
  ++counters_.acknowledged;
  if (!unsynced_.empty() && sequence >= unsynced_first_) --unsynced_live_;
}

/// The record is there as far as anybody knows.
void WriteAheadLog::Core::stop_reading() {
  unreadable_ = true;
  ++counters_.read_failures;
  if (std::exchange(told_of_unreadable_, true)) return;
  platform_.diagnostics.report(
      ErrorCode::unavailable, "delivery_log",
      "the log on disk cannot be read: its records wait, and new ones go on; look at the limit of "
      "open files and at the disk; it is tried again every second");
}

bool WriteAheadLog::Core::next(Sequence after, LogRecord& out) {
  unreadable_ = false;
  if (after >= last_) return false;
  auto at = segments_.upper_bound(after + 1);
  if (at != segments_.begin()) --at;
  for (; at != segments_.end(); ++at) {
    Segment& segment = at->second;
    if (segment.live() == 0) continue;
    const Sequence end = std::min(segment.end(), readable() + 1);
    for (Sequence sequence = std::max(after + 1, segment.first()); sequence < end; ++sequence) {
      if (!segment.is_live(sequence)) continue;
      out.sequence = sequence;
      const int error = segment.is_lost(sequence)
                            ? -EBADMSG
                            : segment_files_.read(slot(), segment, sequence, out.record);
      out.damaged = is_lost(error);
      if (error != 0 && !out.damaged) {
        stop_reading();
        return false;
      }
      if (out.damaged) {
        lose(segment, sequence);
        out.record = {};
        out.record.count = segment.count(sequence);
      }
      return true;
    }
  }
  return false;
}

LogCounters WriteAheadLog::Core::counters() const noexcept {
  LogCounters counters = counters_;
  counters.segments = segments_.size();
  counters.unwritten_files = noted_.size();
  for (const auto& [first, segment] : segments_) {
    counters.live_records += segment.live();
    counters.live_items += segment.live_items();
  }
  return counters;
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
