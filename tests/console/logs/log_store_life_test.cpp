// SPDX-License-Identifier: Apache-2.0
// What every store of logs keeps, forgets and tells, run over both kinds.
#include "log_store_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace aloft::console::logs {
namespace {

using namespace fixture;

// Instantiated with the other half, in log_store_test.cpp.
TEST_P(LogStoreContract, NamesWhatDoesNotExistAsTheServiceDoes) {
  const IncomingEvent event{kNow, "x"};

  const auto no_group = store_->put({"/none", "today"}, {&event, 1});
  const auto no_stream = store_->put({"/aloft/payments", "none"}, {&event, 1});
  const auto twice = store_->create_group("/aloft/payments", {});
  const auto stream_twice = store_->create_stream("/aloft/payments", "today");

  EXPECT_EQ(no_group.error().message, "The specified log group does not exist.");
  EXPECT_EQ(no_stream.error().message, "The specified log stream does not exist.");
  EXPECT_EQ(no_stream.error().code, ErrorCode::not_found);
  EXPECT_EQ(twice.error().message, "The specified log group already exists");
  EXPECT_EQ(stream_twice.error().message, "The specified log stream already exists");
  EXPECT_EQ(stream_twice.error().code, ErrorCode::already_exists);
}

TEST_P(LogStoreContract, HidesAndThenDeletesWhatIsOlderThanTheRetention) {
  put(kStream, {{kNow - 2 * kDayMs, "old"}});
  ASSERT_TRUE(store_->set_retention("/aloft/payments", 1));

  EXPECT_EQ(scan({}), "");
  clock_.advance(std::chrono::minutes(2));
  put(kStream, {{kNow, "new"}});

  EXPECT_EQ(scan({}), "new ");
  EXPECT_EQ(store_->status().expired, 1U);
  EXPECT_EQ(store_->status().events, 1U);
  EXPECT_EQ(store_->stream(kStream)->first_event_ms, kNow);
}

TEST_P(LogStoreContract, GivesGroupsWithoutARetentionThatOfTheStore) {
  LogStoreOptions options;
  options.retention_days = 7;
  open(options);
  make(kStream);
  ASSERT_TRUE(store_->create_group("/kept", {}));
  ASSERT_TRUE(store_->set_retention("/kept", 30));

  EXPECT_EQ(store_->retention_of("/aloft/payments"), 7);
  EXPECT_EQ(store_->retention_of("/kept"), 30);
  EXPECT_EQ(store_->group("/aloft/payments")->retention_days, std::nullopt);
}

TEST_P(LogStoreContract, StaysBelowItsLimitAndCountsWhatWent) {
  LogStoreOptions options;
  options.max_bytes = kMinLogStoreBytes;
  open(options);
  make(kStream);
  const std::string text(1000, 'x');
  for (int batch = 0; batch < 20; ++batch) {
    put(kStream, std::vector<IncomingEvent>(100, IncomingEvent{kNow + batch, text}));
    EXPECT_LE(store_->status().bytes, kMinLogStoreBytes);
  }

  const LogStoreStatus status = store_->status();
  EXPECT_EQ(status.received, 2000U);
  EXPECT_EQ(status.events + status.evicted, 2000U);
  EXPECT_GT(status.events, 500U);
  EXPECT_EQ(store_->group("/aloft/payments")->stored_bytes, status.events * 1026);
  std::int64_t oldest = 0;
  (void)store_->scan(
      {},
      [&](const LogEvent& event) {
        oldest = event.timestamp_ms;
        return false;
      },
      Deadline::never());
  EXPECT_GT(oldest, kNow + 5);
  EXPECT_EQ(store_->stream(kStream)->first_event_ms, oldest);
}

TEST_P(LogStoreContract, ForgetsStreamsAndGroupsWithTheirEvents) {
  make({"/aloft/payments", "other"});
  make({"/b", "s"});
  put(kStream, {{kNow, "a"}});
  put({"/aloft/payments", "other"}, {{kNow, "b"}});
  put({"/b", "s"}, {{kNow, "c"}});

  ASSERT_TRUE(store_->remove_stream(kStream));
  EXPECT_EQ(scan({}), "b c ");
  EXPECT_EQ(store_->group("/aloft/payments")->stored_bytes, 27U);
  ASSERT_TRUE(store_->remove_group("/aloft/payments"));

  EXPECT_EQ(scan({}), "c ");
  EXPECT_EQ(store_->status().deleted, 2U);
  EXPECT_EQ(store_->status().streams, 1U);
  EXPECT_FALSE(store_->group("/aloft/payments"));
}

TEST_P(LogStoreContract, ClearsEventsButKeepsGroupsAndStreams) {
  put(kStream, {{kNow, "a"}});

  ASSERT_TRUE(store_->clear());

  EXPECT_EQ(scan({}), "");
  EXPECT_EQ(store_->status().deleted, 1U);
  EXPECT_EQ(store_->group("/aloft/payments")->stored_bytes, 0U);
  put(kStream, {{kNow, "b"}});
  EXPECT_EQ(scan({}), "b ");
}

TEST_P(LogStoreContract, NeverGivesAnIdTwice) {
  put(kStream, {{kNow, "a"}});
  std::uint64_t first = 0;
  (void)store_->scan(
      {}, [&](const LogEvent& event) { return (first = event.id) != 0; }, Deadline::never());
  ASSERT_TRUE(store_->clear());
  put(kStream, {{kNow, "b"}});

  const auto gone = store_->find(first);
  const auto there = store_->find(first + 1);

  ASSERT_TRUE(gone && there);
  EXPECT_FALSE(*gone);
  ASSERT_TRUE(*there);
  EXPECT_EQ((*there)->message, "b");
  EXPECT_EQ((*there)->ingestion_ms, kNow);
}

TEST_P(LogStoreContract, NeverGivesTheIdOfADeletedEventAgain) {
  // Far enough apart that what is remembered of the one makes room for the other.
  const std::int64_t other = kNow + 256;
  const auto last_id = [&] {
    std::uint64_t id = 0;
    (void)store_->scan(
        {.from_ms = kNow, .to_ms = kNow},
        [&](const LogEvent& event) { return (id = event.id) != 0; }, Deadline::never());
    return id;
  };
  make({"/aloft/payments", "other"});
  put({"/aloft/payments", "other"}, {{kNow, "stays"}});
  put(kStream, {{kNow, "a"}, {kNow, "b"}});
  const std::uint64_t first = last_id();
  put(kStream, {{other, "x"}});
  ASSERT_TRUE(store_->remove_stream(kStream));
  make(kStream);
  put(kStream, {{kNow, "c"}});
  const std::uint64_t second = last_id();
  put(kStream, {{other, "y"}});
  ASSERT_TRUE(store_->clear());
  open();
  make(kStream);
  put(kStream, {{kNow, "d"}});

  EXPECT_GT(second, first);
  if (GetParam()) {
    EXPECT_GT(last_id(), second) << "after a restart";
  }
}

TEST_P(LogStoreContract, HasRoomForSoManyGroupsAndStreamsOnly) {
  LogStoreOptions options;
  options.max_bytes = kMinLogStoreBytes;
  open(options);
  make(kStream);
  const std::string text(1000, 'x');
  put(kStream, std::vector<IncomingEvent>(900, IncomingEvent{kNow, text}));
  const auto bytes_before = store_->status().bytes;

  Result<void> done;
  std::size_t streams = 0;
  while (done && streams < 10'000) {
    done = store_->create_stream(kStream.group, "stream-" + std::to_string(++streams));
    ASSERT_LE(store_->status().bytes, kMinLogStoreBytes);
  }

  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::resource_exhausted);
  EXPECT_GT(streams, 500U);
  EXPECT_GT(store_->status().bytes + 100 * 1026, bytes_before) << "events made room";
  EXPECT_FALSE(store_->create_group("/other", {}));
  EXPECT_FALSE(store_->change_tags(kStream.group, [](Tags& tags) {
    tags["a"] = std::string(1000, 'b');
    return true;
  }));
  put(kStream, std::vector<IncomingEvent>(100, IncomingEvent{kNow + 1, text}));
  EXPECT_LE(store_->status().bytes, kMinLogStoreBytes);
  EXPECT_GT(store_->status().events, 400U);
  ASSERT_TRUE(store_->remove_group(kStream.group));
  EXPECT_TRUE(store_->create_group("/other", {})) << "what is removed makes room";
}

