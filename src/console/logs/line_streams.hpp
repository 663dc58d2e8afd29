// SPDX-License-Identifier: Apache-2.0
// The live tails of the page: new lines go to every reader whose search they match, on one thread,
// at most four events a second to a reader, 200 lines an event, a comment every fifteen seconds.
// With no reader there is no listener at the store, and the thread sleeps.
//
// Nothing waits for a reader: what one has not read is bounded; beyond, it gets `reset` and reads
// the list again. So does every reader when lines came faster than they could be looked at, or when
// the logs were cleared. `ready` tells a reader that all lines from now on come, and that the list
// can be read.
//
//   LineStreams streams(store, clock);
//   streams.start();
//   streams.subscribe(search, stream_writer);     // GET /api/logs/events
//
// Thread-safety: all of it.
#pragma once

#include "console/logs/line.hpp"
#include "console/logs/line_search.hpp"
#include "console/logs/log_listener.hpp"
#include "console/logs/log_store.hpp"

#include <aloft/core/clock.hpp>
#include <aloft/http/stream.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace aloft::console::logs {

/// Ours: as of the traces' events.
inline constexpr std::size_t kMaxLineReaders = 64;
/// Of the API document.
inline constexpr std::size_t kMaxEventLines = 200;
/// Ours: half of what a stream may hold unsent, so that one event never closes it.
inline constexpr std::size_t kMaxLinesEventBytes = std::size_t{128} << 10U;
/// Ours: two and a half seconds at the highest rate of a stream; a slower reader starts over.
inline constexpr std::size_t kMaxBacklogLines = 2000;
inline constexpr std::size_t kMaxBacklogBytes = std::size_t{2} << 20U;
/// Ours: of longer events a live tail shows the beginning.
inline constexpr std::size_t kMaxLiveBytes = std::size_t{8} << 10U;

class LineStreams {
 public:
  LineStreams(LogStore& store, Clock& clock) : store_(store), clock_(clock) {}
  /// As `stop`.
  ~LineStreams();
  LineStreams(const LineStreams&) = delete;
  LineStreams& operator=(const LineStreams&) = delete;

  void start();
  /// Ends all streams and joins the thread. Idempotent.
  void stop();

  bool has_room() const noexcept { return readers_count_ < kMaxLineReaders; }
  void subscribe(LineSearch search, http::StreamWriter writer);

 private:
  using Line = std::shared_ptr<const std::string>;
  struct Reader {
    LineSearch search;
    http::StreamWriter writer;
    std::deque<Line> backlog{};
    std::size_t bytes = 0;
    bool reset = false;
  };

  void run();
  void wait(std::unique_lock<std::mutex>& lock, SteadyTime comment);
  bool anything_to_send() const;
  void round(std::unique_lock<std::mutex>& lock, bool comments);
  void distribute(std::list<Reader>& readers, const LogListener::Taken& taken);
  void distribute_event(std::list<Reader>& readers, const LogEvent& event, Deadline deadline);
  static void add(Reader& reader, const Line& line);
  static std::size_t send(std::list<Reader>& readers, bool comment);
  static bool send_to(Reader& reader);
  void close_all(std::list<Reader>& readers);

  LogStore& store_;
  Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable wakeup_;
  std::list<Reader> readers_;  // but for those that a round is busy with
  std::atomic<std::size_t> readers_count_{0};
  std::shared_ptr<LogListener> listener_;  // while there are readers
  std::atomic<bool> ready_{false};
  LineWriter lines_{kMaxLiveBytes};
  std::atomic<bool> stopping_{false};  // changes under the lock
  std::thread thread_;
};

}  // namespace aloft::console::logs
