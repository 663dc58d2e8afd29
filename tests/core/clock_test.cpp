// SPDX-License-Identifier: Apache-2.0
#include <aloft/core/clock.hpp>
#include <aloft/core/platform.hpp>
#include <aloft/testing/manual_clock.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace aloft {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::ManualClock;

TEST(ManualClock, MovesOnlyByHand) {
  ManualClock clock;
  const TimePoint start = clock.now();

  EXPECT_EQ(clock.now(), start);
  clock.advance(milliseconds(200));

  EXPECT_EQ(clock.now().steady - start.steady, milliseconds(200));
  EXPECT_EQ(clock.now().wall - start.wall, milliseconds(200));
}

TEST(ManualClock, JumpsTheWallWithoutMovingTheSteadyClock) {
  ManualClock clock;
  const TimePoint start = clock.now();

  clock.jump_wall(-hours(1));

  EXPECT_EQ(clock.now().wall - start.wall, -hours(1));
  EXPECT_EQ(clock.now().steady, start.steady);
}

TEST(ManualClock, WakesAWaitWhoseTimeHasCome) {
  ManualClock clock;
  const SteadyTime until = clock.steady_now() + milliseconds(200);
  std::mutex mutex;
  std::condition_variable wakeup;
  std::atomic<bool> came{false};
  std::thread waiter([&] {
    std::unique_lock lock(mutex);
    while (clock.steady_now() < until) clock.wait_until(lock, wakeup, until);
    came = true;
  });

  clock.advance(milliseconds(199));
  EXPECT_FALSE(came);
  clock.advance(milliseconds(1));
  waiter.join();

  EXPECT_TRUE(came);
}

TEST(SystemClock, WaitsUntilTheDeadline) {
  Clock& clock = Clock::system();
  const SteadyTime until = clock.steady_now() + milliseconds(5);
  std::mutex mutex;
  std::condition_variable wakeup;
  std::unique_lock lock(mutex);

  while (clock.steady_now() < until) clock.wait_until(lock, wakeup, until);

  EXPECT_GE(clock.steady_now(), until);
}

TEST(SystemClock, NeverGoesBack) {
  Clock& clock = Clock::system();
  SteadyTime last = clock.steady_now();

  for (int i = 0; i < 1000; ++i) {
    const SteadyTime now = clock.now().steady;
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(Deadline, HasNothingLeftOncePassed) {
  ManualClock clock;
  const Deadline deadline = Deadline::after(clock, milliseconds(10));

  EXPECT_EQ(deadline.left(clock.steady_now()), milliseconds(10));
  EXPECT_FALSE(deadline.passed(clock.steady_now()));
  clock.advance(milliseconds(10));

  EXPECT_TRUE(deadline.passed(clock.steady_now()));
  EXPECT_EQ(deadline.left(clock.steady_now()), Nanoseconds::zero());
  EXPECT_FALSE(Deadline::never().passed(clock.steady_now()));
}

TEST(Platform, CarriesWhatIsInjected) {
  ManualClock clock;
  const Platform platform{clock, Random::system(), Diagnostics::standard_error()};

  clock.advance(milliseconds(7));

  EXPECT_EQ(platform.clock.steady_now(), clock.steady_now());
  EXPECT_EQ(&Platform::system().clock, &Clock::system());
}

}  // namespace
}  // namespace aloft
