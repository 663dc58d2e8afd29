// SPDX-License-Identifier: Apache-2.0
#include "console/intake_queue.hpp"

#include <aloft/testing/manual_clock.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

namespace aloft::console {
namespace {

TEST(IntakeQueue, HandsOverEverythingInOrder) {
  aloft::testing::ManualClock clock;
  IntakeQueue queue(clock, 10'000);
  DatagramBatch batch;
  EXPECT_TRUE(queue.push("one"));
  EXPECT_TRUE(queue.push(""));
  EXPECT_TRUE(queue.push("three"));
  queue.close();

  ASSERT_TRUE(queue.take(batch));

  ASSERT_EQ(batch.size(), 3U);
  EXPECT_EQ(batch.at(0), "one");
  EXPECT_EQ(batch.at(1), "");
  EXPECT_EQ(batch.at(2), "three");
  EXPECT_FALSE(queue.take(batch));
}

TEST(IntakeQueue, RefusesWhatDoesNotFit) {
  aloft::testing::ManualClock clock;
  IntakeQueue queue(clock, 1000);

  EXPECT_TRUE(queue.push(std::string(800, 'x')));
  EXPECT_FALSE(queue.push(std::string(200, 'x')));
  EXPECT_TRUE(queue.push("small"));
}

TEST(IntakeQueue, RefusesEmptyDatagramsWithoutEnd) {
  aloft::testing::ManualClock clock;
  IntakeQueue queue(clock, 640);

  unsigned taken = 0;
  for (unsigned i = 0; i < 100; ++i) taken += queue.push("") ? 1U : 0U;

  EXPECT_EQ(taken, 10U);
}

TEST(IntakeQueue, RefusesEverythingOnceClosed) {
  aloft::testing::ManualClock clock;
  IntakeQueue queue(clock, 1000);
  queue.close();

  EXPECT_FALSE(queue.push("late"));
}

TEST(IntakeQueue, WaitsAMomentSoThatABatchIsWorthATransaction) {
  aloft::testing::ManualClock clock;
  IntakeQueue queue(clock, 10'000);
  DatagramBatch batch;
  EXPECT_TRUE(queue.push("one"));
  // Simulated time stands still, so the writer can only be done once this thread moves it.
  std::thread writer([&] { EXPECT_TRUE(queue.take(batch)); });
  EXPECT_TRUE(queue.push("two"));

  clock.advance(std::chrono::milliseconds(20));
  queue.close();
  writer.join();

  EXPECT_EQ(batch.size(), 2U);
}

TEST(IntakeQueue, DoesNotWaitWhenEnoughHasGathered) {
  aloft::testing::ManualClock clock;
  IntakeQueue queue(clock, std::size_t{1} << 20U);
  DatagramBatch batch;
  EXPECT_TRUE(queue.push(std::string(300'000, 'x')));

  EXPECT_TRUE(queue.take(batch));

  EXPECT_EQ(batch.size(), 1U);
}

}  // namespace
}  // namespace aloft::console
