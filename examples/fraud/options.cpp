// SPDX-License-Identifier: Apache-2.0
#include "fraud/options.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

namespace fraud {
namespace {

using aloft::Result;
using aloft::TenantId;
using aloft::unexpected;

/// Longer than any caller waits; more is surely a mistyped unit.
constexpr std::uint64_t kMaxSlowMilliseconds = 60'000;

Result<std::vector<TenantId>> parse_tenants(std::string_view list) {
  std::vector<TenantId> tenants;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t comma = std::min(list.find(',', at), list.size());
    Result<TenantId> tenant = TenantId::parse(list.substr(at, comma - at));
    if (!tenant) {
      return aloft::fail(aloft::ErrorCode::invalid_argument, "is not a list of tenant ids");
    }
    tenants.push_back(*std::move(tenant));
    at = comma + 1;
  }
  return tenants;
}

/// One list of tenants for each of `targets`.
example::Flag tenants_flag(std::string_view name,
                           std::initializer_list<std::vector<TenantId>*> targets) {
  return {name, "acme,globex",
          [targets = std::vector(targets)](std::string_view value) -> Result<void> {
            const Result<std::vector<TenantId>> tenants = parse_tenants(value);
            if (!tenants) return unexpected(tenants.error());
            for (std::vector<TenantId>* target : targets) *target = *tenants;
            return {};
          }};
}

}  // namespace

Result<Options> Options::parse(const example::Arguments& arguments) {
  Options options;
  FaultOptions& faults = options.faults;
  std::uint64_t slow_milliseconds = 0;
  const Result<example::CommandLine> line = example::read_flags(
      arguments, {example::address_flag("--listen", options.listen),
                  example::fraction_flag("--fail-rate", faults.fail_rate),
                  example::count_flag("--slow-ms", kMaxSlowMilliseconds, slow_milliseconds),
                  example::fraction_flag("--slow-rate", faults.slow_rate),
                  tenants_flag("--tenants", {&faults.fail_tenants, &faults.slow_tenants}),
                  tenants_flag("--fail-tenants", {&faults.fail_tenants}),
                  tenants_flag("--slow-tenants", {&faults.slow_tenants})});
  if (!line) return unexpected(line.error());
  options.help = *line == example::CommandLine::help;
  faults.slow = std::chrono::milliseconds(slow_milliseconds);
  return options;
}

}  // namespace fraud
