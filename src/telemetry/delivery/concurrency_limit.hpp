// SPDX-License-Identifier: Apache-2.0
// How many requests may be out at once: as many as make the receiver no slower.
//
// Adds one when the limit was used and answers come no later than usual, takes a tenth away when
// they come much later (2.5 deviations), and half at once when the receiver says that it is too
// much. Once a round trip at most, since an answer says nothing about a limit that it did not see.
// Source of the idea and of 0.4, 2.5 and 0.9: Vector's adaptive concurrency, read 2026-11. Half is
// ours: a refusal is said, not guessed.
//
// Thread-safety: none.
#pragma once

#include <aloft/core/clock.hpp>

#include <cstddef>

namespace aloft {
inline namespace v0 {
namespace delivery {

class ConcurrencyLimit {
 public:
  explicit ConcurrencyLimit(std::size_t most) noexcept : most_(most) {}

  std::size_t now() const noexcept { return limit_; }
  /// Somebody had to wait because of the limit.
  void reached() noexcept { reached_ = true; }
  /// An answer came for a request that began at `started`.
  void answered(SteadyTime started, SteadyTime now) noexcept;
  /// The receiver refused it because there are too many.
  void refused(SteadyTime started, SteadyTime now) noexcept;

 private:
  void change_to(std::size_t limit, SteadyTime now) noexcept;

  std::size_t most_;
  std::size_t limit_ = 1;
  bool reached_ = false;
  bool measured_ = false;
  double mean_ = 0;       // of the round trip, in nanoseconds
  double deviation_ = 0;  // mean absolute
  SteadyTime changed_{SteadyTime::min()};
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
