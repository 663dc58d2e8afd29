// SPDX-License-Identifier: Apache-2.0
// What every store of logs must do, run over both kinds: in memory and in a file.
#include "console/logs/log_store.hpp"

#include "../scratch_folder.hpp"

#include <aloft/testing/manual_clock.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft::console::logs {
namespace {

// Where a manual clock starts.
constexpr std::int64_t kNow = 1'735'787'045'000;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr StreamName kStream{"/aloft/payments", "today"};

class LogStoreContract : public ::testing::TestWithParam<bool> {
 protected:
  void open(LogStoreOptions options = {}) {
    if (GetParam()) options.path = folder_.path("logs.db");
    store_.reset();
    auto store = LogStore::create(options, clock_);
    ASSERT_TRUE(store) << store.error().to_string();
    store_ = std::move(*store);
  }
  void SetUp() override {
    open();
    make(kStream);
  }
  void make(const StreamName& name) {
    (void)store_->create_group(name.group, {});
    (void)store_->create_stream(name.group, name.stream);
  }
  void put(const StreamName& name, std::vector<IncomingEvent> events) {
    const auto done = store_->put(name, events);
    ASSERT_TRUE(done) << done.error().to_string();
  }
  // The messages that a scan shows, with a blank after each.
  std::string scan(const ScanOptions& options, std::size_t limit = 1000,
                   std::optional<ScanCursor>* next = nullptr) {
    std::string out;
    std::size_t count = 0;
    auto done = store_->scan(
        options,
        [&](const LogEvent& event) {
          if (count == limit) return false;
          ++count;
          out.append(event.message).append(" ");
          return true;
        },
        Deadline::never());
    if (!done) return "failed";
    if (next != nullptr) *next = *done;
    return out;
  }

  fixture::ScratchFolder folder_;
  testing::ManualClock clock_;
  std::unique_ptr<LogStore> store_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, LogStoreContract, ::testing::Bool(), [](const auto& kind) {
  return kind.param ? std::string("File") : std::string("Memory");
});

TEST_P(LogStoreContract, ScansByTimestampAndThenByArrival) {
  put(kStream, {{kNow, "b"}, {kNow, "c"}, {kNow + 1, "e"}});
  put(kStream, {{kNow - 1, "a"}, {kNow, "d"}});

  EXPECT_EQ(scan({}), "a b c d e ");
  ScanOptions newest;
  newest.newest_first = true;
  EXPECT_EQ(scan(newest), "e d c b a ");
}

TEST_P(LogStoreContract, GoesOnBehindACursorInBothDirections) {
  put(kStream, {{kNow, "a"}, {kNow, "b"}, {kNow + 1, "c"}, {kNow + 2, "d"}});
  for (const bool newest_first : {false, true}) {
    ScanOptions options;
    options.newest_first = newest_first;

    const std::string first = scan(options, 3, &options.after);
    ASSERT_TRUE(options.after);
    options.after = ScanCursor::parse(options.after->text());
    const std::string second = scan(options, 3, &options.after);

    EXPECT_EQ(first, newest_first ? "d c b " : "a b c ");
    EXPECT_EQ(second, newest_first ? "a " : "d ");
    EXPECT_FALSE(options.after);
  }
}

TEST_P(LogStoreContract, CrossesSlicesWithoutLossOrRepetition) {
  std::vector<std::string> texts;
  for (int i = 0; i < 5000; ++i) texts.push_back(std::to_string(i));
  std::vector<IncomingEvent> events;
  std::string expected;
  for (const std::string& text : texts) {
    events.push_back({kNow, text});
    expected.append(text).append(" ");
  }
  put(kStream, events);
  ScanOptions page;
  std::string paged;

  do {
    paged += scan(page, 999, &page.after);
  } while (page.after);

  EXPECT_EQ(scan({}, 10'000), expected);
  EXPECT_EQ(paged, expected);
}

TEST_P(LogStoreContract, StopsAtTheDeadlineWithACursor) {
  std::vector<IncomingEvent> events(5000, IncomingEvent{kNow, "x"});
  put(kStream, events);
  ScanOptions options;
  std::size_t seen = 0;
  int rounds = 0;

  do {
    auto next = store_->scan(
        options, [&](const LogEvent&) { return ++seen != 0; },
        Deadline::after(clock_, std::chrono::seconds(0)));
    ASSERT_TRUE(next);
    options.after = *next;
    ++rounds;
  } while (options.after);

  EXPECT_EQ(seen, 5000U);
  EXPECT_EQ(rounds, 5);
}

TEST_P(LogStoreContract, SelectsGroupsStreamsPrefixesAndTimes) {
  make({"/a", "s1"});
  make({"/a", "s2"});
  make({"/b", "s1"});
  put({"/a", "s1"}, {{kNow, "a1"}});
  put({"/a", "s2"}, {{kNow + 1, "a2"}});
  put({"/b", "s1"}, {{kNow + 2, "b1"}});

  ScanOptions groups;
  groups.groups = {"/a", "/unknown"};
  ScanOptions streams;
  streams.groups = {"/a", "/b"};
  streams.streams = {"s1"};
  ScanOptions prefix = groups;
  prefix.stream_prefix = "s2";
  ScanOptions times;
  times.from_ms = kNow + 1;
  times.to_ms = kNow + 1;
  ScanOptions unknown;
  unknown.groups = {"/unknown"};

  EXPECT_EQ(scan({}), "a1 a2 b1 ");
  EXPECT_EQ(scan(groups), "a1 a2 ");
  EXPECT_EQ(scan(streams), "a1 b1 ");
  EXPECT_EQ(scan(prefix), "a2 ");
  EXPECT_EQ(scan(times), "a2 ");
  EXPECT_EQ(scan(unknown), "");
}

TEST_P(LogStoreContract, FindsEventsByWhatTheySayOfThemselves) {
  constexpr const char* kLine =
      R"({"level":"ERROR","service":"payments","tenant_id":"acme","request_id":"r-1",)"
      R"("trace_id":"1-67891234-012345678901234567890123","message":"no"})";
  put(kStream, {{kNow, kLine},
                {kNow + 1, R"({"level":"INFO","trace_id":"67891234ABCDEF678901234567890123"})"},
                {kNow + 2, "level ERROR"}});
  const auto found = [&](Columns columns) {
    ScanOptions options;
    options.columns = std::move(columns);
    return scan(options);
  };
  const std::string line = std::string(kLine) + " ";

  EXPECT_EQ(found({.level = "error"}), line);
  EXPECT_EQ(found({.service = "payments"}), line);
  EXPECT_EQ(found({.tenant = "acme"}), line);
  EXPECT_EQ(found({.request_id = "r-1"}), line);
  EXPECT_EQ(found({.trace_id = "1-67891234-012345678901234567890123"}), line);
  EXPECT_EQ(found({.trace_id = "1-67891234-abcdef678901234567890123"}),
            R"({"level":"INFO","trace_id":"67891234ABCDEF678901234567890123"} )");
  EXPECT_EQ(found({.level = "error", .tenant = "globex"}), "");
}

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
  ASSERT_TRUE(store_->set_tags("/tagged", {{"c", "\"d\""}}));

  const auto group = store_->group("/tagged");

  ASSERT_TRUE(group);
  EXPECT_EQ(group->settings.log_class, "INFREQUENT_ACCESS");
  EXPECT_EQ(group->settings.tags, (Tags{{"c", "\"d\""}}));
  EXPECT_EQ(group->created_ms, kNow);
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
