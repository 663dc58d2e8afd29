// SPDX-License-Identifier: Apache-2.0
// The small parts of the engine: the limit of requests, the loss of the last minute, the slab.
#include "telemetry/delivery/concurrency_limit.hpp"
#include "telemetry/delivery/loss_window.hpp"
#include "telemetry/delivery/slab.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace aloft {
namespace {

using delivery::ConcurrencyLimit;
using delivery::Item;
using delivery::LossWindow;
using delivery::Slab;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr SteadyTime kStart{std::chrono::hours(1)};

/// A receiver that serves `knee` requests at once in `service`, and more only later.
std::size_t limit_after(ConcurrencyLimit& limit, std::size_t knee, Nanoseconds service,
                        int rounds) {
  SteadyTime now = kStart;
  for (int i = 0; i < rounds; ++i) {
    const std::size_t out = limit.now();
    limit.reached();
    const auto queued = static_cast<std::int64_t>(out > knee ? out - knee : 0);
    const SteadyTime answer = now + service + service * queued / static_cast<std::int64_t>(knee);
    for (std::size_t k = 0; k < out; ++k) limit.answered(now, answer);
    now = answer;
  }
  return limit.now();
}

TEST(ConcurrencyLimit, BeginsWithOneAndGrowsWhileAnswersAreNoSlower) {
  ConcurrencyLimit limit(16);
  EXPECT_EQ(limit.now(), 1u);

  EXPECT_EQ(limit_after(limit, 100, milliseconds(50), 10), 11u);
  ConcurrencyLimit bounded(5);
  EXPECT_EQ(limit_after(bounded, 100, milliseconds(50), 10), 5u);
}

TEST(ConcurrencyLimit, DoesNotGrowWhenNobodyWaits) {
  ConcurrencyLimit limit(16);

  for (int i = 0; i < 10; ++i) limit.answered(kStart, kStart + milliseconds(50));

  EXPECT_EQ(limit.now(), 1u);
}

TEST(ConcurrencyLimit, StaysNearTheKneeOfASlowerReceiver) {
  ConcurrencyLimit limit(200);

  const std::size_t settled = limit_after(limit, 8, milliseconds(400), 200);

  EXPECT_GE(settled, 4u);
  EXPECT_LE(settled, 24u);
}

TEST(ConcurrencyLimit, HalvesOnceForRequestsThatWereOutTogether) {
  ConcurrencyLimit limit(16);
  limit_after(limit, 100, milliseconds(50), 20);
  const SteadyTime sent = kStart + seconds(60);

  for (int i = 0; i < 8; ++i) limit.refused(sent, sent + milliseconds(20));

  EXPECT_EQ(limit.now(), 8u);
  limit.refused(sent + seconds(1), sent + seconds(2));
  EXPECT_EQ(limit.now(), 4u);
}

TEST(ConcurrencyLimit, NeverFallsBelowOne) {
  ConcurrencyLimit limit(16);

  for (int i = 0; i < 5; ++i) limit.refused(kStart + seconds(i), kStart + seconds(i));

  EXPECT_EQ(limit.now(), 1u);
}

TEST(LossWindow, ForgetsAfterAMinute) {
  LossWindow losses;
  EXPECT_EQ(losses.lost(kStart), 0u);

  losses.add(3, kStart);
  losses.add(4, kStart + seconds(30));

  EXPECT_EQ(losses.lost(kStart + seconds(30)), 7u);
  EXPECT_EQ(losses.lost(kStart + seconds(60)), 4u);
  EXPECT_EQ(losses.lost(kStart + seconds(90)), 0u);
}

TEST(Slab, KeepsAddressesAndGivesMemoryBackWhenItIsFree) {
  Slab slab;
  std::vector<Item*> items;
  EXPECT_EQ(slab.bytes(), 0u);
  for (int i = 0; i < 1'000; ++i) items.push_back(slab.take());
  const std::size_t full = slab.bytes();

  EXPECT_EQ(std::set<Item*>(items.begin(), items.end()).size(), 1'000u);
  EXPECT_EQ(full, 16 * sizeof(delivery::SlabChunk));
  for (Item* item : items) slab.release(*item);

  EXPECT_EQ(slab.bytes(), sizeof(delivery::SlabChunk));
  EXPECT_EQ(slab.bytes_for_next(), 0u);
}

TEST(Slab, UsesFreePlacesBeforeItGrows) {
  Slab slab;
  std::vector<Item*> items;
  for (int i = 0; i < 640; ++i) items.push_back(slab.take());
  for (std::size_t i = 0; i < items.size(); i += 2) slab.release(*items[i]);
  const std::size_t before = slab.bytes();

  for (int i = 0; i < 320; ++i) EXPECT_NE(slab.take(), nullptr);

  EXPECT_EQ(slab.bytes(), before);
  EXPECT_NE(slab.bytes_for_next(), 0u);
}

}  // namespace
}  // namespace aloft
