// SPDX-License-Identifier: Apache-2.0
// A file that is appended to, by one process, under a name that may lead to another file at any
// time: by ours, or by somebody else's hand. What it promises: export/log_file.hpp.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/core/result.hpp>
#include <aloft/telemetry/export/log_file.hpp>

#include "telemetry/delivery/file_system.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace detail {

class RotatingFile {
 public:
  using FileSystem = delivery::FileSystem;

  /// @param options  checked, and outliving this object.
  RotatingFile(FileSystem& files, const LogFileOptions& options, LogFileCounters& counters);
  ~RotatingFile();
  RotatingFile(const RotatingFile&) = delete;
  RotatingFile& operator=(const RotatingFile&) = delete;

  Result<void> open();
  /// Where the name leads now; once a second.
  void look() noexcept;
  /// In the child of a fork, before anything else: the lock is the parent's.
  void leave_lock() noexcept;

  /// @return how many of them are in the file.
  std::size_t append(std::string_view lines) noexcept;
  /// @return whether the disk has what was appended since the last call, in old files, too.
  bool sync() noexcept;
  /// Renames the file and goes on in a new one, if it can.
  /// @param at  of the first line of the new file.
  bool rotate(WallTime at) noexcept;

  /// Of the file; 0 when it is new, or there is none.
  std::uint64_t bytes() const noexcept { return bytes_; }
  WallTime modified() const noexcept { return modified_; }
  /// False in the child of a fork, and after a failure until the next look.
  bool may_rotate() const noexcept { return lock_.valid() && !is_stuck_; }

 private:
  using Descriptor = delivery::Descriptor;
  using FileStatus = delivery::FileStatus;

  int take_lock() noexcept;
  int open_folder() noexcept;
  int open_file() noexcept;
  /// Somebody may have removed the lock's name, so that a second process would get one.
  void keep_lock() noexcept;
  bool leads_to(const std::string& name, const FileStatus& expected) noexcept;
  /// A name for the file that is full: `at`, or a little later.
  bool find_name(WallTime& at, std::string& name) noexcept;
  void remove_old() noexcept;
  bool failed() noexcept;

  FileSystem& files_;
  const LogFileOptions& options_;
  LogFileCounters& counters_;
  std::string folder_path_;
  std::string name_;
  Descriptor folder_;
  Descriptor lock_;
  FileStatus lock_status_;
  Descriptor file_;
  FileStatus status_;
  std::uint64_t bytes_ = 0;
  WallTime modified_{};
  WallTime last_name_{};   // of the file that was full last
  bool is_torn_ = false;   // the last line has no end
  bool is_stuck_ = false;  // no new file could be had
  bool is_lost_ = false;   // the disk did not confirm a file that was full
  bool is_named_ = false;  // the disk has confirmed the name of the file
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
