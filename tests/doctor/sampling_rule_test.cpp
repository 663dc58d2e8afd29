// SPDX-License-Identifier: Apache-2.0
#include "doctor/sampling_rule.hpp"

#include <gtest/gtest.h>

#include <string>

namespace aloft::doctor {
namespace {

std::string rule(const std::string& name, int priority, const std::string& more = {}) {
  return R"({"SamplingRule":{"RuleName":")" + name + R"(","Priority":)" + std::to_string(priority) +
         R"(,"ReservoirSize":2,"FixedRate":0.1)" + more + "}}";
}

std::string answer(const std::string& rules) {
  return R"({"SamplingRuleRecords":[)" + rules + "]}";
}

TEST(DoctorSamplingRule, TakesTheLowestPriorityOfThoseForTheWholeService) {
  const std::string body = answer(
      rule("Default", 10000) + "," + rule("late", 20, R"(,"ServiceName":"pay*")") + "," +
      rule("first", 10, R"(,"ServiceName":"payments","Attributes":{})") + "," +
      rule("other", 1, R"(,"ServiceName":"ledger")") + "," + rule("path", 2, R"(,"URLPath":"/x")"));

  EXPECT_EQ(*chosen_rule(body, "payments"),
            "\"first\": 2 a second, then 10 %; 2 others are for some requests or services");
  EXPECT_EQ(*chosen_rule(body, "web"),
            "\"Default\": 2 a second, then 10 %; 4 others are for some requests or services");
}

TEST(DoctorSamplingRule, SaysSoWhenThereIsNone) {
  EXPECT_EQ(*chosen_rule(answer(""), "payments"), "no rule is for every request of this service");
}

TEST(DoctorSamplingRule, QuotesNothingThatCouldMoveATerminal) {
  EXPECT_EQ(*chosen_rule(answer(rule(R"(a\u001b[31m\")", 1)), "payments"),
            "\"a??31m?\": 2 a second, then 10 %");
}

TEST(DoctorSamplingRule, RefusesWhatIsNoAnswer) {
  EXPECT_FALSE(chosen_rule("", "payments"));
  EXPECT_FALSE(chosen_rule("{}", "payments"));
  EXPECT_FALSE(chosen_rule(R"({"SamplingRuleRecords":1})", "payments"));
  EXPECT_EQ(*chosen_rule(answer("1,{},null"), "payments"),
            "no rule is for every request of this service");
}

}  // namespace
}  // namespace aloft::doctor
