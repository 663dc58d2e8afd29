// SPDX-License-Identifier: Apache-2.0
#include "console/sampling.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <variant>

namespace aloft::console {
namespace {

constexpr WallTime kStarted{std::chrono::seconds(1000)};
constexpr WallTime kNow{std::chrono::seconds(2000)};

std::string told(std::variant<std::string, BadRequest> answer) {
  if (const auto* wrong = std::get_if<BadRequest>(&answer)) {
    return "refused: " + std::string(wrong->message);
  }
  return std::get<std::string>(std::move(answer));
}

std::string targets(std::string_view body) {
  return told(Sampling(SamplingRules(), kStarted).targets_json(body, kNow));
}

std::string statistics(const std::string& rule) {
  return R"({"RuleName":")" + rule +
         R"(","ClientID":"0123456789abcdef01234567","Timestamp":1999.5,"RequestCount":110,)"
         R"("SampledCount":20,"BorrowCount":10})";
}

TEST(Sampling, TheRulesAreTheDefaultRule) {
  EXPECT_EQ(told(Sampling(SamplingRules(), kStarted).rules_json("")),
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
            R"("Message":"unknown rule: this console does not have it"}]})");
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

std::string rule(const std::string& name, int priority, int reservoir) {
  return R"({"RuleName":")" + name + R"(","Priority":)" + std::to_string(priority) +
         R"(,"FixedRate":0.5,"ReservoirSize":)" + std::to_string(reservoir) +
         R"(,"ServiceName":"*","ServiceType":"*","Host":"*","HTTPMethod":"*","URLPath":"/v1/*",)"
         R"("ResourceARN":"*","Version":1})";
}

Sampling served(const std::string& rules) {
  auto parsed = SamplingRules::parse("[" + rules + "]");
  EXPECT_TRUE(parsed) << parsed.error().message;
  return {std::move(*parsed), kStarted};
}

class QuotaTest : public ::testing::Test {
 protected:
  // What the client is granted of the rule "busy" when it reports at that second.
  std::string quota(char client, int second) {
    const std::string body = R"({"SamplingStatisticsDocuments":[{"RuleName":"busy","ClientID":")" +
                             std::string(24, client) +
                             R"(","Timestamp":1,"RequestCount":1,"SampledCount":1}]})";
    const std::string answer =
        told(sampling_.targets_json(body, WallTime(std::chrono::seconds(second))));
    constexpr std::string_view kKey = "\"ReservoirQuota\":";
    const std::size_t at = answer.find(kKey) + kKey.size();
    return answer.substr(at, answer.find(',', at) - at);
  }

  Sampling sampling_ = served(rule("busy", 1, 10));
};

TEST_F(QuotaTest, IsTheWholeReservoirForOneClient) {
  EXPECT_EQ(quota('a', 1000), "10");
  EXPECT_EQ(quota('a', 1010), "10");
}

TEST_F(QuotaTest, IsSplitBetweenTheClientsOfTheLastInterval) {
  quota('a', 1000);
  quota('b', 1001);
  quota('c', 1002);

  EXPECT_EQ(quota('a', 1010), "4");
  EXPECT_EQ(quota('b', 1011), "3");
  EXPECT_EQ(quota('c', 1012), "3");
}

TEST_F(QuotaTest, GrowsAgainOnceAClientIsGone) {
  quota('a', 1000);
  quota('b', 1005);

  EXPECT_EQ(quota('a', 1010), "5");
  EXPECT_EQ(quota('a', 1020), "5");  // b may be a little late
  EXPECT_EQ(quota('a', 1021), "10");
}

TEST_F(QuotaTest, IsNoMoreThanTheReservoirWhenThereAreMoreClientsThanIt) {
  int sum = 0;
  for (int round = 0; round < 2; ++round) {
    sum = 0;
    for (char client = '0'; client <= '9'; ++client) sum += std::stoi(quota(client, 1000));
    for (char client = 'a'; client <= 'f'; ++client) sum += std::stoi(quota(client, 1000));
  }

  EXPECT_EQ(sum, 10);
}

TEST_F(QuotaTest, ForgetsReportsOfATimeBeforeTheClockWasSetBack) {
  quota('a', 5000);

  EXPECT_EQ(quota('b', 1000), "10");
}

TEST(Sampling, RemembersAThousandClientsOfARule) {
  Sampling sampling = served(rule("busy", 1, 2000));
  std::string last;
  for (int client = 0; client < 1001; ++client) {
    char id[32];
    std::snprintf(id, sizeof id, "%024x", client);
    last = told(sampling.targets_json(
        R"({"SamplingStatisticsDocuments":[{"RuleName":"busy","ClientID":")" + std::string(id) +
            R"(","Timestamp":1,"RequestCount":1,"SampledCount":1}]})",
        kNow));
    if (client == 999) {
      EXPECT_NE(last.find("\"ReservoirQuota\":2,"), std::string::npos) << last;
    }
  }

  EXPECT_NE(last.find("\"ReservoirQuota\":0,"), std::string::npos) << last;
}

TEST(Sampling, ServesTheRulesOfTheFileByPriorityAndTheDefaultLast) {
  const std::string answer = told(
      served(rule("late", 9, 1) + "," + rule("b", 5, 1) + "," + rule("a", 5, 1)).rules_json("{}"));

  const std::size_t a = answer.find("\"RuleName\":\"a\"");
  const std::size_t b = answer.find("\"RuleName\":\"b\"");
  const std::size_t late = answer.find("\"RuleName\":\"late\"");
  const std::size_t last = answer.find("\"RuleName\":\"Default\"");
  EXPECT_LT(a, b);
  EXPECT_LT(b, late);
  EXPECT_LT(late, last);
  EXPECT_NE(last, std::string::npos);
  EXPECT_NE(answer.find("\"URLPath\":\"/v1/*\""), std::string::npos);
  EXPECT_EQ(answer.find("NextToken"), std::string::npos);
}

TEST(Sampling, PagesThroughEachRuleOnce) {
  std::string rules;
  for (int i = 0; i < 120; ++i) {
    rules += std::string(rules.empty() ? "" : ",") + rule("r" + std::to_string(i), 1 + i, 1);
  }
  const Sampling sampling = served(rules);

  const std::string first = told(sampling.rules_json("{}"));
  const std::string second = told(sampling.rules_json(R"({"NextToken":"50"})"));
  const std::string third = told(sampling.rules_json(R"({"NextToken":"100"})"));

  EXPECT_NE(first.find(R"("NextToken":"50"})"), std::string::npos);
  EXPECT_NE(first.find("\"r49\""), std::string::npos);
  EXPECT_EQ(first.find("\"r50\""), std::string::npos);
  EXPECT_NE(second.find(R"("NextToken":"100"})"), std::string::npos);
  EXPECT_EQ(second.find("\"r49\""), std::string::npos);
  EXPECT_NE(third.find("\"Default\""), std::string::npos);
  EXPECT_EQ(third.find("NextToken"), std::string::npos);
  for (const char* token : {"\"0\"", "\"121\"", "\"x\"", "7", "\"-1\""}) {
    EXPECT_EQ(told(sampling.rules_json("{\"NextToken\":" + std::string(token) + "}")),
              "refused: NextToken is not one of this operation")
        << token;
  }
  EXPECT_EQ(told(sampling.rules_json(R"({"NextToken":null})")), first);
}

}  // namespace
}  // namespace aloft::console
