// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery/worker.hpp"

#include "core/blocked_signals.hpp"
#include "core/fork_epoch.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace delivery {
namespace {

/// A wire that stands still in `send`, against its contract, is left behind after this long.
constexpr Nanoseconds kStopPatience = std::chrono::seconds(1);
/// An operator reads no faster, and the machine looks at every record it holds for it.
constexpr Nanoseconds kReportInterval = std::chrono::seconds(1);

/// A deadline that also comes when the clock is one that a test forgot to move: a destructor that
/// waits for it would never end.
class Patience {
 public:
  Patience(const Clock& clock, Deadline deadline) noexcept
      : clock_(clock),
        deadline_(deadline),
        real_(Deadline::after(Clock::system(), deadline.left(clock.steady_now()))) {}
  bool lost() const noexcept {
    return deadline_.passed(clock_.steady_now()) || real_.passed(Clock::system().steady_now());
  }

 private:
  const Clock& clock_;
  Deadline deadline_;
  Deadline real_;
};

ErrorCode code_of(EngineHealth::State state) noexcept {
  return state == EngineHealth::State::failed ? ErrorCode::permission_denied
                                              : ErrorCode::unavailable;
}

}  // namespace

Worker::Worker(const EngineOptions& options, const Limits& limits, Wire* wire,
               std::unique_ptr<WriteAheadLog> log, Platform platform)
    : options_(options),
      wire_(wire),
      platform_(platform),
      process_(detail::fork_epoch()),
      machine_(options_, limits, log != nullptr, platform.random) {
  if (log != nullptr) {
    log_ = std::make_unique<LogKeeper>(std::move(log), options_, machine_,
                                       platform_.clock.steady_now());
    // What it holds is delivered although nothing may ever be offered.
    if (options_.threading == Threading::background) static_cast<void>(start_thread());
  }
  if (wire_ == nullptr) finish();
}

void Worker::offer(std::vector<Record> records) noexcept {
  const TimePoint now = platform_.clock.now();
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    for (Record& record : records) machine_.offer(std::move(record), now);
    if (options_.threading == Threading::manual) return;
    SteadyTime next = machine_.wakes_at(now.steady);
    // A record is in the log, and safe, as soon as the log promises, however long it lingers.
    if (log_ != nullptr) {
      next = machine_.is_crowded() ? now.steady
                                   : std::min(next, now.steady + options_.log->sync_interval);
    }
    wake = has_thread_ && next < sleeps_until_;
    if (wake) sleeps_until_ = next;
    if (has_thread_ && !wake) return;
  }
  wake ? inbox_->wake() : static_cast<void>(start_thread());
}

bool Worker::start_thread() noexcept {
  bool started = false;
  {
    const std::lock_guard lock(mutex_);
    started = start_thread_locked();
    if (started || stopping_) return started;
  }
  platform_.diagnostics.report(ErrorCode::resource_exhausted, options_.name,
                               "the system gave no thread: nothing is delivered until it does; "
                               "raise the limit of threads, or use Threading::manual");
  return false;
}

bool Worker::start_thread_locked() noexcept {
  if (has_thread_ || stopping_) return has_thread_;
  const detail::BlockedSignals blocked;
  const auto enter = [](void* worker) -> void* {
    static_cast<Worker*>(worker)->run();
    return nullptr;
  };
  has_thread_ = pthread_create(&thread_, nullptr, enter, this) == 0;
  return has_thread_;
}

void Worker::run() noexcept {
  while (!stopping_) inbox_->wait_until(platform_.clock, round());
  const std::lock_guard lock(mutex_);
  finished_ = true;
  settled_.notify_all();
}

SteadyTime Worker::round() noexcept {
  const std::lock_guard round(round_mutex_);
  std::unique_lock lock(mutex_);
  sleeps_until_ = SteadyTime::min();
  TimePoint now = platform_.clock.now();
  bool again = true;
  while (again) {
    letters_.clear();
    inbox_->take(letters_);
    for (const Inbox::Letter& letter : letters_) machine_.answered(letter.id, letter.answer, now);
    if (log_ != nullptr) log_->round(lock, now.steady);
    again = !letters_.empty();
    while (const std::optional<Dispatch> dispatch = machine_.next(now)) {
      again = true;  // it may have answered inside of the call
      lock.unlock();
      give(*dispatch);
      lock.lock();
      now = platform_.clock.now();
    }
    again = again && !stopping_;
  }
  std::optional<EngineHealth> worse;
  if (now.steady >= next_report_) worse = worsened_health(now.steady);
  if (flushing_ > 0) settled_.notify_all();
  SteadyTime due = machine_.wakes_at(now.steady);
  if (log_ != nullptr) due = std::min(due, log_->due(now.steady));
  sleeps_until_ = due;
  lock.unlock();
  if (worse) platform_.diagnostics.report(code_of(worse->state), options_.name, worse->sentence);
  return due;
}

