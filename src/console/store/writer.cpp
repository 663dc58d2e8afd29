// SPDX-License-Identifier: Apache-2.0
#include "console/store/writer.hpp"

#include <memory>
#include <utility>
#include <variant>

namespace aloft::console {
namespace {

// Few, because a trace may be large and the store small.
constexpr int kEvictedAtOnce = 16;

std::int64_t as_integer(std::uint64_t id) noexcept { return static_cast<std::int64_t>(id); }

Result<void> prepare(Database& database, Statement& statement, std::string_view sql) {
  auto prepared = database.prepare(sql);
  if (!prepared) return unexpected(prepared.error());
  statement = std::move(*prepared);
  return {};
}

}  // namespace

struct StoreWriter::StoredSegment {
  std::int64_t key = 0;
  bool in_progress = false;
  std::uint64_t bytes = 0;
  bool same = false;  // byte for byte what has come now
};

Result<void> StoreWriter::open(Database& database, std::uint64_t max_bytes) {
  database_ = &database;
  max_bytes_ = max_bytes;
  const std::pair<Statement*, std::string_view> statements[] = {
      {&sql_.find_trace, "SELECT key, documents, bytes FROM trace WHERE id = ?1"},
      {&sql_.put_trace,
       "INSERT INTO trace (key, id, start_us, revision, documents, bytes, summary, searchable) "
       "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (key) DO UPDATE SET "
       "start_us = ?3, revision = ?4, documents = ?5, bytes = ?6, summary = ?7, searchable = ?8"},
      {&sql_.find_segment,
       "SELECT key, in_progress, bytes, document FROM segment WHERE trace = ?1 AND id = ?2"},
      {&sql_.add_segment,
       "INSERT INTO segment (trace, id, start_us, in_progress, bytes, document) "
       "VALUES (?1, ?2, ?3, ?4, ?5, ?6)"},
      {&sql_.replace_segment,
       "UPDATE segment SET start_us = ?2, in_progress = ?3, bytes = ?4, document = ?5 "
       "WHERE key = ?1"},
      {&sql_.trace_documents, "SELECT bytes, document FROM segment WHERE trace = ?1 ORDER BY key"},
      {&sql_.oldest, "SELECT key, id, documents FROM trace ORDER BY key LIMIT ?1"},
      {&sql_.evict_segments, "DELETE FROM segment WHERE trace <= ?1"},
      {&sql_.evict_traces, "DELETE FROM trace WHERE key <= ?1"},
      {&sql_.pages, "PRAGMA page_count"},
      {&sql_.free_pages, "PRAGMA freelist_count"},
  };
  for (const auto& [statement, sql] : statements) {
    if (auto done = prepare(database, *statement, sql); !done) return done;
  }
  const std::pair<std::uint64_t*, std::string_view> numbers[] = {
      {&status_.traces, "SELECT count(*) FROM trace"},
      {&status_.segments, "SELECT count(*) FROM segment"},
      {&revision_, "SELECT coalesce(max(revision), 0) FROM trace"},
      {&page_bytes_, "PRAGMA page_size"},
  };
  for (const auto& [number, sql] : numbers) {
    const auto value = database.integer(sql);
    if (!value) return unexpected(value.error());
    *number = static_cast<std::uint64_t>(*value);
  }
  const auto last = database.integer("SELECT coalesce(max(key), 0) FROM trace");
  if (!last) return unexpected(last.error());
  next_key_ = first_new_key_ = *last + 1;
  return measure();
}

WriteOutcome StoreWriter::write(std::span<const Document> batch) {
  WriteOutcome outcome;
  const StoreStatus before = status_;
  if (auto done = write_all(batch, outcome); !done) {
    // A failed transaction may or may not be open still; the answer does not matter.
    (void)database_->run("ROLLBACK");
    forget_batch();
    status_ = before;
    outcome = {};
    for (std::size_t i = 0; i < batch.size(); ++i) {
      outcome.refused.push_back({i, Reject::store_failed});
    }
  }
  cache_.age();
  return outcome;
}

Result<void> StoreWriter::write_all(std::span<const Document> batch, WriteOutcome& outcome) {
  touched_.clear();
  if (auto begun = database_->run("BEGIN IMMEDIATE"); !begun) return begun;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (auto done = write_one(batch, i, outcome); !done) return done;
  }
  for (const TraceId& id : touched_) {
    CachedTrace* trace = cache_.find(id);
    if (trace == nullptr) continue;
    if (auto done = update_summary(*trace, outcome); !done) return done;
  }
  if (auto done = evict_beyond_limit(); !done) return done;
  return database_->run("COMMIT");
}

