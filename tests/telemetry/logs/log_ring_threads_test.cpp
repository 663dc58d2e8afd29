// SPDX-License-Identifier: Apache-2.0
// Rings of several threads, and of a process that forks.
#include "telemetry/logs/log_bench.hpp"

#include <aloft/telemetry/log_ring.hpp>

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace aloft {
namespace {

using testing::LogCopy;

TEST(LogRing, OfSeveralThreadsKeepsOrCountsEachLine) {
  LogBench bench({.queue_limit_bytes = 64u << 20});
  constexpr int kThreads = 4;
  constexpr int kLines = 20'000;
  LogRing ring(bench.log.with(identity("r-1", "acme", "")));

  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      const Logger mine = ring.log().with({"thread", thread});
      for (int i = 0; i < kLines; ++i) {
        mine.debug("line", {"i", i});
        if (i % 500 == 0) mine.error("failed");
        if (i % 700 == 0) ring.fail();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ring.log().error("last");

  std::uint64_t shown = 0;
  std::uint64_t said = 0;
  const std::vector<LogCopy> lines = bench.lines();
  for (const LogCopy& line : lines) {
    said += line.held_back;
    ASSERT_EQ(line.tenant_id, "acme");
    if (line.message != "line") continue;
    ++shown;
    ASSERT_NE(line.field("thread"), "");
  }
  const std::uint64_t lost = bench.telemetry.log_counters().ring_lost;
  EXPECT_EQ(shown + lost, std::uint64_t{kThreads} * kLines);
  EXPECT_LE(said, lost);  // `fail` has no line to say it with, when none is left to show
  EXPECT_EQ(bench.telemetry.log_accounting().balance(), 0);
}

TEST(LogRing, EndsWhileItsLoggersAreInUse) {
  LogBench bench({.queue_limit_bytes = 64u << 20});
  std::optional<LogRing> ring(std::in_place, bench.log);
  const Logger log = ring->log();
  std::atomic<bool> ended{false};

  std::thread other([&] {
    while (!ended) log.debug("line");
    log.error("failed");
  });
  for (int i = 0; i < 1'000; ++i) ring.emplace(bench.log).log().debug("of another");
  ring.reset();
  ended = true;
  other.join();

  EXPECT_EQ(messages(bench.lines()), std::vector<std::string>{"failed"});
}

TEST(LogRing, OfTheParentIsEmptyInTheChildOfAFork) {
  LogBench bench;
  LogRing ring(bench.log);
  ring.log().debug("parent's");

  const pid_t child = fork();
  if (child == 0) {
    ring.log().debug("kept by nobody");
    ring.log().error("child's");
    LogRing own(bench.log);
    own.log().debug("child's own");
    own.fail();
    static_cast<void>(bench.bench.flush());
    const std::vector<std::string> expected{"child's", "child's own"};
    _exit(messages(bench.memory.lines()) == expected ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);

  EXPECT_EQ(status, 0);
  ring.fail();
  EXPECT_EQ(messages(bench.lines()), std::vector<std::string>{"parent's"});
}

}  // namespace
}  // namespace aloft
