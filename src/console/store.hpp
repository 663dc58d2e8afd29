// SPDX-License-Identifier: Apache-2.0
// Where the traces are: SQLite, in memory or in a file, never above its limit of bytes.
//
// Documents arrive in batches, one transaction each. The same document twice is ignored; the
// complete form replaces the one in progress; order does not matter. When the limit is reached the
// traces that arrived first go first (arrival, not start time: clocks of senders may lie). Searches
// walk the list newest first in short slices and stop at a deadline with a cursor to go on from.
//
//   auto store = Store::create({.max_bytes = 64 << 20}, platform);        // in memory
//   WriteOutcome outcome = (*store)->write(documents);
//   auto page = (*store)->list(query, {.limit = 100}, Deadline::after(clock, 200ms));
//
// Thread-safety: all of it. A file is read on its own connection while a batch is written; in
// memory there is one connection, held for one slice of the list or for the packed documents of
// one trace at a time.
#pragma once

#include "console/search.hpp"
#include "console/store/fair_mutex.hpp"
#include "console/store/reader.hpp"
#include "console/store/schema.hpp"
#include "console/store/sqlite.hpp"
#include "console/store/writer.hpp"

#include <aloft/core/clock.hpp>
#include <aloft/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace aloft::console {

struct StoreOptions {
  std::string path;  ///< empty: in memory
  std::uint64_t max_bytes = std::uint64_t{256} << 20U;
};
/// Ours: an empty store takes 40 KiB; below a megabyte nothing useful would stay.
inline constexpr std::uint64_t kMinStoreBytes = std::uint64_t{1} << 20U;

struct ListOptions {
  std::size_t limit = 100;
  std::optional<Cursor> before;
};

class Store {
 public:
  /// @error invalid_argument   `max_bytes` is below `kMinStoreBytes`, or the path names no file.
  /// @error already_exists     another console has the file open.
  /// @error data_loss          the file is damaged or no database.
  /// @error unsupported        it belongs to another program or to another version.
  /// @error unavailable, permission_denied  the file cannot be opened.
  static Result<std::unique_ptr<Store>> create(const StoreOptions& options, Clock& clock);

  /// Stores a batch; `Document::json` must hold the bytes that were parsed.
  WriteOutcome write(std::span<const Document> batch);
  Result<void> clear();

  /// At least one slice is read, whatever the deadline.
  Result<TracePage> list(const Query& query, const ListOptions& options, Deadline deadline);
  /// As `StoreReader::read_range`.
  Result<std::vector<RangeRow>> range(const RangeOptions& options);
  /// Nothing when the trace is unknown.
  Result<std::optional<TraceDetail>> find(const TraceId& id);
  /// As of the last batch; never waits for one.
  StoreStatus status() const;

 private:
  explicit Store(Clock& clock) noexcept : clock_(clock) {}
  Result<void> open(const StoreOptions& options);
  void publish_status();

  Clock& clock_;
  StoreFile file_;  // outlives the connections
  FairMutex writer_mutex_;
  Database writing_;
  StoreWriter writer_;
  FairMutex own_reader_mutex_;
  Database own_reading_;                          // of a file only
  FairMutex* reader_mutex_ = &own_reader_mutex_;  // in memory: the writer's
  StoreReader reader_;
  mutable std::mutex status_mutex_;
  StoreStatus status_;
};

}  // namespace aloft::console
