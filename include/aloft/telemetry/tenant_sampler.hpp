// SPDX-License-Identifier: Apache-2.0
// Sampling by tenant: a rate of their own for some, and a budget of traces a second for each, so
// that one tenant's traffic does not use up what was meant for all.
//
//   auto sampler = parent_based(
//       *tenant_sampler({.rates = {{"acme", 1.0}}, .traces_per_second = 5}, always()));
//
// A tenant with a rate is sampled at it, any other as `otherwise` says. What either would record
// takes one from the tenant's budget; a tenant without any is not recorded, and nobody is asked.
// Traces of no tenant share one budget. Tenants are told apart by a keyed hash in a table of fixed
// size: a caller who invents tenants costs no memory. When all places are taken by tenants that
// were recorded within the last moments, the rest share one budget.
//
// Thread-safety: as `Sampler`; no lock, no allocation, one read of the clock where there is a
// budget.
#pragma once

#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/telemetry/sampler.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace aloft {
inline namespace v0 {

struct TenantRate {
  std::string tenant;
  double rate = 1;  ///< of its traces, 0 to 1
};

struct TenantSamplingOptions {
  std::vector<TenantRate> rates{};
  /// For each tenant, on average; above 0 and at most a million. 0: as many as the rates give.
  double traces_per_second = 0;
  /// How many may come at once after a pause; 1 to 10,000.
  double burst = 10;
  /// Tenants with a budget of their own at the same time; 1 to 65,536, 16 bytes each.
  std::size_t tenants_limit = 1024;
};

/// @param otherwise  for tenants without a rate; null: every trace.
/// @error invalid_argument  an option is out of its range, or a tenant is empty or named twice.
Result<std::shared_ptr<const Sampler>> tenant_sampler(TenantSamplingOptions options,
                                                      std::shared_ptr<const Sampler> otherwise,
                                                      Platform platform = Platform::system());

}  // namespace v0
}  // namespace aloft
