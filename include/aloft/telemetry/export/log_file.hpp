// SPDX-License-Identifier: Apache-2.0
// Writes log lines as JSON (format/log_line.hpp) to a file, and begins a new one by size or time.
//
//   auto file = log_file({.path = "/var/log/payments/payments.log", .rotate_every = 24h});
//   if (!file) return unexpected(file.error());
//   Telemetry::from_environment({.service_name = "payments",
//                                .logs = logging({.exporter = std::move(*file)})});
//
// A file that is full is renamed to PATH.20261127T115225.123456Z, by the time of the first line
// behind it; the oldest of those are removed. Who renames or removes PATH himself (logrotate, with
// `create`, `copytruncate` or neither) tells nobody: it is noticed within a second.
//
// The kernel has a line when it is *sent*: it outlives the process, not the machine. A full disk
// costs the lines that it did not take (`send_failed`), until it takes some again; half a line, of
// that or of a crash, is ended before the next begins. One process has the file, by a lock on
// PATH.lock. The child of a fork writes to it too, without turning files over, and takes the lock
// once its parent has gone: workers of a master that lives but logs nothing turn nothing over, and
// need a path each. Thread-safety: as every exporter, one thread at a time.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/telemetry/format/log_line.hpp>
#include <aloft/telemetry/log_record.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace aloft {
inline namespace v0 {

/// What a file does beside writing; read it from any thread.
struct LogFileCounters {
  std::atomic<std::uint64_t> rotated{0};   ///< files that were full, or whose time had passed
  std::atomic<std::uint64_t> reopened{0};  ///< times that somebody else had moved the file
  std::atomic<std::uint64_t> removed{0};   ///< old files that were too many
  std::atomic<std::uint64_t> failed{0};    ///< writes, renames, openings and syncs that failed
};

struct LogFileOptions {
  /// Its folder must be there, and this user able to make and rename files in it; a relative one is
  /// followed from the folder that is the program's now. The last part is no symbolic link, and a
  /// file that is there already is one of this user, under one name, and keeps its mode. At most
  /// 200 bytes of name.
  std::string path;
  /// A file with as much begins a new one; 64 KiB or more, 0: never.
  std::uint64_t rotate_bytes = std::uint64_t{64} << 20;
  /// A new file whenever as much of UTC has passed, so that 24 h is at midnight; 1 min or more, 0:
  /// never.
  Nanoseconds rotate_every{0};
  /// Old files that are kept, at most 1,000, and how much they may have in all.
  std::size_t kept_files = 7;
  std::uint64_t kept_bytes = std::uint64_t{1} << 30;
  /// Who may read a new file, whatever the umask; others than the owner may not write.
  unsigned mode = 0640;
  /// Waits for the disk after each batch and each full file, so that lines outlive the machine,
  /// too. Those of a batch that the disk did not confirm are `unknown`.
  bool sync_each_batch = false;
  /// Longest line, its end included; 4 KiB to 1 MiB. A longer one loses fields.
  std::size_t line_limit_bytes = kDefaultLogLineBytes;
  std::shared_ptr<LogFileCounters> counters{};
};

/// Opens the file, ends what a crash has left half of, and removes old files that are too many.
///
/// @error invalid_argument   an option, which the message names.
/// @error not_found          the folder is not there.
/// @error already_exists     another process, or another exporter of this one, writes to it.
/// @error permission_denied  it or its lock may not be opened, or it is no file of ours under one
///                           name.
/// @error unavailable        the disk is full or read-only, or does not work.
Result<std::unique_ptr<LogExporter>> log_file(LogFileOptions options,
                                              const Platform& platform = Platform::system());

}  // namespace v0
}  // namespace aloft
