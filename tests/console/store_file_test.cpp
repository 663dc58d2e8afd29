// SPDX-License-Identifier: Apache-2.0
// What only a store in a file can do, or suffer.
#include "console/store.hpp"

#include "documents.hpp"
#include "scratch_folder.hpp"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace aloft::console {
namespace {

using fixture::segment;

Result<std::unique_ptr<Store>> open(const std::string& path) {
  return Store::create({path, std::uint64_t{64} << 20U}, Clock::system());
}

void write(Store& store, const std::string& json) {
  const std::vector<Document> batch = {fixture::parsed(json)};
  store.write(batch);
}

void put(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

ErrorCode refusal(const std::string& path) {
  const auto store = open(path);
  return store ? ErrorCode::internal : store.error().code;
}

TEST(StoreFile, KeepsTracesAcrossARestart) {
  fixture::ScratchFolder folder;
  const std::string path = folder.path("a.db");
  {
    auto store = open(path);
    ASSERT_TRUE(store);
    write(**store, segment(1, 2));
  }

  auto store = open(path);

  ASSERT_TRUE(store);
  EXPECT_EQ((*store)->status().traces, 1U);
  EXPECT_EQ((*store)->status().segments, 1U);
  // The revision goes on from where it was.
  write(**store, segment(1, 3));
  auto found = (*store)->find(fixture::trace_id(1));
  ASSERT_TRUE(found && *found);
  EXPECT_NE((*found)->summary.find(R"("segments":2,"spans":2,"revision":2)"), std::string::npos);
}

TEST(StoreFile, IsReadableByItsOwnerOnly) {
  fixture::ScratchFolder folder;
  const std::string path = folder.path("a.db");
  put(path, "");
  chmod(path.c_str(), 0644);

  auto store = open(path);
  ASSERT_TRUE(store);
  write(**store, segment(1, 2));

  for (const char* ending : {"", "-wal", "-shm"}) {
    struct stat status {};
    ASSERT_EQ(stat((path + ending).c_str(), &status), 0) << ending;
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << ending;
  }
}

TEST(StoreFile, IsRefusedWhileAnotherConsoleHasIt) {
  fixture::ScratchFolder folder;
  auto first = open(folder.path("a.db"));
  ASSERT_TRUE(first);

  EXPECT_EQ(refusal(folder.path("a.db")), ErrorCode::already_exists);
}

TEST(StoreFile, IsRefusedWhenItIsNoDatabase) {
  fixture::ScratchFolder folder;
  const std::string path = folder.path("a.db");
  put(path, std::string(10'000, 'x'));

  const auto store = open(path);

  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::data_loss);
  EXPECT_EQ(store.error().message, "the file of --db is damaged or no database");
  EXPECT_EQ(store.error().remedy, "choose another file for --db, or move this one away");
  EXPECT_EQ(std::filesystem::file_size(path), 10'000U);
}

TEST(StoreFile, IsRefusedWhenItBelongsToAnotherProgram) {
  fixture::ScratchFolder folder;
  const std::string path = folder.path("a.db");
  {
    auto database = Database::open(path);
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->run("CREATE TABLE theirs (x); PRAGMA user_version = 1;"));
  }

  EXPECT_EQ(refusal(path), ErrorCode::unsupported);

  auto database = Database::open(path);
  EXPECT_EQ(*database->integer("SELECT count(*) FROM sqlite_schema"), 1);
}

TEST(StoreFile, IsRefusedWhenANewerVersionWroteIt) {
  fixture::ScratchFolder folder;
  const std::string path = folder.path("a.db");
  { ASSERT_TRUE(open(path)); }
  {
    auto database = Database::open(path);
    ASSERT_TRUE(database->run("PRAGMA user_version = 2"));
  }

  EXPECT_EQ(refusal(path), ErrorCode::unsupported);
}

TEST(StoreFile, IsRefusedWhenItWasCutShort) {
  fixture::ScratchFolder folder;
  const std::string path = folder.path("a.db");
  {
    auto store = open(path);
    for (unsigned i = 0; i < 200; ++i) write(**store, segment(i, 1));
  }
  std::filesystem::resize_file(path, 5000);

  EXPECT_EQ(refusal(path), ErrorCode::data_loss);
}

TEST(StoreFile, IsRefusedWhenItIsNoFile) {
  fixture::ScratchFolder folder;

  EXPECT_EQ(refusal(folder.path("")), ErrorCode::invalid_argument);
  EXPECT_EQ(refusal("/dev/null"), ErrorCode::invalid_argument);
  EXPECT_EQ(refusal(folder.path("missing/a.db")), ErrorCode::unavailable);
}

TEST(StoreFile, RefusesALimitBelowOneMegabyte) {
  const auto store = Store::create({"", 1000}, Clock::system());

  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::invalid_argument);
}

TEST(StoreFile, CountsABatchThatCouldNotBeStored) {
  fixture::ScratchFolder folder;
  const std::string path = folder.path("a.db");
  auto store = open(path);
  ASSERT_TRUE(store);
  write(**store, segment(1, 1));
  // Damage that is met only while writing: the table is gone.
  auto other = Database::open(path);
  ASSERT_TRUE(other->run("DROP TABLE segment"));
  const std::string json = segment(2, 1);
  const std::vector<Document> batch = {fixture::parsed(json), fixture::parsed(json)};

  WriteOutcome outcome = (*store)->write(batch);

  EXPECT_EQ(outcome.stored, 0U);
  ASSERT_EQ(outcome.refused.size(), 2U);
  EXPECT_EQ(outcome.refused[1].reason, Reject::store_failed);
  EXPECT_EQ((*store)->status().traces, 1U);
}

}  // namespace
}  // namespace aloft::console
