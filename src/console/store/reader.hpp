// SPDX-License-Identifier: Apache-2.0
// The reading half of the store: one short slice of the list at a time, and one whole trace.
//
// Thread-safety: none; the store holds a mutex around it.
#pragma once

#include "console/search.hpp"
#include "console/store/sqlite.hpp"
#include "console/trace_id.hpp"

#include <aloft/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::console {

/// A place in the list, newest first. As text "<start_us>.<key>".
struct Cursor {
  std::int64_t start_us = 0;
  std::int64_t key = 0;

  static std::optional<Cursor> parse(std::string_view text) noexcept;
  std::string text() const;
  friend bool operator==(const Cursor&, const Cursor&) = default;
};

/// How many traces one look into the store takes, so that the writer of a store in memory is kept
/// waiting well below a millisecond.
inline constexpr std::size_t kSliceTraces = 256;

struct TracePage {
  std::vector<std::string> summaries;  ///< JSON, newest first
  std::optional<Cursor> next;          ///< set when there may be more
};

/// A trace as it is stored: unpacking takes longer than reading, and needs no lock.
struct PackedTrace {
  struct Piece {
    std::size_t bytes = 0;  ///< once it is unpacked
    std::string packed;
  };
  std::string summary;
  std::vector<Piece> documents;  ///< oldest first
};

struct TraceDetail {
  std::string summary;            ///< JSON
  std::string documents;          ///< JSON, separated by commas, oldest first
  std::vector<std::size_t> ends;  ///< where each of them ends

  std::string_view document(std::size_t index) const noexcept {
    const std::size_t begin = index == 0 ? 0 : ends[index - 1] + 1;
    return std::string_view(documents).substr(begin, ends[index] - begin);
  }
  /// Leaves out documents that are damaged.
  static TraceDetail unpacked(PackedTrace&& packed);
};

/// A stretch of time, and where to go on in it.
struct RangeOptions {
  std::int64_t start_us = 0;
  std::int64_t end_us = 0;           ///< included
  bool by_id = false;                ///< by the second in the trace's id instead of its start
  std::optional<Cursor> before;      ///< when by start
  std::optional<TraceId> before_id;  ///< when by id
};

struct RangeRow {
  TraceId id;
  Cursor at;
};

class StoreReader {
 public:
  Result<void> open(Database& database);

  /// Looks at no more than `kSliceTraces` traces after `page.next` (from the newest when unset) and
  /// adds those that match until `page` holds `limit`; then moves `page.next` on.
  Result<void> read_slice(const Query& query, std::size_t limit, TracePage& page);
  /// At most `kSliceTraces` traces of the range, newest first; fewer mean that there are no more.
  Result<std::vector<RangeRow>> read_range(const RangeOptions& options);
  /// Nothing when the trace is unknown.
  Result<std::optional<PackedTrace>> find(const TraceId& id);

 private:
  Result<bool> find_trace(const TraceId& id, std::int64_t& key, PackedTrace& out);
  Result<void> add_documents(std::int64_t key, PackedTrace& out);

  Database* database_ = nullptr;
  Statement list_;
  Statement range_by_start_;
  Statement range_by_id_;
  Statement find_trace_;
  Statement documents_;
};

}  // namespace aloft::console
