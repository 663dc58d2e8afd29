// SPDX-License-Identifier: Apache-2.0
// A disk that loses what a real one may lose, and processes on it that die where a test says.
//
// Two states of each file: what the kernel has, and what a power cut leaves. Names (made, removed,
// renamed) are a journal of which a power cut leaves a beginning that no sync went beyond. After a
// failed sync the kernel calls the pages clean: the next sync succeeds and the bytes are lost.
//
// Thread-safety: one thread.
#pragma once

#include "telemetry/delivery/file_system.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft::delivery::fixture {

struct Node {
  bool is_directory = false;
  bool ours = true;
  bool others_may_write = false;
  bool is_link = false;
  std::uint64_t inode = 0;
  std::uint64_t links = 1;
  std::string bytes{};                                      ///< as the kernel has them
  std::string safe{};                                       ///< as a power cut leaves them
  std::vector<std::pair<std::size_t, std::size_t>> lost{};  ///< called clean, never written
  std::map<std::string, std::shared_ptr<Node>> names{};     ///< of a directory
  int locked_by = -1;
  unsigned mode = 0600;
  std::int64_t modified_ns = 0;  ///< set by tests
};
using NodePtr = std::shared_ptr<Node>;

class MemoryDisk {
 public:
  MemoryDisk();
  /// Names of a path such as "/log/log-…/….log"; null when there is none.
  NodePtr find(const std::string& path) const;
  NodePtr make(const std::string& path, bool is_directory);
  /// Files below a directory, by path.
  std::vector<std::string> files(const std::string& path = "") const;
  std::uint64_t used() const;
  /// As `rm -r` does.
  void remove_all(const std::string& path);
  /// What is left is drawn; every process on the disk must be dead or thrown away.
  void power_cut(std::mt19937_64& random);

  std::uint64_t space = UINT64_MAX;  ///< bytes that all files may have

 private:
  friend class MemoryFiles;
  struct Change {
    NodePtr directory;
    std::string name;
    NodePtr before;
    NodePtr after;
    bool joined = false;  ///< one step with the change before it
  };
  void change(const NodePtr& directory, const std::string& name, NodePtr after, bool joined);
  void sync_names(const NodePtr& directory);
  static void put(Node& directory, const std::string& name, const NodePtr& node);

  NodePtr root_;
  std::vector<Change> journal_;
  std::size_t journal_safe_ = 0;
  std::uint64_t next_inode_ = 1;
  int next_descriptor_ = 100;
};

/// What one process sees of it.
class MemoryFiles final : public FileSystem {
 public:
  enum class Call : std::uint8_t { open, make, read, write, truncate, sync, list, rename, remove };
  explicit MemoryFiles(MemoryDisk& disk) : disk_(disk) {}
  ~MemoryFiles() override { die(); }

  /// Asked before each call; minus an errno to fail it.
  std::function<int(Call, const std::string& name)> fault{};
  /// At most so many bytes a write; 0: all.
  std::size_t short_write = 0;
  /// Every other call is interrupted first.
  bool interrupts = false;
  /// How many calls that change something it lives for; the last write of it is torn.
  std::uint64_t lives_for = UINT64_MAX;
  std::uint64_t torn_bytes = 0;

  /// Its descriptors and locks are gone, and every later call fails.
  void die() noexcept;
  bool is_dead() const noexcept { return is_dead_; }
  std::size_t open_descriptors() const noexcept { return open_.size(); }
  /// As a host that closes what it does not know; the number is another file then.
  void steal(const NodePtr& node);

  int open_directory(int parent, const std::string& name) noexcept override;
  int make_directory(int parent, const std::string& name) noexcept override;
  int open_file(int parent, const std::string& name, Access access) noexcept override;
  void close(int descriptor) noexcept override;
  std::int64_t read(int descriptor, std::uint64_t at, char* to,
                    std::size_t bytes) noexcept override;
  std::int64_t write(int descriptor, std::uint64_t at, std::string_view bytes) noexcept override;
  int truncate(int descriptor, std::uint64_t bytes) noexcept override;
  int sync(int descriptor) noexcept override;
  int set_mode(int descriptor, unsigned mode) noexcept override;
  int status(int descriptor, FileStatus& status) noexcept override;
  int list(int directory, std::string_view prefix, std::size_t limit,
           std::vector<std::string>& names) noexcept override;
  int rename(int from_directory, const std::string& from, int to_directory,
             const std::string& to) noexcept override;
  int remove(int directory, const std::string& name, bool is_directory) noexcept override;
  int lock(int descriptor) noexcept override;

 private:
  int enter(Call call, const std::string& name, bool changes);
  NodePtr node(int descriptor) const;
  NodePtr directory(int parent, std::string& name) const;
  int open_node(const NodePtr& node, const std::string& name);
  std::string name_of(int descriptor) const;

  MemoryDisk& disk_;
  struct Open {
    NodePtr node;
    std::string name;
  };
  std::map<int, Open> open_;
  bool is_dead_ = false;
  bool was_interrupted_ = false;
};

}  // namespace aloft::delivery::fixture
