// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/sampling_wire.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace aloft::aws {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string rules_of(const std::string& records) {
  return R"({"SamplingRuleRecords":[)" + records + "]}";
}

std::string record(const std::string& fields) { return R"({"SamplingRule":{)" + fields + "}}"; }

constexpr std::string_view kLeast =
    R"("RuleName":"a","Priority":1,"FixedRate":0.5,"ReservoirSize":3)";

TEST(SamplingWire, ReadsEveryFieldOfARule) {
  const auto page = read_sampling_rules(
      R"({"NextToken":"more","SamplingRuleRecords":[{"CreatedAt":0.0,"ModifiedAt":1.5E9,
          "SamplingRule":{"RuleName":"pay","RuleARN":"arn:r","Priority":7,"FixedRate":0.25,
          "ReservoirSize":50,"ServiceName":"pay*","ServiceType":"AWS::ECS::Container",
          "Host":"*.com","HTTPMethod":"P?ST","URLPath":"/v1/*","ResourceARN":"arn:c","Version":1,
          "Attributes":{"plan":"gold","a/b~c":"*"},
          "SamplingRateBoost":{"MaxRate":0.75,"CooldownWindowMinutes":10}}}]})");

  ASSERT_TRUE(page) << page.error().to_string();
  EXPECT_EQ(page->next_token, "more");
  EXPECT_EQ(page->skipped, 0u);
  EXPECT_EQ(page->rules,
            (std::vector<SamplingRule>{{.name = "pay",
                                        .priority = 7,
                                        .reservoir = 50,
                                        .rate = 0.25,
                                        .host = "*.com",
                                        .http_method = "P?ST",
                                        .url_path = "/v1/*",
                                        .service_name = "pay*",
                                        .service_type = "AWS::ECS::Container",
                                        .resource_arn = "arn:c",
                                        .attributes = {{"plan", "gold"}, {"a/b~c", "*"}},
                                        .boost_limit = 0.75}}));
}

TEST(SamplingWire, WhatARuleDoesNotSayIsAnything) {
  const auto page = read_sampling_rules(rules_of(record(std::string(kLeast))));

  ASSERT_TRUE(page);
  EXPECT_EQ(page->next_token, "");
  EXPECT_EQ(page->rules,
            (std::vector<SamplingRule>{{.name = "a", .priority = 1, .reservoir = 3, .rate = 0.5}}));
}

TEST(SamplingWire, LeavesOutAndCountsRulesThatItCannotUse) {
  const std::string least(kLeast);
  const auto skipped = [](const std::string& one) {
    const auto page = read_sampling_rules(rules_of(one));
    return page && page->rules.empty() ? page->skipped : 0;
  };

  EXPECT_EQ(skipped("1,{},null"), 3u);
  EXPECT_EQ(skipped(record(least + R"(,"Version":2)")), 1u);
  EXPECT_EQ(skipped(record(least + R"(,"Host":7)")), 1u);
  EXPECT_EQ(skipped(record(least + R"(,"Attributes":[])")), 1u);
  EXPECT_EQ(skipped(record(least + R"(,"Attributes":{"a":1})")), 1u);
  EXPECT_EQ(skipped(record(least + R"(,"URLPath":")" + std::string(2000, 'x') + '"')), 1u);
  EXPECT_EQ(skipped(record(R"("RuleName":"","Priority":1,"FixedRate":0,"ReservoirSize":1)")), 1u);
  EXPECT_EQ(skipped(record(R"("RuleName":"a","Priority":0,"FixedRate":0,"ReservoirSize":1)")), 1u);
  EXPECT_EQ(skipped(record(R"("RuleName":"a","Priority":1,"FixedRate":2,"ReservoirSize":1)")), 1u);
  EXPECT_EQ(skipped(record(R"("RuleName":"a","Priority":1,"FixedRate":0,"ReservoirSize":-1)")), 1u);
}

TEST(SamplingWire, ReadsNoMoreRulesThanItsLimit) {
  std::string records = record(std::string(kLeast));
  for (int i = 0; i < 600; ++i) records += "," + record(std::string(kLeast));

  const auto page = read_sampling_rules(rules_of(records));

  ASSERT_TRUE(page);
  EXPECT_EQ(page->rules.size(), 512u);
  EXPECT_EQ(page->skipped, 89u);
}

TEST(SamplingWire, RefusesWhatIsNoAnswer) {
  EXPECT_FALSE(read_sampling_rules(""));
  EXPECT_FALSE(read_sampling_rules("{}"));
  EXPECT_FALSE(read_sampling_rules(R"({"SamplingRuleRecords":{"a":1}})"));
  EXPECT_FALSE(read_sampling_rules(rules_of(std::string(kMaxSamplingReplyBytes, ' '))));
  EXPECT_FALSE(read_sampling_rules(R"({"SamplingRuleRecords":[],"NextToken":")" +
                                   std::string(5000, 'x') + "\"}"));
  EXPECT_FALSE(read_sampling_targets("[]"));
  EXPECT_FALSE(read_sampling_targets(R"({"SamplingTargetDocuments":1})"));
}

TEST(SamplingWire, AsksForTheNextPage) {
  EXPECT_EQ(sampling_rules_body(""), "{}");
  EXPECT_EQ(sampling_rules_body("a\"b"), R"({"NextToken":"a\"b"})");
}

