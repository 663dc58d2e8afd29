// SPDX-License-Identifier: Apache-2.0
#include "telemetry/backend.hpp"

#include "core/blocked_signals.hpp"
#include "telemetry/outcomes.hpp"
#include "telemetry/patient_lock.hpp"
#include "telemetry/unloading.hpp"

#include <pthread.h>
#include <algorithm>
#include <new>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

using std::chrono::milliseconds;

/// Chunks worth a wake-up of 32 us: half a microsecond a chunk, which is mostly a trace.
constexpr std::size_t kChunksPerRound = 64;
/// The busiest pace; faster polling costs more than it saves.
constexpr Nanoseconds kShortestInterval = milliseconds(5);
/// Longest that a stop waits for a mutex whose owners never block; it may be the caller himself.
constexpr milliseconds kStopPatience{50};
/// How often a stop that must not use the conditions looks.
constexpr milliseconds kQuietLook{1};
/// A second at the default interval; less would make a slow but steady service wake us each time.
constexpr std::uint32_t kRoundsBeforeDozing = 5;
constexpr Nanoseconds kDoze = std::chrono::seconds(1);
/// Blocks whose children never end are bounded by the pool; this bounds how often we look.
constexpr std::size_t kReserve = 256;

}  // namespace

Backend::Backend(Pipeline& pipeline)
    : pipeline_(pipeline),
      reader_(pipeline.settings(), pipeline.outcomes()),
      tail_(pipeline.settings().tail),
      open_roots_(pipeline.pool()),
      interval_(pipeline.settings().options.flush_interval),
      duties_(pipeline.settings().options.in_progress_after > Nanoseconds::zero() ? kWatch : 0) {
  ready_.reserve(kReserve);
  lingering_.reserve(kReserve);
}

Backend::~Backend() {
  // Empty after a last round, which is not always to be had.
  for (const Lingering& lingering : lingering_) pipeline_.abandon(*lingering.block);
}

Result<void> Backend::start_thread() {
  const BlockedSignals blocked;
  // Not std::thread, which throws where a library without exceptions cannot catch.
  const auto enter = [](void* backend) -> void* {
    static_cast<Backend*>(backend)->run();
    return nullptr;
  };
  const bool started = pthread_create(&thread_, nullptr, enter, this) == 0;
  has_thread_.store(started, std::memory_order_release);
  if (started) return {};
  return fail(ErrorCode::resource_exhausted, "the system gave no thread",
              "raise the limit of threads, or use Threading::manual");
}

void Backend::run() noexcept {
  const Clock& clock = pipeline_.settings().platform.clock;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const SteadyTime until = next_look();
    while (!stopping_ && requested_ == completed_ && !high_water_.load(std::memory_order_relaxed) &&
           clock.steady_now() < until) {
      pipeline_.settings().platform.clock.wait_until(lock, wakeup_, until);
    }
    const std::uint64_t asked = requested_;
    high_water_.store(false, std::memory_order_relaxed);
    dozing_.store(false, std::memory_order_relaxed);
    lock.unlock();
    round();
    lock.lock();
    completed_ = asked;
    done_.notify_all();
  }
  const bool mine = !caller_sends_;
  lock.unlock();
  if (mine) last_round();
  lock.lock();
  completed_ = requested_;
  finished_ = true;
  done_.notify_all();
}

SteadyTime Backend::next_look() noexcept {
  const SteadyTime now = pipeline_.settings().platform.clock.steady_now();
  const Nanoseconds interval = interval_.load(std::memory_order_relaxed);
  if (empty_rounds_.load(std::memory_order_relaxed) < kRoundsBeforeDozing) return now + interval;
  // Sequentially consistent on both sides: either this sees the block, or its producer sees that
  // we doze. Its call may still come just before we wait; the next one's or the second makes it
  // good.
  dozing_.store(true, std::memory_order_seq_cst);
  return pipeline_.has_work() ? now : now + std::max(interval, kDoze);
}

bool Backend::flush(Deadline deadline) noexcept {
  if (broken_) return false;
  revive();
  if (!has_thread_.load(std::memory_order_acquire)) {
    round();
    return true;
  }
  Clock& clock = pipeline_.settings().platform.clock;
  std::unique_lock lock(mutex_);
  const std::uint64_t mine = ++requested_;
  wakeup_.notify_one();
  // A thread that has finished completes nothing any more: a shutdown has overtaken this call.
  while (!finished_ && completed_ < mine && !deadline.passed(clock.steady_now())) {
    clock.wait_until(lock, done_, deadline.at);
  }
  return completed_ >= mine;
}

