// SPDX-License-Identifier: Apache-2.0
#include "console/store.hpp"

#include <utility>

namespace aloft::console {
namespace {

// The write-ahead log lets readers and the writer work at the same time; NORMAL syncs at
// checkpoints only: a crash of the machine may lose the last moments, never damage the file. The
// log is cut back to 8 MiB after a burst.
constexpr const char* kFilePragmas =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 8388608;";
// The journal is needed even in memory: a batch that fails is rolled back.
constexpr const char* kMemoryPragmas = "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;";

}  // namespace

Result<std::unique_ptr<Store>> Store::create(const StoreOptions& options, Clock& clock) {
  if (options.max_bytes < kMinStoreBytes) {
    return fail(ErrorCode::invalid_argument, "--max-bytes is below 1 MiB", "use 1M or more");
  }
  std::unique_ptr<Store> store(new Store(clock));
  if (auto done = store->open(options); !done) return unexpected(done.error());
  return store;
}

Result<void> Store::open(const StoreOptions& options) {
  const bool in_memory = options.path.empty();
  if (!in_memory) {
    auto file = StoreFile::open(options.path);
    if (!file) return unexpected(file.error());
    file_ = std::move(*file);
  }
  auto writing = Database::open(in_memory ? ":memory:" : options.path);
  if (!writing) return unexpected(writing.error());
  writing_ = std::move(*writing);
  if (auto done = prepare_schema(writing_); !done) return done;
  file_.restrict_to_owner();
  if (auto done = writing_.run(in_memory ? kMemoryPragmas : kFilePragmas); !done) return done;
  if (auto done = writer_.open(writing_, options.max_bytes); !done) return done;
  publish_status();
  if (in_memory) {
    reader_mutex_ = &writer_mutex_;
    return reader_.open(writing_);
  }
  auto reading = Database::open(options.path);
  if (!reading) return unexpected(reading.error());
  own_reading_ = std::move(*reading);
  if (auto done = own_reading_.run("PRAGMA query_only = ON;"); !done) return done;
  return reader_.open(own_reading_);
}

WriteOutcome Store::write(std::span<const Document> batch) {
  const std::lock_guard lock(writer_mutex_);
  WriteOutcome outcome = writer_.write(batch);
  publish_status();
  return outcome;
}

Result<void> Store::clear() {
  const std::lock_guard lock(writer_mutex_);
  auto done = writer_.clear();
  publish_status();
  return done;
}

Result<TracePage> Store::list(const Query& query, const ListOptions& options, Deadline deadline) {
  TracePage page;
  page.next = options.before;
  do {
    const std::lock_guard lock(*reader_mutex_);
    if (auto done = reader_.read_slice(query, options.limit, page); !done) {
      return unexpected(done.error());
    }
  } while (page.next && page.summaries.size() < options.limit &&
           !deadline.passed(clock_.steady_now()));
  return page;
}

Result<std::vector<RangeRow>> Store::range(const RangeOptions& options) {
  const std::lock_guard lock(*reader_mutex_);
  return reader_.read_range(options);
}

Result<std::optional<TraceDetail>> Store::find(const TraceId& id) {
  auto found = [&] {
    const std::lock_guard lock(*reader_mutex_);
    return reader_.find(id);
  }();
  if (!found) return unexpected(found.error());
  if (!*found) return std::optional<TraceDetail>();
  return std::optional(TraceDetail::unpacked(std::move(**found)));
}

StoreStatus Store::status() const {
  const std::lock_guard lock(status_mutex_);
  return status_;
}

void Store::publish_status() {
  const std::lock_guard lock(status_mutex_);
  status_ = writer_.status();
}

}  // namespace aloft::console
