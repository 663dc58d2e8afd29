// SPDX-License-Identifier: Apache-2.0
#include "fraud/options.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace fraud {
namespace {

using namespace std::chrono_literals;

TEST(FraudOptions, PlantNothingWhenNotTold) {
  const auto options = Options::parse({});

  ASSERT_TRUE(options);
  EXPECT_EQ(options->listen.text(), "127.0.0.1:8082");
  EXPECT_EQ(options->faults.fail_rate, 0);
  EXPECT_EQ(options->faults.slow, 0ms);
}

TEST(FraudOptions, TakeRatesTimesAndTenants) {
  const auto options =
      Options::parse({"--fail-rate", "0.25", "--slow-ms", "300", "--slow-rate", ".5", "--tenants",
                      "acme,globex", "--slow-tenants", "initech"});

  ASSERT_TRUE(options);
  EXPECT_EQ(options->faults.fail_rate, 0.25);
  EXPECT_EQ(options->faults.slow, 300ms);
  EXPECT_EQ(options->faults.slow_rate, 0.5);
  ASSERT_EQ(options->faults.fail_tenants.size(), 2u);
  EXPECT_EQ(options->faults.fail_tenants[1].view(), "globex");
  ASSERT_EQ(options->faults.slow_tenants.size(), 1u);
  EXPECT_EQ(options->faults.slow_tenants[0].view(), "initech");
}

TEST(FraudOptions, RefuseWhatTheyCannotUse) {
  const auto refused = [](std::string_view flag, std::string_view value) {
    return !Options::parse({flag, value}).has_value();
  };
  for (const char* rate : {"1.5", "-0.1", "nan", "inf", "1e0", "", "half", "0.5 ", "0x1"}) {
    EXPECT_TRUE(refused("--fail-rate", rate)) << rate;
    EXPECT_TRUE(refused("--slow-rate", rate)) << rate;
  }
  EXPECT_TRUE(refused("--slow-ms", "0"));
  EXPECT_TRUE(refused("--slow-ms", "60001"));
  EXPECT_TRUE(refused("--slow-ms", "1.5"));
  for (const char* tenants : {"", ",", "acme,", ",acme", "acme,,globex", "a b"}) {
    EXPECT_TRUE(refused("--tenants", tenants)) << tenants;
  }
}

TEST(FraudOptions, NameTheFlagAndARemedy) {
  const auto options = Options::parse({"--fail-rate", "25%"});

  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().message, "--fail-rate is not a fraction from 0 to 1");
  EXPECT_EQ(options.error().remedy, "write it like --fail-rate 0.25");
}

}  // namespace
}  // namespace fraud