Result<void> StoreWriter::write_one(std::span<const Document> batch, std::size_t index,
                                    WriteOutcome& outcome) {
  const Document& document = batch[index];
  const auto found = trace_of(document.trace);
  if (!found) return unexpected(found.error());
  CachedTrace& trace = **found;
  StoredSegment old;
  const auto exists = find_segment(trace, document, old);
  if (!exists) return unexpected(exists.error());
  // What has ended does not go back to being in progress: that form came late.
  if (*exists && (old.same || (document.in_progress && !old.in_progress))) {
    ++outcome.duplicates;
    return {};
  }
  const std::uint64_t old_bytes = *exists ? old.bytes : 0;
  if ((!*exists && trace.documents >= kMaxTraceDocuments) ||
      trace.bytes - old_bytes + document.json.size() > kMaxTraceBytes) {
    outcome.refused.push_back({index, Reject::trace_full});
    return {};
  }
  auto done = *exists ? replace(trace, document, old) : insert(trace, document);
  if (!done) return done;
  ++outcome.stored;
  if (!trace.changed) {
    trace.changed = true;
    touched_.push_back(document.trace);
  }
  return {};
}

Result<CachedTrace*> StoreWriter::trace_of(const TraceId& id) {
  if (CachedTrace* cached = cache_.find(id)) return cached;
  sql_.find_trace.bind_bytes(1, id.bytes());
  CachedTrace* trace = nullptr;
  if (sql_.find_trace.step()) {
    trace = &cache_.add(id);
    trace->stored = trace->stale = true;
    trace->key = sql_.find_trace.integer(0);
    trace->documents = static_cast<std::uint64_t>(sql_.find_trace.integer(1));
    trace->bytes = static_cast<std::uint64_t>(sql_.find_trace.integer(2));
  }
  if (auto done = sql_.find_trace.finish(); !done) return unexpected(done.error());
  const bool unmapped = evicted_.has(id);
  if (trace != nullptr && trace->key >= first_new_key_ && !unmapped) {
    // The map has counted it: what exactly is told by the documents that are stored so far.
    if (auto done = rebuild(*trace); !done) return unexpected(done.error());
    trace->counted =
        std::make_shared<const TraceRecord>(trace->graph.record(trace->state.tenant()));
  }
  if (trace == nullptr) {
    trace = &cache_.add(id);
    trace->key = next_key_++;
  }
  trace->unmapped = unmapped;
  return trace;
}

Result<bool> StoreWriter::find_segment(const CachedTrace& trace, const Document& document,
                                       StoredSegment& found) {
  if (trace.documents == 0) return false;
  Statement& sql = sql_.find_segment;
  sql.bind(1, trace.key);
  sql.bind(2, as_integer(document.id));
  const bool exists = sql.step();
  if (exists) {
    found.key = sql.integer(0);
    found.in_progress = sql.integer(1) != 0;
    found.bytes = static_cast<std::uint64_t>(sql.integer(2));
    scratch_.clear();
    found.same = found.bytes == document.json.size() &&
                 unpack(sql.bytes(3), found.bytes, scratch_) && scratch_ == document.json;
  }
  if (auto done = sql.finish(); !done) return unexpected(done.error());
  return exists;
}

Result<void> StoreWriter::insert(CachedTrace& trace, const Document& document) {
  Statement& sql = sql_.add_segment;
  sql.bind(1, trace.key);
  sql.bind(2, as_integer(document.id));
  sql.bind(3, document.start_us);
  sql.bind(4, document.in_progress ? 1 : 0);
  sql.bind(5, as_integer(document.json.size()));
  sql.bind_bytes(6, compressor_.pack(document.json));
  if (auto done = sql.run(); !done) return done;
  ++trace.documents;
  trace.bytes += document.json.size();
  ++status_.segments;
  if (!trace.stale) fold(trace, document);
  return {};
}

void StoreWriter::fold(CachedTrace& trace, const Document& document) {
  const std::size_t before = trace.graph.spans();
  trace.state.add(document);
  trace.graph.add(document);
  cache_.weigh(trace.graph.spans() - before);
}

