// SPDX-License-Identifier: Apache-2.0
// The system calls of the log, so that a test can give it a disk that is full, that fails, that
// writes half and that loses what was not synced. One method is one call: loops over short writes
// and interruptions are the caller's (`write_all`, `read_some`), and are tested with it.
//
// Fourteen methods, not three: each is a thing that a disk can do wrong by itself. Every call
// returns a count or a descriptor, or minus the errno. Nothing follows a symbolic link, every
// descriptor is closed on exec, and none gets the number of a standard stream. Thread-safety: all
// calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace delivery {

/// The parent of a path that is not relative to a descriptor.
inline constexpr int kNoDirectory = -100;

enum class Access : std::uint8_t {
  read,        ///< fails when it is not there
  write,       ///< reads too; fails when it is not there
  create,      ///< reads and writes, mode 0600; fails when it is there
  lock,        ///< the same, made when it is not there
  append,      ///< as `write`, and each write goes to the end, wherever it is said to go
  append_new,  ///< as `create`, and each write goes to the end
};

struct FileStatus {
  enum class Kind : std::uint8_t { file, directory, other };
  Kind kind = Kind::other;
  bool ours = false;              ///< of this process's effective user
  bool others_may_write = false;  ///< its group, or anybody
  std::uint64_t bytes = 0;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t links = 0;       ///< 0: removed while it was open
  std::int64_t modified_ns = 0;  ///< wall clock

  bool is(const FileStatus& other) const noexcept {
    return device == other.device && inode == other.inode;
  }
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  /// @param parent  a descriptor, or `kNoDirectory` when `name` is a path.
  virtual int open_directory(int parent, const std::string& name) noexcept = 0;
  /// Mode 0700.
  virtual int make_directory(int parent, const std::string& name) noexcept = 0;
  virtual int open_file(int parent, const std::string& name, Access access) noexcept = 0;
  virtual void close(int descriptor) noexcept = 0;
  virtual std::int64_t read(int descriptor, std::uint64_t at, char* to,
                            std::size_t bytes) noexcept = 0;
  virtual std::int64_t write(int descriptor, std::uint64_t at, std::string_view bytes) noexcept = 0;
  virtual int truncate(int descriptor, std::uint64_t bytes) noexcept = 0;
  /// Of a file or a directory. After an error the kernel may call lost pages clean: never trust a
  /// second call on the same file.
  virtual int sync(int descriptor) noexcept = 0;
  /// Who may do what with a file, whatever the umask; nine bits.
  virtual int set_mode(int descriptor, unsigned mode) noexcept = 0;
  virtual int status(int descriptor, FileStatus& status) noexcept = 0;
  /// The names in it that begin with `prefix`, without "." and "..", at most `limit` of them.
  virtual int list(int directory, std::string_view prefix, std::size_t limit,
                   std::vector<std::string>& names) noexcept = 0;
  /// Replaces what has the new name.
  virtual int rename(int from_directory, const std::string& from, int to_directory,
                     const std::string& to) noexcept = 0;
  /// A file, or an empty directory.
  virtual int remove(int directory, const std::string& name, bool is_directory) noexcept = 0;
  /// Exclusive, for as long as the open file lives; -EWOULDBLOCK when somebody else has it. The
  /// child of a fork closes its copy at once, or the lock of a dead parent would live on in it.
  virtual int lock(int descriptor) noexcept = 0;

  /// The kernel's. Lives as long as the process.
  static FileSystem& system() noexcept;
};

/// How often in a row a call may be interrupted, or write nothing, before it counts as failed.
inline constexpr int kInterruptions = 100;

/// Writes all of it, over short writes and interruptions.
/// @return 0, or minus the errno; then part of it may be written.
int write_all(FileSystem& files, int descriptor, std::uint64_t at, std::string_view bytes) noexcept;
/// Reads at most `bytes`, fewer only at the end of the file.
std::int64_t read_some(FileSystem& files, int descriptor, std::uint64_t at, char* to,
                       std::size_t bytes) noexcept;
/// Syncs, over interruptions only.
int sync_all(FileSystem& files, int descriptor) noexcept;

/// A descriptor that is closed with its owner.
class Descriptor {
 public:
  Descriptor() noexcept = default;
  /// A negative number is none.
  Descriptor(FileSystem& files, int number) noexcept : files_(&files), number_(number) {}
  Descriptor(Descriptor&& other) noexcept : files_(other.files_), number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      reset();
      files_ = other.files_;
      number_ = other.release();
    }
    return *this;
  }
  ~Descriptor() { reset(); }

  bool valid() const noexcept { return number_ >= 0; }
  int number() const noexcept { return number_; }
  void reset() noexcept {
    if (valid()) files_->close(number_);
    number_ = -1;
  }
  int release() noexcept {
    const int number = number_;
    number_ = -1;
    return number;
  }

 private:
  FileSystem* files_ = nullptr;
  int number_ = -1;
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
