// SPDX-License-Identifier: Apache-2.0
#include "telemetry/logs/log_bench.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <system_error>
#include <vector>

namespace aloft {
namespace {

using testing::LogCopy;

TEST(Logger, WritesMessageLevelTimeAndFieldsOfEachType) {
  LogBench bench;

  bench.log.info("charge accepted", {"charge_id", "ch_1"}, {"amount_minor", 4200},
                 {"took", milliseconds(12)}, {"retried", false}, {"share", 0.25});

  const std::vector<LogCopy> lines = bench.lines();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].message, "charge accepted");
  EXPECT_EQ(lines[0].level, LogLevel::info);
  EXPECT_EQ(lines[0].time, bench.bench.clock.now().wall);
  EXPECT_EQ(lines[0].sequence, 1u);
  EXPECT_EQ(lines[0].field("charge_id"), "ch_1");
  EXPECT_EQ(lines[0].field("amount_minor"), "4200");
  EXPECT_EQ(lines[0].field("took"), std::to_string(0.012));
  EXPECT_EQ(lines[0].field("retried"), "false");
  EXPECT_EQ(lines[0].field("share"), std::to_string(0.25));
}

TEST(Logger, KeepsTheOrderInWhichLinesWereWritten) {
  LogBench bench;

  for (int i = 0; i < 5'000; ++i) bench.log.info("tick", {"i", i});

  const std::vector<LogCopy> lines = bench.lines();
  ASSERT_EQ(lines.size(), 5'000u);
  for (int i = 0; i < 5'000; ++i) {
    ASSERT_EQ(lines[static_cast<std::size_t>(i)].field("i"), std::to_string(i));
  }
}

TEST(Logger, SaysWithEachLineWhoseRequestItIsAndInWhichSpan) {
  LogBench bench;
  const Span span = bench.bench.tracer.start("charge");

  const Logger mine = bench.log.with(identity("r-1", "acme", "u-7")).with(span);
  mine.info("first");
  mine.info("second");
  bench.log.info("third");

  const LogCopy second = bench.line("second");
  EXPECT_EQ(second.request_id, "r-1");
  EXPECT_EQ(second.tenant_id, "acme");
  EXPECT_EQ(second.user_id, "u-7");
  EXPECT_EQ(second.trace_id, span.trace_id());
  EXPECT_EQ(second.span_id, span.id());
  EXPECT_EQ(bench.line("third").tenant_id, "");
  EXPECT_FALSE(bench.line("third").trace_id.valid());
}

TEST(Logger, WritesItsContextIntoEachChunkOnceMore) {
  LogBench bench;
  const Logger mine = bench.log.with(identity("r-1", "acme", "")).with({"shop", "north"});

  // More than a few chunks of 64 KiB.
  const std::string filler(1'000, 'x');
  for (int i = 0; i < 300; ++i) mine.info("line", {"filler", filler});

  for (const LogCopy& line : bench.lines()) {
    ASSERT_EQ(line.tenant_id, "acme");
    ASSERT_EQ(line.field("shop"), "north");
  }
}

TEST(Logger, ReplacesWhatAChildSaysAnew) {
  LogBench bench;
  const Logger outer =
      bench.log.with(identity("r-1", "acme", "u-7")).with({"step", 1}, {"shop", "north"});

  const Logger inner = outer.with(identity("r-2", "", "")).with({"step", 2});
  inner.info("inner");
  inner.info("own", {"step", 3});
  outer.info("outer");

  EXPECT_EQ(bench.line("inner").request_id, "r-2");
  EXPECT_EQ(bench.line("inner").tenant_id, "acme");
  EXPECT_EQ(bench.line("inner").field("step"), "2");
  EXPECT_EQ(bench.line("inner").fields.size(), 2u);
  EXPECT_EQ(bench.line("own").field("step"), "3");
  EXPECT_EQ(bench.line("own").fields.size(), 2u);
  EXPECT_EQ(bench.line("outer").field("step"), "1");
}

TEST(Logger, KeepsAFieldOfItsContextBesideAMemberOfTheSameName) {
  LogBench bench;
  const Error error{ErrorCode::unavailable, "nobody answers", ""};

  bench.log.with({"code", 7}).error("line", {"error", error});

  EXPECT_EQ(bench.line("line").field("code"), "7");
  EXPECT_EQ(bench.line("line").field("error.code"), "unavailable");
}

TEST(Logger, LeavesOutWhatItsContextHasNoRoomFor) {
  LogBench bench;
  const std::string long_text(kMaxLogContextBytes, 'x');

  const Logger mine = bench.log.with({"long", long_text}).with({"short", "y"});
  mine.info("line");

  EXPECT_EQ(bench.line("line").field("long"), "");
  EXPECT_EQ(bench.line("line").field("short"), "y");
  EXPECT_EQ(bench.telemetry.log_counters().fields_dropped, 1u);
}

TEST(Logger, WritesNothingBelowItsLevel) {
  LogBench bench({.levels = "warn"});

  bench.log.debug("a");
  bench.log.info("b");
  bench.log.warn("c");
  bench.log.error("d");
  bench.log.log(LogLevel::info, "e");
  bench.log.log(LogLevel::off, "f");

  const std::vector<LogCopy> lines = bench.lines();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].message, "c");
  EXPECT_EQ(lines[1].message, "d");
  EXPECT_EQ(bench.telemetry.log_accounting().accepted, 2u);
}

TEST(Logger, SaysWhereItWasWrittenFromALevelOn) {
  LogBench bench;

  bench.log.info("quiet");
  bench.log.warn("loud");
  const std::uint32_t line = __LINE__ - 1;

  EXPECT_EQ(bench.line("quiet").file, "");
  EXPECT_EQ(bench.line("quiet").line, 0u);
  EXPECT_EQ(bench.line("loud").file, "logger_test.cpp");
  EXPECT_EQ(bench.line("loud").line, line);
}

TEST(Logger, WritesErrorsAsObjects) {
  LogBench bench;
  const Error error{ErrorCode::unavailable, "nobody answers", "try again"};

  bench.log.error("failed", {"error", error},
                  {"io", std::make_error_code(std::errc::connection_refused)});

  const LogCopy line = bench.line("failed");
  EXPECT_EQ(line.field("error.code"), "unavailable");
  EXPECT_EQ(line.field("error.message"), "nobody answers");
  EXPECT_EQ(line.field("error.remedy"), "try again");
  EXPECT_EQ(line.field("io.category"), "generic");
  EXPECT_EQ(line.field("io.code"), std::to_string(ECONNREFUSED));
}

struct Card {
  std::string_view brand;
  std::string_view number;
  int month;
};
struct Customer {
  std::string_view name;
  Card card;
};
void describe(LogObject& object, const Card& card) {
  object.add("brand", card.brand);
  object.add("number", card.number);
  object.add("month", card.month);
}
void describe(LogObject& object, const Customer& customer) {
  object.add("name", customer.name);
  object.add("card", customer.card);
}

TEST(Logger, WritesAUsersTypeAsItsDescriptionSays) {
  LogBench bench;
  const Customer customer{"north", {"visa", "4242424242424242", 12}};

  bench.log.info("stored", {"customer", customer}, {"after", 1});

  const LogCopy line = bench.line("stored");
  EXPECT_EQ(line.field("customer.name"), "north");
  EXPECT_EQ(line.field("customer.card.brand"), "visa");
  EXPECT_EQ(line.field("customer.card.number"), "[redacted:pan]");
  EXPECT_EQ(line.field("customer.card.month"), "12");
  EXPECT_EQ(line.field("after"), "1");
}

struct Deep {
  int left;
};
void describe(LogObject& object, const Deep& deep) {
  object.add("left", deep.left);
  if (deep.left > 0) object.add("inner", Deep{deep.left - 1});
}

TEST(Logger, CutsObjectsThatAreTooDeep) {
  LogBench bench;

  bench.log.info("deep", {"d", Deep{20}});

  EXPECT_EQ(bench.line("deep").fields.size(), 8u);
  EXPECT_EQ(bench.telemetry.log_counters().fields_dropped, 1u);
}

TEST(Logger, DoesNothingWithoutLogs) {
  Bench bench;
  const Logger log = bench.telemetry.logger("x");

  log.error("nothing");
  log.with(identity("r", "t", "u")).with({"a", 1}).error("nothing");

  EXPECT_FALSE(log.enabled(LogLevel::error));
  EXPECT_EQ(bench.telemetry.log_accounting().accepted, 0u);
}

TEST(Logger, DoesNothingWhenItsTelemetryIsGone) {
  Logger log;
  {
    LogBench bench;
    log = bench.log.with(identity("r-1", "acme", ""));
  }

  log.error("too late");

  EXPECT_FALSE(log.enabled(LogLevel::error));
  LogBench next;  // with the same pipeline
  log.error("still too late");
  EXPECT_TRUE(next.lines().empty());
}

TEST(Logger, BalancesItsBooksForEveryAnswerOfTheExporter) {
  using Answer = testing::MemoryExporter::Answer;
  for (const Answer answer :
       {Answer::acknowledge, Answer::send, Answer::reject, Answer::say_nothing}) {
    LogBench bench;
    bench.memory.answer(answer);

    for (int i = 0; i < 10; ++i) bench.log.info("line");
    static_cast<void>(bench.lines());

    const Accounting books = bench.telemetry.log_accounting();
    EXPECT_EQ(books.accepted, 10u);
    EXPECT_EQ(books.in_flight, 0u);
    EXPECT_EQ(books.balance(), 0);
  }
}

TEST(Logger, GivesTheFinalBooksAtTheEnd) {
  LogBench bench;
  bench.log.info("line");

  Accounting lines;
  bench.telemetry.shutdown(seconds(1), &lines);

  EXPECT_EQ(lines.accepted, 1u);
  EXPECT_EQ(lines.acknowledged, 1u);
  EXPECT_EQ(lines.balance(), 0);
}

TEST(Logger, IsSilentWhileItsTelemetryIsSwitchedOff) {
  LogBench bench;

  bench.telemetry.set_enabled(false);
  bench.log.error("off");
  bench.telemetry.set_enabled(true);
  bench.log.error("on");

  ASSERT_EQ(bench.lines().size(), 1u);
  EXPECT_EQ(bench.lines()[0].message, "on");
}

TEST(Logger, WritesLinesWhenTracesAreSwitchedOffAlone) {
  testing::MemoryLogExporter memory;
  auto telemetry =
      Telemetry::from_environment({.service_name = "payments",
                                   .logs = logging({.exporter = memory.exporter()}),
                                   .pipeline = {.threading = Threading::manual}},
                                  Environment::of({{"AWS_XRAY_SDK_ENABLED", "false"},
                                                   {"ALOFT_LOG_LEVEL", "error,ledger=debug"}}));
  ASSERT_TRUE(telemetry);

  EXPECT_FALSE(telemetry->tracer().start("span").recording());
  telemetry->logger().info("hidden");
  telemetry->logger("ledger").debug("shown");
  telemetry->flush(seconds(1));

  ASSERT_EQ(memory.lines().size(), 1u);
  EXPECT_EQ(memory.lines()[0].logger, "ledger");
}

TEST(Logger, RefusesALevelThatIsNoneWithTheWayToWriteIt) {
  const auto telemetry =
      Telemetry::from_environment({.service_name = "payments", .logs = logging()},
                                  Environment::of({{"ALOFT_LOG_LEVEL", "info,ledger=loud"}}));

  ASSERT_FALSE(telemetry);
  EXPECT_EQ(
      telemetry.error().message,
      "ALOFT_LOG_LEVEL (TelemetryOptions::log_levels) names no level or no logger, or too many, "
      "at byte 5");
}

TEST(LogLevels, ChangeWhileTheProgramRunsAndSaySo) {
  LogBench bench;
  const Logger ledger = bench.telemetry.logger("ledger");

  ASSERT_TRUE(bench.telemetry.set_log_level("ledger", LogLevel::debug, "ops, ticket 7"));
  ledger.debug("shown");
  ASSERT_TRUE(bench.telemetry.set_log_level("ledger", std::nullopt, "ops, ticket 7"));
  ledger.debug("hidden");
  ASSERT_TRUE(bench.telemetry.set_log_level("", LogLevel::error, "ops"));
  ledger.warn("hidden, too");

  const std::vector<LogCopy> lines = bench.lines();
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0].message, "log level changed");
  EXPECT_EQ(lines[0].field("name"), "ledger");
  EXPECT_EQ(lines[0].field("from"), "INFO");
  EXPECT_EQ(lines[0].field("to"), "DEBUG");
  EXPECT_EQ(lines[0].field("changed_by"), "ops, ticket 7");
  EXPECT_EQ(lines[1].message, "shown");
}

