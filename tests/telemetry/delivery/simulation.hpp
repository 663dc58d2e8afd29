// SPDX-License-Identifier: Apache-2.0
// One life of an engine in virtual time, from a seed: tenants offer, the receiver does what it
// likes, clocks jump; after each step the engine's books are compared with the receiver's ledger.
#pragma once

#include <cstdint>
#include <string>

namespace aloft {

struct Findings {
  std::string offence;  ///< empty when all is well
  std::uint64_t records = 0;
  std::uint64_t requests = 0;
  std::uint64_t steps = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t rejected = 0;
  std::uint64_t dropped = 0;
  std::uint64_t unknown = 0;
  std::uint64_t duplicates = 0;

  void add(const Findings& more) noexcept;
};

/// `delivery_schedules --first SEED --seeds 1` does the same.
Findings run_schedule(std::uint64_t seed);

}  // namespace aloft
