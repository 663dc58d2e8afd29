// SPDX-License-Identifier: Apache-2.0
// The log on disk of the delivery engine: what was reported durable comes back after any crash,
// until it is acknowledged.
//
//   auto log = WriteAheadLog::open({.directory = path}, platform);
//   const Appended appended = (*log)->append(record);       // has a sequence; not yet safe
//   (*log)->commit();                                       // written; synced when that is due
//   if ((*log)->durable() >= appended.sequence) ...         // safe from a power cut
//   (*log)->acknowledge(appended.sequence);                 // never comes back
//   for (LogRecord old; (*log)->next(old.sequence, old);) send(old);  // what is unacknowledged
//
// Sequences rise by one and mean something within one opening only. Records that earlier lives or
// dead processes left have the lowest ones; the engine pulls them, and what it has let go of in
// memory, with `next` as it has room. Nothing here redacts: what is appended was redacted and
// encoded before.
// Full disk and failing devices cost durability, never the process: `append` refuses, `durable()`
// stands still, one diagnostic is written, and every second it is tried again.
//
// Thread-safety: one thread at a time. Only `append`, `commit`, `sync`, `adopt`, `next` and the
// destructor touch the disk. In the child of a fork every call is harmless and does nothing.
#pragma once

#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/telemetry/delivery/log_counters.hpp>
#include <aloft/telemetry/delivery/log_options.hpp>
#include <aloft/telemetry/delivery/wire.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace aloft {
inline namespace v0 {
namespace delivery {

class FileSystem;

/// 1 and up; 0 is none.
using Sequence = std::uint64_t;

enum class Stored : std::uint8_t {
  yes,
  full,       ///< `limit_bytes` is reached: acknowledge, or raise it
  too_large,  ///< above `kMaxRecordBytes`, or above half of `limit_bytes`
  failing,    ///< the disk is full or failing, or this is the child of a fork
};

struct Appended {
  Stored stored = Stored::failing;
  Sequence sequence = 0;  ///< only with `Stored::yes`
};

/// One that was stored and not acknowledged.
struct LogRecord {
  Sequence sequence = 0;
  /// Its bytes are lost: `record` has nothing but `count`. Count it as `Reason::damaged`, and
  /// acknowledge it.
  bool damaged = false;
  Record record{};
};

class WriteAheadLog {
 public:
  /// Locks a sub-directory, reads what is in it and takes over what dead processes left. Costs one
  /// read of it all; holds 8 bytes a record, and one frame.
  ///
  /// @error invalid_argument    an option is out of its range.
  /// @error permission_denied   the directory is a link, not ours, or others can write to it.
  /// @error unavailable         it cannot be made, read or locked.
  /// @error resource_exhausted  no descriptor, or too many logs in one process.
  static Result<std::unique_ptr<WriteAheadLog>> open(const LogOptions& options, Platform platform,
                                                     FileSystem& files);
  static Result<std::unique_ptr<WriteAheadLog>> open(const LogOptions& options, Platform platform);
  /// Syncs; removes the files when everything is acknowledged.
  ~WriteAheadLog();
  WriteAheadLog(const WriteAheadLog&) = delete;
  WriteAheadLog& operator=(const WriteAheadLog&) = delete;

  /// Copies the record into the open group. Touches the disk only when the group is large.
  Appended append(const Record& record) noexcept;
  /// Ends a group: writes it, and the acknowledgements. Syncs when `sync_interval` has passed since
  /// the first of what is unsynced, always when it is zero. Call it after each round of `append` or
  /// `acknowledge`, and at `sync_due()`.
  /// @return false while the disk is failing.
  bool commit() noexcept;
  /// The same, and syncs now: what `flush` waits for.
  bool sync() noexcept;
  /// When `commit` should be called again; `SteadyTime::max()` when nothing waits.
  SteadyTime sync_due() const noexcept;
  /// Everything up to here was synced (or has been acknowledged since).
  Sequence durable() const noexcept;
  /// The highest given out.
  Sequence last() const noexcept;
  /// It is not acknowledged, and not known to be damaged or gone with its file. Ask again when
  /// `LogCounters::damaged` has risen: what is in memory yet can be appended anew.
  bool holds(Sequence sequence) const noexcept;

  /// Delivered, dropped or rejected: it never comes back, once the next `commit` has written that.
  /// What is not known or was acknowledged before is ignored.
  void acknowledge(Sequence sequence) noexcept;

  /// The first record above `after` that is not acknowledged, of those that were synced or were
  /// there when the log was opened.
  /// @return false when there is none (now), or it cannot be read: see `unreadable`.
  bool next(Sequence after, LogRecord& out) noexcept;
  /// The last `next` met a record that is there and cannot be read now: no descriptor is left, or
  /// the device fails. It is not lost; ask again in a second.
  bool unreadable() const noexcept;

  /// Looks for what processes left that died since, as far as it fits into `limit_bytes`. Its
  /// records get new sequences. `open` has done it once; once a minute is plenty.
  /// @return how many records came in.
  std::uint64_t adopt() noexcept;

  /// The disk is full or failing: nothing becomes durable.
  bool failing() const noexcept;
  LogCounters counters() const noexcept;

 private:
  class Core;
  explicit WriteAheadLog(std::unique_ptr<Core> core) noexcept;
  std::unique_ptr<Core> core_;
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
