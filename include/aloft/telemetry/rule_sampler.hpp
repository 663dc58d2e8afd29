// SPDX-License-Identifier: Apache-2.0
// Samples by X-Ray's rules: the first rule that is for a request takes a few requests a second (its
// reservoir) and a share of the rest (its rate).
//
//   auto rules = RuleSampler::create({{.name = "pay", .reservoir = 5, .rate = 0.1,
//                                      .url_path = "/v1/charges"}});
//   options.sampler = parent_based(*rules);
//
// Local rules decide alone: each instance has the whole reservoir. Central rules share it: the
// service grants each instance a quota, for some time. An instance without a live quota borrows one
// request a second. `aws::CentralSampler` asks the service, and calls the writers below.
//
// A decision costs one look at the steady clock, some comparisons and a few atomic additions; it
// takes no lock, allocates nothing, and never waits for a writer. Seconds are the epoch's at the
// start, and go on by the steady clock: a wall clock that jumps neither starves nor doubles a rule.
//
// Thread-safety: all of it.
// Source: the four X-Ray SDKs' reservoirs and rules, read 2026-11, but for one thing: a request
// that was borrowed is also counted as sampled, as in the developer guide's example of
// GetSamplingTargets.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/core/result.hpp>
#include <aloft/telemetry/sampler.hpp>
#include <aloft/telemetry/sampling_rule.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {

/// What the service grants one instance for one rule; what it does not say stays as it is.
struct SamplingTarget {
  std::string rule{};
  std::optional<double> rate{};
  std::optional<std::uint32_t> quota{};  ///< requests a second; 0 is a quota, too
  std::optional<WallTime> quota_until{};
  /// Replaces a lower rate for a time, e.g. while the service sees an anomaly.
  std::optional<double> boost_rate{};
  std::optional<WallTime> boost_until{};
  std::optional<Nanoseconds> interval{};  ///< between reports, for who reports
};

/// What one rule decided since its statistics were taken last.
struct RuleStatistics {
  std::string rule{};
  std::uint64_t requests = 0;  ///< the rule was the one for them
  std::uint64_t sampled = 0;   ///< of them, those borrowed included
  std::uint64_t borrowed = 0;  ///< of those sampled

  // Of a rule with a boost, where the tail is on: what is known of traces that have ended.
  std::uint64_t traces = 0;
  std::uint64_t anomalies = 0;          ///< of those traces: they failed or were slow
  std::uint64_t sampled_anomalies = 0;  ///< of those anomalies

  friend bool operator==(const RuleStatistics&, const RuleStatistics&) = default;
};

class RuleSampler final : public Sampler {
 public:
  /// Starts with local rules. Without a default rule among them, `built_in_rule` is added.
  /// @error invalid_argument  a rate is not in [0, 1], or a rule has no name.
  static Result<std::shared_ptr<RuleSampler>> create(std::vector<SamplingRule> rules,
                                                     const Clock& clock = Clock::system());
  ~RuleSampler() override;

  bool sample(const SamplingRequest& request) const noexcept override;
  /// Counts for the statistics of the central rule that the trace was decided by.
  void ended(const TraceOutcome& outcome) const noexcept override;

  /// From now on these decide, each with its whole reservoir. What is not a rule is left out.
  void use_local(std::vector<SamplingRule> rules);
  /// From now on these decide, by borrowing until there are targets. A rule that was central before
  /// keeps its statistics, its quota and what it has used of it.
  void use_central(std::vector<SamplingRule> rules);
  /// Takes what the service granted; a rule that is not among the central ones is ignored.
  void apply(std::span<const SamplingTarget> targets);
  /// What a central rule decided, and how its traces went, since the last call; nothing when there
  /// was neither.
  std::optional<RuleStatistics> take(std::string_view rule);

  /// The rules that decide, in their order.
  std::vector<SamplingRule> rules() const;
  /// The name of the rule that is for `request`.
  std::string rule_for(const SamplingRequest& request) const;
  bool central() const noexcept;

 private:
  class Writer;
  struct Snapshot;
  struct Pins;
  RuleSampler(std::vector<SamplingRule> rules, const Clock& clock);

  const Clock& clock_;
  const std::int64_t epoch_offset_;  // of the wall clock, ahead of the steady one, at the start
  std::unique_ptr<Pins> pins_;
  std::atomic<const Snapshot*> current_{nullptr};
  std::unique_ptr<Writer> writer_;
};

}  // namespace v0
}  // namespace aloft
