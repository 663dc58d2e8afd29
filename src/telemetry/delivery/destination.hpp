// SPDX-License-Identifier: Apache-2.0
// What the engine knows about how its receiver does: how long to leave it alone after failures, and
// how long a batch waits for its next attempt.
//
// Batches wait by themselves; and after a throttle, refused credentials or the third failure in a
// row everything pauses, since the next batch would fare no better. Then one request at a time
// asks, until one is accepted. Requests that were out together fail together: they count as one
// failure.
//
// Thread-safety: none.
#pragma once

#include <aloft/core/backoff.hpp>
#include <aloft/core/random.hpp>
#include <aloft/core/retry_budget.hpp>
#include <aloft/telemetry/delivery/engine_options.hpp>
#include <aloft/telemetry/delivery/wire.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace aloft {
inline namespace v0 {
namespace delivery {

/// What a record is counted as when it is given up after `answer`.
Reason reason_of(const Answer& answer) noexcept;

class Destination {
 public:
  Destination(Nanoseconds probe_interval, Random& random) noexcept;

  /// It answered, whatever it thought of the records.
  void answers() noexcept;
  /// It answered, and takes nothing of the kind: a wrong URL, most of the time. The next request is
  /// sent as ever, since only an acceptance can end it.
  void refuses(const Answer& answer) noexcept;
  /// It failed: throttled, transient, unauthorized, or what is missing could not be made.
  void fails(const Answer& answer, SteadyTime started, SteadyTime now) noexcept;

  /// How long a batch waits after its `attempts`-th attempt. Takes from the retry budget; longest
  /// when that is empty.
  Nanoseconds delay(const Answer& answer, std::uint32_t attempts) noexcept;
  /// Of records refused for now out of an accepted batch, or whose resource was just made. Takes
  /// from the budget too.
  Nanoseconds short_delay(std::uint32_t attempts) noexcept;
  /// A request was accepted whole at its `attempts`-th attempt.
  void refund(std::uint32_t attempts) noexcept;

  SteadyTime paused_until() const noexcept { return paused_until_; }
  /// Ask with one request at a time.
  bool probing() const noexcept { return streak_ >= kStreak || !patient_; }
  bool failing() const noexcept { return streak_ > 0; }
  std::optional<Failure> last_failure() const noexcept { return last_failure_; }
  /// What a record is counted as that grew too old meanwhile.
  Reason reason() const noexcept { return reason_; }
  const std::string& message() const noexcept { return message_; }
  std::uint64_t unbudgeted() const noexcept { return unbudgeted_; }

 private:
  static constexpr std::uint32_t kStreak = 3;
  Nanoseconds pause(Failure failure) noexcept;
  Nanoseconds budgeted(std::uint32_t cost, const Backoff& backoff, std::uint32_t attempts) noexcept;

  Backoff probe_;
  Random& random_;
  RetryBudget budget_;
  std::uint32_t streak_ = 0;  // failures since it last answered
  bool patient_ = true;       // no throttle and no refused credentials since
  SteadyTime worsened_{SteadyTime::min()};
  SteadyTime paused_until_{SteadyTime::min()};
  std::optional<Failure> last_failure_;
  Reason reason_ = Reason::unavailable;
  std::string message_;
  std::uint64_t unbudgeted_ = 0;
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
