// SPDX-License-Identifier: Apache-2.0
#include "console/logs/query_runner.hpp"

#include "console/logs/store_operations.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <utility>

namespace aloft::console::logs {
namespace {

constexpr auto kQueryTimeout = std::chrono::minutes(1);
// How long it looks before it asks whether it shall stop.
constexpr auto kSlice = std::chrono::milliseconds(100);

constexpr std::array<std::pair<QueryState, std::string_view>, 6> kStates = {{
    {QueryState::scheduled, "Scheduled"},
    {QueryState::running, "Running"},
    {QueryState::complete, "Complete"},
    {QueryState::failed, "Failed"},
    {QueryState::cancelled, "Cancelled"},
    {QueryState::timeout, "Timeout"},
}};

bool is_active(QueryState state) noexcept {
  return state == QueryState::scheduled || state == QueryState::running;
}

// As the service writes ids; the number tells one from another, the second one run from the next.
std::string query_id(std::int64_t created_ms, std::uint64_t number) {
  std::array<char, 16> second{};
  std::array<char, 16> digits{};
  text::write_hex(static_cast<std::uint64_t>(created_ms / 1000), second.data());
  text::write_hex(number, digits.data());
  return std::string(second.data() + 8, 8) + "-0000-4000-8000-" +
         std::string(digits.data() + 4, 12);
}

std::size_t bytes_of(const insights::Results& results) {
  std::size_t sum = 0;
  for (const insights::ResultRow& row : results.rows) {
    sum += sizeof row + row.ptr.capacity();
    for (const insights::Value& cell : row.cells) sum += cell.bytes();
  }
  return sum;
}

// Who waits for a query: it tells how far it is, and may be stopped.
struct Watch {
  std::function<void(const insights::Statistics&)> tell;
  const std::atomic<bool>* stopped = nullptr;
};

// Scans in slices, and tells how far it is between them.
Result<insights::Results> run_in_slices(LogStore& store, const QueryTask& task, const Clock& clock,
                                        Deadline deadline, const Watch& watch) {
  const auto stopped = [&] { return watch.stopped != nullptr && *watch.stopped; };
  const auto late = [&] { return deadline.passed(clock.steady_now()); };
  insights::Window window = task.window;
  window.goes_on = [&] { return !stopped() && !late(); };
  insights::Execution execution(task.query, window);
  ScanOptions options = task.scan;
  options.newest_first = true;
  bool enough = false;
  do {
    const Deadline slice{std::min(deadline.at, Deadline::after(clock, kSlice).at)};
    auto next = store.scan(
        options,
        [&](const LogEvent& event) {
          // It has taken the event also when it needs no other.
          enough = enough || !execution.add(event);
          return !enough;
        },
        slice);
    if (!next) return unexpected(next.error());
    options.after = *next;
    watch.tell(execution.statistics());
  } while (!enough && options.after && window.goes_on());
  auto results = execution.finish();
  watch.tell(execution.statistics());
  // What was looked at meanwhile was not looked at to its end.
  if (stopped()) return fail(ErrorCode::cancelled, "it was stopped");
  if (late()) {
    return fail(ErrorCode::deadline_exceeded, "the query did not come to its end in time",
                "ask for a shorter time, or for fewer groups");
  }
  return results;
}

}  // namespace

std::string_view to_string(QueryState state) noexcept {
  return kStates[static_cast<std::size_t>(state)].second;
}

std::optional<QueryState> parse_query_state(std::string_view text) noexcept {
  for (const auto& [state, name] : kStates) {
    if (name == text) return state;
  }
  return std::nullopt;
}

Result<insights::Results> run_query(LogStore& store, const QueryTask& task, const Clock& clock,
                                    Deadline deadline, insights::Statistics& statistics) {
  return run_in_slices(store, task, clock, deadline,
                       {[&](const insights::Statistics& now) { statistics = now; }});
}

QueryRunner::~QueryRunner() { stop(); }

void QueryRunner::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& entry : entries_) entry->cancelled = true;
  }
  wakeup_.notify_one();
  if (thread_.joinable()) thread_.join();
}

