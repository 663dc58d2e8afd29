// SPDX-License-Identifier: Apache-2.0
// The reading half of the store of logs: one short slice of a scan at a time, copied, so that it
// can be looked at without a lock.
//
// Thread-safety: none; the store holds a mutex around it.
#pragma once

#include "console/logs/catalog_index.hpp"
#include "console/logs/log_store.hpp"
#include "console/store/sqlite.hpp"

#include <aloft/core/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aloft::console::logs {

/// How many rows one look into the store takes, matching or not: some 200 µs.
inline constexpr std::size_t kSliceRows = 1024;
/// And how many bytes of messages it copies at most, beyond the last one.
inline constexpr std::size_t kSliceBytes = std::size_t{1} << 20U;

struct EventSlice {
  /// Texts are the bytes of `text` up to here, one after the other.
  struct Row {
    std::int64_t key = 0;
    std::int64_t ingestion_ms = 0;
    const StreamNames* names = nullptr;
    std::array<std::size_t, 6> ends{};
  };
  std::vector<Row> rows;
  std::string text;
  std::int64_t last_key = 0;  ///< of the last row that was looked at
  bool at_end = false;

  /// The views live as long as the slice and the plan.
  LogEvent event(std::size_t index) const;
};

struct ScanRange {
  std::int64_t low = 0;  ///< keys, both included
  std::int64_t high = 0;
  bool newest_first = false;
  /// Set when the plan holds this stream alone.
  std::optional<std::int64_t> stream;
};

class EventReader {
 public:
  Result<void> open(Database& database);

  /// The next rows of `range` that are of the plan and have the columns; moves nothing.
  Result<void> read(const ScanPlan& plan, const ScanRange& range, const Columns& columns,
                    EventSlice& slice);

 private:
  enum Way : std::size_t { by_time, by_stream, by_trace };
  static constexpr std::size_t kWays = 3;

  bool take(Statement& sql, const ScanPlan& plan, const Columns& columns, EventSlice& slice);

  // Upwards, then downwards.
  std::array<Statement, 2 * kWays> scans_;
};

}  // namespace aloft::console::logs
