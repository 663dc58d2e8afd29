// SPDX-License-Identifier: Apache-2.0
#include "console/logs/line_streams.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace aloft::console::logs {
namespace {

// Of the API document.
constexpr auto kEventInterval = std::chrono::milliseconds(250);
// How long lines are looked at; who has not seen all by then reads the list again.
constexpr auto kRoundTimeout = std::chrono::seconds(1);
constexpr auto kCommentInterval = std::chrono::seconds(15);
constexpr const char* kReady = "event: ready\ndata: {}\n\n";
constexpr const char* kReset = "event: reset\ndata: {}\n\n";
// The page comes back a second after a broken connection.
constexpr const char* kGreeting = "retry: 1000\n\n";

}  // namespace

LineStreams::~LineStreams() { stop(); }

void LineStreams::start() {
  thread_ = std::thread([this] { run(); });
}

void LineStreams::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    close_all(readers_);
    listener_ = nullptr;
  }
  wakeup_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void LineStreams::subscribe(LineSearch search, http::StreamWriter writer) {
  writer.write(kGreeting);
  {
    const std::lock_guard lock(mutex_);
    if (!listener_ && !stopping_) {
      ready_ = false;
      listener_ = store_.listen({.on_ready = [this] {
        if (!ready_.exchange(true)) wakeup_.notify_one();
      }});
    }
    if (stopping_ || !listener_ || !has_room()) {
      writer.close();
      return;
    }
    readers_.push_back({std::move(search), std::move(writer)});
    ++readers_count_;
    // Behind the list as the page reads it now, nothing is missed.
    readers_.back().writer.write(kReady);
  }
  wakeup_.notify_one();
}

void LineStreams::run() {
  std::unique_lock lock(mutex_);
  SteadyTime comment = clock_.steady_now() + kCommentInterval;
  while (!stopping_) {
    wait(lock, comment);
    if (stopping_) return;
    const SteadyTime now = clock_.steady_now();
    const bool comments = now >= comment;
    round(lock, comments);
    if (stopping_) return;
    if (comments) comment = now + kCommentInterval;
    // No reader gets more than four events a second, however often we are woken.
    const SteadyTime next = now + kEventInterval;
    while (!stopping_ && clock_.steady_now() < next) clock_.wait_until(lock, wakeup_, next);
  }
}

// Matches and writes without the lock: who subscribes, or stops, does not wait for patterns. What
// is taken before is older than a reader that comes meanwhile.
void LineStreams::round(std::unique_lock<std::mutex>& lock, bool comments) {
  ready_ = false;
  LogListener::Taken taken;
  if (listener_) taken = listener_->take();
  std::list<Reader> readers = std::exchange(readers_, {});
  lock.unlock();
  distribute(readers, taken);
  const std::size_t gone = send(readers, comments);
  lock.lock();
  readers_count_ -= gone;
  if (stopping_) {
    close_all(readers);
    return;
  }
  readers_.splice(readers_.begin(), readers);
  if (readers_.empty()) listener_ = nullptr;
}

// The store says that it has lines without our lock, so a notice may come just before we sleep:
// with readers, none is missed for longer than a second.
void LineStreams::wait(std::unique_lock<std::mutex>& lock, SteadyTime comment) {
  while (!stopping_ && !anything_to_send()) {
    const SteadyTime now = clock_.steady_now();
    const SteadyTime until =
        readers_.empty() ? (SteadyTime::max)() : std::min(comment, now + std::chrono::seconds(1));
    if (until <= now) return;
    clock_.wait_until(lock, wakeup_, until);
    if (!readers_.empty() && clock_.steady_now() >= comment) return;
  }
}

bool LineStreams::anything_to_send() const {
  if (readers_.empty()) return false;
  return ready_ || std::any_of(readers_.begin(), readers_.end(), [](const Reader& reader) {
           return reader.reset || !reader.backlog.empty();
         });
}

void LineStreams::distribute(std::list<Reader>& readers, const LogListener::Taken& taken) {
  if (taken.reset || taken.lost > 0) {
    for (Reader& reader : readers) reader.reset = true;
  }
  const Deadline deadline = Deadline::after(clock_, kRoundTimeout);
  for (const auto& batch : taken.batches) {
    for (const StoredEvent& event : *batch) distribute_event(readers, event.view(), deadline);
  }
  for (Reader& reader : readers) {
    if (!reader.reset) continue;
    reader.backlog.clear();
    reader.bytes = 0;
  }
}

void LineStreams::distribute_event(std::list<Reader>& readers, const LogEvent& event,
                                   Deadline deadline) {
  Line line;  // made for the first reader who wants it
  for (Reader& reader : readers) {
    if (reader.reset) continue;
    reader.reset = stopping_ || deadline.passed(clock_.steady_now());
    if (reader.reset || !reader.search.matches(event)) continue;
    if (!line) line = std::make_shared<const std::string>(lines_.json(event));
    add(reader, line);
  }
}

void LineStreams::add(Reader& reader, const Line& line) {
  reader.bytes += line->size();
  reader.backlog.push_back(line);
  if (reader.backlog.size() > kMaxBacklogLines || reader.bytes > kMaxBacklogBytes) {
    reader.reset = true;
  }
}

std::size_t LineStreams::send(std::list<Reader>& readers, bool comment) {
  const std::size_t before = readers.size();
  readers.remove_if([comment](Reader& reader) {
    return !send_to(reader) || (comment && !reader.writer.write(": alive\n\n"));
  });
  return before - readers.size();
}

void LineStreams::close_all(std::list<Reader>& readers) {
  for (Reader& reader : readers) reader.writer.close();
  readers_count_ -= readers.size();
  readers.clear();
}

bool LineStreams::send_to(Reader& reader) {
  if (!reader.writer.open()) return false;
  if (std::exchange(reader.reset, false)) return reader.writer.write(kReset);
  if (reader.backlog.empty()) return true;
  std::string out = "event: lines\ndata: {\"lines\":[";
  for (std::size_t count = 0; count < kMaxEventLines && !reader.backlog.empty(); ++count) {
    const Line& line = reader.backlog.front();
    if (count != 0 && out.size() + line->size() > kMaxLinesEventBytes) break;
    if (count != 0) out += ',';
    out += *line;
    reader.bytes -= line->size();
    reader.backlog.pop_front();
  }
  return reader.writer.write(out + "]}\n\n");
}

}  // namespace aloft::console::logs
