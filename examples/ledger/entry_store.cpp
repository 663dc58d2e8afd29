// SPDX-License-Identifier: Apache-2.0
#include "ledger/entry_store.hpp"

#include <aloft/telemetry/operations.hpp>

#include <chrono>
#include <limits>
#include <utility>

namespace ledger {
namespace {

using aloft::Result;
using aloft::Span;
using aloft::TenantId;
using aloft::unexpected;

constexpr char kSchema[] =
    "CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, tenant TEXT NOT NULL,"
    " charge_id TEXT NOT NULL, amount_minor INTEGER NOT NULL, currency TEXT NOT NULL,"
    " created INTEGER NOT NULL) STRICT;"
    "CREATE INDEX IF NOT EXISTS entry_of_tenant ON entry (tenant, id)";
constexpr std::string_view kInsert =
    "INSERT INTO entry (tenant, charge_id, amount_minor, currency, created) VALUES (?, ?, ?, ?, ?)";
constexpr std::string_view kSelect =
    "SELECT id, charge_id, amount_minor, currency, created FROM entry"
    " WHERE tenant = ? AND id < ? ORDER BY id DESC LIMIT ?";

/// Rewinds a statement when its run is over, however that ended.
class Rewind {
 public:
  explicit Rewind(Statement& statement) noexcept : statement_(statement) {}
  Rewind(const Rewind&) = delete;
  Rewind& operator=(const Rewind&) = delete;
  ~Rewind() { statement_.reset(); }

 private:
  Statement& statement_;
};

std::string_view file_name(std::string_view path) noexcept {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

Result<std::unique_ptr<EntryStore>> EntryStore::open(const EntryStoreOptions& options,
                                                     const aloft::Clock& clock) {
  Result<Database> database = Database::open(options.file);
  if (!database) return unexpected(database.error());
  const std::string limit = "PRAGMA max_page_count = " + std::to_string(options.pages_limit);
  for (const char* sql : {limit.c_str(), kSchema}) {
    if (const Result<void> done = database->run(sql); !done) return unexpected(done.error());
  }
  Result<Statement> insert = database->prepare(kInsert);
  if (!insert) return unexpected(insert.error());
  Result<Statement> select = database->prepare(kSelect);
  if (!select) return unexpected(select.error());
  // Where the file lies is none of the trace's business; its name says which database it is.
  std::string url = "sqlite:";
  url += options.file.empty() ? "ledger-in-memory" : file_name(options.file);
  return std::unique_ptr<EntryStore>(new EntryStore(*std::move(database), *std::move(insert),
                                                    *std::move(select), std::move(url), clock));
}

EntryStore::EntryStore(Database database, Statement insert, Statement select, std::string url,
                       const aloft::Clock& clock)
    : database_(std::move(database)),
      insert_(std::move(insert)),
      select_(std::move(select)),
      url_(std::move(url)),
      clock_(clock) {}

Result<Entry> EntryStore::add(Span& parent, const TenantId& tenant, Entry entry) {
  Span query = trace(parent, kInsert);
  Result<Entry> kept = insert(tenant, std::move(entry));
  if (!kept) query.set_error(kept.error());
  return kept;
}

Result<Page> EntryStore::list(Span& parent, const TenantId& tenant, example::PageRequest wanted) {
  Span query = trace(parent, kSelect);
  Result<Page> page = select(tenant, wanted);
  if (page) {
    query.annotate("rows", page->entries.size());
  } else {
    query.set_error(page.error());
  }
  return page;
}

Span EntryStore::trace(Span& parent, std::string_view sql) const {
  return aloft::sql_query(parent, {.url = url_,
                                   .database_type = "SQLite",
                                   .user = "ledger",
                                   .preparation = "statement",
                                   .sanitized_query = sql});
}

Result<Entry> EntryStore::insert(const TenantId& tenant, Entry entry) {
  const auto now = std::chrono::floor<std::chrono::seconds>(clock_.now().wall);
  entry.created = now.time_since_epoch().count();

  const std::lock_guard lock(mutex_);
  const Rewind rewind(insert_);
  insert_.bind(1, tenant.view());
  insert_.bind(2, std::string_view(entry.charge_id));
  insert_.bind(3, entry.amount_minor);
  insert_.bind(4, std::string_view(entry.currency));
  insert_.bind(5, entry.created);
  if (const Result<bool> done = insert_.step(); !done) return unexpected(done.error());
  entry.id = database_.last_row_id();
  return entry;
}

Result<Page> EntryStore::select(const TenantId& tenant, example::PageRequest wanted) {
  constexpr auto kNewest = std::numeric_limits<std::int64_t>::max();
  const std::uint64_t before = wanted.before.value_or(kNewest);

  const std::lock_guard lock(mutex_);
  const Rewind rewind(select_);
  select_.bind(1, tenant.view());
  select_.bind(2, before < kNewest ? static_cast<std::int64_t>(before) : kNewest);
  // One more than asked for tells whether there is a next page.
  select_.bind(3, static_cast<std::int64_t>(wanted.limit) + 1);
  Page page;
  Result<bool> row = select_.step();
  for (; row && *row; row = select_.step()) {
    if (page.entries.size() == wanted.limit) {
      page.next = static_cast<std::uint64_t>(page.entries.back().id);
      return page;
    }
    page.entries.push_back({.id = select_.integer(0),
                            .charge_id = select_.text(1),
                            .amount_minor = select_.integer(2),
                            .currency = select_.text(3),
                            .created = select_.integer(4)});
  }
  if (!row) return unexpected(row.error());
  return page;
}

}  // namespace ledger
