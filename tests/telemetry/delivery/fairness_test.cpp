// SPDX-License-Identifier: Apache-2.0
// One tenant never costs another anything: exact counts.
#include "telemetry/delivery/hand_wire.hpp"

#include "telemetry/delivery/fair_queue.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace aloft {
namespace {

class DeliveryFairness : public EngineTest {
 protected:
  DeliveryFairness() {
    options.queue_limit_bytes = 1u << 20;
    requests.limits.record_bytes = 1'000;
    requests.limits.batch_records = 10;
    options.requests_limit = 1;
  }
  /// `count` records of 1,000 bytes, in one offer.
  void offer_many(const std::string& tenant, std::size_t count) {
    offer(std::vector<std::string>(count, std::string(1'000, tenant.back())), tenant);
  }
  /// Answers everything; how many records of each tenant (its last letter) arrived.
  std::map<char, std::size_t> deliver() {
    requests.at_once = {Answer::accepted()};
    while (!requests.open.empty()) requests.answer(Answer::accepted());
    pass(minutes(1));
    std::map<char, std::size_t> arrived;
    for (const auto& request : requests.sent) {
      for (const std::string& payload : request) ++arrived[payload.front()];
    }
    return arrived;
  }
};

TEST_F(DeliveryFairness, ATenantAtAHundredTimesItsShareCostsTheOthersNothing) {
  make();
  // Nine tenants of 10 records a round, the tenth 1,000: 90 × 12 kB of theirs fit, 1,000 do not.
  for (int round = 0; round < 4; ++round) {
    offer_many("tenant-z", 1'000);
    for (const char name : {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'}) {
      offer_many(std::string("tenant-") + name, 10);
    }
  }
  const Accounting before = books();

  const std::map<char, std::size_t> arrived = deliver();

  for (const char name : {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'}) {
    EXPECT_EQ(arrived.at(name), 40u) << name;
  }
  EXPECT_EQ(before.dropped[Reason::queue_full] + before.dropped[Reason::over_share],
            4'000u - arrived.at('z'));
  EXPECT_EQ(books().acknowledged + books().dropped.total(), 4'360u);
  EXPECT_EQ(books().balance(), 0);
}

TEST_F(DeliveryFairness, ATenantBelowItsShareDisplacesTheNewestOfTheLargest) {
  make();
  offer_many("tenant-z", 2'000);  // alone it may have all of it
  const std::uint64_t refused = books().dropped[Reason::queue_full];
  ASSERT_GT(refused, 900u);

  offer_many("tenant-a", 100);

  EXPECT_EQ(books().dropped[Reason::queue_full], refused);
  EXPECT_EQ(engine->counters().records_evicted, books().dropped[Reason::over_share]);
  EXPECT_GE(engine->counters().records_evicted, 100u);
  EXPECT_LE(engine->counters().records_evicted, 101u);
  EXPECT_EQ(deliver().at('a'), 100u);
}

TEST_F(DeliveryFairness, ANewcomersRecordsDoNotWaitBehindAQueue) {
  make();
  offer_many("tenant-z", 500);
  engine->poll();  // ten of them are in a request
  offer_many("tenant-a", 5);

  requests.answer(Answer::accepted());
  engine->poll();
  requests.answer(Answer::accepted());
  engine->poll();

  // With a quantum of 4 kB they are all in the next two requests.
  std::size_t early = 0;
  for (const auto& request : requests.sent) {
    early += static_cast<std::size_t>(std::count_if(
        request.begin(), request.end(), [](const std::string& p) { return p.front() == 'a'; }));
  }
  EXPECT_EQ(early, 5u);
}

TEST_F(DeliveryFairness, BoundsTheTenantsAndLetsTheRestShareOneQueue) {
  options.tenant_limit = 2;
  make();

  for (const char name : {'a', 'b', 'c', 'd', 'e'}) offer_many(std::string("tenant-") + name, 1);

  EXPECT_EQ(engine->counters().tenants, 3u);
  EXPECT_EQ(deliver().size(), 5u);
  EXPECT_EQ(engine->counters().tenants, 0u);
}

TEST_F(DeliveryFairness, NeverHoldsMoreThanItsBudgetWhateverIsOffered) {
  make();
  requests.at_once = {{.failure = Failure::transient}};

  for (int round = 0; round < 50; ++round) {
    for (int tenant = 0; tenant < 20; ++tenant) offer_many("t" + std::to_string(tenant), 40);
    pass(seconds(1));
  }

  EXPECT_LE(engine->counters().held_bytes_most, options.queue_limit_bytes);
  EXPECT_GE(engine->counters().held_bytes_most, options.queue_limit_bytes - 12'000);
  EXPECT_EQ(books().balance(), 0);
}

TEST(FairQueue, TakesTurnsByBytesNotByRecords) {
  delivery::FairQueue queue(8, 100);
  std::vector<delivery::Item> items(12);
  const auto push = [&](delivery::Item& item, const std::string& tenant, std::uint32_t bytes) {
    item.tenant = queue.slot_of(tenant);
    item.wire_bytes = bytes;
    queue.hold(item.tenant, 1);
    queue.push(item);
  };
  for (std::size_t i = 0; i < 2; ++i) push(items[i], "large", 100);
  for (std::size_t i = 2; i < 12; ++i) push(items[i], "small", 20);

  std::string order;
  while (delivery::Item* item = queue.peek()) {
    queue.pop();
    order += item->wire_bytes == 100 ? 'L' : 's';
  }

  EXPECT_EQ(order, "LsssssLsssss");
}

TEST(FairQueue, SavesUpForARecordThatIsLargerThanAVisit) {
  delivery::FairQueue queue(8, 100);
  std::vector<delivery::Item> items(5);
  const auto push = [&](delivery::Item& item, const std::string& tenant, std::uint32_t bytes) {
    item.tenant = queue.slot_of(tenant);
    item.wire_bytes = bytes;
    queue.hold(item.tenant, 1);
    queue.push(item);
  };
  push(items[0], "large", 250);
  for (std::size_t i = 1; i < 5; ++i) push(items[i], "small", 100);

  std::string order;
  while (delivery::Item* item = queue.peek()) {
    queue.pop();
    order += item->wire_bytes == 250 ? 'L' : 's';
  }

  EXPECT_EQ(order, "ssLss");
}

}  // namespace
}  // namespace aloft
