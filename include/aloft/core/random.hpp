// SPDX-License-Identifier: Apache-2.0
// Randomness as a dependency. What it makes are identifiers and coin tosses, never secrets.
//
// The system's generator is a xoshiro256++ per thread, seeded by the kernel and reseeded in the
// child of a fork, so that two processes never make the same ids. Tests use
// `testing::SequenceRandom`.
//
// Thread-safety: implementations are thread-safe.
#pragma once

#include <cstdint>
#include <span>

namespace aloft {
inline namespace v0 {

class Random {
 public:
  virtual ~Random() = default;
  /// 64 uniform bits. Never blocks, never throws.
  virtual std::uint64_t next() noexcept = 0;
  /// The same for several words at once, which costs less than as many calls.
  virtual void fill(std::span<std::uint64_t> words) noexcept = 0;

  /// The per-thread generators. Lives as long as the process.
  static Random& system() noexcept;
};

/// A fraction in [0, 1) with 53 exact bits, from one draw.
inline double to_fraction(std::uint64_t draw) noexcept {
  return static_cast<double>(draw >> 11) * 0x1.0p-53;
}

}  // namespace v0
}  // namespace aloft
