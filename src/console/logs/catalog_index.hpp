// SPDX-License-Identifier: Apache-2.0
// All groups and streams in memory, by name and by the key of their row, and which of them a scan
// looks at.
//
// Thread-safety: none; the store guards it. Entries stay where they are until they are removed.
#pragma once

#include "console/logs/catalog.hpp"
#include "console/logs/log_store.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace aloft::console::logs {

/// Shared with scans that go on while the stream is removed.
struct StreamNames {
  std::string group;
  std::string stream;
};

struct GroupEntry;

struct StreamEntry {
  std::int64_t key = 0;
  Stream info;
  std::shared_ptr<const StreamNames> names;
  GroupEntry* group = nullptr;
};

struct GroupEntry {
  std::int64_t key = 0;
  Group info;
  std::map<std::string, StreamEntry, std::less<>> streams;
};

/// What a scan looks at: the streams, and from which key on each is not expired.
struct ScanPlan {
  struct Selected {
    std::shared_ptr<const StreamNames> names;
    std::int64_t first_key = 0;
  };
  std::unordered_map<std::int64_t, Selected> streams;
};

class CatalogIndex {
 public:
  /// @param retention_days  of groups without their own.
  explicit CatalogIndex(std::optional<std::int64_t> retention_days)
      : retention_days_(retention_days) {}

  GroupEntry* find(std::string_view group);
  const GroupEntry* find(std::string_view group) const;
  StreamEntry* find(const StreamName& name);
  const StreamEntry* find(const StreamName& name) const;
  /// Null when it was removed.
  StreamEntry* by_key(std::int64_t stream);

  /// What all groups and streams weigh, in a file or in memory; at least.
  std::uint64_t bytes() const noexcept { return bytes_; }
  static std::uint64_t weight_of(const Group& group);
  static std::uint64_t weight_of(const Group& group, const Stream& stream) noexcept;

  void add_group(std::int64_t key, Group info);
  void update(GroupEntry& group, Group changed);
  void add_stream(GroupEntry& group, std::int64_t key, Stream info);
  void remove(GroupEntry& group);
  void remove(StreamEntry& stream);

  const std::map<std::string, GroupEntry, std::less<>>& groups() const noexcept { return groups_; }
  std::map<std::string, GroupEntry, std::less<>>& groups() noexcept { return groups_; }
  std::size_t streams() const noexcept { return by_key_.size(); }

  std::optional<std::int64_t> retention_of(const GroupEntry& group) const noexcept;
  /// The first millisecond that is not expired; 0 without a retention.
  std::int64_t kept_since_ms(const GroupEntry& group, std::int64_t now_ms) const noexcept;
  ScanPlan plan(const ScanOptions& options, std::int64_t now_ms) const;

 private:
  void add_to(ScanPlan& plan, const GroupEntry& group, const ScanOptions& options,
              std::int64_t now_ms) const;

  std::optional<std::int64_t> retention_days_;
  std::uint64_t bytes_ = 0;
  std::map<std::string, GroupEntry, std::less<>> groups_;
  std::unordered_map<std::int64_t, StreamEntry*> by_key_;
};

}  // namespace aloft::console::logs
