// SPDX-License-Identifier: Apache-2.0
#include "sampling_bed.hpp"

#include "aws/sampling_poller.hpp"

namespace aloft::aws {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

TEST(SamplingPoller, SpreadsItsFirstReadsAndKeepsItsDistanceAfterwards) {
  SamplingBed bed;

  EXPECT_EQ(bed.asks(), "");
  EXPECT_EQ(bed.wait(), 5s);  // half of the first ten seconds
  EXPECT_EQ(bed.asks(), "/GetSamplingRules");
  EXPECT_EQ(bed.body, "{}");
  bed.answer(rules_reply(rule_json("Default")));

  const auto wait_for_rules = [&] {
    const SteadyTime from = bed.clock.steady_now();
    while (bed.asks() != kSamplingRulesPath) bed.wait();
    bed.answer(rules_reply(rule_json("Default")));
    return bed.clock.steady_now() - from;
  };
  EXPECT_EQ(wait_for_rules(), 150s);      // half of the whole interval
  EXPECT_EQ(wait_for_rules(), 301500ms);  // and half of the jitter
  EXPECT_EQ(wait_for_rules(), 301500ms);
  EXPECT_EQ(bed.stats().rules_read, 4u);
}

TEST(SamplingPoller, ReadsEveryPageBeforeItUsesOne) {
  SamplingBed bed;
  bed.wait();
  ASSERT_EQ(bed.asks(), "/GetSamplingRules");

  bed.answer(rules_reply(rule_json("b"), R"(,"NextToken":"two")"));
  EXPECT_FALSE(bed.rules->central());
  ASSERT_EQ(bed.asks(), "/GetSamplingRules");
  EXPECT_EQ(bed.body, R"({"NextToken":"two"})");
  bed.answer(rules_reply(rule_json("a") + "," + rule_json("Default")));

  EXPECT_TRUE(bed.rules->central());
  std::string names;
  for (const SamplingRule& rule : bed.rules->rules()) names += rule.name + " ";
  EXPECT_EQ(names, "a b Default ");
}

TEST(SamplingPoller, FollowsNoPagesWithoutEnd) {
  SamplingBed bed;
  bed.wait();
  for (int page = 0; bed.asks() == kSamplingRulesPath; ++page) {
    bed.answer(rules_reply(rule_json("a"), R"(,"NextToken":")" + std::to_string(page) + "\""));
    ASSERT_LT(page, 100);
  }

  EXPECT_FALSE(bed.rules->central());
  EXPECT_EQ(bed.stats().rules_failed, 1u);

  SamplingBed same;
  same.wait();
  same.asks();
  same.answer(rules_reply(rule_json("a"), R"(,"NextToken":"x")"));
  same.asks();
  same.answer(rules_reply(rule_json("a"), R"(,"NextToken":"x")"));
  EXPECT_EQ(same.stats().rules_failed, 1u);
}

TEST(SamplingPoller, ReportsOnlyRulesWithTrafficAndTakesTheirTargets) {
  SamplingBed bed;
  bed.start(rule_json("busy", R"(,"URLPath":"/busy")") + "," +
            rule_json("idle", R"(,"URLPath":"/idle")") + "," + rule_json("Default"));
  EXPECT_TRUE(bed.sample("/busy"));
  EXPECT_FALSE(bed.sample("/busy"));

  ASSERT_EQ(bed.asks(), "/SamplingTargets");
  EXPECT_THAT(bed.body, HasSubstr(R"("RuleName":"busy")"));
  EXPECT_THAT(bed.body, HasSubstr(R"("RequestCount":2,"SampledCount":1,"BorrowCount":1)"));
  EXPECT_THAT(bed.body, ::testing::Not(HasSubstr("idle")));
  EXPECT_THAT(bed.poller->client_id(), MatchesRegex("[0-9a-f]{24}"));
  EXPECT_THAT(bed.body, HasSubstr(bed.poller->client_id()));
  bed.answer(targets_reply(
      R"({"RuleName":"busy","ReservoirQuota":3,"ReservoirQuotaTTL":4000000000,"FixedRate":0})"));

  bed.clock.advance(1s);
  int sampled = 0;
  for (int i = 0; i < 10; ++i) sampled += bed.sample("/busy") ? 1 : 0;
  EXPECT_EQ(sampled, 3);
  EXPECT_EQ(bed.stats().reports, 1u);
  EXPECT_EQ(bed.stats().statistics, 1u);
  EXPECT_EQ(bed.stats().targets, 1u);
}

