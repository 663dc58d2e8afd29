// SPDX-License-Identifier: Apache-2.0
// How long to wait before the next attempt: full jitter, so that those who failed together do not
// come back together.
//
//   Backoff slow{.base = 2s};
//   const Nanoseconds wait = slow.delay(failures_in_a_row, platform.random.next());
//
// Full jitter draws from zero on: one delay in a hundred is nearly none. Who must not be quick
// (a probe of refused credentials) uses `steady_delay`.
//
// Thread-safety: a plain value.
#pragma once

#include <aloft/core/clock.hpp>

#include <chrono>
#include <cstdint>

namespace aloft {
inline namespace v0 {

struct Backoff {
  /// The longest first delay. Two speeds are in use: 200 ms, and 2 s after throttling, 5xx and time
  /// limits. Source: the CloudWatch agent's retry.go, read 2026-11.
  Nanoseconds base = std::chrono::milliseconds(200);
  /// The longest delay at all. Source: as above.
  Nanoseconds cap = std::chrono::minutes(1);

  /// min(cap, base × 2^(failures - 1)); `base` for 0 and 1. Never overflows.
  Nanoseconds longest(std::uint32_t failures) const noexcept;
  /// A fraction in [0, 1) of `longest`, chosen by `draw`, which is 64 uniform bits.
  Nanoseconds delay(std::uint32_t failures, std::uint64_t draw) const noexcept;
  /// The same, but never below half of `longest`.
  Nanoseconds steady_delay(std::uint32_t failures, std::uint64_t draw) const noexcept;
};

}  // namespace v0
}  // namespace aloft
