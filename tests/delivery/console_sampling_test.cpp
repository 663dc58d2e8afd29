// SPDX-License-Identifier: Apache-2.0
// What the console answers about sampling is what the sampler reads, and the other way round.
#include "console/sampling.hpp"

#include <aloft/aws/sampling_wire.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <variant>
#include <vector>

namespace aloft::aws {
namespace {

constexpr WallTime kStarted{std::chrono::seconds(1000)};
constexpr WallTime kNow{std::chrono::seconds(2000)};

console::Sampling built_in() { return {console::SamplingRules(), kStarted}; }

TEST(ConsoleSampling, ItsRulesAreTheBuiltInOne) {
  const auto page = read_sampling_rules(std::get<std::string>(built_in().rules_json("")));

  ASSERT_TRUE(page) << page.error().to_string();
  EXPECT_EQ(page->rules, std::vector<SamplingRule>{built_in_rule()});
  EXPECT_EQ(page->skipped, 0u);
  EXPECT_EQ(page->next_token, "");
}

TEST(ConsoleSampling, TakesOurReportAndGrantsWhatWeRead) {
  const std::vector<RuleStatistics> statistics = {
      {.rule = "Default", .requests = 110, .sampled = 20, .borrowed = 10},
      {.rule = "gone", .requests = 1}};
  const auto answer = built_in().targets_json(
      sampling_targets_body(statistics, {.client_id = "0123456789abcdef01234567"}, kNow), kNow);
  ASSERT_TRUE(std::holds_alternative<std::string>(answer));

  const auto grants = read_sampling_targets(std::get<std::string>(answer));

  ASSERT_TRUE(grants) << grants.error().to_string();
  ASSERT_EQ(grants->targets.size(), 1u);
  EXPECT_EQ(grants->targets[0].rule, "Default");
  EXPECT_EQ(grants->targets[0].quota, 1u);
  EXPECT_EQ(grants->targets[0].quota_until, kNow + std::chrono::minutes(5));
  EXPECT_EQ(grants->targets[0].interval, std::chrono::seconds(10));
  EXPECT_EQ(grants->last_rule_modification, kStarted);
  ASSERT_EQ(grants->unprocessed.size(), 1u);
  EXPECT_EQ(grants->unprocessed[0].rule, "gone");
  EXPECT_EQ(grants->unprocessed[0].status, 400);
}

}  // namespace
}  // namespace aloft::aws