TEST(SamplingPoller, ReportsEachTenSecondsAndNothingWithoutTraffic) {
  SamplingBed bed;
  bed.start(rule_json("Default"));
  std::vector<Nanoseconds> waits;
  for (int i = 0; i < 3; ++i) {
    bed.sample();
    const SteadyTime from = bed.clock.steady_now();
    while (bed.asks() != kSamplingTargetsPath) bed.wait();
    waits.push_back(bed.clock.steady_now() - from);
    bed.answer(targets_reply(""));
  }

  EXPECT_THAT(waits, ::testing::ElementsAre(0s, 10050ms, 10050ms));
  bed.wait();
  EXPECT_EQ(bed.asks(), "");
}

TEST(SamplingPoller, ARuleWaitsForItsOwnInterval) {
  SamplingBed bed;
  bed.start(rule_json("Default"));
  const auto wait_for_report = [&] {
    bed.sample();
    const SteadyTime from = bed.clock.steady_now();
    while (bed.asks() != kSamplingTargetsPath) bed.wait();
    return bed.clock.steady_now() - from;
  };
  wait_for_report();

  bed.answer(targets_reply(R"({"RuleName":"Default","Interval":25})"));
  EXPECT_EQ(wait_for_report(), 30150ms);
  bed.answer(targets_reply(R"({"RuleName":"Default","Interval":4000000})"));
  EXPECT_LE(wait_for_report(), 311s);  // never longer than the rules are trusted without a look
}

TEST(SamplingPoller, SendsTwentyFiveStatisticsACall) {
  std::string records = rule_json("Default");
  for (int i = 0; i < 59; ++i) {
    const std::string name = "r" + std::to_string(i);
    records += "," + rule_json(name, R"(,"URLPath":"/)" + name + '"');
  }
  SamplingBed bed;
  bed.start(records);
  bed.sample("/");
  for (int i = 0; i < 59; ++i) bed.sample("/r" + std::to_string(i));

  std::vector<std::size_t> sizes;
  while (bed.asks() == kSamplingTargetsPath) {
    std::size_t documents = 0;
    for (std::size_t at = 0; (at = bed.body.find("RuleName", at)) != std::string::npos; ++at) {
      ++documents;
    }
    sizes.push_back(documents);
    bed.answer(targets_reply(""));
  }

  EXPECT_THAT(sizes, ::testing::ElementsAre(25u, 25u, 10u));
  EXPECT_EQ(bed.stats().statistics, 60u);
}

TEST(SamplingPoller, WhatCouldNotBeReportedIsLostAndCounted) {
  SamplingBed bed;
  bed.start(rule_json("Default"));
  bed.sample();
  ASSERT_EQ(bed.asks(), "/SamplingTargets");
  bed.answer({.status = 500});
  bed.sample();
  bed.wait();
  ASSERT_EQ(bed.asks(), "/SamplingTargets");

  EXPECT_THAT(bed.body, HasSubstr(R"("RequestCount":1)"));
  bed.answer({.status = 200, .body = "no json"});
  EXPECT_EQ(bed.stats().reports_failed, 2u);
  EXPECT_EQ(bed.stats().statistics_lost, 2u);
  EXPECT_EQ(bed.stats().statistics, 0u);
}

TEST(SamplingPoller, AClientsMistakeReadsTheRulesAgainAndAServersIsCounted) {
  SamplingBed bed;
  bed.start(rule_json("Default"));
  const auto report = [&](const std::string& code) {
    bed.sample();
    while (bed.asks() != kSamplingTargetsPath) bed.wait();
    bed.answer(targets_reply(
        "", R"(,"UnprocessedStatistics":[{"RuleName":"Default","ErrorCode":")" + code + "\"}]"));
    return bed.asks();
  };

  EXPECT_EQ(report("500"), "");
  EXPECT_EQ(report("429"), "");
  EXPECT_EQ(report("400"), "/GetSamplingRules");
  EXPECT_EQ(bed.stats().refused_client, 1u);
  EXPECT_EQ(bed.stats().refused_server, 2u);
  EXPECT_EQ(bed.stats().refreshes, 1u);
}

TEST(SamplingPoller, AModificationReadsTheRulesAgainOnce) {
  SamplingBed bed;
  bed.start(rule_json("Default"));
  const auto report = [&](std::int64_t modified) {
    bed.sample();
    while (bed.asks() != kSamplingTargetsPath) bed.wait();
    bed.answer(targets_reply("", R"(,"LastRuleModification":)" + std::to_string(modified)));
    const std::string path = bed.asks();
    if (path == kSamplingRulesPath) bed.answer(rules_reply(rule_json("Default")));
    return path;
  };
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::seconds>(bed.clock.now().wall.time_since_epoch())
          .count();

  EXPECT_EQ(report(now - 3600), "");
  EXPECT_EQ(report(now + 1), "/GetSamplingRules");
  EXPECT_EQ(report(now + 1), "");
  EXPECT_EQ(report(now + 12), "/GetSamplingRules");
  EXPECT_EQ(bed.stats().refreshes, 2u);
}

