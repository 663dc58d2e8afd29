// SPDX-License-Identifier: Apache-2.0
// The writing half of the store of logs: events in, the oldest out when there is no more room, the
// expired out when their time has come.
//
// Thread-safety: none; the store holds a mutex around it.
#pragma once

#include "console/logs/catalog_index.hpp"
#include "console/logs/columns.hpp"
#include "console/logs/log_store.hpp"
#include "console/store/sqlite.hpp"

#include <aloft/core/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>

namespace aloft::console::logs {

/// What a message weighs. Source: PutLogEvents, "plus 26 bytes for each log event" (LM, 2026-11).
inline constexpr std::size_t kEventOverheadBytes = 26;

class EventWriter {
 public:
  /// Prepares the statements, counts what is there, and tells `catalog` of it.
  Result<void> open(Database& database, CatalogIndex& catalog, std::uint64_t max_bytes);

  struct Incoming {
    std::span<const IncomingEvent> events;
    std::int64_t now_ms = 0;
    LogBatch* copy = nullptr;  ///< where listeners get theirs from; null: nobody listens
  };
  /// One transaction; when it fails nothing is stored and each event counts as failed.
  Result<void> put(StreamEntry& stream, const Incoming& incoming);

  /// Deletes the events of a stream, of a group that is removed. Inside the caller's transaction;
  /// after it, `removed` or `forget_removed`.
  Result<void> remove_events(const StreamEntry& stream);
  /// After a commit: counts what went, and tells the catalog.
  void removed();
  /// Where groups and streams have grown: the oldest events go beyond the limit.
  void make_room();
  /// After a rollback.
  void forget_removed() { gone_.clear(); }
  Result<void> clear();

  const LogStoreStatus& status() const noexcept { return status_; }

 private:
  struct Statements {
    Statement last_of_ms, insert, oldest, evict, expired, expire, sum, remove, first, totals;
    Statement pages, free_pages, given, set_given;
  };
  /// What has gone of a stream in this transaction.
  struct Gone {
    std::uint64_t bytes = 0;
    std::uint64_t evicted = 0;
    std::uint64_t expired = 0;
    std::uint64_t deleted = 0;
  };
  struct NextSequence {
    std::int64_t timestamp_ms = -1;
    std::int64_t next = 0;
  };

  Result<void> count(CatalogIndex& catalog);
  Result<void> put_all(const StreamEntry& stream, const Incoming& incoming);
  Result<void> put_one(const StreamEntry& stream, const Incoming& incoming,
                       const IncomingEvent& event);
  /// Nothing when the millisecond is full.
  Result<std::optional<std::int64_t>> next_key(std::int64_t timestamp_ms);
  void account(StreamEntry& stream, const Incoming& incoming);
  Result<void> evict_beyond_limit();
  /// About so many bytes of the oldest; false when there was nothing left.
  Result<bool> evict_some(std::uint64_t bytes);
  Result<void> expire_when_due(std::int64_t now_ms);
  /// What may still be deleted in this transaction.
  struct ExpiryBudget {
    int events = 0;
    std::int64_t bytes = 0;

    bool spent() const noexcept { return events <= 0 || bytes <= 0; }
  };
  Result<void> expire_some(const StreamEntry& stream, std::int64_t before_key,
                           ExpiryBudget& budget);
  Result<std::optional<std::int64_t>> first_of(std::int64_t stream);
  Result<void> measure();

  Database* database_ = nullptr;
  CatalogIndex* catalog_ = nullptr;
  std::uint64_t max_bytes_ = 0;
  std::uint64_t page_bytes_ = 0;
  Statements sql_;
  ColumnReader columns_;
  std::map<std::int64_t, Gone> gone_;
  std::int64_t next_expiry_ms_ = 0;
  std::uint64_t overflowed_ = 0;  // of this transaction: events of a full millisecond
  std::uint64_t overflowed_bytes_ = 0;
  std::int64_t given_ = 0;  // ids, ever; kept in the file
  LogStoreStatus status_;
  // Of the milliseconds that were written last, so that few events ask the table.
  static constexpr std::size_t kSequences = 256;
  std::array<NextSequence, kSequences> sequences_{};
};

}  // namespace aloft::console::logs
