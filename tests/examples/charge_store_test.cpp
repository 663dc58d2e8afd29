// SPDX-License-Identifier: Apache-2.0
#include "payments/charge_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace payments {
namespace {

using ::testing::ElementsAre;

aloft::TenantId tenant(std::string_view name) {
  return aloft::TenantId::parse(name).value_or(aloft::TenantId());
}

Charge charge(std::string id) {
  Charge made;
  made.id = std::move(id);
  return made;
}

std::vector<std::string> ids(const Page& page) {
  std::vector<std::string> found;
  for (const Charge& each : page.charges) found.push_back(each.id);
  return found;
}

TEST(ChargeStore, FindsAChargeOfTheSameTenantOnly) {
  ChargeStore store({tenant("acme"), tenant("globex")});
  store.add(tenant("acme"), charge("ch_a"));

  ASSERT_TRUE(store.find(tenant("acme"), "ch_a"));
  EXPECT_EQ(store.find(tenant("acme"), "ch_a")->id, "ch_a");
  EXPECT_FALSE(store.find(tenant("globex"), "ch_a"));
}

TEST(ChargeStore, HasNoShelfForAnUnknownTenant) {
  ChargeStore store({tenant("acme")});

  EXPECT_FALSE(store.add(tenant("globex"), charge("ch_a")));
  EXPECT_FALSE(store.find(tenant("globex"), "ch_a"));
  EXPECT_TRUE(store.list(tenant("globex"), {}).charges.empty());
  EXPECT_FALSE(store.add(aloft::TenantId(), charge("ch_a")));
}

TEST(ChargeStore, ListsTheNewestFirstInPages) {
  ChargeStore store({tenant("acme")});
  for (const char* id : {"ch_1", "ch_2", "ch_3", "ch_4", "ch_5"}) {
    store.add(tenant("acme"), charge(id));
  }

  const Page first = store.list(tenant("acme"), {.limit = 2});
  const Page second = store.list(tenant("acme"), {.limit = 2, .before = first.next});
  const Page third = store.list(tenant("acme"), {.limit = 2, .before = second.next});

  EXPECT_THAT(ids(first), ElementsAre("ch_5", "ch_4"));
  EXPECT_THAT(ids(second), ElementsAre("ch_3", "ch_2"));
  EXPECT_THAT(ids(third), ElementsAre("ch_1"));
  EXPECT_FALSE(third.next);
}

TEST(ChargeStore, KeepsAPageStableWhileChargesCome) {
  ChargeStore store({tenant("acme")});
  store.add(tenant("acme"), charge("ch_1"));
  store.add(tenant("acme"), charge("ch_2"));
  const Page first = store.list(tenant("acme"), {.limit = 1});

  store.add(tenant("acme"), charge("ch_3"));

  EXPECT_THAT(ids(store.list(tenant("acme"), {.limit = 1, .before = first.next})),
              ElementsAre("ch_1"));
}

TEST(ChargeStore, ForgetsTheOldestAboveItsLimitAndCountsIt) {
  ChargeStore store({tenant("acme"), tenant("globex")}, {.charges_per_tenant = 2});
  store.add(tenant("globex"), charge("ch_other"));
  for (const char* id : {"ch_1", "ch_2", "ch_3"}) store.add(tenant("acme"), charge(id));

  EXPECT_FALSE(store.find(tenant("acme"), "ch_1"));
  EXPECT_THAT(ids(store.list(tenant("acme"), {})), ElementsAre("ch_3", "ch_2"));
  EXPECT_TRUE(store.find(tenant("acme"), "ch_2"));
  EXPECT_TRUE(store.find(tenant("globex"), "ch_other"));
  EXPECT_EQ(store.forgotten(), 1u);
}

TEST(ChargeStore, AnswersAnEmptyPageWhenItsPlaceIsForgotten) {
  ChargeStore store({tenant("acme")}, {.charges_per_tenant = 1});
  for (const char* id : {"ch_1", "ch_2", "ch_3"}) store.add(tenant("acme"), charge(id));

  const Page page = store.list(tenant("acme"), {.limit = 1, .before = 1});

  EXPECT_TRUE(page.charges.empty());
  EXPECT_FALSE(page.next);
}

TEST(ChargeStore, TakesChargesFromSeveralThreads) {
  ChargeStore store({tenant("acme"), tenant("globex")}, {.charges_per_tenant = 100});
  const auto fill = [&store](const char* name) {
    for (int i = 0; i < 500; ++i) {
      store.add(tenant(name), charge(std::string(name) + std::to_string(i)));
      static_cast<void>(store.list(tenant(name), {}));
    }
  };

  std::thread acme(fill, "acme");
  std::thread globex(fill, "globex");
  acme.join();
  globex.join();

  EXPECT_EQ(store.forgotten(), 800u);
  EXPECT_TRUE(store.find(tenant("acme"), "acme499"));
  EXPECT_TRUE(store.find(tenant("globex"), "globex499"));
}

}  // namespace
}  // namespace payments
