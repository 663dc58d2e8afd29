// SPDX-License-Identifier: Apache-2.0
// What is refused of levels and options, and what seldom happens to a line.
#include "telemetry/logs/log_bench.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace aloft {
namespace {

constexpr std::string_view kNoSuchLogger = "my/logger";

TEST(LogOptions, WithAQueueTooSmallOrTooLargeAreRefused) {
  for (const std::size_t bytes : {std::size_t{2u << 20} - 1, (std::size_t{1} << 30) + 1}) {
    const auto refused = Telemetry::create(
        {.service_name = "payments", .logs = logging({.queue_limit_bytes = bytes})});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(refused.error().message, "LogOptions::queue_limit_bytes is outside 2 MiB to 1 GiB");
  }
}

TEST(LogLevels, OfATelemetryWithoutLogsCannotBeSet) {
  Bench bench;

  const auto of_logger = bench.telemetry.set_log_level("ledger", LogLevel::debug, "ops");
  const auto of_tenant =
      bench.telemetry.set_tenant_log_level(*TenantId::parse("acme"), LogLevel::debug, "ops");

  ASSERT_FALSE(of_logger);
  EXPECT_EQ(of_logger.error().code, ErrorCode::unsupported);
  ASSERT_FALSE(of_tenant);
  EXPECT_EQ(of_tenant.error().code, ErrorCode::invalid_argument);
}

TEST(LogLevels, OfNobodyOrOfNoneAreRefusedWithoutALine) {
  LogBench bench;

  const auto common = bench.telemetry.set_log_level("", std::nullopt, "ops");
  const auto unnamed = bench.telemetry.set_log_level(kNoSuchLogger, LogLevel::debug, "ops");
  const auto nobody = bench.telemetry.set_tenant_log_level({}, LogLevel::debug, "ops");

  ASSERT_FALSE(common);
  EXPECT_EQ(common.error().code, ErrorCode::resource_exhausted);
  EXPECT_FALSE(unnamed);
  EXPECT_FALSE(nobody);
  EXPECT_TRUE(bench.lines().empty());
}

TEST(LogLevels, OfTheSixtyFifthTenantAreRefusedUntilOneIsTakenBack) {
  LogBench bench;
  const auto set = [&](int tenant, std::optional<LogLevel> level) {
    return bench.telemetry.set_tenant_log_level(*TenantId::parse("t-" + std::to_string(tenant)),
                                                level, "ops");
  };
  for (int tenant = 0; tenant < 64; ++tenant) ASSERT_TRUE(set(tenant, LogLevel::debug));

  const auto refused = set(64, LogLevel::debug);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::resource_exhausted);

  ASSERT_TRUE(set(7, std::nullopt));
  EXPECT_TRUE(set(64, LogLevel::debug));
}

/// Gives this many tenants a level, and takes each back.
void set_and_take_back(LogBench& bench, int tenants) {
  for (int i = 0; i < tenants; ++i) {
    const TenantId tenant = *TenantId::parse("t-" + std::to_string(i));
    ASSERT_TRUE(bench.telemetry.set_tenant_log_level(tenant, LogLevel::debug, "ops"));
    ASSERT_TRUE(bench.telemetry.set_tenant_log_level(tenant, std::nullopt, "ops"));
  }
}

// A tenant's loggers keep their cell: it is another tenant's only when each of the 64 was used.
TEST(LogLevels, OfAnEarlierTelemetryTakeNoPlaceInTheNext) {
  {
    LogBench earlier;
    set_and_take_back(earlier, 64);
  }
  LogBench bench;  // with the same pipeline
  ASSERT_TRUE(
      bench.telemetry.set_tenant_log_level(*TenantId::parse("acme"), LogLevel::debug, "ops"));
  const Logger of_acme = bench.log.with(identity("", "acme", ""));
  ASSERT_TRUE(bench.telemetry.set_tenant_log_level(*TenantId::parse("acme"), std::nullopt, "ops"));

  ASSERT_TRUE(
      bench.telemetry.set_tenant_log_level(*TenantId::parse("beta"), LogLevel::debug, "ops"));

  EXPECT_FALSE(of_acme.enabled(LogLevel::debug));
}