TEST(SamplingWire, ReportsTheExampleOfTheGuide) {
  const RuleStatistics statistics{.rule = "base", .requests = 110, .sampled = 20, .borrowed = 10};

  EXPECT_EQ(
      sampling_targets_body(std::span(&statistics, 1), {.client_id = "ABCDEF1234567890ABCDEF10"},
                            WallTime(milliseconds(1'530'920'505'500))),
      R"({"SamplingStatisticsDocuments":[{"RuleName":"base",)"
      R"("ClientID":"ABCDEF1234567890ABCDEF10","Timestamp":1530920505.500000,)"
      R"("RequestCount":110,"SampledCount":20,"BorrowCount":10}]})");
}

constexpr SamplingInstance kPayments{.client_id = "ABCDEF1234567890ABCDEF10",
                                     .service_name = "payments"};

TEST(SamplingWire, ReportsAnomaliesOfRulesWhoseTracesHaveEnded) {
  const std::vector<RuleStatistics> statistics = {
      {.rule = "quiet", .requests = 1},
      {.rule = "pay", .requests = 9, .traces = 7, .anomalies = 3, .sampled_anomalies = 1}};

  const std::string body = sampling_targets_body(statistics, kPayments, WallTime(seconds(7)));

  EXPECT_THAT(body, ::testing::EndsWith(
                        R"("BorrowCount":0}],"SamplingBoostStatisticsDocuments":[)"
                        R"({"RuleName":"pay","ServiceName":"payments","Timestamp":7.000000,)"
                        R"("AnomalyCount":3,"TotalCount":7,"SampledAnomalyCount":1}]})"));
}

TEST(SamplingWire, ReportsNoAnomaliesWhereThereIsNothingToTell) {
  const RuleStatistics ended{.rule = "pay", .requests = 1, .traces = 1};
  const RuleStatistics none{.rule = "pay", .requests = 1};
  const auto has_member = [](const RuleStatistics& rule, const SamplingInstance& instance) {
    return sampling_targets_body(std::span(&rule, 1), instance, WallTime()).find("Boost") !=
           std::string::npos;
  };

  EXPECT_TRUE(has_member(ended, kPayments));
  EXPECT_FALSE(has_member(none, kPayments));
  EXPECT_FALSE(has_member(ended, {.client_id = kPayments.client_id}));
}

TEST(SamplingWire, TellsAServiceOfAtMostSixtyFourBytes) {
  const RuleStatistics ended{.rule = "pay", .requests = 1, .traces = 1};
  const std::string name = std::string(63, 'n') + "\xc3\xa9 and more";

  const std::string body =
      sampling_targets_body(std::span(&ended, 1), {.service_name = name}, WallTime());

  EXPECT_THAT(body, ::testing::HasSubstr("\"" + std::string(63, 'n') + "\""));
}

