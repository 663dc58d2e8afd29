// SPDX-License-Identifier: Apache-2.0
// The reservoir and the cells give away no more than they have, in every order that the steps of
// their threads can have.
#include "telemetry/interleaving.hpp"
#include "telemetry/reservoir.hpp"

#include <aloft/telemetry/detail/cell_rate.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace aloft {
namespace {

struct Shared {
  detail::BasicReservoir<Stepped> reservoir;
  detail::BasicCells<Stepped> cells;
  int taken = 0;  // by the thread whose turn it is
};
using Thread = std::function<void(Shared&)>;

std::size_t in_every_order(const std::vector<Thread>& threads, const Thread& check) {
  return for_every_order([] { return Shared(); }, threads, check);
}

/// A thread that asks so many times.
Thread takes_of_reservoir(std::uint64_t second, std::uint32_t most, int times) {
  return [=](Shared& shared) {
    for (int i = 0; i < times; ++i) shared.taken += shared.reservoir.take(second, most) ? 1 : 0;
  };
}
Thread takes_cells(const detail::CellRate& rate, std::int64_t now, int times) {
  return [=](Shared& shared) {
    for (int i = 0; i < times; ++i) shared.taken += shared.cells.take(rate, now) ? 1 : 0;
  };
}

TEST(ReservoirInterleaving, GivesEachSecondWhatItHasAndNoMore) {
  const std::size_t orders =
      in_every_order({takes_of_reservoir(5, 3, 2), takes_of_reservoir(5, 3, 2)},
                     [](const Shared& shared) { EXPECT_EQ(shared.taken, 3); });

  EXPECT_GT(orders, 70u);  // at least those of two threads with four steps each
}

TEST(ReservoirInterleaving, GivesThreeThreadsNoMoreThanTwo) {
  const Thread once = takes_of_reservoir(5, 1, 1);

  in_every_order({once, once, once}, [](const Shared& shared) { EXPECT_EQ(shared.taken, 1); });
}

TEST(ReservoirInterleaving, AThreadWithAnOlderClockSharesTheNewerSecond) {
  in_every_order({takes_of_reservoir(6, 1, 1), takes_of_reservoir(5, 1, 2)}, [](Shared& shared) {
    // The older second has one of its own only before the newer one began.
    EXPECT_GE(shared.taken, 1);
    EXPECT_LE(shared.taken, 2);
    EXPECT_FALSE(shared.reservoir.take(6, 1));
    EXPECT_FALSE(shared.reservoir.take(5, 1));
    EXPECT_TRUE(shared.reservoir.take(7, 1));
  });
}

constexpr detail::CellRate kThreeAtOnce{.interval = 10, .burst = 20};

TEST(CellsInterleaving, GiveTheirBurstAndNoMore) {
  in_every_order({takes_cells(kThreeAtOnce, 100, 2), takes_cells(kThreeAtOnce, 100, 2)},
                 [](Shared& shared) {
                   EXPECT_EQ(shared.taken, 3);
                   EXPECT_FALSE(shared.cells.take(kThreeAtOnce, 109));
                   EXPECT_TRUE(shared.cells.take(kThreeAtOnce, 110));
                   EXPECT_FALSE(shared.cells.is_full(139));
                   EXPECT_TRUE(shared.cells.is_full(140));
                 });
}

TEST(CellsInterleaving, AThreadWithAnOlderClockTakesNothingTwice) {
  constexpr detail::CellRate kTwoAtOnce{.interval = 10, .burst = 10};

  in_every_order({takes_cells(kTwoAtOnce, 110, 2), takes_cells(kTwoAtOnce, 100, 2)},
                 [](const Shared& shared) {
                   // Two at once, and a third where the ten between the clocks have passed.
                   EXPECT_GE(shared.taken, 2);
                   EXPECT_LE(shared.taken, 3);
                 });
}

}  // namespace
}  // namespace aloft