TEST(LogLevels, AreToldOfWhateverTheyAre) {
  LogBench bench({.levels = "off"});

  ASSERT_TRUE(bench.telemetry.set_log_level("aloft.levels", LogLevel::off, "somebody"));
  ASSERT_TRUE(bench.telemetry.set_log_level("", LogLevel::debug, "somebody"));

  EXPECT_EQ(bench.lines().size(), 2u);
}

TEST(LogLevels, AreRefusedForANameThatIsNone) {
  const auto telemetry =
      Telemetry::from_environment({.service_name = "payments", .logs = logging()},
                                  Environment::of({{"ALOFT_LOG_LEVEL", "my/logger=debug"}}));

  EXPECT_FALSE(telemetry);
}

TEST(LogLevels, OfATenantAreNotThoseOfTheNext) {
  LogBench bench;
  const TenantId acme = *TenantId::parse("acme");
  const TenantId beta = *TenantId::parse("beta");
  ASSERT_TRUE(bench.telemetry.set_tenant_log_level(acme, LogLevel::debug, "ops"));
  const Logger of_acme = bench.log.with(identity("", "acme", ""));
  ASSERT_TRUE(bench.telemetry.set_tenant_log_level(acme, std::nullopt, "ops"));

  ASSERT_TRUE(bench.telemetry.set_tenant_log_level(beta, LogLevel::debug, "ops"));

  EXPECT_FALSE(of_acme.enabled(LogLevel::debug));
}

TEST(LogLevels, OfATenantStandBeforeThoseOfLoggers) {
  LogBench bench;
  const TenantId acme = *TenantId::parse("acme");

  ASSERT_TRUE(bench.telemetry.set_tenant_log_level(acme, LogLevel::debug, "ops"));
  bench.log.with(identity("", "acme", "")).debug("shown");
  bench.log.with(identity("", "other", "")).debug("hidden");
  ASSERT_TRUE(bench.telemetry.set_tenant_log_level(acme, std::nullopt, "ops"));
  bench.log.with(identity("", "acme", "")).debug("hidden again");

  EXPECT_EQ(bench.line("shown").tenant_id, "acme");
  EXPECT_EQ(bench.line("hidden").message, "");
  EXPECT_EQ(bench.line("hidden again").message, "");
}

}  // namespace
}  // namespace aloft
