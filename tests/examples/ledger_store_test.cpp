// SPDX-License-Identifier: Apache-2.0
#include "ledger/entry_store.hpp"

#include "console/scratch_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <aloft/testing/manual_clock.hpp>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace ledger {
namespace {

using aloft::ErrorCode;
using aloft::console::fixture::ScratchFolder;
using aloft::testing::ManualClock;
using ::testing::ElementsAre;
using ::testing::SizeIs;

aloft::TenantId tenant(std::string_view name) {
  return aloft::TenantId::parse(name).value_or(aloft::TenantId());
}

/// A store with a span that records nothing; what is recorded is tested from outside.
class Books {
 public:
  explicit Books(const EntryStoreOptions& options = {})
      : store_(EntryStore::open(options, clock_)) {}

  bool open() const { return store_.has_value(); }
  aloft::Result<Entry> add(std::string_view whose, std::string charge_id) {
    aloft::Span none;
    return (*store_)->add(
        none, tenant(whose),
        {.charge_id = std::move(charge_id), .amount_minor = 5, .currency = "EUR"});
  }
  Page list(std::string_view whose, example::PageRequest wanted = {}) {
    aloft::Span none;
    return (*store_)->list(none, tenant(whose), wanted).value_or(Page());
  }

 private:
  ManualClock clock_;
  aloft::Result<std::unique_ptr<EntryStore>> store_;
};

std::vector<std::string> charges(const Page& page) {
  std::vector<std::string> found;
  for (const Entry& entry : page.entries) found.push_back(entry.charge_id);
  return found;
}

TEST(LedgerStore, GivesBackWhatItWasGiven) {
  Books books;

  const auto kept = books.add("acme", "ch_a");
  const Page page = books.list("acme");

  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->id, 1);
  ASSERT_THAT(page.entries, SizeIs(1));
  EXPECT_EQ(page.entries[0].id, 1);
  EXPECT_EQ(page.entries[0].charge_id, "ch_a");
  EXPECT_EQ(page.entries[0].amount_minor, 5);
  EXPECT_EQ(page.entries[0].currency, "EUR");
  EXPECT_EQ(page.entries[0].created, 1'735'787'045);  // the clock's 2025-01-02T03:04:05Z
}

TEST(LedgerStore, KeepsTenantsApart) {
  Books books;
  ASSERT_TRUE(books.add("acme", "ch_a"));
  ASSERT_TRUE(books.add("globex", "ch_g"));

  EXPECT_THAT(charges(books.list("acme")), ElementsAre("ch_a"));
  EXPECT_THAT(charges(books.list("globex")), ElementsAre("ch_g"));
  EXPECT_THAT(charges(books.list("initech")), ElementsAre());
}

TEST(LedgerStore, ListsInPagesNewestFirst) {
  Books books;
  for (const char* charge : {"ch_1", "ch_2", "ch_3"}) ASSERT_TRUE(books.add("acme", charge));

  const Page first = books.list("acme", {.limit = 2});
  const Page second = books.list("acme", {.limit = 2, .before = first.next});
  const Page beyond = books.list("acme", {.before = ~std::uint64_t{0}});

  EXPECT_THAT(charges(first), ElementsAre("ch_3", "ch_2"));
  EXPECT_THAT(charges(second), ElementsAre("ch_1"));
  EXPECT_FALSE(second.next);
  EXPECT_THAT(beyond.entries, SizeIs(3));
}

TEST(LedgerStore, FindsItsEntriesAgainInAFile) {
  const ScratchFolder folder;
  const EntryStoreOptions options{.file = folder.path("ledger.db")};
  {
    Books books(options);
    ASSERT_TRUE(books.add("acme", "ch_a"));
    EXPECT_TRUE(std::filesystem::exists(options.file + "-wal"));
  }

  Books again(options);

  EXPECT_THAT(charges(again.list("acme")), ElementsAre("ch_a"));
}

TEST(LedgerStore, RefusesAFileThatIsNoDatabase) {
  const ScratchFolder folder;
  const std::string file = folder.path("ledger.db");
  std::ofstream(file) << std::string(8192, 'x');
  ManualClock clock;

  const auto store = EntryStore::open({.file = file}, clock);

  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::data_loss);
  EXPECT_EQ(store.error().message, "the database: file is not a database");
}

TEST(LedgerStore, RefusesAFolderThatIsNotThere) {
  const ScratchFolder folder;

  EXPECT_FALSE(Books({.file = folder.path("gone/ledger.db")}).open());
}

TEST(LedgerStore, RefusesEntriesWhenItIsFullAndStillLists) {
  Books books({.pages_limit = 6});
  aloft::Result<Entry> kept = books.add("acme", "ch_first");
  for (int i = 0; i < 2'000 && kept; ++i) kept = books.add("acme", std::string(64, 'c'));

  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().code, ErrorCode::resource_exhausted);
  EXPECT_THAT(books.list("acme").entries, SizeIs(20));
}

TEST(LedgerStore, TakesEntriesFromSeveralThreads) {
  Books books;
  std::vector<std::thread> threads;
  for (const char* whose : {"acme", "globex", "initech"}) {
    threads.emplace_back([&books, whose] {
      for (int i = 0; i < 30; ++i) EXPECT_TRUE(books.add(whose, "ch_a"));
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_THAT(books.list("globex", {.limit = 100}).entries, SizeIs(30));
}

}  // namespace
}  // namespace ledger
