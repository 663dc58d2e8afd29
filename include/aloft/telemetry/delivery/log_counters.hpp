// SPDX-License-Identifier: Apache-2.0
// What the log on disk holds, and what became of what it was given since it was opened.
//
// Counts are records (`delivery::Record`); those that end in `_items` are what they stand for in
// the accounting: spans, events, points. Thread-safety: plain values.
#pragma once

#include <cstdint>

namespace aloft {
inline namespace v0 {
namespace delivery {

struct LogCounters {
  std::uint64_t bytes = 0;               ///< in its files now
  std::uint64_t segments = 0;            ///< files now
  std::uint64_t live_records = 0;        ///< not acknowledged now
  std::uint64_t live_items = 0;          ///< the same
  std::uint64_t appended = 0;            ///< since it was opened, as everything below
  std::uint64_t acknowledged = 0;        ///< settled in any way: they never come back
  std::uint64_t unwritten_files = 0;     ///< files now that await such notes, or their removal
  std::uint64_t recovered = 0;           ///< found at the opening, and in what dead processes left
  std::uint64_t recovered_items = 0;     ///< the same
  std::uint64_t refused_full = 0;        ///< above the limit of bytes
  std::uint64_t refused_large = 0;       ///< above `kMaxRecordBytes`
  std::uint64_t refused_failing = 0;     ///< while the disk was full or failing
  std::uint64_t damaged = 0;             ///< lost to damage, `Reason::damaged`
  std::uint64_t damaged_items = 0;       ///< the same; a record whose count is lost too counts 1
  std::uint64_t damaged_bytes = 0;       ///< regions that held no valid frame
  std::uint64_t torn_bytes = 0;          ///< cut off at the end of files, where a write had stopped
  std::uint64_t repeated = 0;            ///< frames whose sequence did not rise; passed over
  std::uint64_t syncs = 0;               ///< of a file, successful
  std::uint64_t write_failures = 0;      ///< no space, or another error of a write or of a creation
  std::uint64_t sync_failures = 0;       ///< the device failed; the file was given up
  std::uint64_t read_failures = 0;       ///< of a record that was left as it is, to be read later
  std::uint64_t segments_rewritten = 0;  ///< after such a failure, or to free what was acknowledged
  std::uint64_t adopted = 0;             ///< files taken over from dead processes
  std::uint64_t foreign_files = 0;       ///< now, newer or unreadable; left as they are
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
