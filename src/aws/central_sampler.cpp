// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/central_sampler.hpp>

#include "aws/sampling_poller.hpp"
#include "core/blocked_signals.hpp"
#include "core/fork_epoch.hpp"

#include <pthread.h>
#include <condition_variable>
#include <mutex>
#include <new>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

/// Ours: nobody waits for longer than that for rules.
constexpr Nanoseconds kLongestTimeout = std::chrono::seconds(2);

/// Where answers wait for the thread; outlives a sampler whose transport tells late.
struct Inbox {
  struct Letter {
    std::uint64_t id;
    SamplingReply reply;
  };
  std::mutex mutex;
  std::condition_variable wakeup;
  std::vector<Letter> letters;
  bool stopping = false;
};

Result<void> check(const CentralSamplerOptions& options) {
  if (options.request_timeout <= Nanoseconds::zero() || options.request_timeout > kLongestTimeout) {
    return fail(ErrorCode::invalid_argument, "request_timeout is outside 0 to 2 s",
                "the default is 2 s; no request waits for it");
  }
  if (options.targets_interval < std::chrono::seconds(1) ||
      options.rules_interval < options.targets_interval ||
      options.rules_lifetime < options.rules_interval) {
    return fail(ErrorCode::invalid_argument,
                "targets_interval, rules_interval and rules_lifetime are not in that order, from "
                "1 s on",
                "the defaults are 10 s, 300 s and 1 h");
  }
  return {};
}

}  // namespace

/// What runs in one process: the rules, the poller, the transport, and perhaps a thread.
class CentralSampler::Runner {
 public:
  Runner(const CentralSamplerOptions& options, std::shared_ptr<RuleSampler> rules,
         std::unique_ptr<SamplingTransport> transport, Platform platform)
      : process_(detail::fork_epoch()),
        options_(options),
        platform_(platform),
        rules_(std::move(rules)),
        transport_(std::move(transport)),
        poller_(options, *rules_, platform) {}
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  ~Runner() {
    {
      const std::lock_guard lock(inbox_->mutex);
      inbox_->stopping = true;
    }
    inbox_->wakeup.notify_all();
    if (has_thread_) pthread_join(thread_, nullptr);
  }

  bool start_thread() noexcept {
    const detail::BlockedSignals blocked;
    const auto enter = [](void* runner) -> void* {
      static_cast<Runner*>(runner)->run();
      return nullptr;
    };
    has_thread_ = pthread_create(&thread_, nullptr, enter, this) == 0;
    return has_thread_;
  }
  void poll() {
    std::unique_lock lock(inbox_->mutex);
    static_cast<void>(step(lock));
  }
  CentralSamplingStats stats() const {
    const std::lock_guard lock(inbox_->mutex);
    return poller_.stats();
  }
  RuleSampler& rules() noexcept { return *rules_; }
  std::uint32_t process() const noexcept { return process_; }
  /// Never destroyed: its thread is in the parent. Reachable, so that it is no leak.
  void keep(Runner* inherited) noexcept { inherited_ = inherited; }

 private:
  void run() noexcept {
    std::unique_lock lock(inbox_->mutex);
    while (!inbox_->stopping) {
      const SteadyTime due = step(lock);
      if (!inbox_->stopping && inbox_->letters.empty()) {
        platform_.clock.wait_until(lock, inbox_->wakeup, due);
      }
    }
  }

  /// All that can be done now; when there is more.
  SteadyTime step(std::unique_lock<std::mutex>& lock) {
    while (!inbox_->stopping) {
      const TimePoint now = platform_.clock.now();
      for (const Inbox::Letter& letter : std::exchange(inbox_->letters, {})) {
        poller_.answered(letter.id, letter.reply, now);
      }
      std::optional<SamplingPoller::Call> call = poller_.next(now);
      const std::string notice = poller_.take_notice();
      if (!call && notice.empty()) break;
      // Neither a terminal that is slow nor a transport keeps `stats` and answers waiting.
      lock.unlock();
      if (!notice.empty()) {
        platform_.diagnostics.report(ErrorCode::unavailable, "central_sampling", notice);
      }
      if (!call) {
        lock.lock();
        continue;
      }
      transport_->send(std::move(call->call),
                       Deadline::after(platform_.clock, options_.request_timeout),
                       [inbox = inbox_, id = call->id](SamplingReply reply) {
                         {
                           const std::lock_guard guard(inbox->mutex);
                           inbox->letters.push_back({id, std::move(reply)});
                         }
                         inbox->wakeup.notify_all();
                       });
      lock.lock();
    }
    return poller_.due();
  }

