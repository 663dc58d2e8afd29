// SPDX-License-Identifier: Apache-2.0
// What drives the machine in one process: a thread (or the caller of `poll`) that does rounds. A
// round gives the machine the answers that came, and the wire what the machine wants sent.
//
// `mutex_` guards the machine and is never held while the wire or a disk is at work, so `offer`
// waits for neither. The child of a fork leaves the parent's worker as it is, mutexes locked or
// not, and makes one of its own (`Engine::Core`).
//
// Thread-safety: all calls.
#pragma once

#include <aloft/core/platform.hpp>
#include <aloft/telemetry/delivery/engine_options.hpp>
#include <aloft/telemetry/delivery/wire.hpp>

#include "telemetry/delivery/inbox.hpp"
#include "telemetry/delivery/log_keeper.hpp"
#include "telemetry/delivery/machine.hpp"

#include <pthread.h>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace delivery {

class Worker {
 public:
  /// @param wire  null when the engine has been shut down: everything is dropped.
  /// @param log   null for none.
  Worker(const EngineOptions& options, const Limits& limits, Wire* wire,
         std::unique_ptr<WriteAheadLog> log, Platform platform);
  /// Only where no thread is left.
  ~Worker() = default;
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void offer(std::vector<Record> records) noexcept;
  bool flush(Deadline deadline) noexcept;
  /// Rounds until no answer is left; when the next one is due.
  SteadyTime round() noexcept;
  /// Ends the thread; false when it does not end, and was left to itself.
  bool stop() noexcept;
  /// After the end of the thread and of the wire: the last answers, and what they left.
  void finish() noexcept;

  Accounting accounting() const noexcept { return machine_.books().read(); }
  EngineCounters counters() const;
  EngineHealth health() const;
  std::vector<DeadLetter> take_dead_letters();
  /// What the parent of a fork had in flight, as the first entry of the child's books.
  void inherit(std::uint64_t in_flight) noexcept;
  /// The process it works in, as a fork epoch.
  std::uint32_t process() const noexcept { return process_; }
  /// For the end, one at a time.
  std::mutex& end_mutex() noexcept { return end_mutex_; }
  /// Never destroyed: somebody may still be in it.
  void leave_behind() noexcept;

 private:
  void run() noexcept;
  /// Reports outside of the mutex that there is none: somebody's diagnostics may offer.
  bool start_thread() noexcept;
  bool start_thread_locked() noexcept;
  void give(const Dispatch& dispatch) noexcept;
  bool flush_by_hand(std::uint64_t flush, Deadline deadline) noexcept;
  std::optional<EngineHealth> worsened_health(SteadyTime now);

  const EngineOptions options_;
  Wire* const wire_;
  const Platform platform_;
  const std::uint32_t process_;  // fork epoch
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();

  Worker* left_before_ = nullptr;
  std::mutex end_mutex_;
  std::mutex round_mutex_;  // rounds never overlap
  std::vector<Inbox::Letter> letters_;
  SteadyTime next_report_{SteadyTime::min()};
  EngineHealth::State reported_ = EngineHealth::State::ok;

  mutable std::mutex mutex_;
  std::condition_variable settled_;  // also: the thread has ended
  Machine machine_;
  std::unique_ptr<LogKeeper> log_;  // used by rounds
  std::size_t flushing_ = 0;
  /// Until when the thread sleeps unless it is woken; in the past while it does not.
  SteadyTime sleeps_until_{SteadyTime::min()};
  bool has_thread_ = false;
  bool finished_ = false;
  std::atomic<bool> stopping_{false};
  pthread_t thread_{};
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