void Worker::give(const Dispatch& dispatch) noexcept {
  const Deadline deadline = Deadline::after(platform_.clock, options_.request_timeout);
  Wire::Done done = [inbox = inbox_, id = dispatch.id](Answer answer) {
    inbox->put(id, std::move(answer));
  };
  if (dispatch.create) {
    wire_->create_missing(deadline, std::move(done));
  } else {
    wire_->send(dispatch.records, deadline, std::move(done));
  }
}

std::optional<EngineHealth> Worker::worsened_health(SteadyTime now) {
  next_report_ = now + kReportInterval;
  EngineHealth health = machine_.health(now);
  if (health.state <= std::exchange(reported_, health.state)) return std::nullopt;
  return health;
}

bool Worker::flush(Deadline deadline) noexcept {
  std::unique_lock lock(mutex_);
  const std::uint64_t flush = machine_.begin_flush();
  if (machine_.flushed(flush)) return true;
  const bool by_hand = options_.threading == Threading::manual;
  lock.unlock();
  if (by_hand) return flush_by_hand(flush, deadline);
  if (!start_thread()) return false;
  inbox_->wake();
  lock.lock();
  ++flushing_;
  while (!machine_.flushed(flush) && !finished_ && !deadline.passed(platform_.clock.steady_now())) {
    platform_.clock.wait_until(lock, settled_, deadline.at);
  }
  --flushing_;
  return machine_.flushed(flush);
}

bool Worker::flush_by_hand(std::uint64_t flush, Deadline deadline) noexcept {
  for (const Patience patience(platform_.clock, deadline);;) {
    const SteadyTime next = round();
    {
      const std::lock_guard lock(mutex_);
      if (machine_.flushed(flush)) return true;
    }
    if (stopping_ || patience.lost()) return false;
    inbox_->wait_until(platform_.clock, std::min(next, deadline.at));
  }
}

bool Worker::stop() noexcept {
  stopping_ = true;
  inbox_->wake();
  std::unique_lock lock(mutex_);
  if (!has_thread_) return true;
  Clock& clock = Clock::system();
  const Deadline deadline = Deadline::after(clock, kStopPatience);
  while (!finished_ && !deadline.passed(clock.steady_now())) {
    clock.wait_until(lock, settled_, deadline.at);
  }
  if (!finished_) {
    machine_.refuse();
    return false;
  }
  has_thread_ = false;
  lock.unlock();
  pthread_join(thread_, nullptr);
  return true;
}

void Worker::finish() noexcept {
  const std::lock_guard round(round_mutex_);
  std::unique_lock lock(mutex_);
  const TimePoint now = platform_.clock.now();
  letters_.clear();
  inbox_->take(letters_);
  inbox_->close();
  for (const Inbox::Letter& letter : letters_) machine_.answered(letter.id, letter.answer, now);
  if (log_ != nullptr) log_->finish(lock, now.steady);
  machine_.close(Reason::owner_gone, now.steady);
  settled_.notify_all();
}

EngineCounters Worker::counters() const {
  const std::lock_guard lock(mutex_);
  EngineCounters counters = machine_.counters();
  if (log_ != nullptr) counters.log = log_->counters();
  return counters;
}

EngineHealth Worker::health() const {
  const std::lock_guard lock(mutex_);
  return machine_.health(platform_.clock.steady_now());
}

std::vector<DeadLetter> Worker::take_dead_letters() {
  const std::lock_guard lock(mutex_);
  return machine_.take_dead_letters();
}

void Worker::leave_behind() noexcept {
  // Reachable, so that a search for leaks does not take it for one.
  static std::atomic<Worker*> left{nullptr};
  left_before_ = left.exchange(this);
}

void Worker::inherit(std::uint64_t in_flight) noexcept {
  const std::lock_guard lock(mutex_);
  machine_.inherit(in_flight, platform_.clock.steady_now());
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
