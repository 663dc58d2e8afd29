// SPDX-License-Identifier: Apache-2.0
// What the store of logs is made of; private to its two sources.
#pragma once

#include "console/logs/catalog_index.hpp"
#include "console/logs/catalog_tables.hpp"
#include "console/logs/event_reader.hpp"
#include "console/logs/event_writer.hpp"
#include "console/logs/log_store.hpp"
#include "console/store/fair_mutex.hpp"
#include "console/store/schema.hpp"
#include "console/store/sqlite.hpp"

#include <aloft/core/clock.hpp>
#include <aloft/core/result.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace aloft::console::logs {

struct LogStore::Parts {
  Clock& clock;
  StoreFile file{};  // outlives the connections
  // Guards the writing connection and the catalog.
  mutable FairMutex mutex{};
  Database writing{};
  CatalogIndex catalog;
  CatalogTables tables{};
  EventWriter writer{};
  FairMutex own_reader_mutex{};
  Database own_reading{};                       // of a file only
  FairMutex* reader_mutex = &own_reader_mutex;  // in memory: the writer's
  EventReader reader{};
  std::uint64_t max_catalog_bytes = 0;
  mutable std::mutex status_mutex{};
  LogStoreStatus status{};
  std::mutex listeners_mutex{};
  std::vector<std::weak_ptr<LogListener>> listeners{};

  Result<void> open(const LogStoreOptions& options);
  std::int64_t now_ms() const noexcept {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               clock.now().wall.time_since_epoch())
        .count();
  }
  void publish_status();
  std::vector<std::shared_ptr<LogListener>> listening();
  void tell(const std::vector<std::shared_ptr<LogListener>>& to, LogBatch batch);
  void tell_reset();
  /// Deletes the events of `streams` and then what `remove_rows` deletes, in one transaction.
  Result<void> remove(const std::vector<const StreamEntry*>& streams,
                      const std::function<Result<void>()>& remove_rows);
  Result<void> update(GroupEntry& group, Group changed);
  /// Whether groups and streams may weigh so much more.
  bool has_room(std::uint64_t bytes) const noexcept {
    return catalog.bytes() + bytes <= max_catalog_bytes;
  }
  ScanRange range_of(const ScanOptions& options, const ScanPlan& plan) const;
};

/// Source: the service's own sentences, as clients report them (aws-robotics/cloudwatchlogs-ros1#1,
/// kislyuk/watchtower#136, read 2026-11).
inline Unexpected no_group() {
  return fail(ErrorCode::not_found, "The specified log group does not exist.");
}
inline Unexpected no_stream() {
  return fail(ErrorCode::not_found, "The specified log stream does not exist.");
}

}  // namespace aloft::console::logs
