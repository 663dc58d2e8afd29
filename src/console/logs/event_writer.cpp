// SPDX-License-Identifier: Apache-2.0
#include "console/logs/event_writer.hpp"

#include "console/logs/log_schema.hpp"

#include <algorithm>
#include <utility>

namespace aloft::console::logs {
namespace {

constexpr int kEvictedAtOnce = 1024;
// Of all streams in one transaction: some 30 ms.
constexpr int kExpiredAtOnce = 4096;
constexpr std::int64_t kExpiredBytesAtOnce = std::int64_t{16} << 20U;
constexpr std::int64_t kExpiryIntervalMs = 60'000;
// When the store is full, this part of it is freed at once: not each call has to make room.
constexpr std::uint64_t kFreedPart = 64;

void bind_unless_empty(Statement& sql, int parameter, std::string_view text) noexcept {
  if (!text.empty()) sql.bind_text(parameter, text);
}

std::uint64_t weight(std::int64_t message_bytes) noexcept {
  return static_cast<std::uint64_t>(message_bytes) + kEventOverheadBytes;
}

}  // namespace

Result<void> EventWriter::open(Database& database, CatalogIndex& catalog, std::uint64_t max_bytes) {
  database_ = &database;
  catalog_ = &catalog;
  max_bytes_ = max_bytes;
  const std::pair<Statement*, std::string_view> statements[] = {
      {&sql_.last_of_ms, "SELECT max(key) FROM event WHERE key BETWEEN ?1 AND ?2"},
      {&sql_.insert,
       "INSERT INTO event (key, stream, ingestion_ms, level, service, tenant, trace_id, "
       "request_id, message) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"},
      {&sql_.oldest, "SELECT key, stream, length(message) FROM event ORDER BY key LIMIT ?1"},
      {&sql_.evict, "DELETE FROM event WHERE key <= ?1"},
      {&sql_.expired,
       "SELECT key, length(message) FROM event WHERE stream = ?1 AND key < ?2 "
       "ORDER BY key LIMIT ?3"},
      {&sql_.expire, "DELETE FROM event WHERE stream = ?1 AND key <= ?2"},
      {&sql_.sum, "SELECT count(*), total(length(message)) FROM event WHERE stream = ?1"},
      {&sql_.remove, "DELETE FROM event WHERE stream = ?1"},
      {&sql_.first, "SELECT min(key) FROM event WHERE stream = ?1"},
      {&sql_.totals,
       "SELECT stream, count(*), total(length(message)), min(key), max(key), max(ingestion_ms) "
       "FROM event GROUP BY stream"},
      {&sql_.pages, "PRAGMA page_count"},
      {&sql_.free_pages, "PRAGMA freelist_count"},
      {&sql_.given, "SELECT given FROM log_counter"},
      {&sql_.set_given, "UPDATE log_counter SET given = ?1"},
  };
  for (const auto& [statement, sql] : statements) {
    if (auto done = prepare(database, *statement, sql); !done) return done;
  }
  const auto page_bytes = database.integer("PRAGMA page_size");
  if (!page_bytes) return unexpected(page_bytes.error());
  page_bytes_ = static_cast<std::uint64_t>(*page_bytes);
  if (sql_.given.step()) given_ = sql_.given.integer(0);
  if (auto done = sql_.given.finish(); !done) return done;
  if (auto done = count(catalog); !done) return done;
  return measure();
}

Result<void> EventWriter::count(CatalogIndex& catalog) {
  Statement& sql = sql_.totals;
  while (sql.step()) {
    const auto events = static_cast<std::uint64_t>(sql.integer(1));
    status_.events += events;
    StreamEntry* stream = catalog.by_key(sql.integer(0));
    if (stream == nullptr) continue;
    stream->group->info.stored_bytes +=
        static_cast<std::uint64_t>(sql.integer(2)) + events * kEventOverheadBytes;
    stream->info.first_event_ms = timestamp_of(sql.integer(3));
    stream->info.last_event_ms = timestamp_of(sql.integer(4));
    stream->info.last_ingestion_ms = sql.integer(5);
  }
  status_.loaded = status_.events;
  return sql.finish();
}

Result<void> EventWriter::put(StreamEntry& stream, const Incoming& incoming) {
  if (incoming.events.empty()) return {};
  const LogStoreStatus before = status_;
  if (auto done = put_all(stream, incoming); !done) {
    // A failed transaction may or may not be open still; the answer does not matter.
    (void)database_->run("ROLLBACK");
    forget_removed();
    overflowed_ = overflowed_bytes_ = 0;
    status_ = before;
    status_.failed += incoming.events.size();
    return done;
  }
  account(stream, incoming);
  removed();
  return {};
}

Result<void> EventWriter::put_all(const StreamEntry& stream, const Incoming& incoming) {
  if (auto begun = database_->run("BEGIN IMMEDIATE"); !begun) return begun;
  for (const IncomingEvent& event : incoming.events) {
    if (auto done = put_one(stream, incoming, event); !done) return done;
  }
  sql_.set_given.bind(1, given_);
  if (auto done = sql_.set_given.run(); !done) return done;
  if (auto done = expire_when_due(incoming.now_ms); !done) return done;
  if (auto done = evict_beyond_limit(); !done) return done;
  return database_->run("COMMIT");
}

Result<void> EventWriter::put_one(const StreamEntry& stream, const Incoming& incoming,
                                  const IncomingEvent& event) {
  if (event.timestamp_ms < 0 || event.timestamp_ms > kMaxTimestampMs) {
    return fail(ErrorCode::invalid_argument, "an event's timestamp is outside 1970 to 2109");
  }
  const auto key = next_key(event.timestamp_ms);
  if (!key) return unexpected(key.error());
  if (!*key) {
    ++overflowed_;
    overflowed_bytes_ += event.message.size() + kEventOverheadBytes;
    return {};
  }
  const ColumnViews columns = columns_.read(event.message);
  Statement& sql = sql_.insert;
  sql.bind(1, **key);
  sql.bind(2, stream.key);
  sql.bind(3, incoming.now_ms);
  bind_unless_empty(sql, 4, columns.level);
  bind_unless_empty(sql, 5, columns.service);
  bind_unless_empty(sql, 6, columns.tenant);
  bind_unless_empty(sql, 7, columns.trace_id);
  bind_unless_empty(sql, 8, columns.request_id);
  sql.bind_bytes(9, event.message);
  if (auto done = sql.run(); !done) return done;
  if (incoming.copy != nullptr) {
    incoming.copy->push_back(
        StoredEvent::of({static_cast<std::uint64_t>(**key), event.timestamp_ms, incoming.now_ms,
                         stream.names->group, stream.names->stream, event.message, columns}));
  }
  return {};
}

Result<std::optional<std::int64_t>> EventWriter::next_key(std::int64_t timestamp_ms) {
  NextSequence& slot = sequences_[static_cast<std::size_t>(timestamp_ms) % kSequences];
  if (slot.timestamp_ms != timestamp_ms) {
    Statement& sql = sql_.last_of_ms;
    sql.bind(1, first_key(timestamp_ms));
    sql.bind(2, last_key(timestamp_ms));
    // Of no rows, max is NULL: 0 as an integer.
    const std::int64_t last = sql.step() ? sql.integer(0) : 0;
    if (auto done = sql.finish(); !done) return unexpected(done.error());
    slot.timestamp_ms = timestamp_ms;
    slot.next = given_ % kFirstSequences;
    if (last >= first_key(timestamp_ms) && last != 0) {
      slot.next = std::max(slot.next, (last & kMaxSequence) + 1);
    }
  }
  if (slot.next > kMaxSequence) return std::optional<std::int64_t>();
  ++given_;
  return std::optional(first_key(timestamp_ms) | slot.next++);
}

void EventWriter::account(StreamEntry& stream, const Incoming& incoming) {
  status_.received += incoming.events.size();
  status_.events += incoming.events.size() - overflowed_;
  status_.evicted += std::exchange(overflowed_, 0);
  Stream& info = stream.info;
  info.last_ingestion_ms = incoming.now_ms;
  for (const IncomingEvent& event : incoming.events) {
    stream.group->info.stored_bytes += event.message.size() + kEventOverheadBytes;
    info.first_event_ms =
        std::min(info.first_event_ms.value_or(event.timestamp_ms), event.timestamp_ms);
    info.last_event_ms =
        std::max(info.last_event_ms.value_or(event.timestamp_ms), event.timestamp_ms);
  }
  stream.group->info.stored_bytes -= std::exchange(overflowed_bytes_, 0);
}

void EventWriter::make_room() {
  // What SQLite refuses here, the next put is told.
  if (evict_beyond_limit()) return removed();
  forget_removed();
}

Result<void> EventWriter::evict_beyond_limit() {
  if (auto done = measure(); !done) return done;
  if (status_.bytes <= max_bytes_) return {};
  const std::uint64_t target = max_bytes_ - max_bytes_ / kFreedPart;
  while (status_.bytes > target) {
    const auto more = evict_some(status_.bytes - target);
    if (!more) return unexpected(more.error());
    if (auto done = measure(); !done) return done;
    if (!*more) return {};
  }
  return {};
}

Result<bool> EventWriter::evict_some(std::uint64_t bytes) {
  std::int64_t last = -1;
  std::uint64_t freed = 0;
  Statement& sql = sql_.oldest;
  sql.bind(1, kEvictedAtOnce);
  while (freed < bytes && sql.step()) {
    last = sql.integer(0);
    const std::uint64_t weighs = weight(sql.integer(2));
    Gone& gone = gone_[sql.integer(1)];
    gone.bytes += weighs;
    ++gone.evicted;
    freed += weighs;
  }
  if (auto done = sql.finish(); !done) return unexpected(done.error());
  sql_.evict.bind(1, last);
  if (auto done = sql_.evict.run(); !done) return unexpected(done.error());
  return last >= 0;
}

Result<void> EventWriter::expire_when_due(std::int64_t now_ms) {
  if (now_ms < next_expiry_ms_) return {};
  ExpiryBudget budget{kExpiredAtOnce, kExpiredBytesAtOnce};
  for (const auto& [name, group] : catalog_->groups()) {
    const std::int64_t since = catalog_->kept_since_ms(group, now_ms);
    for (const auto& [stream_name, stream] : group.streams) {
      if (since == 0 || !stream.info.first_event_ms || *stream.info.first_event_ms >= since) {
        continue;
      }
      if (auto done = expire_some(stream, first_key(since), budget); !done) return done;
      // The next put goes on.
      if (budget.spent()) return {};
    }
  }
  next_expiry_ms_ = now_ms + kExpiryIntervalMs;
  return {};
}

Result<void> EventWriter::expire_some(const StreamEntry& stream, std::int64_t before_key,
                                      ExpiryBudget& budget) {
  std::int64_t last = -1;
  Gone& gone = gone_[stream.key];
  Statement& sql = sql_.expired;
  sql.bind(1, stream.key);
  sql.bind(2, before_key);
  sql.bind(3, budget.events);
  while (!budget.spent() && sql.step()) {
    last = sql.integer(0);
    gone.bytes += weight(sql.integer(1));
    ++gone.expired;
    --budget.events;
    budget.bytes -= sql.integer(1);
  }
  if (auto done = sql.finish(); !done) return done;
  sql_.expire.bind(1, stream.key);
  sql_.expire.bind(2, last);
  return sql_.expire.run();
}

Result<void> EventWriter::remove_events(const StreamEntry& stream) {
  Gone& gone = gone_[stream.key];
  sql_.sum.bind(1, stream.key);
  if (sql_.sum.step()) {
    gone.deleted = static_cast<std::uint64_t>(sql_.sum.integer(0));
    gone.bytes =
        static_cast<std::uint64_t>(sql_.sum.integer(1)) + gone.deleted * kEventOverheadBytes;
  }
  if (auto done = sql_.sum.finish(); !done) return done;
  sql_.remove.bind(1, stream.key);
  return sql_.remove.run();
}

void EventWriter::removed() {
  for (const auto& [key, gone] : gone_) {
    status_.events -= gone.evicted + gone.expired + gone.deleted;
    status_.evicted += gone.evicted;
    status_.expired += gone.expired;
    status_.deleted += gone.deleted;
    StreamEntry* stream = catalog_->by_key(key);
    if (stream == nullptr) continue;
    std::uint64_t& stored = stream->group->info.stored_bytes;
    stored -= std::min(stored, gone.bytes);
    // Without an answer the catalog says what it said before.
    const auto first = first_of(key);
    if (!first) continue;
    stream->info.first_event_ms = *first;
    if (!*first) stream->info.last_event_ms.reset();
  }
  gone_.clear();
  (void)measure();
}

Result<std::optional<std::int64_t>> EventWriter::first_of(std::int64_t stream) {
  sql_.first.bind(1, stream);
  // Of no rows, min is NULL: 0 as an integer. An event of 1970-01-01T00:00:00.000 has 0, too, and
  // none that is accepted is that old.
  const std::int64_t key = sql_.first.step() ? sql_.first.integer(0) : 0;
  if (auto done = sql_.first.finish(); !done) return unexpected(done.error());
  return key == 0 ? std::optional<std::int64_t>() : std::optional(timestamp_of(key));
}

Result<void> EventWriter::measure() {
  std::uint64_t counts[2] = {0, 0};
  Statement* const statements[] = {&sql_.pages, &sql_.free_pages};
  for (std::size_t i = 0; i < 2; ++i) {
    if (statements[i]->step()) counts[i] = static_cast<std::uint64_t>(statements[i]->integer(0));
    if (auto done = statements[i]->finish(); !done) return done;
  }
  status_.bytes = (counts[0] - counts[1]) * page_bytes_;
  return {};
}

Result<void> EventWriter::clear() {
  if (auto done = database_->run("DELETE FROM event"); !done) return done;
  status_.deleted += status_.events;
  status_.events = 0;
  for (auto& [name, group] : catalog_->groups()) {
    group.info.stored_bytes = 0;
    for (auto& [stream_name, stream] : group.streams) {
      stream.info.first_event_ms.reset();
      stream.info.last_event_ms.reset();
    }
  }
  return measure();
}

}  // namespace aloft::console::logs
