// SPDX-License-Identifier: Apache-2.0
#include <aloft/core/backoff.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace aloft {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint64_t kHalf = std::uint64_t{1} << 63;
constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

TEST(Backoff, DoublesFromItsBaseUpToItsCap) {
  const Backoff backoff{.base = seconds(2), .cap = minutes(1)};

  EXPECT_EQ(backoff.longest(0), seconds(2));
  EXPECT_EQ(backoff.longest(1), seconds(2));
  EXPECT_EQ(backoff.longest(2), seconds(4));
  EXPECT_EQ(backoff.longest(5), seconds(32));
  EXPECT_EQ(backoff.longest(6), seconds(60));
  EXPECT_EQ(backoff.longest(7), seconds(60));
}

TEST(Backoff, NeverOverflows) {
  const Backoff backoff{.base = seconds(2), .cap = Nanoseconds::max()};

  EXPECT_EQ(backoff.longest(std::numeric_limits<std::uint32_t>::max()), Nanoseconds::max());
  EXPECT_EQ(backoff.longest(33), seconds(std::int64_t{1} << 33));
  EXPECT_EQ(backoff.longest(34), Nanoseconds::max());
}

TEST(Backoff, DrawsAnyDelayFromNoneToTheLongest) {
  const Backoff backoff{.base = milliseconds(200)};

  EXPECT_EQ(backoff.delay(1, 0), Nanoseconds(0));
  EXPECT_EQ(backoff.delay(1, kHalf), milliseconds(100));
  EXPECT_EQ(backoff.delay(2, kHalf), milliseconds(200));
  EXPECT_LT(backoff.delay(1, kAll), milliseconds(200));
  EXPECT_GT(backoff.delay(1, kAll), Nanoseconds(199'999'000));
}

TEST(Backoff, SteadyDelayIsNeverBelowHalf) {
  const Backoff backoff{.base = seconds(30)};

  EXPECT_EQ(backoff.steady_delay(1, 0), seconds(15));
  EXPECT_EQ(backoff.steady_delay(1, kHalf), milliseconds(22'500));
  EXPECT_LT(backoff.steady_delay(1, kAll), seconds(30));
}

TEST(Backoff, OfNothingIsNothing) {
  const Backoff none{.base = Nanoseconds(0)};

  EXPECT_EQ(none.longest(40), Nanoseconds(0));
  EXPECT_EQ(none.delay(40, kAll), Nanoseconds(0));
}

TEST(Backoff, ABaseAboveTheCapIsTheCap) {
  const Backoff backoff{.base = minutes(5), .cap = minutes(1)};

  EXPECT_EQ(backoff.longest(1), minutes(1));
}

}  // namespace
}  // namespace aloft
