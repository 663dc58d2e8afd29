// SPDX-License-Identifier: Apache-2.0
#include "console/broadcaster.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace aloft::console {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Of the API document.
constexpr auto kEventInterval = milliseconds(250);
constexpr auto kStatusInterval = seconds(2);
constexpr auto kCommentInterval = seconds(15);
// Changes kept between two events, for all readers together; beyond, they read the list again.
constexpr std::size_t kMaxPublished = 4096;

// Changes of one event that readers with a filter have judged: 4,000 traces a second, some tens of
// milliseconds of this thread. Beyond, they read the list again.
constexpr std::size_t kMaxJudged = 1024;

constexpr const char* kReset = "event: reset\ndata: {}\n\n";
// The page comes back a second after a broken connection.
constexpr const char* kGreeting = "retry: 1000\n\n";

std::string event(std::string_view name, std::string_view json) {
  std::string out = "event: ";
  out.append(name).append("\ndata: ").append(json).append("\n\n");
  return out;
}

}  // namespace

Broadcaster::Broadcaster(Clock& clock, EventSources sources)
    : clock_(clock), sources_(std::move(sources)) {}

Broadcaster::~Broadcaster() { stop(); }

void Broadcaster::start() {
  thread_ = std::thread([this] { run(); });
}

void Broadcaster::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (Reader& reader : readers_) reader.writer.close();
    readers_.clear();
    readers_count_ = 0;
  }
  wakeup_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Broadcaster::subscribe(Subscription wanted, http::StreamWriter writer) {
  writer.write(kGreeting);
  const Periodic first = make_periodic(wanted.overview);
  writer.write(first.status);
  if (!first.overview.empty()) writer.write(first.overview);
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || readers_.size() >= kMaxReaders) {
      writer.close();
      return;
    }
    if (readers_.empty()) {
      published_.clear();
      overflowed_ = false;
    }
    readers_.push_back({std::move(wanted), std::move(writer), {}, false});
    readers_count_ = readers_.size();
  }
  wakeup_.notify_one();
}

void Broadcaster::publish(std::vector<TraceChange> changes) {
  if (readers_count_ == 0) return;
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = published_.empty() && !overflowed_;
    for (TraceChange& change : changes) {
      if (published_.size() >= kMaxPublished) {
        overflowed_ = true;
        published_.clear();
      }
      if (overflowed_) break;
      published_.push_back(std::make_shared<const TraceChange>(std::move(change)));
    }
  }
  if (first) wakeup_.notify_one();
}

void Broadcaster::publish_reset() {
  if (readers_count_ == 0) return;
  {
    const std::lock_guard lock(mutex_);
    published_.clear();
    overflowed_ = true;
  }
  wakeup_.notify_one();
}

void Broadcaster::run() {
  std::unique_lock lock(mutex_);
  Due due{clock_.steady_now() + kStatusInterval, clock_.steady_now() + kCommentInterval};
  while (!stopping_) {
    wait(lock, due);
    if (stopping_) return;
    const SteadyTime now = clock_.steady_now();
    Periodic periodic;
    if (now >= due.status && !readers_.empty()) {
      const bool overview = wants_overview();
      // Made without the lock: it asks the store and the intake, and the intake publishes here.
      lock.unlock();
      periodic = make_periodic(overview);
      lock.lock();
    }
    const Batch batch = take_batch(lock);
    if (stopping_) return;
    distribute(batch);
    send(due, now, periodic);
    // No reader gets more than four events a second, however often we are woken.
    const SteadyTime next = now + kEventInterval;
    while (!stopping_ && clock_.steady_now() < next) clock_.wait_until(lock, wakeup_, next);
  }
}

void Broadcaster::wait(std::unique_lock<std::mutex>& lock, const Due& due) {
  while (!stopping_ && !anything_to_send()) {
    const SteadyTime until =
        readers_.empty() ? SteadyTime::max() : std::min(due.status, due.comment);
    if (until <= clock_.steady_now()) return;
    clock_.wait_until(lock, wakeup_, until);
  }
}