TEST(SamplingWire, ReportsNoMoreThanTwentyFiveRules) {
  const std::vector<RuleStatistics> statistics(30, RuleStatistics{.rule = "a", .requests = 1});

  const std::string body =
      sampling_targets_body(statistics, {.client_id = "0123456789abcdef01234567"}, WallTime());

  std::size_t documents = 0;
  for (std::size_t at = 0; (at = body.find("RuleName", at)) != std::string::npos; ++at) {
    ++documents;
  }
  EXPECT_EQ(documents, 25u);
}

TEST(SamplingWire, ReadsTargets) {
  const auto grants = read_sampling_targets(
      R"({"SamplingTargetDocuments":[
           {"RuleName":"base","FixedRate":0.1,"ReservoirQuota":2,"ReservoirQuotaTTL":1530923107.5,
            "Interval":10,"SamplingBoost":{"BoostRate":0.5,"BoostRateTTL":1530923200}},
           {"RuleName":"none","ReservoirQuota":0,"ReservoirQuotaTTL":1530923107},
           {"FixedRate":1}],
          "LastRuleModification":1530920505.0,
          "UnprocessedStatistics":[{"RuleName":"gone","ErrorCode":"400","Message":"unknown"},
                                   {"RuleName":"base","ErrorCode":"500"},{}]})");

  ASSERT_TRUE(grants) << grants.error().to_string();
  ASSERT_EQ(grants->targets.size(), 2u);
  EXPECT_EQ(grants->skipped, 1u);
  const SamplingTarget& base = grants->targets[0];
  EXPECT_EQ(base.rule, "base");
  EXPECT_EQ(base.rate, 0.1);
  EXPECT_EQ(base.quota, 2u);
  EXPECT_EQ(base.quota_until, WallTime(milliseconds(1'530'923'107'500)));
  EXPECT_EQ(base.interval, seconds(10));
  EXPECT_EQ(base.boost_rate, 0.5);
  EXPECT_EQ(base.boost_until, WallTime(seconds(1'530'923'200)));
  EXPECT_EQ(grants->targets[1].quota, 0u);
  EXPECT_EQ(grants->targets[1].rate, std::nullopt);
  EXPECT_EQ(grants->last_rule_modification, WallTime(seconds(1'530'920'505)));
  ASSERT_EQ(grants->unprocessed.size(), 3u);
  EXPECT_EQ(grants->unprocessed[0].rule, "gone");
  EXPECT_EQ(grants->unprocessed[0].status, 400);
  EXPECT_EQ(grants->unprocessed[1].status, 500);
  EXPECT_EQ(grants->unprocessed[2].status, 0);
}

TEST(SamplingWire, ReadsAnomaliesThatWereNotTakenAmongTheUnprocessed) {
  const auto grants = read_sampling_targets(
      R"({"SamplingTargetDocuments":[],
          "UnprocessedStatistics":[{"RuleName":"base","ErrorCode":"500"}],
          "UnprocessedBoostStatistics":[{"RuleName":"pay","ErrorCode":"400"}]})");

  ASSERT_TRUE(grants) << grants.error().to_string();
  ASSERT_EQ(grants->unprocessed.size(), 2u);
  EXPECT_EQ(grants->unprocessed[1].rule, "pay");
  EXPECT_EQ(grants->unprocessed[1].status, 400);
}

TEST(SamplingWire, LeavesOutValuesOfTargetsThatAreNone) {
  const auto grants = read_sampling_targets(
      R"({"SamplingTargetDocuments":[{"RuleName":"a","FixedRate":7,"ReservoirQuota":-1,
          "ReservoirQuotaTTL":1e300,"Interval":"x","SamplingBoost":{"BoostRate":-1}}]})");

  ASSERT_TRUE(grants);
  const SamplingTarget& target = grants->targets.at(0);
  EXPECT_FALSE(target.rate || target.quota || target.quota_until || target.interval ||
               target.boost_rate || target.boost_until);
}

}  // namespace
}  // namespace aloft::aws
