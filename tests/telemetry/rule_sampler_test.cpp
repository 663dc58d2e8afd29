// SPDX-License-Identifier: Apache-2.0
#include "bench_of_one.hpp"

#include <aloft/telemetry/rule_sampler.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <string>
#include <thread>
#include <vector>

namespace aloft {
namespace {

constexpr TraceContext kNoParent{};
/// Draws that every rate above 0 takes, and that none below 1 does.
constexpr std::uint64_t kTaken = 0;
constexpr std::uint64_t kLeft = (std::numeric_limits<std::uint64_t>::max)();

struct Bed {
  testing::ManualClock clock;
  std::shared_ptr<RuleSampler> sampler;

  enum class Rules : std::uint8_t { local, central };
  explicit Bed(std::vector<SamplingRule> rules, Rules kind = Rules::local)
      : sampler(*RuleSampler::create(rules, clock)) {
    if (kind == Rules::central) sampler->use_central(std::move(rules));
  }

  bool sample(std::string_view path, std::uint64_t draw = kLeft) const {
    return sampler->sample({.name = "payments",
                            .parent = kNoParent,
                            .tenant = {},
                            .draw = draw,
                            .request = {.url_path = path}});
  }
  /// How many of `requests` are sampled, with draws that no rate takes.
  int sampled(int requests, std::string_view path = "/x") const {
    int count = 0;
    for (int i = 0; i < requests; ++i) count += sample(path) ? 1 : 0;
    return count;
  }
  void grant(SamplingTarget target) const { sampler->apply(std::span(&target, 1)); }
  WallTime in(Nanoseconds time) const { return clock.now().wall + time; }
};
constexpr auto kCentral = Bed::Rules::central;

const SamplingRule kPay{.name = "pay", .reservoir = 3, .rate = 0.25, .url_path = "/pay*"};

TEST(RuleSampler, LocalRulesTakeTheirReservoirEachSecondThenTheirRate) {
  Bed bed({kPay});

  EXPECT_EQ(bed.sampled(10, "/pay"), 3);
  EXPECT_TRUE(bed.sample("/pay", kTaken));
  bed.clock.advance(milliseconds(999));
  EXPECT_EQ(bed.sampled(10, "/pay"), 0);
  bed.clock.advance(milliseconds(1));
  EXPECT_EQ(bed.sampled(10, "/pay"), 3);
}

TEST(RuleSampler, TheRateIsExactTo53Bits) {
  constexpr double kRate = 0x1.0p-53;  // the smallest share that a draw can tell from none
  const Bed bed({{.name = "Default", .rate = kRate}});

  EXPECT_TRUE(bed.sample("/", (std::uint64_t{1} << 11) - 1));
  EXPECT_FALSE(bed.sample("/", std::uint64_t{1} << 11));
}

TEST(RuleSampler, RatesOfNoneAndAllAreNoneAndAll) {
  const Bed bed({{.name = "none", .rate = 0, .url_path = "/none"}, {.name = "Default", .rate = 1}});

  EXPECT_FALSE(bed.sample("/none", kTaken));
  EXPECT_TRUE(bed.sample("/all", kLeft));
}

TEST(RuleSampler, WithoutADefaultRuleTheBuiltInOneTakesOneASecondThenFivePercent) {
  const Bed bed({});

  EXPECT_EQ(bed.sampled(5), 1);
  EXPECT_TRUE(bed.sample("/", 0x0CCC'CCCC'CCCC'0000));   // just below 0.05
  EXPECT_FALSE(bed.sample("/", 0x0CCC'CCCC'CCCD'0000));  // just above
  EXPECT_EQ(bed.sampler->rules(), std::vector<SamplingRule>{built_in_rule()});
}

TEST(RuleSampler, RefusesRulesThatAreNone) {
  EXPECT_EQ(RuleSampler::create({{.name = "a", .rate = 1.5}}).error().to_string(),
            "invalid_argument: the rate of a sampling rule is outside 0 to 1 (give a fraction: "
            "0.05 is five percent)");
  EXPECT_FALSE(
      RuleSampler::create({{.name = "a", .rate = std::numeric_limits<double>::quiet_NaN()}}));
  EXPECT_FALSE(RuleSampler::create({SamplingRule{.rate = 0.5}}));
}

TEST(RuleSampler, ACentralRuleBorrowsOneASecondUntilItHasAQuota) {
  Bed bed({kPay}, kCentral);

  EXPECT_EQ(bed.sampled(10, "/pay"), 1);
  bed.clock.advance(seconds(1));
  EXPECT_EQ(bed.sampled(10, "/pay"), 1);

  EXPECT_EQ(bed.sampler->take("pay"),
            (RuleStatistics{.rule = "pay", .requests = 20, .sampled = 2, .borrowed = 2}));
}

TEST(RuleSampler, ARuleWithoutAReservoirBorrowsNothing) {
  Bed bed({{.name = "Default", .reservoir = 0, .rate = 0}}, kCentral);

  EXPECT_EQ(bed.sampled(10), 0);
  EXPECT_FALSE(bed.sample("/", kTaken));
}

TEST(RuleSampler, AQuotaIsTakenEachSecondUntilItExpires) {
  Bed bed({kPay}, kCentral);
  bed.grant({.rule = "pay", .quota = 2, .quota_until = bed.in(seconds(5))});

  EXPECT_EQ(bed.sampled(10, "/pay"), 2);
  bed.clock.advance(seconds(5));
  EXPECT_EQ(bed.sampled(10, "/pay"), 2);  // that moment included
  bed.clock.advance(seconds(1));
  EXPECT_EQ(bed.sampled(10, "/pay"), 1);  // borrowed again

  EXPECT_EQ(bed.sampler->take("pay"),
            (RuleStatistics{.rule = "pay", .requests = 30, .sampled = 5, .borrowed = 1}));
}

TEST(RuleSampler, AQuotaOfZeroIsAQuota) {
  Bed bed({kPay}, kCentral);
  bed.grant({.rule = "pay", .quota = 5, .quota_until = bed.in(seconds(60))});
  bed.grant({.rule = "pay", .quota = 0, .quota_until = bed.in(seconds(60))});

  EXPECT_EQ(bed.sampled(10, "/pay"), 0);
  EXPECT_TRUE(bed.sample("/pay", kTaken));
}

TEST(RuleSampler, ATargetWithoutAQuotaLeavesItBorrowing) {
  Bed bed({kPay}, kCentral);
  bed.grant({.rule = "pay", .rate = 1.0});

  bed.sampled(10, "/pay");

  EXPECT_EQ(bed.sampler->take("pay"),
            (RuleStatistics{.rule = "pay", .requests = 10, .sampled = 10, .borrowed = 1}));
}

TEST(RuleSampler, ATargetsRateReplacesTheRulesUntilTheRulesAreReadAgain) {
  Bed bed({{.name = "Default", .rate = 0.5}}, kCentral);

  bed.grant({.rule = "Default", .rate = 0.0});
  EXPECT_FALSE(bed.sample("/", kTaken));
  bed.grant({.rule = "Default", .rate = 7.0});  // no share: ignored
  EXPECT_FALSE(bed.sample("/", kTaken));
  bed.sampler->use_central({{.name = "Default", .rate = 0.5}});
  EXPECT_TRUE(bed.sample("/", kTaken));
}

TEST(RuleSampler, ABoostLastsUntilItsTimeAndLowersNothing) {
  Bed bed({{.name = "Default", .rate = 0.25}}, kCentral);
  constexpr std::uint64_t kHalf = std::uint64_t{1} << 63;

  bed.grant({.rule = "Default", .boost_rate = 0.75, .boost_until = bed.in(seconds(60))});
  EXPECT_TRUE(bed.sample("/", kHalf));
  bed.clock.advance(seconds(61));
  EXPECT_FALSE(bed.sample("/", kHalf));
  bed.grant({.rule = "Default", .boost_rate = 0.0, .boost_until = bed.in(seconds(60))});
  EXPECT_TRUE(bed.sample("/", kTaken));
}

TEST(RuleSampler, ABoostStaysBelowTheLimitOfItsRule) {
  Bed bed({{.name = "Default", .rate = 0.1, .boost_limit = 0.25}}, kCentral);

  bed.grant({.rule = "Default", .boost_rate = 0.75, .boost_until = bed.in(seconds(60))});

  EXPECT_TRUE(bed.sample("/", 0x3FFF'FFFF'FFFF'FFFF));
  EXPECT_FALSE(bed.sample("/", 0x4000'0000'0000'0000));
}

TEST(RuleSampler, BorrowedIsInsideOfSampledAsInTheExampleOfTheGuide) {
  // 110 requests in ten seconds, one borrowed each second, and ten by the rate.
  Bed bed({{.name = "Default", .reservoir = 1, .rate = 0.1}}, kCentral);
  for (int second = 0; second < 10; ++second) {
    for (int i = 0; i < 11; ++i) bed.sample("/", i == 5 ? kTaken : kLeft);
    bed.clock.advance(seconds(1));
  }

  EXPECT_EQ(bed.sampler->take("Default"),
            (RuleStatistics{.rule = "Default", .requests = 110, .sampled = 20, .borrowed = 10}));
}

TEST(RuleSampler, StatisticsAreOfTheTimeSinceTheyWereTaken) {
  Bed bed({kPay}, kCentral);
  bed.sampled(10, "/pay");

  EXPECT_TRUE(bed.sampler->take("pay"));
  EXPECT_EQ(bed.sampler->take("pay"), std::nullopt);
  EXPECT_EQ(bed.sampler->take("unknown"), std::nullopt);
  bed.sampled(1, "/pay");
  EXPECT_EQ(bed.sampler->take("pay"), (RuleStatistics{.rule = "pay", .requests = 1}));
}

TEST(RuleSampler, ARuleThatStaysKeepsItsQuotaWhatItUsedAndItsStatistics) {
  Bed bed({kPay}, kCentral);
  bed.grant({.rule = "pay", .quota = 2, .quota_until = bed.in(seconds(60))});
  bed.sampled(10, "/pay");

  bed.sampler->use_central({{.name = "new", .url_path = "/new"}, kPay});

  EXPECT_EQ(bed.sampled(10, "/pay"), 0);
  bed.clock.advance(seconds(1));
  EXPECT_EQ(bed.sampled(10, "/pay"), 2);
  EXPECT_EQ(bed.sampler->take("pay"),
            (RuleStatistics{.rule = "pay", .requests = 30, .sampled = 4}));
}

TEST(RuleSampler, LocalAndCentralRulesOfOneNameAreDifferentRules) {
  Bed bed({kPay}, kCentral);
  bed.sampled(4, "/pay");

  bed.sampler->use_local({kPay});
  EXPECT_FALSE(bed.sampler->central());
  EXPECT_EQ(bed.sampled(4, "/pay"), 3);
  EXPECT_EQ(bed.sampler->take("pay"), std::nullopt);
  bed.grant({.rule = "pay", .rate = 0.0});  // local rules have no targets
  EXPECT_TRUE(bed.sample("/pay", kTaken));

  bed.sampler->use_central({kPay});
  EXPECT_TRUE(bed.sampler->central());
  EXPECT_EQ(bed.sampler->take("pay"), std::nullopt);
}

TEST(RuleSampler, AWallClockThatJumpsNeitherStarvesNorDoublesARule) {
  Bed bed({kPay});
  EXPECT_EQ(bed.sampled(10, "/pay"), 3);

  bed.clock.jump_wall(-std::chrono::hours(1));
  EXPECT_EQ(bed.sampled(10, "/pay"), 0);
  bed.clock.advance(seconds(1));
  EXPECT_EQ(bed.sampled(10, "/pay"), 3);
}

TEST(RuleSampler, TimesFarAwayAreTheirEnds) {
  Bed bed({kPay}, kCentral);

  bed.grant({.rule = "pay", .quota = 2, .quota_until = (WallTime::max)()});
  EXPECT_EQ(bed.sampled(10, "/pay"), 2);
  bed.grant({.rule = "pay", .quota = 2, .quota_until = (WallTime::min)()});
  bed.clock.advance(seconds(1));
  EXPECT_EQ(bed.sampled(10, "/pay"), 1);
}

TEST(RuleSampler, ManyThreadsTakeNoMoreThanTheReservoirWhileRulesChange) {
  testing::ManualClock clock;
  const auto sampler = *RuleSampler::create({}, clock);
  sampler->use_central({{.name = "Default", .reservoir = 1, .rate = 0}});
  const SamplingTarget target{
      .rule = "Default", .quota = 1000, .quota_until = clock.now().wall + seconds(60)};
  sampler->apply(std::span(&target, 1));
  std::atomic<int> sampled{0};
  constexpr int kThreads = 4;
  constexpr int kRequests = 20'000;

  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < kRequests; ++n) {
        sampled += sampler->sample({.name = "x", .parent = kNoParent, .tenant = {}, .draw = kLeft});
      }
    });
  }
  std::uint64_t reported = 0;
  for (int n = 0; n < 200; ++n) {
    sampler->use_central({{.name = "Default", .reservoir = 1, .rate = 0}});
    const auto taken = sampler->take("Default").value_or(RuleStatistics{});
    EXPECT_LE(taken.sampled, taken.requests);
    reported += taken.requests;
  }
  for (std::thread& thread : threads) thread.join();
  reported += sampler->take("Default").value_or(RuleStatistics{}).requests;

  EXPECT_EQ(sampled, 1000);
  EXPECT_EQ(reported, std::uint64_t{kThreads} * kRequests);
}

TEST(RuleSampler, ACentralRuleIsNamedInTheRecordAndALocalOneIsNot) {
  const auto rules = *RuleSampler::create({{.name = "local", .rate = 1, .url_path = "*"}});
  Bench bench({.sampler = parent_based(rules)});
  const TraceContext sampled{{1, 2}, {3}, Sampled::yes};

  bench.tracer.start("local").end();
  rules->use_central({{.name = "checkout", .rate = 1}});
  bench.tracer.start("central").end();
  bench.tracer.start("continued", {.parent = {{1, 2}, {3}, Sampled::undecided}}).end();
  bench.tracer.start("decided", {.parent = sampled}).end();
  bench.flush();

  EXPECT_EQ(bench.memory.span("local").sampling_rule, "");
  EXPECT_EQ(bench.memory.span("central").sampling_rule, "checkout");
  EXPECT_EQ(bench.memory.span("continued").sampling_rule, "checkout");
  EXPECT_EQ(bench.memory.span("decided").sampling_rule, "");
}

TEST(RuleSampler, IsToldWhatTheTracerKnowsOfRequestAndService) {
  const auto rules = *RuleSampler::create({{.name = "yes",
                                            .rate = 1,
                                            .host = "shop",
                                            .http_method = "GET",
                                            .url_path = "/cart",
                                            .service_name = "payments",
                                            .service_type = "AWS::ECS::Container",
                                            .resource_arn = "arn:c",
                                            .attributes = {{"plan", "gold"}}},
                                           {.name = "Default"}});
  Bench bench({.sampler = rules,
               .origin = "AWS::ECS::Container",
               .resource_attributes = {{"aws.ecs.container.arn", "arn:c"}}});
  const SamplingAttribute plan{"plan", "gold"};
  const RequestTraits traits{
      .host = "shop", .http_method = "GET", .url_path = "/cart", .attributes = std::span(&plan, 1)};

  EXPECT_TRUE(bench.tracer.start("", {}, traits).recording());
  EXPECT_FALSE(bench.tracer.start("other", {}, traits).recording());
  EXPECT_FALSE(bench.tracer.start("").recording());
  EXPECT_FALSE(bench.tracer.start("", {.parent = {.sampled = Sampled::no}}, traits).recording());
}

}  // namespace
}  // namespace aloft
