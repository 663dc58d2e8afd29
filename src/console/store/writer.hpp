// SPDX-License-Identifier: Apache-2.0
// The writing half of the store: batches in, changed summaries out, never above the limit of bytes.
//
// Thread-safety: none; the store holds a mutex around it.
#pragma once

#include "console/document.hpp"
#include "console/map/trace_record.hpp"
#include "console/store/codec.hpp"
#include "console/store/sqlite.hpp"
#include "console/store/trace_cache.hpp"

#include <aloft/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace aloft::console {

/// Ours: what the page can draw, and what one answer may weigh. X-Ray itself ends at 500 KB.
inline constexpr std::uint64_t kMaxTraceDocuments = 10'000;
inline constexpr std::uint64_t kMaxTraceBytes = std::uint64_t{16} << 20U;

/// A trace that is new or has changed, ready to be sent.
struct TraceChange {
  TraceId id;
  std::string summary;     ///< JSON
  std::string searchable;  ///< for `Query::matches`
};

/// A document of a batch that was not taken.
struct Refusal {
  std::size_t index = 0;
  Reject reason = Reject::store_failed;
};

struct WriteOutcome {
  std::uint64_t stored = 0;
  std::uint64_t duplicates = 0;
  std::vector<Refusal> refused;
  std::vector<TraceChange> changes;
  std::vector<RecordChange> records;  ///< for the map
};

struct StoreStatus {
  std::uint64_t traces = 0;
  std::uint64_t segments = 0;
  std::uint64_t bytes = 0;
  std::uint64_t evicted_traces = 0;
};

class StoreWriter {
 public:
  StoreWriter() = default;
  StoreWriter(const StoreWriter&) = delete;
  StoreWriter& operator=(const StoreWriter&) = delete;

  /// Prepares the statements and counts what is there.
  Result<void> open(Database& database, std::uint64_t max_bytes);

  /// One transaction; when it fails, each document counts as `store_failed`.
  WriteOutcome write(std::span<const Document> batch);
  Result<void> clear();
  const StoreStatus& status() const noexcept { return status_; }

 private:
  struct Statements {
    Statement find_trace, put_trace, find_segment, add_segment, replace_segment, trace_documents;
    Statement oldest, evict_segments, evict_traces, pages, free_pages;
  };
  struct StoredSegment;

  Result<void> write_all(std::span<const Document> batch, WriteOutcome& outcome);
  Result<void> write_one(std::span<const Document> batch, std::size_t index, WriteOutcome& outcome);
  Result<CachedTrace*> trace_of(const TraceId& id);
  Result<bool> find_segment(const CachedTrace& trace, const Document& document,
                            StoredSegment& found);
  Result<void> insert(CachedTrace& trace, const Document& document);
  Result<void> replace(CachedTrace& trace, const Document& document, const StoredSegment& old);
  Result<void> update_summary(CachedTrace& trace, WriteOutcome& outcome);
  Result<void> rebuild(CachedTrace& trace);
  void fold(CachedTrace& trace, const Document& document);
  Result<void> evict_beyond_limit();
  Result<bool> evict_some();
  Result<void> measure();
  void forget_batch();

  Database* database_ = nullptr;
  std::uint64_t max_bytes_ = 0;
  std::uint64_t page_bytes_ = 0;
  Statements sql_;
  TraceCache cache_;
  EvictedTraces evicted_;
  DocumentParser parser_;
  Compressor compressor_;
  std::string scratch_;
  std::vector<TraceId> touched_;  // by this batch, once each
  std::int64_t next_key_ = 1;
  std::int64_t first_new_key_ = 1;  // traces below are of an earlier run
  std::uint64_t revision_ = 0;
  StoreStatus status_;
};

}  // namespace aloft::console