TEST_P(LogStoreContract, BoundsTheTagsOfAllGroups) {
  LogStoreOptions options;
  options.max_bytes = kMinLogStoreBytes;
  open(options);
  GroupSettings settings;
  for (int i = 0; i < 50; ++i) settings.tags[std::to_string(i)] = std::string(256, '"');

  Result<void> done;
  std::size_t groups = 0;
  while (done && groups < 100) done = store_->create_group(std::to_string(++groups), settings);

  ASSERT_FALSE(done);
  EXPECT_GE(groups, 5U);
  EXPECT_LE(store_->status().bytes, kMinLogStoreBytes / 2);
}

TEST_P(LogStoreContract, TellsOfTheBytesOfStreamsAtOnce) {
  const auto before = store_->status().bytes;
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(store_->create_stream(kStream.group, "stream-" + std::to_string(i)));
  }

  EXPECT_GT(store_->status().bytes, before + 500 * 20);
}

TEST_P(LogStoreContract, ExpiresABoundedPartOfAllStreamsWithEachPut) {
  constexpr std::uint64_t kOld = 10'000;
  for (int i = 0; i < 10; ++i) {
    const std::string stream = "s" + std::to_string(i);
    make({"/old", stream});
    put({"/old", stream}, std::vector<IncomingEvent>(1000, {kNow - 2 * kDayMs, "old"}));
  }
  ASSERT_TRUE(store_->set_retention("/old", 1));
  clock_.advance(std::chrono::minutes(2));

  put(kStream, {{kNow, "new"}});
  const auto at_once = store_->status().expired;
  for (int i = 0; i < 3; ++i) put(kStream, {{kNow, "new"}});

  EXPECT_GT(at_once, 1000U);
  EXPECT_LE(at_once, 5000U);
  EXPECT_EQ(store_->status().expired, kOld);
  EXPECT_EQ(store_->group("/old")->stored_bytes, 0U);
}

