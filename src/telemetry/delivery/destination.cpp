// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery/destination.hpp"

#include <algorithm>

namespace aloft {
inline namespace v0 {
namespace delivery {
namespace {

/// After throttles, 5xx and time limits; see `Backoff::base`.
constexpr Backoff kSlow{.base = std::chrono::seconds(2)};
constexpr Backoff kShort{};
/// A receiver that asks for more is asked again all the same: it may be mistaken, or restarted.
constexpr Nanoseconds kLongestRetryAfter = std::chrono::minutes(5);
constexpr std::size_t kLongestMessage = 256;
/// An attempt so late that its delay is the longest.
constexpr std::uint32_t kLongestWait = 64;

}  // namespace

Reason reason_of(const Answer& answer) noexcept {
  if (answer.reason != Reason::invalid || !answer.failure) return answer.reason;
  return reason_of(*answer.failure);
}

Destination::Destination(Nanoseconds probe_interval, Random& random) noexcept
    : probe_{.base = probe_interval, .cap = probe_interval}, random_(random) {}

void Destination::answers() noexcept {
  streak_ = 0;
  patient_ = true;
  last_failure_.reset();
  reason_ = Reason::unavailable;
}

void Destination::refuses(const Answer& answer) noexcept {
  answers();
  last_failure_ = answer.failure;
  message_.assign(answer.message, 0, kLongestMessage);
}

void Destination::fails(const Answer& answer, SteadyTime started, SteadyTime now) noexcept {
  const Failure failure = answer.failure.value_or(Failure::transient);
  if (started >= worsened_) {
    ++streak_;
    worsened_ = now;
  }
  patient_ = patient_ && failure == Failure::transient;
  last_failure_ = failure;
  reason_ = reason_of(answer);
  message_.assign(answer.message, 0, kLongestMessage);
  const Nanoseconds asked = std::min(answer.retry_after, kLongestRetryAfter);
  paused_until_ = std::max(paused_until_, now + std::max(asked, pause(failure)));
}

Nanoseconds Destination::pause(Failure failure) noexcept {
  switch (failure) {
    case Failure::throttled:
      return kSlow.delay(streak_, random_.next());
    case Failure::transient:
      if (streak_ < kStreak) return Nanoseconds::zero();
      return kSlow.delay(streak_ - kStreak + 1, random_.next());
    case Failure::unauthorized:
      // The first may be credentials that have just expired and are refreshed by now.
      if (streak_ <= 1) return kSlow.steady_delay(1, random_.next());
      return probe_.steady_delay(1, random_.next());
    case Failure::missing:
    case Failure::poison:
    case Failure::final:
      break;
  }
  return kSlow.steady_delay(streak_, random_.next());
}

Nanoseconds Destination::delay(const Answer& answer, std::uint32_t attempts) noexcept {
  // A probe of refused credentials is no load.
  if (answer.failure == Failure::unauthorized) return Nanoseconds::zero();
  const std::uint32_t cost =
      answer.maybe_received ? RetryBudget::kTimeoutCost : RetryBudget::kRetryCost;
  const Nanoseconds asked = std::min(answer.retry_after, kLongestRetryAfter);
  return std::max(asked, budgeted(cost, kSlow, attempts));
}

Nanoseconds Destination::short_delay(std::uint32_t attempts) noexcept {
  return budgeted(RetryBudget::kRetryCost, kShort, attempts);
}

Nanoseconds Destination::budgeted(std::uint32_t cost, const Backoff& backoff,
                                  std::uint32_t attempts) noexcept {
  if (budget_.try_take(cost)) return backoff.delay(attempts, random_.next());
  ++unbudgeted_;
  return kSlow.steady_delay(kLongestWait, random_.next());
}

void Destination::refund(std::uint32_t attempts) noexcept {
  budget_.give_back(attempts > 1 ? RetryBudget::kRetryCost : RetryBudget::kFirstTryGain);
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