TEST(SamplingPoller, AServiceWhoseClockIsAheadIsAskedOnceMoreAndNotForEver) {
  SamplingBed bed;
  bed.start(rule_json("Default"));
  int reads = 0;
  for (int i = 0; i < 8; ++i) {
    bed.sample();
    while (bed.asks() != kSamplingTargetsPath) bed.wait();
    bed.answer(targets_reply("", R"(,"LastRuleModification":4000000000)"));
    if (bed.asks() == kSamplingRulesPath) {
      ++reads;
      bed.answer(rules_reply(rule_json("Default")));
    }
  }

  EXPECT_EQ(reads, 1);
}

TEST(SamplingPoller, WithoutAnAnswerLocalRulesDecideAndThatIsSaidOnce) {
  SamplingBed bed({.local_rules = {{.name = "Default", .reservoir = 2}}});
  const SteadyTime from = bed.clock.steady_now();
  std::vector<Nanoseconds> failures;
  for (int i = 0; i < 8; ++i) {
    while (bed.asks() != kSamplingRulesPath) bed.wait();
    failures.push_back(bed.clock.steady_now() - from);
    bed.answer({});
  }

  EXPECT_TRUE(bed.sample());
  EXPECT_TRUE(bed.sample());
  EXPECT_FALSE(bed.sample());
  EXPECT_EQ(bed.stats().rules_failed, 8u);
  ASSERT_THAT(bed.diagnostics.reports(), SizeIs(1));
  EXPECT_THAT(bed.diagnostics.reports()[0].message, HasSubstr("nobody answers; check that"));
  // Backs off, from half to the whole of 10, 20, 40, 80, 160, 300 and 300 s.
  EXPECT_EQ(failures[1] - failures[0], 7500ms);
  EXPECT_EQ(failures[2] - failures[1], 15s);
  EXPECT_EQ(failures[7] - failures[6], 225s);
}

TEST(SamplingPoller, RulesLastAnHourWithoutAnAnswerThenTheLocalOnesDecide) {
  SamplingBed bed;
  bed.start(rule_json("only", R"(,"ServiceName":"*")") + "," + rule_json("Default"));
  const SteadyTime read = bed.clock.steady_now();
  const auto fail_until = [&](SteadyTime end) {
    while (bed.poller->due() < end) {
      bed.wait();
      if (!bed.asks().empty()) bed.answer({.status = 403});
    }
    bed.clock.advance(end - bed.clock.steady_now());
    bed.next();
  };

  fail_until(read + 3599s);
  EXPECT_TRUE(bed.stats().central);
  EXPECT_TRUE(bed.rules->central());
  EXPECT_THAT(bed.diagnostics.reports(), IsEmpty());
  fail_until(read + 3600s);
  EXPECT_FALSE(bed.rules->central());
  EXPECT_EQ(bed.rules->rules(), std::vector<SamplingRule>{built_in_rule()});
  EXPECT_EQ(bed.stats().fallbacks, 1u);
  fail_until(read + 7200s);
  EXPECT_THAT(bed.diagnostics.reports(), SizeIs(1));

  bed.start(rule_json("Default"));
  EXPECT_TRUE(bed.rules->central());
  fail_until(bed.clock.steady_now() + 3600s);
  EXPECT_THAT(bed.diagnostics.reports(), SizeIs(2));  // a new fall is news
}

TEST(SamplingPoller, AnswersThatHoldNoRulesChangeNothing) {
  SamplingBed bed;
  bed.start(rule_json("keep") + "," + rule_json("Default"));
  for (const char* body : {"", "{}", "[]", R"({"SamplingRuleRecords":[]})",
                           R"({"SamplingRuleRecords":[{"SamplingRule":{"RuleName":"x"}}]})"}) {
    while (bed.asks() != kSamplingRulesPath) bed.wait();
    bed.answer({.status = 200, .body = body});
  }

  EXPECT_THAT(bed.rules->rules(), SizeIs(2));
  EXPECT_EQ(bed.stats().rules_failed, 5u);
  EXPECT_EQ(bed.stats().rules_skipped, 1u);
}

TEST(SamplingPoller, GivesUpACallThatIsNeverAnsweredAndIgnoresALateAnswer) {
  SamplingBed bed;
  bed.wait();
  ASSERT_EQ(bed.asks(), "/GetSamplingRules");
  const std::uint64_t late = bed.id;

  EXPECT_EQ(bed.asks(), "");
  EXPECT_EQ(bed.wait(), 5s);  // two seconds of the call, three of grace
  bed.next();
  EXPECT_EQ(bed.stats().rules_failed, 1u);
  bed.poller->answered(late, rules_reply(rule_json("Default")), bed.clock.now());
  EXPECT_FALSE(bed.rules->central());
}

}  // namespace
}  // namespace aloft::aws
