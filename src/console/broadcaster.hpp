// SPDX-License-Identifier: Apache-2.0
// Tells every open page what has changed, on one thread: at most four events a second to a reader,
// the status (and the overview, to readers who asked) every two seconds, a comment every fifteen.
// With no reader the thread sleeps and publishing costs one look at an atomic.
//
// Nothing waits for a reader: what one has not read is bounded by its backlog, then by the stream
// (which closes); the page then reads the list again.
//
//   broadcaster.publish(changes);                    // the intake
//   broadcaster.subscribe(query, stream_writer);     // GET /api/events
//
// Thread-safety: all of it.
#pragma once

#include "console/backlog.hpp"
#include "console/search.hpp"
#include "console/store.hpp"
#include "console/xray/filter.hpp"

#include <aloft/core/clock.hpp>
#include <aloft/http/stream.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace aloft::console {

/// Ours: more pages than one person has open; each may hold some megabytes.
inline constexpr std::size_t kMaxReaders = 64;

/// Called by the broadcaster's thread.
struct EventSources {
  std::function<std::string()> status;  ///< JSON, every two seconds; so the next
  std::function<std::string()> overview;
  /// A trace as it is now, with its spans, for readers with a filter; nothing when it is gone.
  std::function<std::optional<xray::TraceFold>(const TraceId&)> fold;
};

/// What a reader asks for.
struct Subscription {
  Query query;
  bool overview = false;
  xray::Filter filter;  ///< unless empty, it decides instead of the query
};

class Broadcaster {
 public:
  Broadcaster(Clock& clock, EventSources sources);
  /// As `stop`.
  ~Broadcaster();
  Broadcaster(const Broadcaster&) = delete;
  Broadcaster& operator=(const Broadcaster&) = delete;

  void start();
  /// Ends all streams and joins the thread. Idempotent.
  void stop();

  /// False when there are `kMaxReaders` already.
  bool has_room() const noexcept { return readers_count_ < kMaxReaders; }
  void subscribe(Subscription wanted, http::StreamWriter writer);
  void publish(std::vector<TraceChange> changes);
  /// Everything was forgotten.
  void publish_reset();

 private:
  struct Reader {
    Subscription wanted;
    http::StreamWriter writer;
    Backlog backlog;
    bool reset = false;
  };
  struct Due {
    SteadyTime status;
    SteadyTime comment;
  };

  void run();
  void wait(std::unique_lock<std::mutex>& lock, const Due& due);
  struct Verdicts {
    const Reader* reader = nullptr;
    xray::Filter filter;
    std::vector<bool> matches;  // of each change
  };
  struct Batch {
    std::vector<Backlog::Item> changes;
    std::vector<Verdicts> verdicts;
  };
  Batch take_batch(std::unique_lock<std::mutex>& lock);
  void distribute(const Batch& batch);
  void distribute_to(Reader& reader, const Batch& batch);
  struct Periodic {
    std::string status;  // whole events; empty: not due
    std::string overview;
  };
  Periodic make_periodic(bool overview) const;
  bool wants_overview() const;
  void send(Due& due, SteadyTime now, const Periodic& periodic);
  bool send_to(Reader& reader);
  bool anything_to_send() const;

  Clock& clock_;
  EventSources sources_;
  std::atomic<std::size_t> readers_count_{0};
  std::mutex mutex_;
  std::condition_variable wakeup_;
  std::list<Reader> readers_;
  std::vector<Backlog::Item> published_;
  bool overflowed_ = false;  // more was published than could be kept
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace aloft::console
