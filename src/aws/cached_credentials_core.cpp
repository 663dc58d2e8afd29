// SPDX-License-Identifier: Apache-2.0
#include "aws/cached_credentials_core.hpp"

#include "core/fork_epoch.hpp"

#include <algorithm>
#include <exception>
#include <system_error>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

/// How long credentials are used that had expired when they came: our clock may be wrong, and EC2
/// hands out old ones while it is troubled. Source: botocore utils.py, _evaluate_expiration.
constexpr Nanoseconds kExpiredLifetime = std::chrono::minutes(10);

/// How long a stop waits for a fetch that was told to end. Ours: a cancelled request takes
/// milliseconds, a killed program 50.
constexpr Nanoseconds kPatience = std::chrono::milliseconds(200);

Error stopped() {
  return {ErrorCode::cancelled, "the cache of credentials is being destroyed, or was forked",
          "keep it while requests are in flight; make a new one in the child of a fork"};
}

}  // namespace

CachedCredentials::Core::Core(std::unique_ptr<CredentialsProvider> provider,
                              CachedCredentialsOptions options, Platform platform)
    : provider_(std::move(provider)),
      options_(options),
      platform_(platform),
      fork_epoch_(detail::fork_epoch()) {}

bool CachedCredentials::Core::forked() const noexcept {
  return detail::fork_epoch() != fork_epoch_;
}

CachedCredentialsStats CachedCredentials::Core::stats() const {
  if (forked()) return {};
  const std::lock_guard lock(mutex_);
  return stats_;
}

bool CachedCredentials::Core::usable(SteadyTime now) const noexcept {
  return current_ != nullptr && now < usable_until_;
}

void CachedCredentials::Core::get(Deadline deadline, Done done) {
  std::vector<Message> now_told;
  if (forked()) {
    now_told.push_back({std::move(done), unexpected(stopped())});
    return tell(now_told);
  }
  {
    const Lock lock(mutex_);
    const SteadyTime now = platform_.clock.steady_now();
    if (stopping_) {
      now_told.push_back({std::move(done), unexpected(stopped())});
    } else if (usable(now)) {
      if (now >= renew_at_) want_fetch(now);
      now_told.push_back({std::move(done), current_});
    } else if (!fetching_ && now < not_before_) {
      now_told.push_back({std::move(done), unexpected(last_error_)});
    } else if (waiters_.size() >= options_.waiters_limit) {
      ++stats_.refused_waiters;
      now_told.push_back({std::move(done), fail(ErrorCode::resource_exhausted,
                                                "too many requests wait for credentials",
                                                "see why they do not come")});
    } else {
      waiters_.push_back({deadline, std::move(done)});
      want_fetch(now);
    }
    if (!keeper_.joinable() && (wanted_ || !waiters_.empty())) {
      try {
        // It holds what it works on: its owner may end in a Done, which runs on it.
        keeper_ = std::thread([self = shared_from_this()] { self->keep(); });
      } catch (const std::system_error&) {
        wanted_ = false;
        answer_all(fail(ErrorCode::resource_exhausted, "the system has no thread left",
                        "raise the limits of the process"),
                   now_told);
      }
    }
    wakeup_.notify_all();
  }
  tell(now_told);
}

void CachedCredentials::Core::refuse(const SharedCredentials& used) {
  if (forked()) return;
  const Lock lock(mutex_);
  const SteadyTime now = platform_.clock.steady_now();
  if (used == nullptr || used != current_ || now - fetched_at_ < options_.refusal_interval) return;
  ++stats_.refusals;
  current_.reset();
}

void CachedCredentials::Core::want_fetch(SteadyTime now) {
  if (!fetching_ && now >= not_before_) wanted_ = true;
}

void CachedCredentials::Core::stop() noexcept {
  if (forked()) return;
  std::thread keeper;
  std::vector<Message> last;
  {
    const Lock lock(mutex_);
    stopping_ = true;
    keeper = std::move(keeper_);
    answer_all(unexpected(stopped()), last);
    wakeup_.notify_all();
  }
  tell(last);
  if (!keeper.joinable()) return;
  const bool in_done = keeper.get_id() == std::this_thread::get_id();
  if (in_done) {
    keeper.detach();  // it ends after that
  } else {
    keeper.join();
  }
  // Nobody but us starts or takes a fetch any more.
  if (!fetcher_.joinable()) return;
  provider_->cancel();
  Lock lock(mutex_);
  if (!in_done) {
    const SteadyTime until = Clock::system().steady_now() + kPatience;
    while (!result_ && Clock::system().steady_now() < until) {
      Clock::system().wait_until(lock, wakeup_, until);
    }
  }
  if (result_ && !in_done) {
    lock.unlock();
    fetcher_.join();
  } else {
    fetcher_.detach();  // it holds what it works on
  }
}

