// SPDX-License-Identifier: Apache-2.0
// What every store of logs shows, run over both kinds: in memory and in a file.
#include "log_store_fixture.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace aloft::console::logs {
namespace {

using namespace fixture;

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

}  // namespace
}  // namespace aloft::console::logs
