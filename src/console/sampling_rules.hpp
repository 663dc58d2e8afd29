// SPDX-License-Identifier: Apache-2.0
// The sampling rules that the console serves: those of a file, in the service's own shape, and the
// default rule. What `aws xray get-sampling-rules` prints is such a file.
//
//   auto rules = SamplingRules::load("rules.json");
//   if (!rules) …                             // says which rule is wrong, and how
//
// Source: X-Ray service model, SamplingRule, and "Configuring sampling rules", read 2026-11.
// Thread-safety: plain value.
#pragma once

#include <aloft/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft::console {

/// Its priority is behind that of every other rule.
inline constexpr std::string_view kDefaultRule = "Default";
inline constexpr std::int64_t kDefaultPriority = 10'000;
/// Ours: eight times what an account may have.
inline constexpr std::size_t kMaxSamplingRules = 200;

struct SamplingRule {
  std::string name;
  std::string arn;
  std::int64_t priority = kDefaultPriority;
  // X-Ray's own default rule: one request a second, then 5 %.
  double fixed_rate = 0.05;
  std::int64_t reservoir_size = 1;
  std::string resource_arn = "*";
  std::string service_name = "*";
  std::string service_type = "*";
  std::string host = "*";
  std::string http_method = "*";
  std::string url_path = "*";
  std::vector<std::pair<std::string, std::string>> attributes;
};

class SamplingRules {
 public:
  /// The default rule alone.
  SamplingRules();

  /// A list of rules, or of records that hold one, or an answer of GetSamplingRules. A rule named
  /// Default takes the place of the console's own.
  /// @error invalid_argument  says which rule is wrong, by its place in the list, and how.
  static Result<SamplingRules> parse(std::string_view json);
  /// @error unavailable       the file cannot be read.
  /// @error invalid_argument  as `parse`, or it is longer than a megabyte.
  static Result<SamplingRules> load(const std::string& path);

  /// By priority, then by name; the default rule is the last.
  const std::vector<SamplingRule>& all() const noexcept { return rules_; }
  /// Null when there is none of this name.
  const SamplingRule* find(std::string_view name) const noexcept;

 private:
  std::vector<SamplingRule> rules_;
};

/// Whether X-Ray takes a text as a rule's name; such texts can stand in JSON and logs as they are.
bool is_rule_name(std::string_view name) noexcept;

}  // namespace aloft::console
