// SPDX-License-Identifier: Apache-2.0
// Where a log is: one sub-directory ("slot") of the user's directory for each process, with a lock
// that the kernel lets go of when the process dies, however it does.
//
//   auto place = LogDirectory::open(files, random, "/var/lib/payments/aloft", "xray");
//   place->own().directory.number()         // where our files are
//   place->visit_dead([](Slot& dead) { … });  // what nobody holds any more; we do, for that long
//
// A slot is never entered without its lock, so what a dead process left is taken once.
// Thread-safety: one thread at a time.
#pragma once

#include <aloft/core/random.hpp>
#include <aloft/core/result.hpp>

#include "telemetry/delivery/file_system.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace delivery {

/// Slots and files that are looked at in one directory. Ours: a thousand processes of one service
/// on one disk are a mistake; the rest is left for the next look.
inline constexpr std::size_t kMaxNames = 4'096;

struct Slot {
  std::string name{};
  Descriptor directory{};
  Descriptor lock{};
};

class LogDirectory {
 public:
  /// Makes the directory when it is not there, takes a free slot or makes one.
  ///
  /// @error permission_denied   it is a link, not ours, or others can write to it.
  /// @error unavailable         it cannot be made, opened or locked.
  /// @error resource_exhausted  no descriptor is left.
  /// @param purpose  slots of another are left alone.
  static Result<LogDirectory> open(FileSystem& files, Random& random, const std::string& path,
                                   std::string_view purpose);
  LogDirectory(LogDirectory&&) noexcept = default;
  LogDirectory& operator=(LogDirectory&&) noexcept = default;

  const Slot& own() const noexcept { return own_; }
  /// Ours is still what it was: nobody removed it, or closed our descriptor and got its number.
  bool intact() const noexcept;
  /// Begins again, in a new slot, where nothing is left of the directory or of our descriptors.
  Result<void> renew();
  /// Locks each slot that nobody holds, except ours, until `visit` says false.
  void visit_dead(const std::function<bool(Slot&)>& visit);
  /// A dead process of another purpose left files.
  bool has_others() noexcept;
  /// Removes a slot without files; one that holds any stays.
  void remove_empty(const Slot& slot) noexcept;
  /// In the child of a fork: its copies of the locks are closed, and their numbers somebody else's.
  void forget_locks() noexcept { own_.lock.release(); }

 private:
  LogDirectory(FileSystem& files, Random& random, const std::string& path, std::string suffix)
      : files_(&files), random_(&random), path_(path), suffix_(std::move(suffix)) {}
  Result<void> open_root();
  Result<void> make_root();
  Result<void> take_slot(bool is_new);
  Result<void> begin(bool is_new);
  void close_mine(Descriptor& descriptor, const FileStatus& status) noexcept;
  /// Empty when somebody holds it, it is gone, or it is not safe.
  Slot try_slot(const std::string& name) noexcept;
  /// @param ours  of our purpose; else of all others.
  std::vector<std::string> slot_names(bool ours = true) noexcept;

  FileSystem* files_;
  Random* random_;
  std::string path_;
  std::string suffix_;  // of the names of slots: what the purpose is, or nothing
  Descriptor root_;
  Slot own_;
  FileStatus root_status_;
  FileStatus own_status_;
  FileStatus lock_status_;
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