TEST_P(LogStoreContract, TellsListenersInOrderAndWhatTheyLost) {
  int ready = 0;
  ListenOptions options;
  options.limit_events = 3;
  options.on_ready = [&] { ++ready; };
  const auto listener = store_->listen(options);
  put(kStream, {{kNow, "a"}, {kNow, "b"}});
  put(kStream, {{kNow, "c"}, {kNow, "d"}});

  const auto taken = listener->take();
  put(kStream, {{kNow, "e"}});
  const auto later = listener->take();
  ASSERT_TRUE(store_->clear());

  ASSERT_EQ(taken.batches.size(), 1U);
  EXPECT_EQ(taken.batches[0]->at(1).message, "b");
  EXPECT_EQ(taken.batches[0]->at(1).group, "/aloft/payments");
  EXPECT_EQ(taken.lost, 2U);
  ASSERT_EQ(later.batches.size(), 1U);
  EXPECT_EQ(later.lost, 0U);
  EXPECT_TRUE(listener->take().reset);
  EXPECT_EQ(ready, 4);
}

TEST_P(LogStoreContract, HasRoomForSoManyListenersAndForgetsThem) {
  std::vector<std::shared_ptr<LogListener>> listeners;
  for (std::size_t i = 0; i < kMaxListeners; ++i) listeners.push_back(store_->listen({}));

  EXPECT_EQ(store_->listen({}), nullptr);
  listeners.pop_back();
  EXPECT_NE(store_->listen({}), nullptr);
}

TEST_P(LogStoreContract, KeepsTagsAndSettings) {
  ASSERT_TRUE(store_->create_group("/tagged", {"INFREQUENT_ACCESS", "key", true, {{"a", "b"}}}));
  ASSERT_TRUE(store_->change_tags("/tagged", [](Tags& tags) {
    tags = {{"c", "\"d\""}};
    return true;
  }));

  const auto group = store_->group("/tagged");

  ASSERT_TRUE(group);
  EXPECT_EQ(group->settings.log_class, "INFREQUENT_ACCESS");
  EXPECT_EQ(group->settings.tags, (Tags{{"c", "\"d\""}}));
  EXPECT_EQ(group->created_ms, kNow);
}

