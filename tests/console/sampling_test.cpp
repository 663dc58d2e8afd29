// SPDX-License-Identifier: Apache-2.0
#include "console/sampling.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace aloft::console {
namespace {

constexpr WallTime kStarted{std::chrono::seconds(1000)};
constexpr WallTime kNow{std::chrono::seconds(2000)};

std::string targets(std::string_view body) {
  const auto answer = sampling_targets_json(body, kStarted, kNow);
  if (const auto* wrong = std::get_if<BadRequest>(&answer)) {
    return "refused: " + std::string(wrong->message);
  }
  return std::get<std::string>(answer);
}

std::string statistics(const std::string& rule) {
  return R"({"RuleName":")" + rule +
         R"(","ClientID":"0123456789abcdef01234567","Timestamp":1999.5,"RequestCount":110,)"
         R"("SampledCount":20,"BorrowCount":10})";
}

TEST(Sampling, TheRulesAreTheDefaultRule) {
  EXPECT_EQ(sampling_rules_json(kStarted),
            R"({"SamplingRuleRecords":[{"SamplingRule":{"RuleName":"Default",)"
            R"("RuleARN":"arn:aws:xray:us-east-1:000000000000:sampling-rule/Default",)"
            R"("ResourceARN":"*","Priority":10000,"FixedRate":0.05,"ReservoirSize":1,)"
            R"("ServiceName":"*","ServiceType":"*","Host":"*","HTTPMethod":"*","URLPath":"*",)"
            R"("Version":1,"Attributes":{}},"CreatedAt":1000.000000,"ModifiedAt":1000.000000}]})");
}

TEST(Sampling, TheTargetsGrantTheReservoirForFiveMinutes) {
  EXPECT_EQ(targets(R"({"SamplingStatisticsDocuments":[)" + statistics("Default") + "]}"),
            R"({"SamplingTargetDocuments":[{"RuleName":"Default","FixedRate":0.05,)"
            R"("ReservoirQuota":1,"ReservoirQuotaTTL":2300.000000,"Interval":10}],)"
            R"("LastRuleModification":1000.000000,"UnprocessedStatistics":[]})");
}

TEST(Sampling, AnUnknownRuleIsUnprocessed) {
  EXPECT_EQ(targets(R"({"SamplingStatisticsDocuments":[)" + statistics("checkout") + "]}"),
            R"({"SamplingTargetDocuments":[],"LastRuleModification":1000.000000,)"
            R"("UnprocessedStatistics":[{"RuleName":"checkout","ErrorCode":"400",)"
            R"("Message":"unknown rule: this console has only the rule Default"}]})");
}

TEST(Sampling, NoStatisticsAreNoTargets) {
  EXPECT_EQ(targets(R"({"SamplingStatisticsDocuments":[]})"),
            R"({"SamplingTargetDocuments":[],"LastRuleModification":1000.000000,)"
            R"("UnprocessedStatistics":[]})");
}

TEST(Sampling, RefusesWhatIsNotARequest) {
  EXPECT_EQ(targets(""), "refused: the body is not JSON");
  EXPECT_EQ(targets("{"), "refused: the body is not JSON");
  EXPECT_EQ(targets(std::string(60'000, '[')), "refused: the body is not JSON");
  const std::string missing = "refused: SamplingStatisticsDocuments is missing or not an array";
  EXPECT_EQ(targets("[]"), missing);
  EXPECT_EQ(targets("7"), missing);
  EXPECT_EQ(targets("{}"), missing);
  EXPECT_EQ(targets(R"({"SamplingStatisticsDocuments":{}})"), missing);
  EXPECT_EQ(targets(R"({"SamplingStatisticsDocuments":[1]})"),
            "refused: a statistics document is not an object");
  EXPECT_EQ(targets(R"({"SamplingStatisticsDocuments":[{}]})"),
            "refused: RuleName is missing or not 1 to 32 characters");
  EXPECT_EQ(targets(R"({"SamplingStatisticsDocuments":[{"RuleName":"<b>"}]})"),
            "refused: RuleName is missing or not 1 to 32 characters");
  EXPECT_EQ(targets(R"({"SamplingStatisticsDocuments":[{"RuleName":"a","ClientID":"xyz"}]})"),
            "refused: ClientID is missing or not 24 hex digits");
  EXPECT_EQ(targets(R"({"SamplingStatisticsDocuments":[{"RuleName":"a",)"
                    R"("ClientID":"0123456789abcdef01234567","RequestCount":-1}]})"),
            "refused: RequestCount or SampledCount is missing or negative");
}

TEST(Sampling, RefusesMoreThanTwentyFiveStatistics) {
  std::string documents = statistics("Default");
  for (int i = 0; i < 25; ++i) documents += "," + statistics("Default");

  EXPECT_EQ(targets(R"({"SamplingStatisticsDocuments":[)" + documents + "]}"),
            "refused: SamplingStatisticsDocuments has more than 25 members");
}

}  // namespace
}  // namespace aloft::console