Result<void> StoreWriter::replace(CachedTrace& trace, const Document& document,
                                  const StoredSegment& old) {
  Statement& sql = sql_.replace_segment;
  sql.bind(1, old.key);
  sql.bind(2, document.start_us);
  sql.bind(3, document.in_progress ? 1 : 0);
  sql.bind(4, as_integer(document.json.size()));
  sql.bind_bytes(5, compressor_.pack(document.json));
  if (auto done = sql.run(); !done) return done;
  trace.bytes = trace.bytes - old.bytes + document.json.size();
  trace.stale = true;
  return {};
}

Result<void> StoreWriter::update_summary(CachedTrace& trace, WriteOutcome& outcome) {
  if (trace.stale) {
    if (auto done = rebuild(trace); !done) return done;
  }
  TraceChange change{trace.state.id(), trace.state.summary_json(++revision_),
                     trace.state.searchable()};
  Statement& sql = sql_.put_trace;
  sql.bind(1, trace.key);
  sql.bind_bytes(2, change.id.bytes());
  sql.bind(3, trace.state.start_us());
  sql.bind(4, as_integer(revision_));
  sql.bind(5, as_integer(trace.documents));
  sql.bind(6, as_integer(trace.bytes));
  sql.bind_text(7, change.summary);
  sql.bind_text(8, change.searchable);
  if (auto done = sql.run(); !done) return done;
  if (!trace.stored) ++status_.traces;
  trace.stored = true;
  trace.changed = false;
  outcome.changes.push_back(std::move(change));
  if (trace.unmapped) return {};
  auto record = std::make_shared<const TraceRecord>(trace.graph.record(trace.state.tenant()));
  outcome.records.push_back({std::move(trace.counted), record});
  trace.counted = std::move(record);
  return {};
}

Result<void> StoreWriter::rebuild(CachedTrace& trace) {
  trace.graph = TraceGraph(trace.state.id());
  trace.state = TraceState(trace.state.id());
  Statement& sql = sql_.trace_documents;
  sql.bind(1, trace.key);
  while (sql.step()) {
    scratch_.clear();
    const auto bytes = static_cast<std::size_t>(sql.integer(0));
    if (!unpack(sql.bytes(1), bytes, scratch_)) continue;
    auto parsed = parser_.parse(scratch_);
    if (const Document* document = std::get_if<Document>(&parsed)) fold(trace, *document);
  }
  trace.stale = false;
  return sql.finish();
}

Result<void> StoreWriter::evict_beyond_limit() {
  if (auto done = measure(); !done) return done;
  while (status_.bytes > max_bytes_) {
    const auto more = evict_some();
    if (!more) return unexpected(more.error());
    if (auto done = measure(); !done) return done;
    if (!*more) return {};
  }
  return {};
}

// The traces that arrived first, whatever start times they claim; false when none was left.
Result<bool> StoreWriter::evict_some() {
  std::int64_t last = 0;
  sql_.oldest.bind(1, kEvictedAtOnce);
  while (sql_.oldest.step()) {
    last = sql_.oldest.integer(0);
    if (const auto id = TraceId::from_bytes(sql_.oldest.bytes(1))) {
      cache_.erase(*id);
      evicted_.add(*id);
    }
    status_.segments -= static_cast<std::uint64_t>(sql_.oldest.integer(2));
    --status_.traces;
    ++status_.evicted_traces;
  }
  if (auto done = sql_.oldest.finish(); !done) return unexpected(done.error());
  for (Statement* sql : {&sql_.evict_segments, &sql_.evict_traces}) {
    sql->bind(1, last);
    if (auto done = sql->run(); !done) return unexpected(done.error());
  }
  return last != 0;
}

Result<void> StoreWriter::measure() {
  std::uint64_t counts[2] = {0, 0};
  Statement* const statements[] = {&sql_.pages, &sql_.free_pages};
  for (std::size_t i = 0; i < 2; ++i) {
    if (statements[i]->step()) counts[i] = static_cast<std::uint64_t>(statements[i]->integer(0));
    if (auto done = statements[i]->finish(); !done) return done;
  }
  status_.bytes = (counts[0] - counts[1]) * page_bytes_;
  return {};
}

Result<void> StoreWriter::clear() {
  forget_batch();
  auto done = database_->run("BEGIN IMMEDIATE; DELETE FROM segment; DELETE FROM trace; COMMIT;");
  if (!done) {
    (void)database_->run("ROLLBACK");
    return done;
  }
  status_.traces = status_.segments = 0;
  evicted_.clear();
  return measure();
}

void StoreWriter::forget_batch() {
  cache_.clear();
  touched_.clear();
}

}  // namespace aloft::console
