// SPDX-License-Identifier: Apache-2.0
#include "telemetry/reservoir.hpp"

#include <gtest/gtest.h>

namespace aloft::detail {
namespace {

TEST(Reservoir, GivesSoManyASecond) {
  Reservoir reservoir;

  EXPECT_TRUE(reservoir.take(7, 2));
  EXPECT_TRUE(reservoir.take(7, 2));
  EXPECT_FALSE(reservoir.take(7, 2));
  EXPECT_TRUE(reservoir.take(8, 2));
  EXPECT_FALSE(reservoir.take(9, 0));
}

TEST(Reservoir, AThreadWhoseLookAtTheClockIsOlderSharesTheNewerSecond) {
  Reservoir reservoir;
  EXPECT_TRUE(reservoir.take(8, 1));

  EXPECT_FALSE(reservoir.take(7, 1));
  EXPECT_FALSE(reservoir.take(8, 1));
  EXPECT_TRUE(reservoir.take(9, 1));
}

TEST(Reservoir, AGreatQuotaDoesNotReachTheSecond) {
  Reservoir reservoir;

  for (int i = 0; i < (1 << 24) - 1; ++i) reservoir.take(7, 0xFFFF'FFFF);

  EXPECT_FALSE(reservoir.take(7, 0xFFFF'FFFF));
  EXPECT_TRUE(reservoir.take(8, 0xFFFF'FFFF));
}

}  // namespace
}  // namespace aloft::detail
