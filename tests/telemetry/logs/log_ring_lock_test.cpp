// SPDX-License-Identifier: Apache-2.0
// A ring is touched by one thread at a time, shown when somebody asked for it, and closed once, in
// every order that the steps of its threads can have.
#include "telemetry/interleaving.hpp"
#include "telemetry/logs/ring_lock.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <vector>

namespace aloft {
namespace {

using Lock = detail::BasicRingLock<Stepped>;

struct Ring {
  Lock lock;
  int inside = 0;
  int most_inside = 0;
  int kept = 0;
  int shown = 0;
  int closed = 0;
};
using Thread = std::function<void(Ring&)>;

void come_in(Ring& ring) { ring.most_inside = std::max(ring.most_inside, ++ring.inside); }

void leave(Ring& ring) {
  for (;;) {
    --ring.inside;
    const Lock::Left left = ring.lock.leave();
    if (left == Lock::Left::outside) return;
    if (left == Lock::Left::to_close) {
      ++ring.closed;
      ring.lock.renew();
      return;
    }
    come_in(ring);
    ++ring.shown;
  }
}

Thread keeps(int tries = 1) {
  return [tries](Ring& ring) {
    if (ring.lock.enter(0, tries) != Lock::Entered::inside) return;
    come_in(ring);
    ++ring.kept;
    leave(ring);
  };
}
const Thread kShows = [](Ring& ring) {
  if (!ring.lock.enter_to_show(0)) return;
  come_in(ring);
  ++ring.shown;
  leave(ring);
};
const Thread kEnds = [](Ring& ring) {
  if (!ring.lock.end(0)) return;
  ++ring.closed;
  ring.lock.renew();
};

std::size_t in_every_order(const std::vector<Thread>& threads, const Thread& check) {
  return for_every_order([] { return Ring(); }, threads, check);
}

TEST(RingLockInterleaving, LetsOneThreadInAtATime) {
  const std::size_t orders = in_every_order({keeps(1), keeps(1), kShows}, [](Ring& ring) {
    EXPECT_EQ(ring.most_inside, 1);
    EXPECT_EQ(ring.inside, 0);
    EXPECT_EQ(ring.lock.enter(0), Lock::Entered::inside);
  });

  EXPECT_GT(orders, 100u);
}

TEST(RingLockInterleaving, IsShownByWhoAskedOrByWhoIsInside) {
  in_every_order({keeps(), kShows}, [](const Ring& ring) { EXPECT_EQ(ring.shown, 1); });
}

TEST(RingLockInterleaving, IsClosedOnceWhoeverIsInside) {
  for (const Thread& other : {keeps(), kShows}) {
    in_every_order({other, kEnds}, [](Ring& ring) {
      EXPECT_EQ(ring.closed, 1);
      EXPECT_EQ(ring.inside, 0);
      EXPECT_EQ(ring.lock.serial(), 1u);
      EXPECT_EQ(ring.lock.enter(0), Lock::Entered::ended);
      EXPECT_FALSE(ring.lock.enter_to_show(0));
      EXPECT_FALSE(ring.lock.end(0));
      EXPECT_EQ(ring.lock.enter(1), Lock::Entered::inside);
    });
  }
}

TEST(RingLockInterleaving, IsShownBeforeItIsClosedWhenBothWereAsked) {
  const Thread fails_and_ends = [](Ring& ring) {
    kShows(ring);
    kEnds(ring);
  };

  in_every_order({keeps(), fails_and_ends}, [](const Ring& ring) {
    EXPECT_EQ(ring.shown, 1);
    EXPECT_EQ(ring.closed, 1);
  });
}

TEST(RingLock, IsBusyForWhoComesWhileAnotherIsInside) {
  detail::RingLock lock;
  ASSERT_EQ(lock.enter(0), detail::RingLock::Entered::inside);

  EXPECT_EQ(lock.enter(0), detail::RingLock::Entered::busy);
  EXPECT_EQ(lock.leave(), detail::RingLock::Left::outside);
  EXPECT_EQ(lock.enter(0), detail::RingLock::Entered::inside);
}

}  // namespace
}  // namespace aloft
