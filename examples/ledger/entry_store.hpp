// SPDX-License-Identifier: Apache-2.0
// The entries of every tenant in one SQLite table; each statement is a span that shows its SQL.
//
//   auto store = EntryStore::open({.file = "ledger.db"}, Clock::system());
//   Result<Entry> kept = store->add(ctx.span(), ctx.identity.tenant, entry);
//   Result<Page> page = store->list(ctx.span(), ctx.identity.tenant, {.limit = 20});
//
// Every statement names the tenant, so one tenant neither finds nor counts another's entries.
// Thread-safety: all of it; one statement runs at a time.
#pragma once

#include "common/page_request.hpp"
#include "ledger/database.hpp"
#include "ledger/entry.hpp"

#include <aloft/core/clock.hpp>
#include <aloft/core/identity.hpp>
#include <aloft/core/result.hpp>
#include <aloft/telemetry/span.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledger {

struct EntryStoreOptions {
  std::string file;  ///< empty: in memory
  /// Pages of 4 KiB, after which entries are refused. Ours: 256 MiB, some three million entries.
  std::int64_t pages_limit = 65'536;
};

struct Page {
  std::vector<Entry> entries;         ///< newest first
  std::optional<std::uint64_t> next;  ///< `before` of the next page; nothing on the last
};

class EntryStore {
 public:
  /// @error unavailable, data_loss, internal  the file cannot be opened, or is no ledger.
  static aloft::Result<std::unique_ptr<EntryStore>> open(const EntryStoreOptions& options,
                                                         const aloft::Clock& clock);

  /// @return the entry with its id and time.
  /// @error resource_exhausted  the ledger is full.
  /// @error unavailable, …      as the database says; recorded on the statement's span.
  aloft::Result<Entry> add(aloft::Span& parent, const aloft::TenantId& tenant, Entry entry);
  /// @error as `add`.
  aloft::Result<Page> list(aloft::Span& parent, const aloft::TenantId& tenant,
                           example::PageRequest wanted);

 private:
  EntryStore(Database database, Statement insert, Statement select, std::string url,
             const aloft::Clock& clock);

  /// A span for one statement; the SQL has placeholders where values go, so it can be shown.
  aloft::Span trace(aloft::Span& parent, std::string_view sql) const;
  aloft::Result<Entry> insert(const aloft::TenantId& tenant, Entry entry);
  aloft::Result<Page> select(const aloft::TenantId& tenant, example::PageRequest wanted);

  std::mutex mutex_;  // of the three below
  Database database_;
  Statement insert_;
  Statement select_;
  const std::string url_;
  const aloft::Clock& clock_;
};

}  // namespace ledger
