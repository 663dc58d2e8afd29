// SPDX-License-Identifier: Apache-2.0
// Planted trouble, so that there is something to find: some scores fail, some come late.
//
// Which ones is pseudo-random and the same in every run: it depends on how many scores of the
// tenants concerned came before, not on time or on a seed of the kernel.
//
//   Faults faults({.fail_rate = 0.25, .fail_tenants = {globex}});
//   const Fault fault = faults.next(tenant);   // fault.fails, fault.delay
//
// Thread-safety: all of it.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/core/identity.hpp>

#include <atomic>
#include <cstdint>
#include <vector>

namespace fraud {

struct FaultOptions {
  double fail_rate = 0;                       ///< share of scores that fail, 0 to 1
  std::vector<aloft::TenantId> fail_tenants;  ///< whose; empty: everybody's
  aloft::Nanoseconds slow{0};                 ///< how much later a slow score comes
  double slow_rate = 1;                       ///< share of scores that are slow, 0 to 1
  std::vector<aloft::TenantId> slow_tenants;  ///< whose; empty: everybody's
};

/// What befalls one score.
struct Fault {
  bool fails = false;
  aloft::Nanoseconds delay{0};
};

class Faults {
 public:
  explicit Faults(FaultOptions options) : options_(std::move(options)) {}

  Fault next(const aloft::TenantId& tenant) noexcept;

 private:
  FaultOptions options_;
  // How many scores each kind of fault has looked at.
  std::atomic<std::uint64_t> fail_turn_{0};
  std::atomic<std::uint64_t> slow_turn_{0};
};

}  // namespace fraud
