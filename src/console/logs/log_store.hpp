// SPDX-License-Identifier: Apache-2.0
// Where the logs are: SQLite of its own, in memory or in a file, never above its limit of bytes.
//
// Events belong to a stream, streams to a group; both are made before the first event, as in
// CloudWatch Logs. Every scan runs in the order (timestamp, arrival) or against it, in short
// slices: it never holds up a writer for longer than one, and what `visit` does, it does without
// any lock. When the limit of bytes is reached, the oldest events (by timestamp) go first and are
// counted; groups, their tags and streams get a quarter of it, beyond which none is made. Events
// older than their group's retention are not shown and are deleted.
//
//   auto store = LogStore::create({.max_bytes = 64 << 20}, clock);             // in memory
//   (*store)->create_group("/aloft/payments", {});
//   (*store)->create_stream("/aloft/payments", "today");
//   (*store)->put({"/aloft/payments", "today"}, events);
//   auto next = (*store)->scan({.groups = {"/aloft/payments"}, .newest_first = true},
//                              [&](const LogEvent& event) {
//                                if (lines.size() == 100) return false;   // not taken: comes next
//                                lines.push_back(StoredEvent::of(event));
//                                return true;
//                              },
//                              Deadline::after(clock, 200ms));
//
// Errors of groups and streams carry AWS's own sentence as their message.
// Thread-safety: all of it. The store of traces shares nothing with it.
#pragma once

#include "console/logs/catalog.hpp"
#include "console/logs/log_event.hpp"
#include "console/logs/log_listener.hpp"

#include <aloft/core/clock.hpp>
#include <aloft/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::console::logs {

struct LogStoreOptions {
  std::string path;  ///< empty: in memory
  std::uint64_t max_bytes = std::uint64_t{256} << 20U;
  /// Of groups without a retention of their own; unset: until the store is full.
  std::optional<std::int64_t> retention_days;
};
/// Ours: as the store of traces.
inline constexpr std::uint64_t kMinLogStoreBytes = std::uint64_t{1} << 20U;
/// Ours: more live tails than one person opens.
inline constexpr std::size_t kMaxListeners = 64;

/// A place between two events of a scan: beside the event `id`, behind it in the scan's direction.
struct ScanCursor {
  std::uint64_t id = 0;

  static std::optional<ScanCursor> parse(std::string_view text) noexcept;
  std::string text() const;
  friend bool operator==(const ScanCursor&, const ScanCursor&) = default;
};

struct ScanOptions {
  std::vector<std::string> groups{};   ///< empty: all; names that do not exist find nothing
  std::vector<std::string> streams{};  ///< of those groups; empty: all
  std::string stream_prefix{};
  std::int64_t from_ms = 0;
  std::int64_t to_ms = (std::numeric_limits<std::int64_t>::max)();  ///< included
  Columns columns{};  ///< each that is not empty must be equal (level: ignoring ASCII case)
  bool newest_first = false;
  std::optional<ScanCursor> after{};
};

struct StreamName {
  std::string_view group;
  std::string_view stream;
};

struct IncomingEvent {
  std::int64_t timestamp_ms = 0;  ///< 0 up to the year 2109
  std::string_view message;       ///< UTF-8
};

/// `loaded` + `received` = `events` + `evicted` + `expired` + `deleted`, at any instant.
struct LogStoreStatus {
  std::uint64_t events = 0;    ///< held
  std::uint64_t loaded = 0;    ///< in the file at the start
  std::uint64_t received = 0;  ///< stored since the start
  std::uint64_t evicted = 0;   ///< gone because the store was full, since the start
  std::uint64_t expired = 0;   ///< gone by retention
  std::uint64_t deleted = 0;   ///< gone with their stream, their group, or by `clear`
  std::uint64_t failed = 0;    ///< not stored: SQLite failed; the writer was told
  std::uint64_t bytes = 0;     ///< of the database, without what is free in it
  std::uint64_t groups = 0;
  std::uint64_t streams = 0;
};

class LogStore {
 public:
  /// False: stop. The event was not taken then: it comes first when the scan goes on.
  using Visit = std::function<bool(const LogEvent&)>;

  /// @error  as `Store::create`, about the file of logs.
  static Result<std::unique_ptr<LogStore>> create(const LogStoreOptions& options, Clock& clock);
  ~LogStore();
  LogStore(const LogStore&) = delete;
  LogStore& operator=(const LogStore&) = delete;

  /// Shows the events one by one until the end, `visit` says false, or the deadline has passed (one
  /// slice is always read).
  /// @return where to go on; nothing at the end.
  Result<std::optional<ScanCursor>> scan(const ScanOptions& options, const Visit& visit,
                                         Deadline deadline);
  /// Nothing when it is unknown, or gone.
  Result<std::optional<StoredEvent>> find(std::uint64_t id);

  /// One transaction; events in the order in which they shall stand inside a millisecond.
  /// @error not_found    the group or the stream does not exist.
  /// @error unavailable  and the like: SQLite failed, nothing was stored.
  Result<void> put(const StreamName& name, std::span<const IncomingEvent> events);

  /// @error already_exists, resource_exhausted
  Result<void> create_group(std::string_view name, const GroupSettings& settings);
  /// @error already_exists, not_found (the group), resource_exhausted
  Result<void> create_stream(std::string_view group, std::string_view name);
  /// With its events. @error not_found
  Result<void> remove_group(std::string_view name);
  Result<void> remove_stream(const StreamName& name);
  /// Unset: as the store's. @error not_found
  Result<void> set_retention(std::string_view group, std::optional<std::int64_t> days);
  /// What `change` makes of them, which nobody else changes meanwhile.
  /// @param change  false: there would be too many, and none is changed; asks nothing of the store.
  /// @error not_found, invalid_argument (`change` said false), resource_exhausted
  Result<void> change_tags(std::string_view group, const std::function<bool(Tags&)>& change);
  /// Kept and told; whoever deletes asks first. @error not_found
  Result<void> set_deletion_protected(std::string_view group, bool enabled);

  std::optional<Group> group(std::string_view name) const;
  std::optional<Stream> stream(const StreamName& name) const;
  /// By name.
  std::vector<Group> groups() const;
  /// By name. @error not_found
  Result<std::vector<Stream>> streams(std::string_view group) const;
  /// In whole days; unset: no limit.
  std::optional<std::int64_t> retention_of(std::string_view group) const;

  /// Forgets all events; groups and streams stay, so that senders need not make them again.
  Result<void> clear();
  /// As of the last change; never waits for one.
  LogStoreStatus status() const;

  /// Null when there are `kMaxListeners` already.
  std::shared_ptr<LogListener> listen(ListenOptions options);

 private:
  struct Parts;
  explicit LogStore(std::unique_ptr<Parts> parts) noexcept;
  std::unique_ptr<Parts> parts_;
};

}  // namespace aloft::console::logs
