// SPDX-License-Identifier: Apache-2.0
// What is asked of X-Ray about sampling, and what it answers: GetSamplingRules, GetSamplingTargets.
//
//   SamplingRulesPage page = *read_sampling_rules(answer.body);
//   std::string body = sampling_targets_body(statistics, {client_id}, now);
//   SamplingGrants grants = *read_sampling_targets(answer.body);
//
// The daemon's TCP side takes both unsigned, X-Ray itself signed. A rule that cannot be used is
// left out and counted, and costs the others nothing.
//
// Thread-safety: pure functions.
// Source: X-Ray API reference, "GetSamplingRules", "GetSamplingTargets", "SamplingRule",
// "SamplingTargetDocument", "SamplingBoostStatisticsDocument", read 2026-11.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/core/result.hpp>
#include <aloft/telemetry/rule_sampler.hpp>
#include <aloft/telemetry/sampling_rule.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace aws {

inline constexpr std::string_view kSamplingRulesPath = "/GetSamplingRules";
inline constexpr std::string_view kSamplingTargetsPath = "/SamplingTargets";
/// Ours: 512 rules of the longest fields fit.
inline constexpr std::size_t kMaxSamplingReplyBytes = 2u << 20;
/// Source: "GetSamplingTargets", SamplingStatisticsDocuments, read 2026-11.
inline constexpr std::size_t kMaxStatisticsPerCall = 25;
inline constexpr std::size_t kClientIdDigits = 24;

struct SamplingRulesPage {
  std::vector<SamplingRule> rules{};
  std::string next_token{};   ///< empty on the last page
  std::uint64_t skipped = 0;  ///< of another version, broken, or beyond `kMaxSamplingRules`
};

/// @param next_token  of the page before; empty for the first.
std::string sampling_rules_body(std::string_view next_token);
/// @error invalid_argument, resource_exhausted  it is no such answer.
Result<SamplingRulesPage> read_sampling_rules(std::string_view body);

/// A rule whose statistics, or anomalies, the service did not take.
struct UnprocessedStatistics {
  std::string rule{};
  /// 400 to 499: it does not know the rule, or what it is told; 0 when it does not say.
  int status = 0;
};

struct SamplingGrants {
  std::vector<SamplingTarget> targets{};
  std::optional<WallTime> last_rule_modification{};
  std::vector<UnprocessedStatistics> unprocessed{};
  std::uint64_t skipped = 0;  ///< documents that are none
};

/// Who reports.
struct SamplingInstance {
  std::string_view client_id{};     ///< `kClientIdDigits` hex digits, for the life of an instance
  std::string_view service_name{};  ///< its first 64 bytes; empty: no anomalies are reported
};

/// Of rules with ended traces, the anomalies, too; X-Ray takes as many of those in one call.
/// @param statistics  at most `kMaxStatisticsPerCall`; further ones are left out.
std::string sampling_targets_body(std::span<const RuleStatistics> statistics,
                                  const SamplingInstance& instance, WallTime now);
/// @error invalid_argument, resource_exhausted  it is no such answer.
Result<SamplingGrants> read_sampling_targets(std::string_view body);

}  // namespace aws
}  // namespace v0
}  // namespace aloft
