// SPDX-License-Identifier: Apache-2.0
// The other side of the queue: drains it, reads blocks into records, calls the exporter, counts.
//
// One thread (or the caller of `poll`) does a *round*: take everything pushed, keep blocks whose
// children are still open aside ("lingering"), export the rest in batches, free their chunks. An
// idle backend wakes every `flush_interval`; when a round finds much it comes back sooner, so that
// a busy service needs no wake-up from its request threads (one costs 8 to 66 us). After five
// rounds that found nothing it *dozes*: it wakes once a second (or each `flush_interval`, when that
// is longer), and each block that is handed over until it has woken wakes it. Who makes a trace a
// second never pays for that. A notification takes no mutex, so that one may come just before the
// wait that it should end: then the next block wakes, or the second makes it good.
#pragma once

#include <aloft/core/clock.hpp>

#include "telemetry/open_roots.hpp"
#include "telemetry/pipeline.hpp"
#include "telemetry/record_reader.hpp"
#include "telemetry/tail.hpp"

#include <pthread.h>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace detail {

/// A batch is what an exporter sees at once; more gains nothing on a datagram wire.
inline constexpr std::size_t kTracesPerBatch = 64;

class Backend {
 public:
  explicit Backend(Pipeline& pipeline);
  ~Backend();
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  /// @error resource_exhausted  the system gave no thread.
  Result<void> start_thread();
  /// Stops the thread after a last round; false when that has not ended by the deadline, and the
  /// thread was left to itself. Comes to an end whoever calls: an exporter that exits, a signal
  /// handler that interrupted a flush.
  /// @param interrupted  a call may be standing still below the caller: in a mutex, in a condition.
  bool stop(Deadline deadline, bool interrupted) noexcept;
  /// Of a thread that was left to itself: true when it has ended, and is gone then.
  bool join_if_finished() noexcept;
  /// The same, however long it takes.
  void join() noexcept;
  /// Asks for a round and waits for it; true when it was done in time.
  bool flush(Deadline deadline) noexcept;
  /// One round now, on this thread.
  void round() noexcept;
  /// From a producer: much is waiting.
  void wake() noexcept {
    high_water_.store(true, std::memory_order_relaxed);
    wakeup_.notify_one();
  }

  /// From a producer, after it has pushed: true when it has to wake a dozing backend. For each one
  /// until the backend is awake, since a single notification may not be heard.
  bool rouses() noexcept { return dozing_.load(std::memory_order_seq_cst); }

  /// Around a fork: no round is running while the process is copied, unless that takes too long.
  /// In the child the thread is gone; false when the copy cannot be used.
  void before_fork(SteadyTime give_up) noexcept;
  void after_fork_in_parent() noexcept;
  bool after_fork_in_child() noexcept;
  /// Starts a thread where a fork took the old one. Called by request threads; cheap when there is
  /// nothing to do.
  void revive() noexcept {
    if ((duties_.load(std::memory_order_relaxed) & kThreadLost) != 0) [[unlikely]]
      revive_slowly();
  }
  /// From the request thread that has made a block and named its root: the same, and roots that may
  /// be told of while they are open are watched. One look for both.
  void begun(Block& block) noexcept {
    if (duties_.load(std::memory_order_relaxed) != 0) [[unlikely]]
      attend(block);
  }

 private:
  /// A round that also sends what has ended of the traces whose children are still open.
  void last_round() noexcept;
  void round_locked() noexcept;
  void last_round_locked() noexcept;
  /// Sends the rest on the caller's thread; false when somebody is in a round by the deadline.
  bool last_round_here(SteadyTime give_up) noexcept;
  bool ask_to_stop(Deadline deadline) noexcept;
  /// Without our mutex and conditions: the thread sees it when its interval ends. Not waited for
  /// when it dozes with nothing to send: that would be a second for nothing.
  bool ask_quietly_to_stop(Deadline deadline) noexcept;
  void run() noexcept;
  /// When the thread looks next if nobody calls.
  SteadyTime next_look() noexcept;
  void revive_slowly() noexcept;
  void attend(Block& block) noexcept;
  /// @return how many chunks the pushed blocks hold.
  std::size_t sort_out(Block* newest) noexcept;
  void settle_lingering(SteadyTime now) noexcept;
  /// Tells of roots that are open for long.
  void tell_of_open(SteadyTime now) noexcept;
  void export_ready() noexcept;
  void export_some(std::size_t begin, std::size_t end) noexcept;
  void tell_sampler(Block& block) noexcept;
  /// False, and its spans are counted, for a trace that is not to be sent after all.
  bool keep(Block& block) noexcept;
  void adapt(std::size_t chunks) noexcept;

  struct Lingering {
    Block* block;
    SteadyTime give_up;
    bool reported;  // its root has been sent
  };
  struct Ready {
    Block* block;
    bool whole;  // no span is open: free it afterwards
  };

  Pipeline& pipeline_;
  RecordReader reader_;
  Tail tail_;
  std::vector<Ready> ready_;
  std::vector<Lingering> lingering_;
  OpenRoots open_roots_;
  std::mutex round_mutex_;  // rounds never overlap
  bool quiet_ = false;      // across a fork: no round was running
  bool held_ = false;       // across a fork: mutex_ is ours

  std::mutex mutex_;
  std::condition_variable wakeup_;
  std::condition_variable done_;
  std::uint64_t requested_ = 0;
  std::uint64_t completed_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> finished_{false};
  std::atomic<bool> caller_sends_{false};  // the last round is not the thread's
  // Written by rounds, also those of a fork's child or a manual caller; read by the thread.
  std::atomic<Nanoseconds> interval_;
  std::atomic<std::uint32_t> empty_rounds_{0};  // in a row
  std::atomic<bool> high_water_{false};
  std::atomic<bool> dozing_{false};
  /// What request threads may have to do when they begin a block.
  enum Duty : std::uint8_t { kThreadLost = 1, kWatch = 2 };
  std::atomic<std::uint8_t> duties_;
  bool watches() const noexcept { return (duties_.load(std::memory_order_relaxed) & kWatch) != 0; }
  std::atomic<bool> has_thread_{false};
  bool broken_ = false;  // the copy of a backend that was in the middle of a round at a fork
  pthread_t thread_{};
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