bool Backend::ask_to_stop(Deadline deadline) noexcept {
  Clock& clock = pipeline_.settings().platform.clock;
  // What an export may need of the loader, its lock, belongs to the thread that is in dlclose.
  caller_sends_ = unloading();
  // Before the lock, which is not always to be had: the thread must end all the same, if later.
  stopping_ = true;
  std::unique_lock lock = lock_by(mutex_, Clock::system().steady_now() + kStopPatience);
  if (!lock.owns_lock()) return false;
  wakeup_.notify_one();
  while (!finished_ && !deadline.passed(clock.steady_now())) {
    clock.wait_until(lock, done_, deadline.at);
  }
  return finished_;
}

bool Backend::ask_quietly_to_stop(Deadline deadline) noexcept {
  Clock& clock = pipeline_.settings().platform.clock;
  std::mutex nobodys;
  std::condition_variable never;
  std::unique_lock lock(nobodys);
  stopping_ = true;
  const auto dozes = [this] { return dozing_.load() && !pipeline_.has_work(); };
  for (SteadyTime now = clock.steady_now(); !finished_ && !dozes() && !deadline.passed(now);
       now = clock.steady_now()) {
    clock.wait_until(lock, never, std::min(deadline.at, now + kQuietLook));
  }
  return finished_;
}

bool Backend::stop(Deadline deadline, bool interrupted) noexcept {
  if (broken_) return false;
  if (!has_thread_.load(std::memory_order_acquire)) {
    return last_round_here(Clock::system().steady_now() + kStopPatience);
  }
  if (pthread_equal(thread_, pthread_self()) != 0) {
    stopping_ = true;  // an exporter called exit: it cannot wait for itself
    return false;
  }
  if (!(interrupted ? ask_quietly_to_stop(deadline) : ask_to_stop(deadline))) return false;
  join();
  return !caller_sends_ || last_round_here(Clock::system().steady_now() + kStopPatience);
}

bool Backend::join_if_finished() noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (has_thread_.load(std::memory_order_relaxed) && !finished_) return false;
  }
  join();
  return true;
}

void Backend::join() noexcept {
  if (has_thread_.exchange(false, std::memory_order_acq_rel)) pthread_join(thread_, nullptr);
}

bool Backend::last_round_here(SteadyTime give_up) noexcept {
  const std::unique_lock lock = lock_by(round_mutex_, give_up);
  if (lock.owns_lock()) last_round_locked();
  return lock.owns_lock();
}

void Backend::last_round() noexcept {
  const std::lock_guard lock(round_mutex_);
  last_round_locked();
}

void Backend::last_round_locked() noexcept {
  round_locked();
  // What has ended goes even where a child is still open; that child is left to itself.
  for (const Lingering& lingering : lingering_) ready_.push_back({lingering.block, false});
  export_ready();
  for (const Lingering& lingering : lingering_) pipeline_.abandon(*lingering.block);
  lingering_.clear();
}

void Backend::round() noexcept {
  if (broken_) return;
  const std::lock_guard lock(round_mutex_);
  round_locked();
}

void Backend::round_locked() noexcept {
  Block* const newest = pipeline_.take_all();
  open_roots_.gather();
  std::size_t chunks = sort_out(newest);
  const bool lingers = !lingering_.empty();
  const SteadyTime now = pipeline_.settings().platform.clock.steady_now();
  settle_lingering(now);
  tell_of_open(now);
  export_ready();
  // Lines behind spans: whoever reads standard output may be slow.
  if (Lane* const logs = pipeline_.logs()) chunks += logs->round();
  const bool empty = chunks == 0 && !lingers;
  empty_rounds_.store(empty ? empty_rounds_.load(std::memory_order_relaxed) + 1 : 0,
                      std::memory_order_relaxed);
  adapt(chunks);
}

std::size_t Backend::sort_out(Block* newest) noexcept {
  const std::size_t first = ready_.size();
  std::size_t chunks = 0;
  for (Block* block = newest; block != nullptr;) {
    Block* const earlier = pipeline_.before(*block);
    chunks += block->chunks.load(std::memory_order_relaxed);
    if (watches() && OpenRoots::may_hold(*block)) open_roots_.leave(*block);
    if (block->open.load(std::memory_order_acquire) == 0) {
      ready_.push_back({block, true});
    } else {
      const Settings& settings = pipeline_.settings();
      const Deadline give_up =
          Deadline::after(settings.platform.clock, settings.options.orphan_timeout);
      lingering_.push_back({block, give_up.at, false});
    }
    block = earlier;
  }
  std::reverse(ready_.begin() + static_cast<std::ptrdiff_t>(first), ready_.end());
  return chunks;
}

void Backend::settle_lingering(SteadyTime now) noexcept {
  std::erase_if(lingering_, [&](Lingering& lingering) {
    if (lingering.block->open.load(std::memory_order_acquire) == 0) {
      ready_.push_back({lingering.block, true});
      return true;
    }
    if (!lingering.reported && now >= lingering.give_up) {
      // The root goes now; what is still open follows on its own when it ends.
      ready_.push_back({lingering.block, false});
      lingering.reported = true;
      raise(pipeline_.outcomes().orphans, lingering.block->open.load(std::memory_order_relaxed));
    }
    return false;
  });
}

