// SPDX-License-Identifier: Apache-2.0
// Lines that a call site holds back, and what is said of them.
#include "telemetry/logs/log_bench.hpp"

#include <aloft/telemetry/format/log_line.hpp>
#include <aloft/telemetry/log_limit.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <limits>
#include <string>
#include <thread>
#include <vector>

namespace aloft {
namespace {

using testing::LogCopy;

TEST(LogLimits, LetABurstPassAndThenOneInATime) {
  LogBench bench;
  LogLimit limit{.every = seconds(10), .burst = 3};
  const auto say = [&](int times) {
    for (int i = 0; i < times; ++i) bench.log.limited(limit).warn("slow", {"i", i});
  };

  say(5);
  bench.bench.clock.advance(seconds(9));
  say(1);
  bench.bench.clock.advance(seconds(1));
  say(2);

  const std::vector<LogCopy> lines = bench.lines();
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[2].field("i"), "2");
  EXPECT_EQ(lines[2].held_back, 0u);
  EXPECT_EQ(lines[3].field("i"), "0");
  EXPECT_EQ(lines[3].held_back, 3u);
}

TEST(LogLimits, CountWhatTheyHoldBackOutsideOfTheBooks) {
  LogBench bench;
  LogLimit limit{.every = seconds(10)};

  for (int i = 0; i < 7; ++i) bench.log.limited(limit).info("line");
  static_cast<void>(bench.lines());

  EXPECT_EQ(bench.telemetry.log_counters().held_back, 6u);
  EXPECT_EQ(bench.telemetry.log_accounting().accepted, 1u);
  EXPECT_EQ(bench.telemetry.log_accounting().balance(), 0);
}

TEST(LogLimits, LetErrorsPassUnlessTheyAreToldNotTo) {
  LogBench bench;
  LogLimit lenient{.every = seconds(10)};
  LogLimit strict{.every = seconds(10), .also_errors = true};

  for (int i = 0; i < 4; ++i) bench.log.limited(lenient).error("lenient");
  for (int i = 0; i < 4; ++i) bench.log.limited(strict).error("strict");

  EXPECT_EQ(bench.lines().size(), 5u);
  EXPECT_EQ(bench.telemetry.log_counters().held_back, 3u);
}

TEST(LogLimits, OfATenantAreNotThoseOfTheNext) {
  LogBench bench;
  TenantLogLimit limit{.every = seconds(10)};
  const Logger loud = bench.log.with(identity("", "loud", ""));
  const Logger calm = bench.log.with(identity("", "calm", ""));

  for (int i = 0; i < 100; ++i) loud.limited(limit).warn("slow");
  calm.limited(limit).warn("slow");
  bench.log.limited(limit).warn("of nobody");

  EXPECT_EQ(bench.lines().size(), 3u);
  EXPECT_EQ(bench.telemetry.log_counters().held_back, 99u);
}

TEST(LogLimits, ThatAreNoneHoldNothingBack) {
  LogBench bench;
  LogLimit none{.every = seconds(0)};
  LogLimit negative{.every = seconds(-1)};
  LogSample all{.one_in = 0};

  for (int i = 0; i < 10; ++i) bench.log.limited(none).info("a");
  for (int i = 0; i < 10; ++i) bench.log.limited(negative).info("b");
  for (int i = 0; i < 10; ++i) bench.log.limited(all).info("c");

  EXPECT_EQ(bench.lines().size(), 30u);
}

TEST(LogLimits, OfTheLongestTimesAndBurstsDoNotOverflow) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  constexpr std::uint32_t kMany = std::numeric_limits<std::uint32_t>::max();

  const detail::CellRate for_ever =
      detail::pace_of(LogLimit{.every = Nanoseconds::max(), .burst = kMany});
  const detail::CellRate an_hour =
      detail::pace_of(LogLimit{.every = std::chrono::hours(1), .burst = kMany});

  EXPECT_EQ(for_ever.interval, kMost / 4);
  EXPECT_EQ(for_ever.burst, 0);
  EXPECT_EQ(an_hour.burst, kMost / 4);
  EXPECT_EQ(detail::pace_of(LogLimit{.burst = 0}).burst, 0);
}

