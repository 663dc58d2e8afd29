// SPDX-License-Identifier: Apache-2.0
// Queries of Logs Insights that run beside their callers, as StartQuery starts them: one after the
// other, on one thread, which begins with the first query and sleeps between them.
//
//   QueryRunner runner(store, clock);
//   auto id = runner.start({.text = …, .query = …, .scan = …, .window = …});
//   auto state = runner.find(*id);                  // running, then complete
//
// Bounded: 30 queries wait or run, a hundred are remembered, their rows within 64 MiB (the oldest
// go first), and a query runs for a minute.
//
// Thread-safety: all of it.
#pragma once

#include "console/logs/insights/execution.hpp"
#include "console/logs/log_store.hpp"

#include <aloft/core/clock.hpp>
#include <aloft/core/result.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace aloft::console::logs {

/// Source: "CloudWatch Logs quotas" (concurrent queries: 30 at first, 100 now), read 2026-11; ours
/// is the smaller.
inline constexpr std::size_t kMaxActiveQueries = 30;
/// Ours.
inline constexpr std::size_t kMaxRememberedQueries = 100;
inline constexpr std::size_t kMaxResultBytes = std::size_t{64} << 20U;

enum class QueryState : std::uint8_t { scheduled, running, complete, failed, cancelled, timeout };
/// As the service writes it, e.g. "Complete".
std::string_view to_string(QueryState state) noexcept;
std::optional<QueryState> parse_query_state(std::string_view text) noexcept;

struct QueryTask {
  std::string text;
  std::shared_ptr<const insights::Query> query;
  ScanOptions scan;
  insights::Window window;
};

/// A query as it is known to whoever asks.
struct QueryInfo {
  std::string id;
  std::string text;
  std::vector<std::string> groups;
  std::int64_t created_ms = 0;
  std::int64_t duration_ms = 0;
  QueryState state = QueryState::scheduled;
  insights::Statistics statistics;
  std::shared_ptr<const insights::Results> results;  ///< of a complete one
};

/// Runs a query to its end on the caller's thread.
/// @error resource_exhausted  it would have kept too much.
/// @error deadline_exceeded   it was not at its end in time.
/// @error unavailable         the store failed.
Result<insights::Results> run_query(LogStore& store, const QueryTask& task, const Clock& clock,
                                    Deadline deadline, insights::Statistics& statistics);

class QueryRunner {
 public:
  QueryRunner(LogStore& store, Clock& clock) : store_(store), clock_(clock) {}
  /// As `stop`.
  ~QueryRunner();
  QueryRunner(const QueryRunner&) = delete;
  QueryRunner& operator=(const QueryRunner&) = delete;

  /// Cancels what runs and joins the thread; nothing starts after it. Idempotent.
  void stop();

  /// @return its id. @error resource_exhausted  30 run or wait.
  Result<std::string> start(QueryTask task);
  std::optional<QueryInfo> find(std::string_view id) const;
  /// Newest first.
  std::vector<QueryInfo> list() const;
  /// False when it is unknown, or at its end.
  bool cancel(std::string_view id);

 private:
  struct Entry {
    QueryInfo info;
    QueryTask task;
    std::size_t bytes = 0;
    std::atomic<bool> cancelled{false};
  };

  void run();
  void run_one(std::unique_lock<std::mutex>& lock, const std::shared_ptr<Entry>& entry);
  void settle(Entry& entry, Result<insights::Results> results);
  void forget();
  std::shared_ptr<Entry> next_scheduled() const;
  std::size_t active() const;

  LogStore& store_;
  Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable wakeup_;
  std::list<std::shared_ptr<Entry>> entries_;  // oldest first
  std::uint64_t count_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace aloft::console::logs