void Backend::export_ready() noexcept {
  for (std::size_t begin = 0; begin < ready_.size(); begin += kTracesPerBatch) {
    export_some(begin, std::min(ready_.size(), begin + kTracesPerBatch));
  }
  ready_.clear();
}

void Backend::export_some(std::size_t begin, std::size_t end) noexcept {
  reader_.clear();
  for (std::size_t i = begin; i < end; ++i) {
    if (keep(*ready_[i].block)) reader_.read(*ready_[i].block);
  }
  const Batch batch{pipeline_.settings().resource, reader_.traces()};
  const std::size_t spans = batch.span_count();
  if (spans != 0) {
    ExportReport report;
    pipeline_.settings().exporter->export_batch(batch, report);
    settle(pipeline_.outcomes(), report, spans);
    raise(pipeline_.outcomes().documents_split, report.split_count());
    raise(pipeline_.outcomes().offloads_refused, report.offloads_refused_count());
  }
  for (std::size_t i = begin; i < end; ++i) {
    if (ready_[i].whole) ready_[i].block->release(pipeline_.pool());
  }
}

void Backend::tell_sampler(Block& block) noexcept {
  const TraceOutcome outcome{.watched = std::exchange(block.watched, std::uint16_t{0}),
                             .sampled = block.verdict == Verdict::sampled,
                             .anomaly = tail_.is_anomaly(block)};
  pipeline_.settings().sampler->ended(outcome);
}

bool Backend::keep(Block& block) noexcept {
  if (block.watched != 0) [[unlikely]]
    tell_sampler(block);
  if (block.verdict == Verdict::sampled) return true;
  Outcomes& outcomes = pipeline_.outcomes();
  const bool is_first = block.verdict == Verdict::candidate;
  const bool keeps = tail_.keeps(block, pipeline_.settings().platform.clock.steady_now());
  if (is_first) {
    raise(keeps ? outcomes.tail_kept : outcomes.tail_let_go);
    pipeline_.candidate_decided();
  }
  if (keeps) return true;
  const std::size_t spans = Tail::let_go(block);
  raise(outcomes.dropped[static_cast<std::size_t>(Reason::not_kept)], spans);
  raise(outcomes.left, spans);
  return false;
}

void Backend::adapt(std::size_t chunks) noexcept {
  const Nanoseconds longest = pipeline_.settings().options.flush_interval;
  Nanoseconds interval = interval_.load(std::memory_order_relaxed);
  if (chunks > kChunksPerRound) {
    interval = std::max(kShortestInterval, interval * static_cast<std::int64_t>(kChunksPerRound) /
                                               static_cast<std::int64_t>(chunks));
  } else if (chunks < kChunksPerRound / 2) {
    interval = std::min(longest, interval * 2);
  }
  interval_.store(interval, std::memory_order_relaxed);
}

void Backend::before_fork(SteadyTime give_up) noexcept {
  // The child inherits the exporter and our vectors: they must not be in the middle of a round.
  std::unique_lock round = lock_by(round_mutex_, give_up);
  std::unique_lock state = lock_by(mutex_, give_up);
  quiet_ = round.owns_lock();
  held_ = state.owns_lock();
  static_cast<void>(round.release());
  static_cast<void>(state.release());
}

void Backend::after_fork_in_parent() noexcept {
  if (held_) mutex_.unlock();
  if (quiet_) round_mutex_.unlock();
}

bool Backend::after_fork_in_child() noexcept {
  // What other threads waited on is gone with them; this thread holds the mutexes.
  new (&wakeup_) std::condition_variable;
  new (&done_) std::condition_variable;
  after_fork_in_parent();
  completed_ = requested_;
  has_thread_.store(false, std::memory_order_relaxed);
  broken_ = !quiet_ || !held_;
  if (broken_) return false;
  // Also in the child of a child that has not needed its thread yet, as a daemon is one.
  const bool lost = pipeline_.settings().options.threading == Threading::background;
  if (lost) duties_.fetch_or(kThreadLost, std::memory_order_relaxed);
  dozing_.store(lost, std::memory_order_relaxed);  // whoever records wakes, and so revives
  ready_.clear();
  open_roots_.let_all_go();
  pipeline_.forget_candidates();
  for (const Lingering& lingering : lingering_) pipeline_.abandon(*lingering.block);
  lingering_.clear();
  return true;
}

void Backend::revive_slowly() noexcept {
  const std::uint8_t before =
      duties_.fetch_and(static_cast<std::uint8_t>(~kThreadLost), std::memory_order_acq_rel);
  if ((before & kThreadLost) == 0) return;
  const std::lock_guard lock(mutex_);
  if (Result<void> started = start_thread(); !started) {
    duties_.fetch_or(kThreadLost, std::memory_order_release);  // the next span tries again
    pipeline_.settings().platform.diagnostics.report(started.error().code, "fork",
                                                     started.error().message);
  }
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
