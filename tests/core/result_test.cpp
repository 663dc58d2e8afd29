// SPDX-License-Identifier: Apache-2.0
#include <aloft/core/result.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace aloft {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0)
    return fail(ErrorCode::invalid_argument, "number is odd", "give an even one");
  return number / 2;
}

TEST(Result, HoldsAValue) {
  const Result<int> result = half(8);

  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(*result, 4);
}

TEST(Result, HoldsAReasonAndARemedy) {
  const Result<int> result = half(7);

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(result.error().to_string(), "invalid_argument: number is odd (give an even one)");
}

TEST(Result, PassesAnErrorOn) {
  const auto outer = [](int number) -> Result<std::string> {
    const Result<int> inner = half(number);
    if (!inner) return unexpected(inner.error());
    return std::to_string(*inner);
  };

  EXPECT_EQ(outer(7).error().message, "number is odd");
  EXPECT_EQ(*outer(4), "2");
}

TEST(Result, CarriesMoveOnlyValues) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(3);

  const std::unique_ptr<int> taken = *std::move(result);

  EXPECT_EQ(*taken, 3);
}

TEST(Result, FallsBackToAnotherValue) {
  EXPECT_EQ(half(7).value_or(-1), -1);
  EXPECT_EQ(half(4).value_or(-1), 2);
}

TEST(Result, OfVoidIsSuccessOrAnError) {
  const Result<void> good;
  const Result<void> bad = fail(ErrorCode::unavailable, "nobody there");

  EXPECT_TRUE(good.has_value());
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().to_string(), "unavailable: nobody there");
}

}  // namespace
}  // namespace aloft
