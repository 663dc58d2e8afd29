// SPDX-License-Identifier: Apache-2.0
#include "console/logs/log_store.hpp"

#include "console/logs/log_schema.hpp"
#include "console/logs/log_store_parts.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <limits>
#include <mutex>
#include <utility>

namespace aloft::console::logs {
namespace {

// As the store of traces: readers and the writer of a file work at the same time.
constexpr const char* kFilePragmas =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 8388608;";
constexpr const char* kMemoryPragmas = "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;";

// Groups and streams may take this part of all bytes; the others are left for events.
constexpr std::uint64_t kCatalogPart = 4;

// What went wrong with the file is told of the file of logs.
Error of_logs(Error error) {
  error.message = "the store of logs: " + error.message;
  return error;
}

}  // namespace

std::optional<ScanCursor> ScanCursor::parse(std::string_view text) noexcept {
  const auto id = text::parse_decimal(text);
  if (!id || *id > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return std::nullopt;
  }
  return ScanCursor{*id};
}

std::string ScanCursor::text() const { return std::to_string(id); }

LogStore::LogStore(std::unique_ptr<Parts> parts) noexcept : parts_(std::move(parts)) {}
LogStore::~LogStore() = default;

Result<std::unique_ptr<LogStore>> LogStore::create(const LogStoreOptions& options, Clock& clock) {
  if (options.max_bytes < kMinLogStoreBytes) {
    return fail(ErrorCode::invalid_argument, "--logs-max-bytes is below 1 MiB", "use 1M or more");
  }
  std::unique_ptr<Parts> parts(new Parts{clock, {}, {}, {}, CatalogIndex(options.retention_days)});
  if (auto done = parts->open(options); !done) return unexpected(of_logs(done.error()));
  return std::unique_ptr<LogStore>(new LogStore(std::move(parts)));
}

Result<void> LogStore::Parts::open(const LogStoreOptions& options) {
  const bool in_memory = options.path.empty();
  if (!in_memory) {
    auto opened = StoreFile::open(options.path);
    if (!opened) return unexpected(opened.error());
    file = std::move(*opened);
  }
  auto database = Database::open(in_memory ? ":memory:" : options.path);
  if (!database) return unexpected(database.error());
  writing = std::move(*database);
  if (auto done = prepare_log_schema(writing); !done) return done;
  file.restrict_to_owner();
  if (auto done = writing.run(in_memory ? kMemoryPragmas : kFilePragmas); !done) return done;
  max_catalog_bytes = options.max_bytes / kCatalogPart;
  if (auto done = tables.open(writing, catalog); !done) return done;
  if (auto done = writer.open(writing, catalog, options.max_bytes); !done) return done;
  publish_status();
  if (in_memory) {
    reader_mutex = &mutex;
    return reader.open(writing);
  }
  auto second = Database::open(options.path);
  if (!second) return unexpected(second.error());
  own_reading = std::move(*second);
  if (auto done = own_reading.run("PRAGMA query_only = ON;"); !done) return done;
  return reader.open(own_reading);
}

void LogStore::Parts::publish_status() {
  const std::lock_guard lock(status_mutex);
  status = writer.status();
  status.groups = catalog.groups().size();
  status.streams = catalog.streams();
}

Result<std::optional<ScanCursor>> LogStore::scan(const ScanOptions& options, const Visit& visit,
                                                 Deadline deadline) {
  Parts& parts = *parts_;
  const ScanPlan plan = [&] {
    const std::lock_guard lock(parts.mutex);
    return parts.catalog.plan(options, parts.now_ms());
  }();
  if (plan.streams.empty()) return std::optional<ScanCursor>();
  ScanRange range = parts.range_of(options, plan);
  EventSlice slice;
  while (range.low <= range.high) {
    {
      const std::lock_guard lock(*parts.reader_mutex);
      auto done = parts.reader.read(plan, range, options.columns, slice);
      if (!done) return unexpected(done.error());
    }
    for (std::size_t i = 0; i < slice.rows.size(); ++i) {
      const LogEvent event = slice.event(i);
      if (visit(event)) continue;
      return std::optional(ScanCursor{options.newest_first ? event.id + 1 : event.id - 1});
    }
    if (slice.at_end) break;
    (options.newest_first ? range.high : range.low) =
        options.newest_first ? slice.last_key - 1 : slice.last_key + 1;
    if (deadline.passed(parts.clock.steady_now())) {
      return std::optional(ScanCursor{static_cast<std::uint64_t>(slice.last_key)});
    }
  }
  return std::optional<ScanCursor>();
}

ScanRange LogStore::Parts::range_of(const ScanOptions& options, const ScanPlan& plan) const {
  ScanRange range;
  range.newest_first = options.newest_first;
  range.low = first_key(std::clamp<std::int64_t>(options.from_ms, 0, kMaxTimestampMs));
  range.high = options.to_ms < 0 ? -1 : last_key(std::min(options.to_ms, kMaxTimestampMs));
  if (options.from_ms > kMaxTimestampMs) range.high = -1;
  if (options.after) {
    const auto id = static_cast<std::int64_t>(
        std::min<std::uint64_t>(options.after->id, std::numeric_limits<std::int64_t>::max() - 1));
    if (options.newest_first) {
      range.high = std::min(range.high, id - 1);
    } else {
      range.low = std::max(range.low, id + 1);
    }
  }
  if (plan.streams.size() == 1) range.stream = plan.streams.begin()->first;
  return range;
}

Result<std::optional<StoredEvent>> LogStore::find(std::uint64_t id) {
  if (id == 0 || id >= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return std::optional<StoredEvent>();
  }
  const std::int64_t at = timestamp_of(static_cast<std::int64_t>(id));
  std::optional<StoredEvent> found;
  auto done = scan(
      {.from_ms = at, .to_ms = at, .after = ScanCursor{id - 1}},
      [&](const LogEvent& event) {
        if (event.id == id) found = StoredEvent::of(event);
        return false;
      },
      Deadline::never());
  if (!done) return unexpected(done.error());
  return found;
}

Result<void> LogStore::put(const StreamName& name, std::span<const IncomingEvent> events) {
  Parts& parts = *parts_;
  const auto listeners = parts.listening();
  LogBatch copy;
  const std::lock_guard lock(parts.mutex);
  if (parts.catalog.find(name.group) == nullptr) return no_group();
  StreamEntry* stream = parts.catalog.find(name);
  if (stream == nullptr) return no_stream();
  auto done =
      parts.writer.put(*stream, {events, parts.now_ms(), listeners.empty() ? nullptr : &copy});
  parts.publish_status();
  // Told under the lock, so that every listener hears of batches in the order of their arrival.
  if (done && !copy.empty()) parts.tell(listeners, std::move(copy));
  return done;
}

std::vector<std::shared_ptr<LogListener>> LogStore::Parts::listening() {
  std::vector<std::shared_ptr<LogListener>> alive;
  const std::lock_guard lock(listeners_mutex);
  for (const auto& weak : listeners) {
    if (auto listener = weak.lock()) alive.push_back(std::move(listener));
  }
  return alive;
}

void LogStore::Parts::tell(const std::vector<std::shared_ptr<LogListener>>& to, LogBatch batch) {
  std::size_t bytes = 0;
  for (const StoredEvent& event : batch) bytes += event.message.size();
  const auto shared = std::make_shared<const LogBatch>(std::move(batch));
  for (const auto& listener : to) listener->add(shared, bytes);
}

void LogStore::Parts::tell_reset() {
  for (const auto& listener : listening()) listener->add_reset();
}

std::shared_ptr<LogListener> LogStore::listen(ListenOptions options) {
  auto listener = std::make_shared<LogListener>(std::move(options));
  const std::lock_guard lock(parts_->listeners_mutex);
  auto& listeners = parts_->listeners;
  listeners.erase(std::remove_if(listeners.begin(), listeners.end(),
                                 [](const auto& weak) { return weak.expired(); }),
                  listeners.end());
  if (listeners.size() >= kMaxListeners) return nullptr;
  listeners.push_back(listener);
  return listener;
}

Result<void> LogStore::clear() {
  const std::lock_guard lock(parts_->mutex);
  auto done = parts_->writer.clear();
  parts_->publish_status();
  if (done) parts_->tell_reset();
  return done;
}

LogStoreStatus LogStore::status() const {
  const std::lock_guard lock(parts_->status_mutex);
  return parts_->status;
}

}  // namespace aloft::console::logs
