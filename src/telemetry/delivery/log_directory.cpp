// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery/log_directory.hpp"

#include <aloft/core/text.hpp>

#include "core/crc32c.hpp"

#include <cerrno>
#include <string_view>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace delivery {
namespace {

constexpr std::string_view kSlotPrefix = "log-";
constexpr std::size_t kSlotDigits = 16;
constexpr std::size_t kSlotNameBytes = kSlotPrefix.size() + kSlotDigits;
constexpr std::size_t kSuffixBytes = 9;  // "-" and the sum
const char* const kLockName = "lock";
/// Somebody may take each slot that we make in the instant before we lock it. Ours.
constexpr int kSlotAttempts = 4;

bool is_slot_name(std::string_view name) noexcept {
  const bool has_suffix = name.size() == kSlotNameBytes + kSuffixBytes;
  if (!has_suffix && name.size() != kSlotNameBytes) return false;
  if (has_suffix && name[kSlotNameBytes] != '-') return false;
  return name.starts_with(kSlotPrefix) &&
         text::parse_hex(name.substr(kSlotPrefix.size(), kSlotDigits)).has_value() &&
         (!has_suffix || text::parse_hex(name.substr(kSlotNameBytes + 1)).has_value());
}

std::string suffix_of(std::string_view purpose) {
  if (purpose.empty()) return {};
  std::string digits(kSlotDigits, '0');
  text::write_hex(detail::crc32c(purpose), digits.data());
  return digits.replace(0, kSlotDigits - kSuffixBytes + 1, "-");
}

Unexpected cannot_open(int error) {
  switch (error) {
    case -ELOOP:
    case -ENOTDIR:
      return fail(ErrorCode::permission_denied,
                  "LogOptions::directory is a symbolic link or no directory",
                  "give the directory itself, by a path whose last part is no link");
    case -EACCES:
    case -EPERM:
      return fail(ErrorCode::permission_denied, "LogOptions::directory may not be used by us",
                  "give this process's user a directory of its own, mode 0700");
    case -EMFILE:
    case -ENFILE:
      return fail(ErrorCode::resource_exhausted, "no descriptor is left for the log on disk",
                  "raise the limit of open files, or open fewer logs");
    case -ENOENT:
      return fail(ErrorCode::unavailable, "the parent of LogOptions::directory is not there",
                  "make it first; only the last part of the path is made");
    case -ENOSPC:
    case -EDQUOT:
    case -EROFS:
      return fail(ErrorCode::unavailable,
                  "nothing can be made in LogOptions::directory: the disk is full or read-only",
                  "free space, or give another directory");
    default:
      return fail(ErrorCode::unavailable, "LogOptions::directory cannot be opened or locked",
                  "look whether its file system is sound and knows flock");
  }
}

}  // namespace

Result<LogDirectory> LogDirectory::open(FileSystem& files, Random& random, const std::string& path,
                                        std::string_view purpose) {
  LogDirectory directory(files, random, path, suffix_of(purpose));
  if (auto begun = directory.begin(false); !begun) return unexpected(begun.error());
  return directory;
}

Result<void> LogDirectory::renew() {
  close_mine(own_.lock, lock_status_);
  close_mine(own_.directory, own_status_);
  close_mine(root_, root_status_);
  return begin(true);
}

Result<void> LogDirectory::begin(bool is_new) {
  if (auto opened = open_root(); !opened) return opened;
  return take_slot(is_new);
}

/// A number that the host closed, and that is a file of its own by now, stays open.
void LogDirectory::close_mine(Descriptor& descriptor, const FileStatus& status) noexcept {
  FileStatus there;
  if (!descriptor.valid()) return;
  if (files_->status(descriptor.number(), there) == 0 && there.is(status)) {
    descriptor.reset();
  } else {
    descriptor.release();
  }
}

bool LogDirectory::intact() const noexcept {
  FileStatus now;
  return files_->status(own_.directory.number(), now) == 0 && now.is(own_status_) && now.links != 0;
}

