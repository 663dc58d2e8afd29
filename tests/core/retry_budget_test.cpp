// SPDX-License-Identifier: Apache-2.0
#include <aloft/core/retry_budget.hpp>

#include <gtest/gtest.h>

namespace aloft {
namespace {

TEST(RetryBudget, AllowsAHundredRetriesWithoutASuccess) {
  RetryBudget budget;
  int retries = 0;

  while (budget.try_take(RetryBudget::kRetryCost)) ++retries;

  EXPECT_EQ(retries, 100);
  EXPECT_EQ(budget.tokens(), 0u);
}

TEST(RetryBudget, TakesAllOrNothing) {
  RetryBudget budget(7);

  EXPECT_FALSE(budget.try_take(RetryBudget::kTimeoutCost));
  EXPECT_EQ(budget.tokens(), 7u);
  EXPECT_TRUE(budget.try_take(7));
  EXPECT_EQ(budget.tokens(), 0u);
}

TEST(RetryBudget, NeverHoldsMoreThanItsCapacity) {
  RetryBudget budget(10);
  ASSERT_TRUE(budget.try_take(5));

  budget.give_back(0xFFFF'FFFFu);

  EXPECT_EQ(budget.tokens(), 10u);
}

TEST(RetryBudget, EarnsARetryBackWithFiveFirstTries) {
  RetryBudget budget(5);
  ASSERT_TRUE(budget.try_take(RetryBudget::kRetryCost));

  for (int i = 0; i < 4; ++i) budget.give_back(RetryBudget::kFirstTryGain);
  EXPECT_FALSE(budget.try_take(RetryBudget::kRetryCost));
  budget.give_back(RetryBudget::kFirstTryGain);

  EXPECT_TRUE(budget.try_take(RetryBudget::kRetryCost));
}

TEST(RetryBudget, OfNothingAllowsNothing) {
  RetryBudget budget(0);

  EXPECT_FALSE(budget.try_take(1));
  EXPECT_TRUE(budget.try_take(0));
}

}  // namespace
}  // namespace aloft