void CachedCredentials::Core::keep() {
  Lock lock(mutex_);
  // Once stopped, the clock is not asked any more: when a Done gave up the last of us, its owner
  // may be gone already.
  while (!stopping_) {
    const SteadyTime now = platform_.clock.steady_now();
    if (result_) take_result(now);
    std::vector<Message> messages;
    collect(now, messages);
    if (!messages.empty()) {
      lock.unlock();
      tell(messages);
      messages.clear();
      lock.lock();
      continue;
    }
    if (wanted_ && !fetching_) {
      start_fetch();
      continue;
    }
    const SteadyTime until = next_deadline();
    if (until == (SteadyTime::max)()) {
      wakeup_.wait(lock);
    } else {
      platform_.clock.wait_until(lock, wakeup_, until);
    }
  }
}

void CachedCredentials::Core::start_fetch() {
  wanted_ = false;
  fetching_ = true;
  ++stats_.fetches;
  try {
    fetcher_ = std::thread([self = shared_from_this()] { self->fetch(); });
  } catch (const std::system_error&) {
    result_ = fail(ErrorCode::resource_exhausted, "the system has no thread left",
                   "raise the limits of the process");
  }
}

void CachedCredentials::Core::fetch() {
  const auto ask = [this]() -> Result<Credentials> {
    try {
      return provider_->fetch(Deadline::after(platform_.clock, options_.fetch_timeout));
    } catch (const std::exception&) {
      return fail(ErrorCode::internal, "the provider of credentials threw an exception",
                  "let it return an error");
    }
  };
  Result<Credentials> got = ask();
  const Lock lock(mutex_);
  result_ = std::move(got);
  wakeup_.notify_all();
}

void CachedCredentials::Core::take_result(SteadyTime now) {
  if (fetcher_.joinable()) fetcher_.join();  // it has given the lock back, or does so now
  Result<Credentials> got = std::move(*result_);
  result_.reset();
  fetching_ = false;
  if (got) {
    accept(std::move(*got), now);
  } else {
    count_failure(got.error(), now);
  }
}

void CachedCredentials::Core::accept(Credentials fresh, SteadyTime now) {
  failures_in_a_row_ = 0;
  not_before_ = now;
  fetched_at_ = now;
  renew_at_ = usable_until_ = (SteadyTime::max)();
  if (fresh.expiration) {
    Nanoseconds life = *fresh.expiration - platform_.clock.now().wall;
    if (life <= Nanoseconds::zero()) {
      ++stats_.arrived_expired;
      life = kExpiredLifetime;
    }
    const Nanoseconds ahead = std::min(options_.refresh_ahead, life / 2);
    const double share = to_fraction(platform_.random.next()) / 5;
    const auto jitter =
        Nanoseconds(static_cast<std::int64_t>(static_cast<double>(ahead.count()) * share));
    usable_until_ = now + life;
    renew_at_ = usable_until_ - ahead + jitter;
  }
  current_ = std::make_shared<const Credentials>(std::move(fresh));
}

void CachedCredentials::Core::count_failure(Error error, SteadyTime now) {
  ++stats_.failures;
  last_error_ = std::move(error);
  Nanoseconds most = options_.first_backoff;
  for (std::uint64_t i = 0; i < failures_in_a_row_ && most < options_.longest_backoff; ++i) {
    most *= 2;
  }
  most = std::min(most, options_.longest_backoff);
  ++failures_in_a_row_;
  const double share = to_fraction(platform_.random.next());
  not_before_ = now +
                Nanoseconds(static_cast<std::int64_t>(static_cast<double>(most.count()) * share)) +
                std::chrono::milliseconds(1);
  platform_.diagnostics.report(last_error_.code, "aws_credentials", last_error_.to_string());
}

void CachedCredentials::Core::collect(SteadyTime now, std::vector<Message>& out) {
  if (waiters_.empty()) return;
  if (usable(now)) return answer_all(current_, out);
  if (!fetching_ && !wanted_) {
    if (now < not_before_) return answer_all(unexpected(last_error_), out);
    wanted_ = true;
  }
  for (Waiter& waiter : waiters_) {
    if (!waiter.deadline.passed(now)) continue;
    ++stats_.expired_waiters;
    out.push_back({std::move(waiter.done),
                   fail(ErrorCode::deadline_exceeded, "no credentials came before the deadline",
                        "see what their source says")});
    waiter.done = nullptr;
  }
  std::erase_if(waiters_, [](const Waiter& waiter) { return waiter.done == nullptr; });
}

void CachedCredentials::Core::answer_all(const Result<SharedCredentials>& text,
                                         std::vector<Message>& out) {
  for (Waiter& waiter : waiters_) out.push_back({std::move(waiter.done), text});
  waiters_.clear();
}

SteadyTime CachedCredentials::Core::next_deadline() const noexcept {
  SteadyTime next = (SteadyTime::max)();
  for (const Waiter& waiter : waiters_) next = std::min(next, waiter.deadline.at);
  return next;
}

void CachedCredentials::Core::tell(std::vector<Message>& messages) noexcept {
  for (Message& message : messages) {
    try {
      if (message.done) message.done(std::move(message.text));
    } catch (...) {  // NOLINT(bugprone-empty-catch): as the client's completions
    }
  }
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