Result<void> LogDirectory::open_root() {
  int opened = files_->open_directory(kNoDirectory, path_);
  if (opened == -ENOENT) {
    if (auto made = make_root(); !made) return made;
    opened = files_->open_directory(kNoDirectory, path_);
  }
  if (opened < 0) return cannot_open(opened);
  root_ = Descriptor(*files_, opened);
  if (const int error = files_->status(opened, root_status_); error != 0) return cannot_open(error);
  if (!root_status_.ours) {
    return fail(ErrorCode::permission_denied, "LogOptions::directory belongs to another user",
                "give this process's user a directory of its own, mode 0700");
  }
  if (root_status_.others_may_write) {
    return fail(ErrorCode::permission_denied, "others can write to LogOptions::directory",
                "take that right from its group and from everybody (chmod go-w)");
  }
  return {};
}

Result<void> LogDirectory::make_root() {
  const int made = files_->make_directory(kNoDirectory, path_);
  if (made != 0 && made != -EEXIST) return cannot_open(made);
  // The name is in its parent, which has to be on the disk too. A parent that may not be opened
  // keeps it as long as the kernel does.
  std::string parent = path_;
  while (parent.size() > 1 && parent.back() == '/') parent.pop_back();
  const std::size_t slash = parent.rfind('/');
  parent = slash == std::string::npos ? "." : parent.substr(0, slash + 1);
  const Descriptor above(*files_, files_->open_directory(kNoDirectory, parent));
  if (above.valid()) sync_all(*files_, above.number());
  return {};
}

Result<void> LogDirectory::take_slot(bool is_new) {
  int error = -EWOULDBLOCK;
  const std::vector<std::string> names = is_new ? std::vector<std::string>{} : slot_names();
  for (const std::string& name : names) {
    own_ = try_slot(name);
    if (own_.lock.valid()) break;
  }
  for (int attempt = 0; attempt < kSlotAttempts && !own_.lock.valid(); ++attempt) {
    std::string name(kSlotNameBytes, '0');
    name.replace(0, kSlotPrefix.size(), kSlotPrefix);
    text::write_hex(random_->next(), name.data() + kSlotPrefix.size());
    name += suffix_;
    error = files_->make_directory(root_.number(), name);
    if (error != 0 && error != -EEXIST) return cannot_open(error);
    own_ = try_slot(name);
  }
  if (!own_.lock.valid()) return cannot_open(error);
  files_->status(own_.directory.number(), own_status_);
  files_->status(own_.lock.number(), lock_status_);
  sync_all(*files_, root_.number());
  return {};
}

Slot LogDirectory::try_slot(const std::string& name) noexcept {
  Slot slot;
  Descriptor directory(*files_, files_->open_directory(root_.number(), name));
  FileStatus status;
  if (!directory.valid() || files_->status(directory.number(), status) != 0 || !status.ours ||
      status.others_may_write) {
    return slot;
  }
  Descriptor lock(*files_, files_->open_file(directory.number(), kLockName, Access::lock));
  if (!lock.valid() || files_->lock(lock.number()) != 0) return slot;
  // Whoever had it before may have removed it, after we had opened it.
  if (files_->status(lock.number(), status) != 0 || status.links == 0 ||
      status.kind != FileStatus::Kind::file) {
    return slot;
  }
  slot.name = name;
  slot.directory = std::move(directory);
  slot.lock = std::move(lock);
  return slot;
}

std::vector<std::string> LogDirectory::slot_names(bool ours) noexcept {
  std::vector<std::string> names;
  files_->list(root_.number(), "", kMaxNames, names);
  std::erase_if(names, [&](const std::string& name) {
    return !is_slot_name(name) || (name.substr(kSlotNameBytes) == suffix_) != ours;
  });
  return names;
}

void LogDirectory::visit_dead(const std::function<bool(Slot&)>& visit) {
  for (const std::string& name : slot_names()) {
    if (name == own_.name) continue;
    Slot slot = try_slot(name);
    if (slot.lock.valid() && !visit(slot)) return;
  }
}

bool LogDirectory::has_others() noexcept {
  for (const std::string& name : slot_names(false)) {
    const Slot slot = try_slot(name);
    std::vector<std::string> files;
    if (!slot.lock.valid()) continue;
    files_->list(slot.directory.number(), "", kMaxNames, files);
    if (files.size() > 1) return true;
  }
  return false;
}

void LogDirectory::remove_empty(const Slot& slot) noexcept {
  std::vector<std::string> names;
  if (files_->list(slot.directory.number(), "", kMaxNames, names) != 0) return;
  if (names.size() != 1 || names.front() != kLockName) return;
  files_->remove(slot.directory.number(), kLockName, false);
  files_->remove(root_.number(), slot.name, true);
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
