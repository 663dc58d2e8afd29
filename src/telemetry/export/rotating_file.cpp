// SPDX-License-Identifier: Apache-2.0
#include "telemetry/export/rotating_file.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

using delivery::Access;
using delivery::kInterruptions;
using delivery::kNoDirectory;

/// Old files that are looked at; what is beyond is left for the next time.
constexpr std::size_t kMaxNames = 4'096;
/// Files that are full within one microsecond.
constexpr int kMaxSameTime = 16;
constexpr std::string_view kStampForm = "00000000T000000.000000Z";  // 0: a digit

bool is_stamp(std::string_view text) noexcept {
  if (text.size() != kStampForm.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kStampForm[i] == '0' ? !text::is_digit(text[i]) : text[i] != kStampForm[i]) return false;
  }
  return true;
}

void put_digits(std::string& text, std::size_t at, std::size_t digits, std::uint64_t value) {
  for (std::size_t i = digits; i-- > 0; value /= 10) {
    text[at + i] = static_cast<char>('0' + value % 10);
  }
}

/// "20261127T115225.123456Z": names in the order of time.
std::string stamp_of(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::microseconds>(time - day));
  const auto number = [](auto count) { return static_cast<std::uint64_t>(count); };
  std::string text(kStampForm);
  put_digits(text, 0, 4, number(int{date.year()}));
  put_digits(text, 4, 2, unsigned{date.month()});
  put_digits(text, 6, 2, unsigned{date.day()});
  put_digits(text, 9, 2, number(clock.hours().count()));
  put_digits(text, 11, 2, number(clock.minutes().count()));
  put_digits(text, 13, 2, number(clock.seconds().count()));
  put_digits(text, 16, 6, number(clock.subseconds().count()));
  return text;
}

Unexpected cannot_open(int error) {
  switch (error) {
    case -ENOENT:
    case -ENOTDIR:
      return fail(ErrorCode::not_found, "the folder of LogFileOptions::path is not there",
                  "make it first, for this process's user");
    case -ELOOP:
      return fail(ErrorCode::permission_denied, "LogFileOptions::path is a symbolic link",
                  "give the path of the file itself");
    case -EEXIST:
      return fail(ErrorCode::permission_denied,
                  "LogFileOptions::path is no file of this user under one name",
                  "remove what is there, or give another path");
    case -EACCES:
    case -EPERM:
    case -EISDIR:
    case -ENXIO:
      return fail(ErrorCode::permission_denied,
                  "LogFileOptions::path, or the .lock beside it, may not be written or made by us",
                  "give this process's user the right to make and rename files in that folder");
    case -EWOULDBLOCK:
      return fail(ErrorCode::already_exists,
                  "another process or exporter writes to LogFileOptions::path: it holds the lock "
                  "on the file beside it that ends with .lock",
                  "give each process a path of its own, or stop the other one");
    case -EMFILE:
    case -ENFILE:
      return fail(ErrorCode::resource_exhausted, "no descriptor is left for the log file",
                  "raise the limit of open files");
    default:
      return fail(ErrorCode::unavailable,
                  "LogFileOptions::path cannot be opened or locked: the disk is full, read-only, "
                  "or does not work",
                  "free space, or give another path");
  }
}

}  // namespace

RotatingFile::RotatingFile(FileSystem& files, const LogFileOptions& options,
                           LogFileCounters& counters)
    : files_(files), options_(options), counters_(counters) {
  const std::size_t slash = options.path.rfind('/');
  // By its dot, for the folder itself may be a link.
  folder_path_ = slash == std::string::npos ? "." : options.path.substr(0, slash + 1) + ".";
  name_ = options.path.substr(slash == std::string::npos ? 0 : slash + 1);
}

RotatingFile::~RotatingFile() = default;

Result<void> RotatingFile::open() {
  int error = open_folder();
  if (error == 0) error = take_lock();
  if (error == 0) error = open_file();
  if (error != 0) return cannot_open(error);
  remove_old();
  return {};
}

int RotatingFile::open_folder() noexcept {
  Descriptor folder(files_, files_.open_directory(kNoDirectory, folder_path_));
  if (!folder.valid()) return folder.number();
  folder_ = std::move(folder);
  return 0;
}

int RotatingFile::take_lock() noexcept {
  Descriptor lock(files_, files_.open_file(folder_.number(), name_ + ".lock", Access::lock));
  if (!lock.valid()) return lock.number();
  if (const int error = files_.lock(lock.number()); error != 0) return error;
  FileStatus status;
  if (const int error = files_.status(lock.number(), status); error != 0) return error;
  lock_ = std::move(lock);
  lock_status_ = status;
  return 0;
}

void RotatingFile::keep_lock() noexcept {
  if (lock_.valid() && leads_to(name_ + ".lock", lock_status_)) return;
  const bool had_it = lock_.valid();
  // Where no other can be made, nobody else has one either: ours is kept.
  if (take_lock() != -EWOULDBLOCK || !had_it) return;
  lock_.reset();
  failed();
}

void RotatingFile::leave_lock() noexcept {
  // The file system has closed it in the child already (`FileSystem::lock`).
  lock_.release();
}

