// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery/concurrency_limit.hpp"

#include <algorithm>
#include <cmath>

namespace aloft {
inline namespace v0 {
namespace delivery {
namespace {

constexpr double kWeight = 0.4;
constexpr double kDeviations = 2.5;
/// Jitter of a fast receiver is no sign of anything.
constexpr double kSmallestDeviation = 1e6;

}  // namespace

void ConcurrencyLimit::answered(SteadyTime started, SteadyTime now) noexcept {
  const auto round_trip = static_cast<double>((now - started).count());
  const bool late =
      measured_ && round_trip > mean_ + kDeviations * std::max(deviation_, kSmallestDeviation);
  const bool prompt = !measured_ || round_trip <= mean_ + kSmallestDeviation;
  if (measured_) {
    deviation_ += kWeight * (std::abs(round_trip - mean_) - deviation_);
    mean_ += kWeight * (round_trip - mean_);
  } else {
    measured_ = true;
    mean_ = round_trip;
  }
  if (started < changed_) return;
  if (late) {
    change_to(std::min(limit_ - 1, limit_ * 9 / 10), now);
  } else if (prompt && reached_) {
    change_to(limit_ + 1, now);
  }
}

void ConcurrencyLimit::refused(SteadyTime started, SteadyTime now) noexcept {
  if (started >= changed_) change_to(limit_ / 2, now);
}

void ConcurrencyLimit::change_to(std::size_t limit, SteadyTime now) noexcept {
  limit_ = std::clamp<std::size_t>(limit, 1, most_);
  reached_ = false;
  changed_ = now;
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
