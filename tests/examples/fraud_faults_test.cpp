// SPDX-License-Identifier: Apache-2.0
#include "fraud/faults.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace fraud {
namespace {

using namespace std::chrono_literals;

aloft::TenantId tenant(std::string_view name) {
  return aloft::TenantId::parse(name).value_or(aloft::TenantId());
}

int failures(Faults& faults, const aloft::TenantId& whose, int scores) {
  int failed = 0;
  for (int i = 0; i < scores; ++i) failed += faults.next(whose).fails ? 1 : 0;
  return failed;
}

TEST(FraudFaults, AreOffByDefault) {
  Faults faults({});

  EXPECT_EQ(failures(faults, tenant("acme"), 1'000), 0);
  EXPECT_EQ(faults.next(tenant("acme")).delay, 0ns);
}

TEST(FraudFaults, FailTheShareAskedForTheSameInEveryRun) {
  Faults quarter({.fail_rate = 0.25});
  Faults all({.fail_rate = 1});

  EXPECT_EQ(failures(quarter, tenant("acme"), 1'000), 245);
  EXPECT_EQ(failures(all, tenant("acme"), 1'000), 1'000);
}

TEST(FraudFaults, StrikeWithinTheFirstSecondsOfADemo) {
  Faults faults({.fail_rate = 0.25});

  EXPECT_GE(failures(faults, tenant("globex"), 8), 1);
}

TEST(FraudFaults, ConcernTheTenantsNamedAndNobodyElse) {
  Faults faults({.fail_rate = 1,
                 .fail_tenants = {tenant("globex")},
                 .slow = 300ms,
                 .slow_tenants = {tenant("initech")}});

  EXPECT_FALSE(faults.next(tenant("acme")).fails);
  EXPECT_TRUE(faults.next(tenant("globex")).fails);
  EXPECT_FALSE(faults.next(tenant("initech")).fails);
  EXPECT_EQ(faults.next(tenant("acme")).delay, 0ms);
  EXPECT_EQ(faults.next(tenant("globex")).delay, 0ms);
  EXPECT_EQ(faults.next(tenant("initech")).delay, 300ms);
}

TEST(FraudFaults, DelayTheShareAskedFor) {
  Faults faults({.slow = 5ms, .slow_rate = 0.5});
  int slow = 0;

  for (int i = 0; i < 1'000; ++i) slow += faults.next(tenant("acme")).delay == 5ms ? 1 : 0;

  EXPECT_EQ(slow, 517);
}

TEST(FraudFaults, OfOneTenantDoNotDependOnTheOthersTraffic) {
  Faults alone({.fail_rate = 0.5, .fail_tenants = {tenant("globex")}});
  Faults mixed({.fail_rate = 0.5, .fail_tenants = {tenant("globex")}});

  for (int i = 0; i < 100; ++i) {
    mixed.next(tenant("acme"));
    EXPECT_EQ(alone.next(tenant("globex")).fails, mixed.next(tenant("globex")).fails);
  }
}

}  // namespace
}  // namespace fraud