Result<std::string> QueryRunner::start(QueryTask task) {
  auto entry = std::make_shared<Entry>();
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return fail(ErrorCode::cancelled, "The console is shutting down.");
    if (active() >= kMaxActiveQueries) {
      return fail(ErrorCode::resource_exhausted,
                  "The query failed due to too many queries running or waiting: 30.");
    }
    entry->info.created_ms = now_ms(clock_);
    entry->info.id = query_id(entry->info.created_ms, ++count_);
    entry->info.text = task.text;
    entry->info.groups = task.scan.groups;
    entry->task = std::move(task);
    entries_.push_back(entry);
    forget();
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  wakeup_.notify_one();
  return entry->info.id;
}

std::optional<QueryInfo> QueryRunner::find(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  for (const auto& entry : entries_) {
    if (entry->info.id == id) return entry->info;
  }
  return std::nullopt;
}

std::vector<QueryInfo> QueryRunner::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<QueryInfo> out;
  for (const auto& entry : entries_) out.insert(out.begin(), entry->info);
  return out;
}

bool QueryRunner::cancel(std::string_view id) {
  const std::lock_guard lock(mutex_);
  for (const auto& entry : entries_) {
    if (entry->info.id != id || !is_active(entry->info.state)) continue;
    // One that runs is let go when it has seen it.
    if (entry->info.state == QueryState::scheduled) entry->task = {};
    entry->cancelled = true;
    entry->info.state = QueryState::cancelled;
    return true;
  }
  return false;
}

std::size_t QueryRunner::active() const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(),
                    [](const auto& entry) { return is_active(entry->info.state); }));
}

std::shared_ptr<QueryRunner::Entry> QueryRunner::next_scheduled() const {
  for (const auto& entry : entries_) {
    if (entry->info.state == QueryState::scheduled) return entry;
  }
  return nullptr;
}

void QueryRunner::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (const auto entry = next_scheduled()) {
      run_one(lock, entry);
    } else {
      clock_.wait_until(lock, wakeup_, (SteadyTime::max)());
    }
  }
}

void QueryRunner::run_one(std::unique_lock<std::mutex>& lock, const std::shared_ptr<Entry>& entry) {
  entry->info.state = QueryState::running;
  const SteadyTime began = clock_.steady_now();
  lock.unlock();
  const auto tell = [&](const insights::Statistics& statistics) {
    const std::lock_guard guard(mutex_);
    entry->info.statistics = statistics;
    entry->info.duration_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady_now() - began).count();
  };
  auto results = run_in_slices(store_, entry->task, clock_, Deadline::after(clock_, kQueryTimeout),
                               {tell, &entry->cancelled});
  lock.lock();
  settle(*entry, std::move(results));
}

void QueryRunner::settle(Entry& entry, Result<insights::Results> results) {
  if (entry.cancelled) {
    entry.info.state = QueryState::cancelled;
  } else if (results) {
    entry.info.state = QueryState::complete;
    entry.bytes = bytes_of(*results);
    entry.info.results = std::make_shared<const insights::Results>(std::move(*results));
  } else if (results.error().code == ErrorCode::deadline_exceeded) {
    entry.info.state = QueryState::timeout;
  } else {
    entry.info.state = QueryState::failed;
  }
  // Its regular expressions have caches of megabytes.
  entry.task = {};
  forget();
}

// The oldest that are at their end go, until all are within bounds; the newest stays.
void QueryRunner::forget() {
  std::size_t bytes = 0;
  for (const auto& entry : entries_) bytes += entry->bytes;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const bool too_much = bytes > kMaxResultBytes || entries_.size() > kMaxRememberedQueries;
    const bool last = std::next(entry) == entries_.end();
    if (!too_much || last) return;
    if (is_active((*entry)->info.state)) {
      ++entry;
      continue;
    }
    bytes -= (*entry)->bytes;
    entry = entries_.erase(entry);
  }
}

}  // namespace aloft::console::logs