bool Broadcaster::anything_to_send() const {
  if (readers_.empty()) return false;
  return !published_.empty() || overflowed_ ||
         std::any_of(readers_.begin(), readers_.end(),
                     [](const Reader& reader) { return reader.reset || !reader.backlog.empty(); });
}

// Filters are asked without the lock: a fold asks the store, and the intake, which writes to the
// store, publishes here. Readers that come meanwhile have read, or will read, the list.
Broadcaster::Batch Broadcaster::take_batch(std::unique_lock<std::mutex>& lock) {
  Batch batch{std::exchange(published_, {}), {}};
  for (const Reader& reader : readers_) {
    if (!reader.wanted.filter.empty())
      batch.verdicts.push_back({&reader, reader.wanted.filter, {}});
  }
  if (batch.verdicts.empty() || batch.changes.size() > kMaxJudged) return batch;
  lock.unlock();
  for (const Backlog::Item& change : batch.changes) {
    const auto fold = sources_.fold(change->id);
    for (Verdicts& one : batch.verdicts) one.matches.push_back(fold && one.filter.matches(*fold));
  }
  lock.lock();
  return batch;
}

void Broadcaster::distribute(const Batch& batch) {
  for (Reader& reader : readers_) {
    if (!overflowed_) distribute_to(reader, batch);
    if (overflowed_ || reader.backlog.take_overflow()) reader.reset = true;
    if (reader.reset) reader.backlog.clear();
  }
  if (overflowed_) published_.clear();
  overflowed_ = false;
}

void Broadcaster::distribute_to(Reader& reader, const Batch& batch) {
  if (reader.wanted.filter.empty()) {
    for (const Backlog::Item& change : batch.changes) {
      if (reader.wanted.query.matches(change->searchable)) reader.backlog.add(change);
    }
    return;
  }
  for (const Verdicts& one : batch.verdicts) {
    if (one.reader != &reader) continue;
    if (one.matches.size() < batch.changes.size()) reader.reset = true;  // too many to judge
    for (std::size_t i = 0; i < one.matches.size(); ++i) {
      if (one.matches[i]) reader.backlog.add(batch.changes[i]);
    }
  }
}

bool Broadcaster::wants_overview() const {
  return std::any_of(readers_.begin(), readers_.end(),
                     [](const Reader& reader) { return reader.wanted.overview; });
}

// An overview that is longer than a stream may hold is left out: the page then asks for it.
Broadcaster::Periodic Broadcaster::make_periodic(bool overview) const {
  Periodic out{event("status", sources_.status()), {}};
  if (!overview) return out;
  const std::string json = sources_.overview();
  if (json.size() <= kMaxEventBytes) out.overview = event("overview", json);
  return out;
}

void Broadcaster::send(Due& due, SteadyTime now, const Periodic& periodic) {
  const bool comment = now >= due.comment;
  for (auto reader = readers_.begin(); reader != readers_.end();) {
    bool alive = send_to(*reader);
    if (alive && !periodic.status.empty()) alive = reader->writer.write(periodic.status);
    if (alive && reader->wanted.overview && !periodic.overview.empty()) {
      alive = reader->writer.write(periodic.overview);
    }
    if (alive && comment) alive = reader->writer.write(": alive\n\n");
    reader = alive ? std::next(reader) : readers_.erase(reader);
  }
  readers_count_ = readers_.size();
  if (now >= due.status) due.status = now + kStatusInterval;
  if (comment) due.comment = now + kCommentInterval;
}

bool Broadcaster::send_to(Reader& reader) {
  if (!reader.writer.open()) return false;
  if (std::exchange(reader.reset, false)) return reader.writer.write(kReset);
  if (reader.backlog.empty()) return true;
  return reader.writer.write(
      event("traces", "{\"traces\":[" + reader.backlog.take_summaries() + "]}"));
}

}  // namespace aloft::console
