// SPDX-License-Identifier: Apache-2.0
// Lines below the level of a request, which are shown when it fails and erased otherwise.
#include "telemetry/logs/log_bench.hpp"
#include "telemetry/logs/ring.hpp"

#include <aloft/telemetry/log_limit.hpp>
#include <aloft/telemetry/log_ring.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
namespace {

using testing::LogCopy;

TEST(LogRing, ErasesWhatWasKeptWhenItsRequestDoesNotFail) {
  LogBench bench;
  {
    const LogRing ring(bench.log);
    ring.log().debug("kept");
    ring.log().info("written");
  }

  EXPECT_EQ(messages(bench.lines()), std::vector<std::string>{"written"});
  EXPECT_EQ(bench.telemetry.log_accounting().accepted, 1u);
}

TEST(LogRing, ShowsWhatWasKeptBeforeTheLineThatFails) {
  LogBench bench({.levels = "warn"});
  const LogRing ring(bench.log);
  const WallTime began = bench.bench.clock.now().wall;

  ring.log().debug("first", {"i", 1});
  bench.bench.clock.advance(milliseconds(5));
  ring.log().info("second", {"i", 2});
  bench.bench.clock.advance(milliseconds(5));
  ring.log().error("failed");

  const std::vector<LogCopy> lines = bench.lines();
  EXPECT_EQ(messages(lines), (std::vector<std::string>{"first", "second", "failed"}));
  EXPECT_EQ(lines[0].level, LogLevel::debug);
  EXPECT_EQ(lines[0].time, began);
  EXPECT_EQ(lines[0].field("i"), "1");
  EXPECT_EQ(lines[1].level, LogLevel::info);
  EXPECT_EQ(lines[1].time, began + milliseconds(5));
  EXPECT_EQ(bench.telemetry.log_accounting().accepted, 3u);
  EXPECT_EQ(bench.telemetry.log_accounting().acknowledged, 3u);
}

TEST(LogRing, ShowsWhatWasKeptSinceTheLastTime) {
  LogBench bench;
  LogRing ring(bench.log);

  ring.log().debug("a");
  ring.log().error("b");
  ring.log().debug("c");
  ring.fail();
  ring.fail();

  EXPECT_EQ(messages(bench.lines()), (std::vector<std::string>{"a", "b", "c"}));
}

TEST(LogRing, SaysWithEachLineWhatItsOwnLoggerCarries) {
  LogBench bench;
  LogRing ring(bench.log.with(identity("r-1", "acme", "u-7")));
  const Logger child = ring.log().with({"step", 2});
  bench.log.info("before");  // so that the ring's bytes stand elsewhere in their chunk

  ring.log().debug("outer");
  child.debug("inner");
  child.debug("inner again");
  ring.log().debug("outer again");
  ring.fail();

  EXPECT_EQ(bench.line("outer").tenant_id, "acme");
  EXPECT_EQ(bench.line("outer").field("step"), "");
  EXPECT_EQ(bench.line("inner").request_id, "r-1");
  EXPECT_EQ(bench.line("inner").field("step"), "2");
  EXPECT_EQ(bench.line("inner again").field("step"), "2");
  EXPECT_EQ(bench.line("outer again").field("step"), "");
  EXPECT_EQ(bench.line("outer again").user_id, "u-7");
}

TEST(LogRing, TakesSecretsOutAsOfEveryLine) {
  LogBench bench;
  LogRing ring(bench.log);

  ring.log().debug("asked", {"card", "4242424242424242"}, {"password", "hunter2"});
  ring.fail();

  EXPECT_EQ(bench.line("asked").field("card"), "[redacted:pan]");
  EXPECT_EQ(bench.line("asked").field("password"), "[redacted:credential]");
}

TEST(LogRing, OverwritesTheOldestAndSaysHowMany) {
  LogBench bench;
  LogRing ring(bench.log.with(identity("r-1", "acme", "")));
  constexpr int kLines = 1'000;

  for (int i = 0; i < kLines; ++i) ring.log().debug("line", {"i", i});
  ring.log().error("failed");

  const std::vector<LogCopy> lines = bench.lines();
  ASSERT_GT(lines.size(), 100u);
  ASSERT_LT(lines.size(), 300u);
  const auto kept = static_cast<int>(lines.size()) - 1;
  for (int i = 0; i < kept; ++i) {
    const LogCopy& line = lines[static_cast<std::size_t>(i)];
    ASSERT_EQ(line.field("i"), std::to_string(kLines - kept + i));
    ASSERT_EQ(line.tenant_id, "acme");
    ASSERT_EQ(line.held_back, i == 0 ? static_cast<std::uint32_t>(kLines - kept) : 0u);
  }
  EXPECT_EQ(bench.telemetry.log_counters().ring_lost, static_cast<std::uint64_t>(kLines - kept));
}

TEST(LogRing, KeepsAtLeastHalfOfItself) {
  LogBench bench;
  const std::string filler(1'000, 'x');

  std::size_t before = 0;
  for (int said = 7; said < 50; ++said) {
    LogRing ring(bench.log);
    for (int i = 0; i < said; ++i) ring.log().debug("line", {"filler", filler});
    ring.fail();
    const std::size_t now = bench.lines().size();
    ASSERT_GE(now - before, 7u) << said;
    ASSERT_LE(now - before, 14u) << said;
    before = now;
  }
}

TEST(LogRing, LosesALineThatIsLongerThanHalfOfItAndSaysSo) {
  LogBench bench;
  LogRing ring(bench.log);
  const std::string long_text(9'000, 'x');

  ring.log().debug("too long", {"text", long_text});
  ring.log().error("failed");

  EXPECT_EQ(messages(bench.lines()), std::vector<std::string>{"failed"});
  EXPECT_EQ(bench.line("failed").held_back, 1u);
  EXPECT_EQ(bench.telemetry.log_counters().ring_lost, 1u);
}

TEST(LogRing, LeavesNothingOfItsBytesBehind) {
  detail::LogRings rings(2 * detail::kLogRingBytes);
  detail::LogRingHead* const ring = rings.open(0);
  ASSERT_NE(ring, nullptr);
  const std::uint32_t serial = ring->lock.serial();
  for (int i = 0; i < 300; ++i) {
    const detail::LogRingHead::Room room = ring->make_room("context", 64);
    std::fill_n(room.at, 64, 'x');
  }

  ASSERT_TRUE(ring->lock.end(serial));
  rings.close(*ring);

  const char* const begin = reinterpret_cast<const char*>(ring + 1);
  const char* const end = reinterpret_cast<const char*>(ring) + detail::kLogRingBytes;
  EXPECT_TRUE(std::all_of(begin, end, [](char c) { return c == 0; }));
}

TEST(LogRing, KeepsNothingWhereTheLevelIsOff) {
  LogBench bench({.levels = "off"});
  LogRing ring(bench.log);

  ring.log().debug("kept?");
  ring.log().error("failed");
  ring.fail();

  EXPECT_TRUE(bench.lines().empty());
}

TEST(LogRing, GoesByTheLevelOfATenantThatIsLearntLater) {
  LogBench bench;
  ASSERT_TRUE(bench.telemetry.set_tenant_log_level(*TenantId::parse("acme"), LogLevel::debug, "x"));
  LogRing ring(bench.log);

  ring.log().with(identity("", "acme", "")).debug("written");
  ring.log().with(identity("", "other", "")).debug("kept");

  EXPECT_EQ(bench.line("written").tenant_id, "acme");
  EXPECT_EQ(bench.line("kept").message, "");
  ring.fail();
  EXPECT_EQ(bench.line("kept").tenant_id, "other");
}

TEST(LogRing, LeavesItsLoggersWithoutOneWhenItEnds) {
  LogBench bench;
  Logger left;
  {
    const LogRing ring(bench.log.with({"shop", "north"}));
    left = ring.log();
    left.debug("erased");
  }
  LogRing next(bench.log);  // in the same memory
  next.log().debug("of the next");

  left.debug("of nobody");
  left.info("written");
  left.error("written, too");

  EXPECT_EQ(messages(bench.lines()), (std::vector<std::string>{"written", "written, too"}));
  EXPECT_EQ(bench.line("written").field("shop"), "north");
  next.fail();
  EXPECT_EQ(bench.lines().size(), 3u);
}

TEST(LogRing, OfAnEndedTelemetryDoesNothing) {
  auto bench = std::make_unique<LogBench>();
  std::optional<LogRing> ring(std::in_place, bench->log);
  ring->log().debug("kept");
  bench.reset();

  LogBench next;  // with the same pipeline
  ring->log().debug("kept?");
  ring->log().error("too late");
  ring->fail();
  ring.reset();
  LogRing after(next.log);
  after.log().error("in time");

  EXPECT_EQ(messages(next.lines()), std::vector<std::string>{"in time"});
  EXPECT_EQ(next.telemetry.log_accounting().accepted, 1u);
}

TEST(LogRing, DoesNothingWithoutLogs) {
  LogRing ring{Logger()};

  ring.log().error("nothing");
  ring.fail();

  EXPECT_FALSE(ring.log().enabled(LogLevel::error));
}

TEST(LogRing, InsideOfAnotherKeepsForItself) {
  LogBench bench;
  LogRing outer(bench.log);
  outer.log().debug("outer");
  LogRing inner(outer.log());

  inner.log().debug("inner");
  inner.fail();

  EXPECT_EQ(messages(bench.lines()), std::vector<std::string>{"inner"});
  outer.fail();
  EXPECT_EQ(messages(bench.lines()), (std::vector<std::string>{"inner", "outer"}));
}

TEST(LogRing, IsRefusedToATenantThatHasAsManyAsAreLeft) {
  LogBench bench({.ring_limit_bytes = 8 * detail::kLogRingBytes});
  std::deque<LogRing> rings;
  const Logger loud = bench.log.with(identity("", "loud", ""));
  const Logger calm = bench.log.with(identity("", "calm", ""));

  for (int i = 0; i < 20; ++i) rings.emplace_back(loud).log().debug("loud");
  EXPECT_EQ(bench.telemetry.log_counters().rings_refused, 16u);
  rings.emplace_back(calm).log().debug("calm");
  rings.back().fail();
  rings[19].log().debug("of no ring");
  rings[19].log().error("written");

  EXPECT_EQ(messages(bench.lines()), (std::vector<std::string>{"calm", "written"}));
  rings.clear();
  rings.emplace_back(loud).log().debug("again");
  rings.back().fail();
  EXPECT_EQ(bench.line("again").tenant_id, "loud");
}

TEST(LogRing, IsNotToBeHadWhereThereIsNoMemoryForRings) {
  LogBench bench({.ring_limit_bytes = 0});
  LogRing ring(bench.log);

  ring.log().debug("kept?");
  ring.log().error("failed");

  EXPECT_EQ(bench.lines().size(), 1u);
  EXPECT_EQ(bench.telemetry.log_counters().rings_refused, 1u);
}

TEST(LogOptions, WithRingsTooFewOrTooManyAreRefused) {
  for (const std::size_t bytes :
       {std::size_t{1}, std::size_t{32'767}, (std::size_t{1} << 30) + 1}) {
    const auto refused = Telemetry::create(
        {.service_name = "payments", .logs = logging({.ring_limit_bytes = bytes})});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message,
              "LogOptions::ring_limit_bytes is outside 32 KiB to 1 GiB, and not 0");
  }
}

TEST(LogRing, IsCountedAsDebugWhereTheQueueRunsShort) {
  LogBench bench({.levels = "info", .queue_limit_bytes = 2u << 20});
  LogRing ring(bench.log);
  for (int i = 0; i < 3; ++i) ring.log().debug("kept");
  const std::string filler(12'000, 'x');
  for (int i = 0; i < 90; ++i) bench.log.info("filler", {"filler", filler});  // more than half

  ring.log().error("failed");

  const Accounting books = bench.telemetry.log_accounting();
  EXPECT_EQ(books.accepted, 94u);
  EXPECT_EQ(books.dropped[Reason::queue_full], 3u);
  EXPECT_EQ(bench.line("failed").message, "failed");
  EXPECT_EQ(bench.telemetry.log_accounting().balance(), 0);
}

TEST(LogRing, KeepsWhatALimitLetsThrough) {
  LogBench bench;
  LogRing ring(bench.log);
  LogSample sample{.one_in = 2};

  for (int i = 0; i < 4; ++i) ring.log().limited(sample).debug("kept", {"i", i});
  ring.fail();

  const std::vector<LogCopy> lines = bench.lines();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[1].field("i"), "2");
  EXPECT_EQ(lines[1].held_back, 1u);
}

}  // namespace
}  // namespace aloft
