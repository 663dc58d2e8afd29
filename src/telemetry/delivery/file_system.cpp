// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery/file_system.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>

namespace aloft {
inline namespace v0 {
namespace delivery {
namespace {

static_assert(kNoDirectory == AT_FDCWD);

constexpr mode_t kFileMode = 0600;
constexpr mode_t kDirectoryMode = 0700;
/// Names of a folder that are read at once, of whatever kind. Ours: a second of the backend.
constexpr std::size_t kMaxEntries = 1'000'000;

/// A file above RLIMIT_FSIZE is a SIGXFSZ, which ends the host; here it is EFBIG and nothing else.
/// The signal goes to the thread that writes (write(2)), so the one we made can be taken back.
class NoSizeSignal {
 public:
  NoSizeSignal() noexcept {
    sigemptyset(&size_);
    sigaddset(&size_, SIGXFSZ);
    pthread_sigmask(SIG_BLOCK, &size_, &before_);
  }
  ~NoSizeSignal() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  NoSizeSignal(const NoSizeSignal&) = delete;
  NoSizeSignal& operator=(const NoSizeSignal&) = delete;
  /// Where the host blocks it itself, one that is pending may be its own.
  void take_back() const noexcept {
    const timespec at_once{0, 0};
    if (sigismember(&before_, SIGXFSZ) == 0) sigtimedwait(&size_, nullptr, &at_once);
  }

 private:
  sigset_t size_{};
  sigset_t before_{};
};

/// Where 0, 1 or 2 is closed, the next descriptor gets the number, and what the program prints
/// would go into the log.
int above_standard(int descriptor) noexcept {
  if (descriptor < 0) return -errno;
  if (descriptor > STDERR_FILENO) return descriptor;
  const int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  const int error = errno;
  ::close(descriptor);
  return moved < 0 ? -error : moved;
}

int flags_of(Access access) noexcept {
  switch (access) {
    case Access::read:
      return O_RDONLY;
    case Access::write:
      return O_RDWR;
    case Access::create:
      return O_RDWR | O_CREAT | O_EXCL;
    case Access::lock:
      return O_RDWR | O_CREAT;
    case Access::append:
      return O_RDWR | O_APPEND;
    case Access::append_new:
      return O_RDWR | O_APPEND | O_CREAT | O_EXCL;
  }
  return O_RDONLY;
}

/// The locks of this process: a table and nothing that allocates, for the child of a fork reads it.
/// Ours: one place for each log, of which a process has a few.
constinit std::array<std::atomic<int>, 64> locked{};

/// A lock belongs to the open file (flock(2)), which a child shares; closing the copy keeps it.
void close_locked() noexcept {
  for (std::atomic<int>& place : locked) {
    const int descriptor = place.exchange(0, std::memory_order_relaxed);
    if (descriptor > 0) ::close(descriptor);
  }
}

bool remember_locked(int descriptor) noexcept {
  static const bool watched = pthread_atfork(nullptr, nullptr, close_locked) == 0;
  if (!watched) return false;
  for (std::atomic<int>& place : locked) {
    int none = 0;
    if (place.compare_exchange_strong(none, descriptor, std::memory_order_relaxed)) return true;
  }
  return false;
}

void forget_locked(int descriptor) noexcept {
  for (std::atomic<int>& place : locked) {
    int same = descriptor;
    if (place.compare_exchange_strong(same, 0, std::memory_order_relaxed)) return;
  }
}

class SystemFiles final : public FileSystem {
 public:
  int open_directory(int parent, const std::string& name) noexcept override {
    return above_standard(
        openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  }
  int make_directory(int parent, const std::string& name) noexcept override {
    return mkdirat(parent, name.c_str(), kDirectoryMode) == 0 ? 0 : -errno;
  }
  int open_file(int parent, const std::string& name, Access access) noexcept override {
    // Not blocking: a pipe that stands where a file should must not be waited for.
    return above_standard(openat(parent, name.c_str(),
                                 flags_of(access) | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
                                 kFileMode));
  }
  void close(int descriptor) noexcept override {
    forget_locked(descriptor);
    ::close(descriptor);
  }
  std::int64_t read(int descriptor, std::uint64_t at, char* to,
                    std::size_t bytes) noexcept override {
    const ssize_t got = pread(descriptor, to, bytes, static_cast<off_t>(at));
    return got < 0 ? -errno : got;
  }
  std::int64_t write(int descriptor, std::uint64_t at, std::string_view bytes) noexcept override {
    const NoSizeSignal guard;
    const ssize_t written = pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(at));
    const int error = errno;
    if (written >= 0) return written;
    if (error == EFBIG) guard.take_back();
    return -error;
  }
  int truncate(int descriptor, std::uint64_t bytes) noexcept override {
    return ftruncate(descriptor, static_cast<off_t>(bytes)) == 0 ? 0 : -errno;
  }
  int sync(int descriptor) noexcept override { return fsync(descriptor) == 0 ? 0 : -errno; }
  int set_mode(int descriptor, unsigned mode) noexcept override {
    return fchmod(descriptor, mode & 0777u) == 0 ? 0 : -errno;
  }
  int status(int descriptor, FileStatus& status) noexcept override {
    struct stat found {};
    if (fstat(descriptor, &found) != 0) return -errno;
    status.kind = S_ISREG(found.st_mode)   ? FileStatus::Kind::file
                  : S_ISDIR(found.st_mode) ? FileStatus::Kind::directory
                                           : FileStatus::Kind::other;
    status.ours = found.st_uid == geteuid();
    status.others_may_write = (found.st_mode & (S_IWGRP | S_IWOTH)) != 0;
    status.bytes = static_cast<std::uint64_t>(found.st_size);
    status.device = found.st_dev;
    status.inode = found.st_ino;
    status.links = found.st_nlink;
    status.modified_ns = found.st_mtim.tv_sec * 1'000'000'000 + found.st_mtim.tv_nsec;
    return 0;
  }
  int list(int directory, std::string_view prefix, std::size_t limit,
           std::vector<std::string>& names) noexcept override {
    // A descriptor of its own: closedir closes it, and its position is its own too.
    const int own = above_standard(openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (own < 0) return own;
    DIR* const entries = fdopendir(own);
    if (entries == nullptr) {
      const int error = errno;
      ::close(own);
      return -error;
    }
    errno = 0;
    for (std::size_t seen = 0; names.size() < limit && seen < kMaxEntries; ++seen) {
      const dirent* const entry = readdir(entries);
      if (entry == nullptr) break;
      const std::string_view name = entry->d_name;
      if (name != "." && name != ".." && name.starts_with(prefix)) names.emplace_back(name);
    }
    const int error = errno;
    closedir(entries);
    return -error;
  }
  int rename(int from_directory, const std::string& from, int to_directory,
             const std::string& to) noexcept override {
    return renameat(from_directory, from.c_str(), to_directory, to.c_str()) == 0 ? 0 : -errno;
  }
  int remove(int directory, const std::string& name, bool is_directory) noexcept override {
    return unlinkat(directory, name.c_str(), is_directory ? AT_REMOVEDIR : 0) == 0 ? 0 : -errno;
  }
  int lock(int descriptor) noexcept override {
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) return -errno;
    return remember_locked(descriptor) ? 0 : -EMFILE;
  }
};

}  // namespace

FileSystem& FileSystem::system() noexcept {
  static constinit SystemFiles files;
  return files;
}

int write_all(FileSystem& files, int descriptor, std::uint64_t at,
              std::string_view bytes) noexcept {
  int fruitless = 0;
  while (!bytes.empty()) {
    const std::int64_t written = files.write(descriptor, at, bytes);
    if (written < 0 && written != -EINTR) return static_cast<int>(written);
    if (written <= 0) {
      if (++fruitless == kInterruptions) return written == 0 ? -EIO : -EINTR;
      continue;
    }
    fruitless = 0;
    at += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

std::int64_t read_some(FileSystem& files, int descriptor, std::uint64_t at, char* to,
                       std::size_t bytes) noexcept {
  std::size_t have = 0;
  int fruitless = 0;
  while (have < bytes) {
    const std::int64_t got = files.read(descriptor, at + have, to + have, bytes - have);
    if (got == -EINTR && ++fruitless < kInterruptions) continue;
    if (got < 0) return got;
    if (got == 0) break;
    fruitless = 0;
    have += static_cast<std::size_t>(got);
  }
  return static_cast<std::int64_t>(have);
}

int sync_all(FileSystem& files, int descriptor) noexcept {
  int result = -EINTR;
  for (int attempt = 0; result == -EINTR && attempt < kInterruptions; ++attempt) {
    result = files.sync(descriptor);
  }
  return result;
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