TEST_P(LogStoreContract, LeavesTagsAsTheyAreWhenAChangeIsRefused) {
  ASSERT_TRUE(store_->create_group("/tagged", {"STANDARD", "", false, {{"a", "b"}}}));

  const auto refused = store_->change_tags("/tagged", [](Tags& tags) {
    tags["c"] = "d";
    return false;
  });

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(store_->group("/tagged")->settings.tags, (Tags{{"a", "b"}}));
}

TEST_P(LogStoreContract, ServesWritersReadersAndListenersAtOnce) {
  constexpr int kWriters = 3;
  constexpr int kBatches = 40;
  const auto listener = store_->listen({});
  std::vector<std::thread> threads;
  for (int writer = 0; writer < kWriters; ++writer) {
    threads.emplace_back([this, writer] {
      const std::string stream = "s" + std::to_string(writer);
      make({"/aloft/payments", stream});
      for (int batch = 0; batch < kBatches; ++batch) {
        const std::vector<IncomingEvent> events(20, IncomingEvent{kNow + batch, "x"});
        put({"/aloft/payments", stream}, events);
      }
    });
  }
  threads.emplace_back([this] {
    for (int i = 0; i < kBatches; ++i) {
      make({"/short", "lived"});
      (void)store_->remove_group("/short");
      (void)store_->status();
      (void)store_->streams("/aloft/payments");
    }
  });
  std::size_t most = 0;
  while (most < std::size_t{kWriters} * kBatches * 20) {
    std::size_t seen = 0;
    std::uint64_t last = 0;
    const auto done = store_->scan(
        {},
        [&](const LogEvent& event) {
          EXPECT_GT(event.id, last);
          last = event.id;
          return ++seen != 0;
        },
        Deadline::never());
    ASSERT_TRUE(done);
    most = std::max(most, seen);
    (void)listener->take();
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(most, std::size_t{kWriters} * kBatches * 20);
  EXPECT_EQ(store_->status().received, std::size_t{kWriters} * kBatches * 20);
}

class LogStoreFile : public LogStoreContract {};
INSTANTIATE_TEST_SUITE_P(Kinds, LogStoreFile, ::testing::Values(true));

TEST_P(LogStoreFile, IsThereAgainAfterARestart) {
  ASSERT_TRUE(store_->create_group("/tagged", {"DELIVERY", "key", true, {{"a", "\"b\""}}}));
  ASSERT_TRUE(store_->set_retention("/tagged", 5));
  put(kStream, {{kNow, "a"}, {kNow + 5, "b"}});

  open();
  put(kStream, {{kNow, "c"}});

  EXPECT_EQ(scan({}), "a c b ");
  const auto group = store_->group("/tagged");
  ASSERT_TRUE(group);
  EXPECT_EQ(group->retention_days, 5);
  EXPECT_EQ(group->settings.log_class, "DELIVERY");
  EXPECT_EQ(group->settings.kms_key_id, "key");
  EXPECT_TRUE(group->settings.deletion_protected);
  EXPECT_EQ(group->settings.tags, (Tags{{"a", "\"b\""}}));
  EXPECT_EQ(store_->group("/aloft/payments")->stored_bytes, 81U);
  EXPECT_EQ(store_->stream(kStream)->last_event_ms, kNow + 5);
  EXPECT_EQ(store_->status().events, 3U);
}

TEST_P(LogStoreFile, IsLockedAndRefusesForeignFiles) {
  LogStoreOptions options;
  options.path = folder_.path("logs.db");
  const auto second = LogStore::create(options, clock_);
  options.max_bytes = 1000;
  const auto small = LogStore::create(options, clock_);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::already_exists);
  ASSERT_FALSE(small);
  EXPECT_EQ(small.error().message, "--logs-max-bytes is below 1 MiB");
}

}  // namespace
}  // namespace aloft::console::logs
