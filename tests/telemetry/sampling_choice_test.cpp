// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/sampling_choice.hpp>

#include "bench_of_one.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace aloft {
namespace {

using Kind = SamplingChoice::Kind;
using Variables = std::vector<std::pair<std::string, std::string>>;

Result<SamplingChoice> choice_of(Variables variables) {
  return choose_sampling(Environment::of(std::move(variables)));
}

TEST(SamplingChoice, IsTheCodesWhenNothingIsSaid) {
  EXPECT_EQ(choice_of({})->kind, Kind::code);
  EXPECT_EQ(choice_of({{"ALOFT_SAMPLING", ""}})->kind, Kind::code);
}

TEST(SamplingChoice, KnowsItsWords) {
  EXPECT_EQ(choice_of({{"ALOFT_SAMPLING", "rules"}})->kind, Kind::rules);
  EXPECT_EQ(choice_of({{"ALOFT_SAMPLING", "central"}})->kind, Kind::central);
  const auto rate_of = [](const char* word) {
    const auto choice = choice_of({{"ALOFT_SAMPLING", word}});
    return choice && choice->kind == Kind::rate ? choice->rate : -1;
  };
  EXPECT_EQ(rate_of("always"), 1.0);
  EXPECT_EQ(rate_of("never"), 0.0);
  EXPECT_EQ(rate_of("0.05"), 0.05);
  EXPECT_EQ(rate_of("0"), 0.0);
  EXPECT_EQ(rate_of("1"), 1.0);
}

TEST(SamplingChoice, RefusesEveryOtherWord) {
  for (const char* word :
       {"allways", "5", "-0.1", "1.01", "0.5x", "nan", "inf", "1e-2", "5%", " 0.5", "Always"}) {
    const auto choice = choice_of({{"ALOFT_SAMPLING", word}});
    ASSERT_FALSE(choice) << word;
    EXPECT_EQ(choice.error().remedy, "use always, never, a share such as 0.05, rules or central");
  }
}

TEST(SamplingChoice, AFileAloneStandsForRules) {
  const auto file = *choice_of({{"ALOFT_SAMPLING_RULES", "rules.json"}});
  EXPECT_EQ(file.kind, Kind::rules);
  EXPECT_EQ(file.rules_file, "rules.json");
  const auto central =
      *choice_of({{"ALOFT_SAMPLING", "central"}, {"ALOFT_SAMPLING_RULES", "rules.json"}});
  EXPECT_EQ(central.kind, Kind::central);
  EXPECT_EQ(central.rules_file, "rules.json");
}

/// How many of five new traces are recorded, with draws that a rate of 5 % does not take.
int sampled(Variables variables, TelemetryOptions options = {}) {
  testing::ManualClock clock;
  testing::SequenceRandom random(std::uint64_t{1} << 63);
  testing::MemoryDiagnostics diagnostics;
  testing::MemoryExporter memory;
  options.service_name = "payments";
  options.exporter = memory.exporter();
  options.pipeline.threading = Threading::manual;
  auto telemetry = Telemetry::from_environment(
      std::move(options), Environment::of(std::move(variables)), {clock, random, diagnostics});
  if (!telemetry) return -1;
  int count = 0;
  for (int i = 0; i < 5; ++i) count += telemetry->tracer().start("root").recording() ? 1 : 0;
  return count;
}

TEST(TelemetrySampling, TheDefaultIsEveryTrace) { EXPECT_EQ(sampled({}), 5); }

TEST(TelemetrySampling, TheEnvironmentWinsOverTheRateInCode) {
  EXPECT_EQ(sampled({{"ALOFT_SAMPLING", "never"}}), 0);
  EXPECT_EQ(sampled({{"ALOFT_SAMPLING", "always"}}, {.sampling_rate = 0.0}), 5);
  EXPECT_EQ(sampled({{"ALOFT_SAMPLING", "0.25"}}), 0);
}

TEST(TelemetrySampling, RulesWithoutAFileTakeOneASecondThenFivePercent) {
  EXPECT_EQ(sampled({{"ALOFT_SAMPLING", "rules"}}), 1);
}

TEST(TelemetrySampling, ASamplerInCodeIsTheChoice) {
  EXPECT_EQ(sampled({{"ALOFT_SAMPLING", "never"}}, {.sampler = always()}), 5);
}

TEST(TelemetrySampling, RefusesWhatItCannotDo) {
  EXPECT_EQ(sampled({{"ALOFT_SAMPLING", "sometimes"}}), -1);
  EXPECT_EQ(sampled({{"ALOFT_SAMPLING_RULES", "rules.json"}}), -1);
  const auto central =
      Telemetry::from_environment({}, Environment::of({{"ALOFT_SAMPLING", "central"}}));
  ASSERT_FALSE(central);
  EXPECT_EQ(central.error().code, ErrorCode::unsupported);
  EXPECT_EQ(central.error().remedy,
            "use aws::telemetry_from_environment, or ALOFT_SAMPLING=rules without a file");
}

}  // namespace
}  // namespace aloft
