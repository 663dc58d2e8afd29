// SPDX-License-Identifier: Apache-2.0
#include "telemetry/in_child.hpp"
#include "telemetry/logs/log_bench.hpp"

#include <aloft/telemetry/export/log_tee.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <utility>

namespace aloft {
namespace {

/// Keeps what it is given, and says so only when it is asked to flush.
class KeepingLines final : public LogExporter {
 public:
  void export_batch(const LogBatch& batch, ExportReport& report) noexcept override {
    books_.accepted += batch.lines.size();
    books_.in_flight += batch.lines.size();
    report.taken(batch.lines.size());
  }
  bool flush(Deadline) noexcept override {
    books_.acknowledged += std::exchange(books_.in_flight, 0);
    return true;
  }
  Accounting accounting() const noexcept override { return books_; }

 private:
  Accounting books_;
};

/// Sends every second line, and says nothing of every fourth.
class HalfLines final : public LogExporter {
 public:
  void export_batch(const LogBatch& batch, ExportReport& report) noexcept override {
    const std::size_t half = batch.lines.size() / 2;
    report.sent(half);
    report.rejected(Reason::invalid, half / 2);
  }
  bool flush(Deadline) noexcept override { return false; }
};

struct LogTeeTest : ::testing::Test {
  testing::MemoryLogExporter first;
  std::shared_ptr<LogTeeBooks> books = std::make_shared<LogTeeBooks>();

  LogOptions with(std::unique_ptr<LogExporter> a, std::unique_ptr<LogExporter> b = nullptr) {
    LogTeeOptions tee{.first = first.exporter(), .books = books};
    tee.others.push_back(std::move(a));
    tee.others.push_back(std::move(b));
    return {.exporter = log_tee(std::move(tee))};
  }
};

TEST_F(LogTeeTest, GivesEachLineToAll) {
  testing::MemoryLogExporter second;
  testing::MemoryLogExporter third;
  LogBench bench(with(second.exporter(), third.exporter()));

  bench.log.info("line");
  static_cast<void>(bench.bench.flush());

  EXPECT_EQ(first.lines().size(), 1u);
  EXPECT_EQ(second.line("line").message, "line");
  EXPECT_EQ(third.line("line").message, "line");
}

TEST_F(LogTeeTest, CountsALineAsItsFirstExporterSaysAndTheRestApart) {
  LogBench bench(with(std::make_unique<HalfLines>()));

  for (int i = 0; i < 8; ++i) bench.log.info("line");
  static_cast<void>(bench.bench.flush());

  const Accounting all = bench.telemetry.log_accounting();
  EXPECT_EQ(all.acknowledged + all.sent, 8u);
  EXPECT_EQ(all.balance(), 0);
  const Accounting other = books->of(0);
  EXPECT_EQ(other.accepted, 8u);
  EXPECT_EQ(other.sent, 4u);
  EXPECT_EQ(other.rejected[Reason::invalid], 2u);
  EXPECT_EQ(other.unknown, 2u);
  EXPECT_EQ(other.balance(), 0);
}

TEST_F(LogTeeTest, FollowsLinesThatAnExporterKeeps) {
  LogBench bench(with(std::make_unique<KeepingLines>()));

  bench.log.info("line");
  bench.telemetry.poll();
  const Accounting before = books->of(0);
  static_cast<void>(bench.bench.flush());
  const Accounting after = books->of(0);

  EXPECT_EQ(before.in_flight, 1u);
  EXPECT_EQ(before.balance(), 0);
  EXPECT_EQ(after.acknowledged, 1u);
  EXPECT_EQ(after.balance(), 0);
}

TEST_F(LogTeeTest, IsFlushedWhenAllAre) {
  LogBench bench(with(std::make_unique<HalfLines>()));

  bench.log.info("line");

  EXPECT_FALSE(bench.bench.flush().complete);
}

TEST_F(LogTeeTest, LeavesBooksThatOutliveTheTelemetry) {
  {
    LogBench bench(with(std::make_unique<KeepingLines>()));
    bench.log.info("line");
  }

  EXPECT_EQ(books->of(0).acknowledged, 1u);
  EXPECT_EQ(books->of(0).balance(), 0);
  EXPECT_EQ(books->of(7).accepted, 0u);
}

TEST_F(LogTeeTest, BeginsItsBooksAnewInAChild) {
  LogBench bench(with(std::make_unique<HalfLines>()));
  for (int i = 0; i < 8; ++i) bench.log.info("line");
  static_cast<void>(bench.bench.flush());

  const int accepted = in_child([&] {
    bench.log.info("of the child");
    static_cast<void>(bench.bench.flush());
    return static_cast<int>(books->of(0).accepted);
  });

  EXPECT_EQ(accepted, 1);
}

TEST_F(LogTeeTest, DropsWhatHasNoFirstExporter) {
  LogBench bench({.exporter = log_tee({.first = nullptr})});

  bench.log.info("line");
  static_cast<void>(bench.bench.flush());

  EXPECT_EQ(bench.telemetry.log_accounting().dropped[Reason::missing], 1u);
}

}  // namespace
}  // namespace aloft