TEST(LogSamples, WriteTheFirstOfSoManyLines) {
  LogBench bench;
  LogSample sample{.one_in = 10};

  for (int i = 0; i < 25; ++i) bench.log.limited(sample).info("asked", {"i", i});

  const std::vector<LogCopy> lines = bench.lines();
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].field("i"), "0");
  EXPECT_EQ(lines[0].held_back, 0u);
  EXPECT_EQ(lines[1].field("i"), "10");
  EXPECT_EQ(lines[1].held_back, 9u);
  EXPECT_EQ(lines[2].held_back, 9u);
  EXPECT_EQ(bench.telemetry.log_counters().held_back, 22u);
}

TEST(LogLimits, AreNotAskedForLinesBelowTheLevel) {
  LogBench bench({.levels = "warn"});
  LogLimit limit{.every = seconds(10)};

  bench.log.limited(limit).info("below the level: it takes nothing");
  bench.log.limited(limit).warn("first");

  EXPECT_EQ(bench.lines().size(), 1u);
  EXPECT_EQ(bench.telemetry.log_counters().held_back, 0u);
}

TEST(LogLimits, SayTheirCountOnLinesWithObjects) {
  LogBench bench;
  LogSample sample{.one_in = 3};
  const Error error{ErrorCode::unavailable, "nobody answers", ""};

  for (int i = 0; i < 4; ++i) bench.log.limited(sample).warn("failed", {"error", error});

  const std::vector<LogCopy> lines = bench.lines();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[1].held_back, 2u);
  EXPECT_EQ(lines[1].field("error.message"), "nobody answers");
}

TEST(LogLimits, KeepTheirCountForTheNextLineWhenOneIsRefused) {
  LogBench bench({.levels = "debug", .queue_limit_bytes = 2u << 20});
  LogSample sample{.one_in = 2};
  bench.log.limited(sample).debug("passes");
  bench.log.limited(sample).debug("held back");
  const std::string filler(12'000, 'x');
  while (bench.telemetry.log_accounting().dropped.total() == 0) {
    bench.log.debug("filler", {"filler", filler});
  }

  bench.log.limited(sample).debug("passes, and finds no room");
  bench.log.limited(sample).debug("held back");
  static_cast<void>(bench.lines());
  bench.log.limited(sample).debug("at last");

  EXPECT_EQ(bench.line("at last").held_back, 2u);
}

TEST(LogLimits, OfALoggerWhoseTelemetryIsGoneCountForNobody) {
  LogLimit limit{.every = seconds(10)};
  Logger log;
  {
    LogBench bench;
    log = bench.log;
  }
  LogBench next;  // with the same pipeline

  for (int i = 0; i < 3; ++i) log.limited(limit).warn("too late");
  next.log.limited(limit).warn("in time");

  EXPECT_EQ(next.line("in time").held_back, 0u);
  EXPECT_EQ(next.telemetry.log_counters().held_back, 0u);
}

TEST(LogLimits, LoseNoLineOutOfTheirCountAmongThreads) {
  LogBench bench({.queue_limit_bytes = 64u << 20});
  LogSample sample{.one_in = 7};
  LogLimit limit{.every = std::chrono::microseconds(1), .burst = 10};
  constexpr int kThreads = 4;
  constexpr int kLines = 5'000;

  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < kLines; ++i) {
        bench.log.limited(sample).info("sampled");
        bench.log.limited(limit).info("limited");
        if (i % 50 == 0) bench.bench.clock.advance(std::chrono::microseconds(3));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  bench.bench.clock.advance(seconds(1));
  bench.log.limited(limit).info("limited");

  std::uint64_t said = 0;
  const std::vector<LogCopy> lines = bench.lines();
  for (const LogCopy& line : lines) said += line.held_back;
  EXPECT_EQ(lines.size() + said + sample.gate.held_back, 2u * kThreads * kLines + 1);
  EXPECT_EQ(bench.telemetry.log_counters().held_back, said + sample.gate.held_back);
}

TEST(LogLine, SaysHowManyLinesWereHeldBackBeforeIt) {
  json::Buffer out(4'096);
  LogLineWriter writer;

  writer.append(out, Resource{}, {.message = "slow", .fields = {}, .held_back = 41});

  EXPECT_EQ(out.view(),
            R"({"timestamp":"1970-01-01T00:00:00.000000Z","level":"INFO","message":"slow",)"
            R"("held_back":41})"
            "\n");
}

}  // namespace
}  // namespace aloft