int RotatingFile::open_file() noexcept {
  const int folder = folder_.number();
  Descriptor file(files_, files_.open_file(folder, name_, Access::append));
  if (file.number() == -ENOENT) {
    file = Descriptor(files_, files_.open_file(folder, name_, Access::append_new));
    if (file.valid()) files_.set_mode(file.number(), options_.mode);
  }
  if (!file.valid()) return file.number();
  FileStatus status;
  if (const int error = files_.status(file.number(), status); error != 0) return error;
  if (status.kind != FileStatus::Kind::file || !status.ours || status.links != 1) return -EEXIST;
  file_ = std::move(file);
  is_named_ = false;
  status_ = status;
  bytes_ = status.bytes;
  modified_ = WallTime(Nanoseconds(status.modified_ns));
  char last = '\n';
  is_torn_ = bytes_ != 0 &&
             delivery::read_some(files_, file_.number(), bytes_ - 1, &last, 1) == 1 && last != '\n';
  return 0;
}

bool RotatingFile::leads_to(const std::string& name, const FileStatus& expected) noexcept {
  const Descriptor named(files_, files_.open_file(folder_.number(), name, Access::read));
  FileStatus status;
  return named.valid() && files_.status(named.number(), status) == 0 && status.is(expected);
}

void RotatingFile::look() noexcept {
  is_stuck_ = false;
  if (open_folder() != 0) failed();
  keep_lock();
  FileStatus now;
  const bool is_open = file_.valid() && files_.status(file_.number(), now) == 0;
  if (is_open && leads_to(name_, status_)) {
    bytes_ = now.bytes;  // less, when somebody has truncated it
    if (bytes_ == 0) is_torn_ = false;
    return;
  }
  if (open_file() == 0) {
    counters_.reopened.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  failed();
  // What nobody could ever read is not written to.
  if (!is_open || now.links == 0) file_.reset();
}

std::size_t RotatingFile::append(std::string_view lines) noexcept {
  if (!file_.valid() || lines.empty()) return 0;
  const auto put = [&](std::string_view bytes) {
    std::size_t done = 0;
    for (int fruitless = 0; done < bytes.size() && fruitless < kInterruptions;) {
      const std::int64_t written = files_.write(file_.number(), bytes_, bytes.substr(done));
      if (written < 0 && written != -EINTR) break;
      fruitless = written > 0 ? 0 : fruitless + 1;
      done += written > 0 ? static_cast<std::size_t>(written) : 0;
      bytes_ += written > 0 ? static_cast<std::uint64_t>(written) : 0;
    }
    return done;
  };
  if (is_torn_ && put("\n") == 1) is_torn_ = false;
  if (is_torn_) return failed(), std::size_t{0};
  const std::size_t done = put(lines);
  if (done != 0) is_torn_ = lines[done - 1] != '\n';
  if (done != lines.size()) failed();
  return done;
}

bool RotatingFile::sync() noexcept {
  const bool is_lost = std::exchange(is_lost_, false);
  if (!file_.valid() || delivery::sync_all(files_, file_.number()) != 0) return failed();
  // A file whose name is lost is lost, too. EINVAL: a folder of this kind has no sync (fsync(2),
  // read 2026-11).
  const int error = is_named_ ? 0 : delivery::sync_all(files_, folder_.number());
  if (error != 0 && error != -EINVAL) return failed();
  is_named_ = true;
  return !is_lost;
}

bool RotatingFile::rotate(WallTime at) noexcept {
  is_stuck_ = true;
  if (!lock_.valid() || !file_.valid()) return false;
  if (options_.sync_each_batch) is_lost_ = !sync();
  // Somebody may have put another file there since the last look; it is not ours to rename.
  if (leads_to(name_, status_)) {
    // Later than the one before, also within a microsecond or with a clock that was set back: what
    // is named first is removed first.
    at = std::max(at, last_name_ + std::chrono::microseconds(1));
    std::string old_name;
    if (!find_name(at, old_name)) return failed();
    if (files_.rename(folder_.number(), name_, folder_.number(), old_name) != 0) return failed();
    last_name_ = at;
  }
  // Until there is a new file the old one, under its new name, takes the lines.
  if (open_file() != 0) return failed();
  is_stuck_ = false;
  counters_.rotated.fetch_add(1, std::memory_order_relaxed);
  remove_old();
  return true;
}

bool RotatingFile::find_name(WallTime& at, std::string& name) noexcept {
  for (int i = 0; i < kMaxSameTime; ++i, at += std::chrono::microseconds(1)) {
    name = name_ + "." + stamp_of(at);
    const Descriptor taken(files_, files_.open_file(folder_.number(), name, Access::read));
    if (taken.number() == -ENOENT) return true;
  }
  return false;  // renaming would replace one
}

void RotatingFile::remove_old() noexcept {
  std::vector<std::string> names;
  const std::string prefix = name_ + ".";
  if (files_.list(folder_.number(), prefix, kMaxNames, names) != 0) return;
  std::erase_if(names, [&](const std::string& name) {
    return !is_stamp(std::string_view(name).substr(prefix.size()));
  });
  std::sort(names.rbegin(), names.rend());  // the newest first
  std::uint64_t bytes = 0;
  std::size_t kept = 0;
  for (const std::string& name : names) {
    FileStatus status;
    const Descriptor file(files_, files_.open_file(folder_.number(), name, Access::read));
    if (file.valid()) files_.status(file.number(), status);
    bytes += status.bytes;
    if (kept < options_.kept_files && bytes <= options_.kept_bytes) {
      ++kept;
      continue;
    }
    if (files_.remove(folder_.number(), name, false) != 0) {
      failed();
    } else {
      counters_.removed.fetch_add(1, std::memory_order_relaxed);
    }
  }
}

bool RotatingFile::failed() noexcept {
  counters_.failed.fetch_add(1, std::memory_order_relaxed);
  return false;
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