TEST(LogLevels, OfTenantsWithLongNamesAreToldApartByEachLetter) {
  LogBench bench;
  ASSERT_TRUE(bench.telemetry.set_tenant_log_level(*TenantId::parse("north-acme-of-the-world"),
                                                   LogLevel::debug, "ops"));

  EXPECT_TRUE(bench.log.with(identity("", "north-acme-of-the-world", "")).enabled(LogLevel::debug));
  for (const char* other : {"south-acme-of-the-world", "north-acne-of-the-world",
                            "north-acme-of-the-worlds", "north-acme-of-the-word"}) {
    EXPECT_FALSE(bench.log.with(identity("", other, "")).enabled(LogLevel::debug)) << other;
  }
}

TEST(Logger, TakesIdentityAndSpanAtOnce) {
  LogBench bench;
  const Span span = bench.bench.tracer.start("charge");

  bench.log.with(identity("r-1", "acme", ""), span).info("line");

  EXPECT_EQ(bench.line("line").tenant_id, "acme");
  EXPECT_EQ(bench.line("line").span_id, span.id());
}

TEST(Logger, TakesAContextToTheNextChunkWhereItsOwnHasNoRoom) {
  LogBench bench;
  const std::string filler(900, 'x');

  // Each logger is new, so that each line brings its context.
  for (int i = 0; i < 300; ++i) {
    bench.log.with({"n", i}, {"filler", filler}).info("line", {"again", i});
  }

  const std::vector<testing::LogCopy> lines = bench.lines();
  ASSERT_EQ(lines.size(), 300u);
  for (int i = 0; i < 300; ++i) {
    const testing::LogCopy& line = lines[static_cast<std::size_t>(i)];
    ASSERT_EQ(line.field("n"), std::to_string(i));
    ASSERT_EQ(line.field("again"), std::to_string(i));
  }
}

struct Vault {
  std::string_view key;
};
struct Safe {
  Vault vault;
  std::string_view code;
};
void describe(LogObject& object, const Vault& vault) { object.add("id", vault.key); }
void describe(LogObject& object, const Safe& safe) {
  object.add("vault", safe.vault);
  object.add("note", safe.code);
}

TEST(LoggerSecrets, GoWithAllOfAnObjectAlsoBehindOneInsideOfIt) {
  LogBench bench;

  bench.log.info("line", {"password", Safe{{"left"}, "right"}}, {"after", 1});

  const testing::LogCopy line = bench.line("line");
  ASSERT_EQ(line.fields.size(), 2u);
  EXPECT_EQ(line.field("password"), "[redacted:credential]");
  EXPECT_EQ(line.field("after"), "1");
}

// A backend dozes after some rounds in which there was nothing to do; when, only it knows.
TEST(LogPressure, ALineWakesABackendThatDozes) {
  testing::MemoryLogExporter memory;
  auto telemetry = *Telemetry::create({.service_name = "payments",
                                       .logs = logging({.exporter = memory.exporter()}),
                                       .traces = false});
  const Logger log = telemetry.logger();
  const Deadline patience = Deadline::after(Clock::system(), seconds(20));

  while (telemetry.log_counters().wakeups == 0 && !patience.passed(Clock::system().steady_now())) {
    for (int round = 0; round < 6; ++round) EXPECT_TRUE(telemetry.flush(seconds(10)).complete);
    std::this_thread::yield();
    log.info("line");
  }

  EXPECT_GT(telemetry.log_counters().wakeups, 0u);
  Accounting books;
  telemetry.shutdown(seconds(10), &books);
  EXPECT_EQ(books.acknowledged, books.accepted);
}

}  // namespace
}  // namespace aloft
