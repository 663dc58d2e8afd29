// SPDX-License-Identifier: Apache-2.0
#include "fraud/faults.hpp"

#include <aloft/core/random.hpp>

#include <algorithm>

namespace fraud {
namespace {

/// SplitMix64: consecutive numbers in, numbers without a pattern out.
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
std::uint64_t mix(std::uint64_t turn) noexcept {
  std::uint64_t bits = turn * 0x9E3779B97F4A7C15;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
  return bits ^ (bits >> 31);
}

bool concerns(const std::vector<aloft::TenantId>& tenants, const aloft::TenantId& one) noexcept {
  return tenants.empty() || std::find(tenants.begin(), tenants.end(), one) != tenants.end();
}

/// A coin toss for the next turn. A rate of 1 always holds, of 0 never: a fraction is below 1.
bool toss(std::atomic<std::uint64_t>& turn, double rate) noexcept {
  const std::uint64_t mine = turn.fetch_add(1, std::memory_order_relaxed) + 1;
  return aloft::to_fraction(mix(mine)) < rate;
}

}  // namespace

Fault Faults::next(const aloft::TenantId& tenant) noexcept {
  Fault fault;
  fault.fails = concerns(options_.fail_tenants, tenant) && toss(fail_turn_, options_.fail_rate);
  if (concerns(options_.slow_tenants, tenant) && toss(slow_turn_, options_.slow_rate)) {
    fault.delay = options_.slow;
  }
  return fault;
}

}  // namespace fraud
