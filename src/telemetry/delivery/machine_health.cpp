// SPDX-License-Identifier: Apache-2.0
// From what the machine knows to a state and a sentence for the operator.
#include "telemetry/delivery/machine.hpp"

#include <algorithm>
#include <string>

namespace aloft {
inline namespace v0 {
namespace delivery {
namespace {

/// So long a batch may linger, fail twice and be sent again without anybody being told.
constexpr Nanoseconds kLate = std::chrono::seconds(30);
/// No acknowledgement for so long in spite of attempts: it will not mend itself.
constexpr Nanoseconds kHopeless = std::chrono::minutes(5);

std::string seconds_text(Nanoseconds duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count()) + " s";
}

std::string_view trouble(Failure failure) noexcept {
  switch (failure) {
    case Failure::throttled:
      return "the receiver throttles: raise its quota, or sample less";
    case Failure::transient:
      return "the receiver cannot be reached or fails: look at its address, the network, its "
             "health";
    case Failure::unauthorized:
      return "the receiver refuses our credentials: renew them, or grant the missing permission";
    case Failure::missing:
      return "what the records go to is not there and cannot be created: create it, or grant that";
    case Failure::poison:
    case Failure::final:
      break;
  }
  return "the receiver refuses what it is sent";
}

}  // namespace

EngineHealth Machine::health(SteadyTime now) const {
  SteadyTime oldest = queue_.oldest();
  for (const auto* parcels : {&flying_, &waiting_, &missing_}) {
    for (const Parcel& parcel : *parcels) {
      for (const Item* item : parcel.items) oldest = std::min(oldest, item->arrived);
    }
  }
  EngineHealth health;
  health.oldest = oldest == SteadyTime::max() ? Nanoseconds::zero() : now - oldest;
  health.lost = losses_.lost(now);
  const std::optional<Failure> failure = destination_.last_failure();
  const bool refused =
      failure == Failure::unauthorized || failure == Failure::missing || failure == Failure::final;
  using State = EngineHealth::State;
  if (refused || (failure && health.oldest >= kHopeless)) {
    health.state = State::failed;
  } else if (failure || health.lost > 0 || health.oldest >= kLate) {
    health.state = State::degraded;
  }
  if (health.state == State::ok) return health;
  std::string& sentence = health.sentence;
  if (failure) {
    sentence = trouble(*failure);
    if (!destination_.message().empty()) sentence += " (" + destination_.message() + ")";
  } else if (health.lost > 0) {
    sentence = "records were lost: the accounting names the reasons";
  } else {
    sentence = "the receiver is slow: records arrive faster than it takes them";
  }
  sentence += "; " + std::to_string(health.lost) +
              " lost in the last minute, the oldest waits for " + seconds_text(health.oldest);
  return health;
}

std::string_view to_string(EngineHealth::State state) noexcept {
  switch (state) {
    case EngineHealth::State::ok:
      return "ok";
    case EngineHealth::State::degraded:
      return "degraded";
    case EngineHealth::State::failed:
      return "failed";
  }
  return "failed";
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