  const std::uint32_t process_;  // fork epoch
  const CentralSamplerOptions& options_;
  const Platform platform_;
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  const std::shared_ptr<RuleSampler> rules_;
  const std::unique_ptr<SamplingTransport> transport_;
  SamplingPoller poller_;  // guarded by the inbox's mutex
  Runner* inherited_ = nullptr;
  bool has_thread_ = false;
  pthread_t thread_{};
};

Result<std::shared_ptr<CentralSampler>> CentralSampler::create(CentralSamplerOptions options,
                                                               MakeTransport make,
                                                               Platform platform) {
  if (Result<void> ok = check(options); !ok) return unexpected(ok.error());
  auto rules = RuleSampler::create(options.local_rules, platform.clock);
  if (!rules) return unexpected(rules.error());
  auto transport = make();
  if (!transport) return unexpected(transport.error());
  std::shared_ptr<CentralSampler> made(
      new CentralSampler(std::move(options), std::move(make), platform));
  Runner* const runner =
      new Runner(made->options_, *std::move(rules), *std::move(transport), platform);
  made->runner_.store(runner, std::memory_order_release);
  if (made->options_.threading == Threading::background && !runner->start_thread()) {
    return fail(ErrorCode::resource_exhausted, "central sampling got no thread",
                "raise the limit of threads, or use Threading::manual");
  }
  return made;
}

CentralSampler::CentralSampler(CentralSamplerOptions options, MakeTransport make, Platform platform)
    : options_(std::move(options)), make_(std::move(make)), platform_(platform) {}

CentralSampler::~CentralSampler() {
  Runner* const runner = runner_.load(std::memory_order_acquire);
  if (runner == nullptr) return;
  if (runner->process() == detail::fork_epoch()) {
    delete runner;
    return;
  }
  // Of the parent: left as it is, and within reach.
  static std::atomic<Runner*> left{nullptr};
  runner->keep(left.exchange(runner));
}

CentralSampler::Runner& CentralSampler::runner() const noexcept {
  Runner& runner = *runner_.load(std::memory_order_acquire);
  // The handler that counts forks is registered: `create` asked.
  const std::uint32_t here = detail::fork_epoch_counter.load(std::memory_order_relaxed);
  return runner.process() == here ? runner : restart_after_fork(runner);
}

/// One of the child's threads tries, now and then: until it succeeds, what was inherited decides.
CentralSampler::Runner& CentralSampler::restart_after_fork(Runner& inherited) const noexcept {
  constexpr std::int64_t kRestartInterval = 10'000'000'000;  // ns
  const std::int64_t now = platform_.clock.steady_now().time_since_epoch().count();
  std::int64_t due = restart_at_.load(std::memory_order_relaxed);
  if (now < due || !restart_at_.compare_exchange_strong(due, now + kRestartInterval,
                                                        std::memory_order_relaxed)) {
    return inherited;
  }
  try {
    return restart(inherited);
  } catch (const std::bad_alloc&) {
    return inherited;
  }
}

CentralSampler::Runner& CentralSampler::restart(Runner& inherited) const {
  auto transport = make_();
  if (!transport) {
    platform_.diagnostics.report(transport.error().code, "central_sampling",
                                 transport.error().message);
    return inherited;
  }
  auto rules = RuleSampler::create(options_.local_rules, platform_.clock);
  auto fresh =
      std::make_unique<Runner>(options_, *std::move(rules), *std::move(transport), platform_);
  fresh->keep(&inherited);
  Runner* expected = &inherited;
  if (!runner_.compare_exchange_strong(expected, fresh.get(), std::memory_order_acq_rel)) {
    return *expected;  // another thread of the child was first
  }
  if (options_.threading == Threading::background && !fresh->start_thread()) {
    platform_.diagnostics.report(
        ErrorCode::resource_exhausted, "central_sampling",
        "no thread could be had in the child of a fork: local rules decide");
  }
  return *fresh.release();
}

bool CentralSampler::sample(const SamplingRequest& request) const noexcept {
  return runner().rules().sample(request);
}
void CentralSampler::ended(const TraceOutcome& outcome) const noexcept {
  runner().rules().ended(outcome);
}
void CentralSampler::poll() { runner().poll(); }
CentralSamplingStats CentralSampler::stats() const { return runner().stats(); }
std::vector<SamplingRule> CentralSampler::rules() const { return runner().rules().rules(); }

}  // namespace aws
}  // namespace v0
}  // namespace aloft
