// SPDX-License-Identifier: Apache-2.0
// The inside of `WriteAheadLog`: its files in order, and the group that is being written.
//
// Records go to the *active* file, the last. The frames of the open group stay in memory until the
// file was synced, for a device that fails then may have lost any of them: the group goes to a new
// file, and what the old one had before is written anew beside it. Nothing is ever reported durable
// by a second sync of the same file.
//
// Thread-safety: one thread at a time.
#pragma once

#include "telemetry/delivery/log_directory.hpp"
#include "telemetry/delivery/segment_files.hpp"
#include "telemetry/delivery/write_ahead_log.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace delivery {

class WriteAheadLog::Core {
 public:
  Core(const LogOptions& options, Platform platform, FileSystem& files, LogDirectory directory);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  void recover_own();
  std::uint64_t adopt();
  Appended append(const Record& record);
  /// Writes what is pending; see `WriteAheadLog::commit`.
  bool push(bool sync);
  bool sync_is_due() const noexcept;
  SteadyTime sync_due() const noexcept;
  void acknowledge(Sequence sequence);
  bool next(Sequence after, LogRecord& out);

  Sequence durable() const noexcept { return std::min(readable(), unsafe_first_ - 1); }
  Sequence last() const noexcept { return last_; }
  bool holds(Sequence sequence) noexcept {
    const auto at = find(sequence);
    return at != segments_.end() && at->second.is_live(sequence) && !at->second.is_lost(sequence);
  }
  bool failing() const noexcept { return failing_; }
  bool unreadable() const noexcept { return unreadable_; }
  LogCounters counters() const noexcept;
  /// This is the child of a fork: everything is the parent's.
  bool forked() const noexcept;

 private:
  using Segments = std::map<Sequence, Segment>;

  /// Why a step failed: minus an errno, and whether the device did, under what had been written.
  struct Failed {
    int error = 0;
    bool device = false;
    explicit operator bool() const noexcept { return error != 0; }
  };

  enum class Settled : std::uint8_t { yes, later, failed };

  // log_core.cpp: the open group
  Segment& begin_active(std::uint64_t salt);
  bool make_room(std::uint64_t bytes);
  Failed flush(bool sync);
  Failed write_group();
  Failed sync_group();
  int make_file(Segment& segment);
  bool holds_active_file() noexcept;
  void end_active() noexcept;
  // log_core_failure.cpp: what is done when that fails
  void give_up_active(Failed failed);
  void regroup(std::string_view frames, const Segment& old);
  void rewrite_suspects();
  bool rewrite(Segment& segment);
  void renew_directory();
  void fail(int error);
  // log_core_files.cpp: the other files
  void settle_files();
  Settled settle_file(Segment& segment);
  void note(Segment& segment);
  void lose(Segment& segment, Sequence sequence) noexcept;
  void forget_file(Segment& segment) noexcept;
  Segments::iterator find(Sequence sequence) noexcept;
  void take_stock() noexcept;
  // log_core_recovery.cpp: what others and earlier lives left
  bool take_dead(const Slot& dead);
  void take_file(std::uint64_t number);
  std::vector<std::uint64_t> list_files(int directory);
  void leave_foreign(bool is_newer);
  void leave_others();
  void stop_reading();
  /// Up to here, records are in their files.
  Sequence readable() const noexcept { return unsynced_.empty() ? last_ : unsynced_first_ - 1; }
  int slot() const noexcept { return directory_.own().directory.number(); }
  bool is_active(const Segment& segment) const noexcept { return &segment == active_; }
  SteadyTime now() const noexcept { return platform_.clock.steady_now(); }

  LogOptions options_;
  Platform platform_;
  FileSystem& files_;
  LogDirectory directory_;
  SegmentFiles segment_files_;
  std::uint32_t fork_epoch_;

  Segments segments_;            ///< by the first sequence of each
  std::vector<Sequence> noted_;  ///< of those with something to write or to remove
  std::uint64_t next_number_ = 1;
  Sequence last_ = 0;
  Sequence unsafe_first_ = UINT64_MAX;  ///< of what was recovered and is not synced
  Segment* active_ = nullptr;
  Descriptor file_;  ///< of the active one, once it was made
  FileStatus file_status_;
  bool new_name_ = false;  ///< its directory is not synced yet

  std::string unsynced_;     ///< the frames of the group, from `unsynced_first_` on without a gap
  std::size_t written_ = 0;  ///< of them
  Sequence unsynced_first_ = 1;
  std::uint64_t unsynced_live_ = 0;
  std::uint64_t synced_end_ = 0;  ///< of the active file
  SteadyTime unsynced_since_{};
  bool failing_ = false;
  bool unreadable_ = false;  ///< the last `next` stopped there
  bool told_of_unreadable_ = false;
  SteadyTime retry_at_{};
  SteadyTime settle_at_{};  ///< not before: what is noted could not be written
  LogCounters counters_;
  std::uint64_t own_foreign_files_ = 0;
  bool told_of_foreign_ = false;
  bool told_of_others_ = false;
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
