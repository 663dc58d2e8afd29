// SPDX-License-Identifier: Apache-2.0
// X-Ray's sampling rules as values: which requests a rule is for, and in which order rules are
// tried. What a rule then decides is `RuleSampler`'s.
//
//   std::vector<SamplingRule> rules = {{.name = "pay", .priority = 10, .url_path = "/v1/*"},
//                                      built_in_rule()};
//   sort_rules(rules);
//   const SamplingRule* rule = first_match(rules, request);   // null when none is for it
//
// A pattern stands for the whole text, in any ASCII case: `*` is any run of characters, `?` is one.
// What is not known of a request is matched by patterns of `*` alone.
//
// Thread-safety: plain values and pure functions.
// Source: X-Ray API reference, "SamplingRule", and developer guide, "Configuring sampling rules",
// read 2026-11.
#pragma once

#include <aloft/telemetry/sampler.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {

/// The rule that is tried last and is for every request.
inline constexpr std::string_view kDefaultRuleName = "Default";
inline constexpr std::int32_t kDefaultRulePriority = 10'000;

struct AttributePattern {
  std::string key;  ///< as it is
  std::string pattern;

  friend bool operator==(const AttributePattern&, const AttributePattern&) = default;
};

struct SamplingRule {
  std::string name{};
  std::int32_t priority = 1;    ///< the lowest is tried first; rules have 1 to 9999
  std::uint32_t reservoir = 0;  ///< requests a second that are sampled before `rate` decides
  double rate = 0;              ///< share of the rest, 0 to 1
  std::string host = "*";
  std::string http_method = "*";
  std::string url_path = "*";
  std::string service_name = "*";  ///< the name of the local root
  std::string service_type = "*";
  std::string resource_arn = "*";
  std::vector<AttributePattern> attributes{};  ///< each of them has to match
  std::optional<double> boost_limit{};         ///< no boost goes above it

  bool is_default() const noexcept { return name == kDefaultRuleName; }
  friend bool operator==(const SamplingRule&, const SamplingRule&) = default;
};

/// What X-Ray starts every account with: one request a second, then 5 %.
SamplingRule built_in_rule();

/// Linear in memory (none) and never exponential in time: at most pattern times text.
bool matches_wildcard(std::string_view pattern, std::string_view text) noexcept;

/// Whether `rule` is for `request`; the default rule is for each.
bool matches(const SamplingRule& rule, const SamplingRequest& request) noexcept;

/// By priority, then by name; the default rule last.
void sort_rules(std::vector<SamplingRule>& rules);

/// The first of `sorted` that is for `request`, or null.
const SamplingRule* first_match(std::span<const SamplingRule> sorted,
                                const SamplingRequest& request) noexcept;

}  // namespace v0
}  // namespace aloft
