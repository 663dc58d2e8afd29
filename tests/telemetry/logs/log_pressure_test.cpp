// SPDX-License-Identifier: Apache-2.0
// When lines come faster than they go, from many threads, and across a fork.
#include "telemetry/logs/log_bench.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>
#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace aloft {
namespace {

constexpr std::size_t kLeastQueue = 2u << 20;

/// Writes until a line is not accepted for lack of room, at most `limit` lines.
std::uint64_t lines_until_refused(const Telemetry& telemetry, const Logger& log, LogLevel level) {
  const std::string filler(4'000, 'x');
  for (std::uint64_t written = 0; written < 10'000; ++written) {
    log.log(level, "line", {{"filler", filler}});
    if (telemetry.log_accounting().dropped.total() != 0) return written;
  }
  return 10'000;
}

std::uint64_t room_for(LogLevel level) {
  LogBench bench({.levels = "debug", .queue_limit_bytes = kLeastQueue});
  return lines_until_refused(bench.telemetry, bench.log, level);
}

TEST(LogPressure, DropsDebugFirstThenInfoAndKeepsTheRestForWhatMatters) {
  const std::uint64_t debug = room_for(LogLevel::debug);
  const std::uint64_t info = room_for(LogLevel::info);
  const std::uint64_t warn = room_for(LogLevel::warn);

  // 32 chunks of 16 lines each: half, three quarters, and the line that began one more; all.
  EXPECT_EQ(debug, 16u * 16 + 1);
  EXPECT_EQ(info, 24u * 16 + 1);
  EXPECT_EQ(warn, 32u * 16);
}

TEST(LogPressure, CountsWhatFoundNoRoomAndGoesOnWhenThereIsSome) {
  LogBench bench({.queue_limit_bytes = kLeastQueue});
  lines_until_refused(bench.telemetry, bench.log, LogLevel::error);

  const std::size_t before = bench.lines().size();
  bench.log.info("after");
  static_cast<void>(bench.bench.flush());

  const Accounting books = bench.telemetry.log_accounting();
  EXPECT_EQ(books.dropped[Reason::queue_full], 1u);
  EXPECT_EQ(bench.lines().size(), before + 1);
  EXPECT_EQ(books.balance(), 0);
}

Logger of_tenant(const Logger& log, std::string_view tenant) {
  Identity who;
  who.tenant = *TenantId::parse(tenant);
  return log.with(who);
}

TEST(LogPressure, LetsATenantThatFloodsUsDropItsOwnLines) {
  LogBench bench({.queue_limit_bytes = kLeastQueue});
  const Logger loud = of_tenant(bench.log, "loud");
  const Logger calm = of_tenant(bench.log, "calm");
  const std::string filler(4'000, 'x');
  // Both have spoken: the next round shares what is left between them.
  loud.warn("hello");
  calm.warn("hello");
  static_cast<void>(bench.lines());

  for (int i = 0; i < 2'000; ++i) loud.warn("flood", {"filler", filler});
  for (int i = 0; i < 100; ++i) calm.warn("calm");
  const std::vector<testing::LogCopy> lines = bench.lines();

  std::map<std::string, int> by_message;
  for (const testing::LogCopy& line : lines) ++by_message[line.message];
  EXPECT_EQ(by_message["calm"], 100);
  EXPECT_LT(by_message["flood"], 2'000);
  EXPECT_GT(bench.telemetry.log_accounting().dropped[Reason::over_share], 0u);
  EXPECT_EQ(bench.telemetry.log_accounting().balance(), 0);
}

/// Counts lines a thread, and whether each thread's came in their order.
class OrderOfThreads final : public LogExporter {
 public:
  explicit OrderOfThreads(std::map<std::int64_t, std::int64_t>& next, bool& in_order)
      : next_(next), in_order_(in_order) {}
  void export_batch(const LogBatch& batch, ExportReport& report) noexcept override {
    for (const LogRecord& line : batch.lines) {
      std::int64_t thread = -1;
      std::int64_t number = -1;
      for (const LogFieldRecord& field : line.fields) {
        (field.key == "thread" ? thread : number) = field.value.integer();
      }
      in_order_ = in_order_ && number >= next_[thread];
      next_[thread] = number + 1;
    }
    report.sent(batch.lines.size());
  }

 private:
  std::map<std::int64_t, std::int64_t>& next_;
  bool& in_order_;
};

TEST(LogPressure, AccountsForEveryLineOfManyThreads) {
  constexpr int kThreads = 20;  // more than shards
  constexpr int kLines = 5'000;
  std::map<std::int64_t, std::int64_t> next;
  bool in_order = true;
  auto telemetry = *Telemetry::create(
      {.service_name = "payments",
       .logs = logging({.queue_limit_bytes = kLeastQueue,
                        .exporter = std::make_unique<OrderOfThreads>(next, in_order)}),
       .traces = false});
  const Logger shared = telemetry.logger().with({"thread", -1});

  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kLines; ++i) shared.info("line", {"thread", thread}, {"i", i});
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(telemetry.flush(seconds(60)).complete);
  Accounting books;
  telemetry.shutdown(seconds(10), &books);

  EXPECT_EQ(books.accepted, std::uint64_t{kThreads} * kLines);
  EXPECT_EQ(books.sent + books.dropped.total(), books.accepted);
  EXPECT_EQ(books.in_flight, 0u);
  EXPECT_TRUE(in_order);
}

TEST(LogPressure, LosesNothingToTheBackendThatTakesAChunkFromUnderAThread) {
  testing::MemoryLogExporter memory;
  bool in_order = true;
  std::map<std::int64_t, std::int64_t> next;
  auto telemetry = *Telemetry::create(
      {.service_name = "payments",
       .logs = logging({.queue_limit_bytes = 64u << 20,
                        .exporter = std::make_unique<OrderOfThreads>(next, in_order)}),
       .traces = false,
       .pipeline = {.threading = Threading::manual}});
  const Logger log = telemetry.logger();
  constexpr int kLines = 50'000;

  std::atomic<bool> done{false};
  std::thread backend([&] {
    while (!done) telemetry.poll();
  });
  for (int i = 0; i < kLines; ++i) log.error("line", {"thread", 0}, {"i", i});
  done = true;
  backend.join();
  telemetry.poll();

  const Accounting books = telemetry.log_accounting();
  EXPECT_EQ(books.sent, static_cast<std::uint64_t>(kLines));
  EXPECT_EQ(books.dropped.total(), 0u);
}

TEST(LogPressure, LeavesNothingToTheNextTelemetry) {
  std::promise<void> entered;
  std::promise<void> go;
  {
    LogBench first({.exporter = std::make_unique<HangingLines>(entered, go.get_future().share())});
    first.log.info("hangs");
    std::thread backend([&] { first.telemetry.poll(); });
    entered.get_future().wait();
    first.log.info("of the first");
    first.telemetry.shutdown(milliseconds(1));
    go.set_value();
    backend.join();
  }

  LogBench second;
  second.log.info("of the second");

  const std::vector<testing::LogCopy> lines = second.lines();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].message, "of the second");
  EXPECT_EQ(second.telemetry.log_accounting().balance(), 0);
}

TEST(LogOrder, FollowsTheClockAcrossThreads) {
  LogBench bench;

  // A thread of its own shard each, one after the other.
  for (int i = 0; i < 6; ++i) {
    std::thread([&] { bench.log.info("line", {"i", i}); }).join();
    bench.bench.clock.advance(milliseconds(1));
  }

  const std::vector<testing::LogCopy> lines = bench.lines();
  ASSERT_EQ(lines.size(), 6u);
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(lines[static_cast<std::size_t>(i)].field("i"), std::to_string(i));
    EXPECT_EQ(lines[static_cast<std::size_t>(i)].sequence, static_cast<std::uint64_t>(i) + 1);
  }
}

TEST(LogPressure, BeginsAnewInTheChildOfAFork) {
  LogBench bench;
  for (int i = 0; i < 3; ++i) bench.log.info("parent's");

  const pid_t child = fork();
  if (child == 0) {
    bench.log.info("child's");
    static_cast<void>(bench.bench.flush());
    const Accounting books = bench.telemetry.log_accounting();
    const bool right = books.accepted == 4 && books.acknowledged == 1 &&
                       books.dropped[Reason::forked] == 3 && books.balance() == 0 &&
                       bench.memory.lines().size() == 1;
    _exit(right ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);

  EXPECT_EQ(status, 0);
  EXPECT_EQ(bench.lines().size(), 3u);
}

}  // namespace
}  // namespace aloft
