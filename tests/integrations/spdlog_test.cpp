// SPDX-License-Identifier: Apache-2.0
#include <aloft/integrations/spdlog.hpp>

#include "telemetry/logs/log_bench.hpp"

#include <gtest/gtest.h>

#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace aloft::integrations {
namespace {

/// A logger of spdlog that writes into Aloft, and the lines that arrive.
struct SpdlogToAloft : ::testing::Test {
  LogBench bench{{.levels = "debug"}};
  std::shared_ptr<SpdlogSink> sink =
      std::make_shared<SpdlogSink>(bench.telemetry, SpdlogNames{"ledger"});
  spdlog::logger payments{"payments", sink};
  spdlog::logger ledger{"ledger", sink};

  void SetUp() override {
    payments.set_level(spdlog::level::trace);
    ledger.set_level(spdlog::level::trace);
  }
};

TEST_F(SpdlogToAloft, MapsLevelsAndSaysTheTwoThatAloftHasNot) {
  payments.trace("trace");
  payments.debug("debug");
  payments.info("info");
  payments.warn("warn");
  payments.error("error");
  payments.critical("critical");

  const std::vector<testing::LogCopy> lines = bench.lines();
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_EQ(bench.line("trace").level, LogLevel::debug);
  EXPECT_EQ(bench.line("debug").level, LogLevel::debug);
  EXPECT_EQ(bench.line("info").level, LogLevel::info);
  EXPECT_EQ(bench.line("warn").level, LogLevel::warn);
  EXPECT_EQ(bench.line("error").level, LogLevel::error);
  EXPECT_EQ(bench.line("critical").level, LogLevel::error);
  EXPECT_EQ(bench.line("trace").field("spdlog_level"), "trace");
  EXPECT_EQ(bench.line("critical").field("spdlog_level"), "critical");
  EXPECT_EQ(bench.line("error").field("spdlog_level"), "");
}

TEST_F(SpdlogToAloft, KeepsNamesAsLoggersOrAsAField) {
  ledger.info("known");
  payments.info("other");

  EXPECT_EQ(bench.line("known").logger, "ledger");
  EXPECT_EQ(bench.line("known").field("logger_name"), "");
  EXPECT_EQ(bench.line("other").logger, "");
  EXPECT_EQ(bench.line("other").field("logger_name"), "payments");
}

TEST_F(SpdlogToAloft, RedactsTextThatIsOnlyKnownWhenTheProgramRuns) {
  payments.info("charged {} of {}", "4111 1111 1111 1111", "ann@example.com");

  const std::string message = bench.lines().at(0).message;
  EXPECT_EQ(message.find("4111"), std::string::npos) << message;
  EXPECT_EQ(message.find("ann@"), std::string::npos) << message;
  EXPECT_EQ(message.substr(0, 8), "charged ");
}

TEST_F(SpdlogToAloft, KeepsWhereALineWasWritten) {
  payments.log(spdlog::source_loc{"/src/payments/issuer.cpp", 42, "charge"}, spdlog::level::err,
               "refused");

  EXPECT_EQ(bench.line("refused").file, "issuer.cpp");
  EXPECT_EQ(bench.line("refused").line, 42u);
}

TEST_F(SpdlogToAloft, GoesByTheLevelsOfAloft) {
  ASSERT_TRUE(bench.telemetry.set_log_level("ledger", LogLevel::warn, "test"));

  ledger.info("held back");
  ledger.warn("shown");
  payments.debug("of another");

  EXPECT_EQ(bench.line("held back").message, "");
  EXPECT_EQ(bench.line("shown").message, "shown");
  EXPECT_EQ(bench.line("of another").message, "of another");
}

TEST_F(SpdlogToAloft, BelongsToTheCurrentSpan) {
  Span span = bench.bench.tracer.start("request");
  const CurrentSpan scope(span);

  payments.info("inside");

  EXPECT_EQ(bench.line("inside").span_id, span.id());
}

TEST_F(SpdlogToAloft, CarriesWhatItsLoggerCarries) {
  Identity who;
  who.tenant = *TenantId::parse("acme");
  spdlog::logger of_request("payments", std::make_shared<SpdlogSink>(bench.log.with(who)));

  of_request.info("mine");

  EXPECT_EQ(bench.line("mine").tenant_id, "acme");
}

TEST_F(SpdlogToAloft, OutlivesItsTelemetry) {
  std::shared_ptr<SpdlogSink> left;
  {
    LogBench other;
    left = std::make_shared<SpdlogSink>(other.telemetry);
  }

  spdlog::logger("late", left).info("nobody reads this");
}

/// Lines of Aloft in a sink of spdlog.
struct AloftToSpdlog : ::testing::Test {
  std::ostringstream out;
  std::shared_ptr<spdlog::sinks::ostream_sink_mt> stream =
      std::make_shared<spdlog::sinks::ostream_sink_mt>(out);

  std::shared_ptr<spdlog::logger> logger(spdlog::sink_ptr sink) {
    auto made = std::make_shared<spdlog::logger>("given", std::move(sink));
    made->set_level(spdlog::level::err);
    stream->set_pattern("%n|%l|%v");
    return made;
  }
};

TEST_F(AloftToSpdlog, WritesWithLevelNameFieldsAndTime) {
  LogBench bench({.levels = "debug", .exporter = spdlog_exporter(logger(stream))});
  stream->set_pattern("%Y-%m-%dT%H:%M:%S.%f %n|%l|%v");
  stream->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      "%Y-%m-%dT%H:%M:%S %n|%l|%v", spdlog::pattern_time_type::utc));

  bench.log.debug("ready", {"port", 8080});
  bench.telemetry.logger("issuer").error("refused", {"password", "hunter2"});
  static_cast<void>(bench.bench.flush());

  EXPECT_EQ(out.str().substr(0, 55), "2025-01-02T03:04:05 given|debug|ready  port=8080\n2025-0")
      << out.str();
  EXPECT_NE(out.str().find("issuer|error|refused  password="), std::string::npos) << out.str();
  EXPECT_EQ(out.str().find("hunter2"), std::string::npos) << out.str();
  EXPECT_EQ(bench.telemetry.log_accounting().sent, 2u);
}

class ThrowingSink final : public spdlog::sinks::sink {
 public:
  void log(const spdlog::details::log_msg&) override { throw std::runtime_error("no disk"); }
  void flush() override {}
  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}
};

TEST_F(AloftToSpdlog, CountsWhatItsSinksThrow) {
  LogBench bench({.exporter = spdlog_exporter(logger(std::make_shared<ThrowingSink>()))});

  bench.log.info("line");
  static_cast<void>(bench.bench.flush());

  const Accounting books = bench.telemetry.log_accounting();
  EXPECT_EQ(books.dropped[Reason::send_failed], 1u);
  EXPECT_EQ(books.balance(), 0);
}

TEST_F(AloftToSpdlog, KeepsNamesApartAsFarAsThereIsRoom) {
  LogBench bench({.exporter = spdlog_exporter(logger(stream))});

  for (int i = 0; i < 70; ++i) {
    bench.telemetry.logger("l" + std::to_string(i)).info("line");
    static_cast<void>(bench.bench.flush());
  }

  EXPECT_NE(out.str().find("l63|info|line"), std::string::npos) << out.str();
  EXPECT_EQ(out.str().find("l64|info|line"), std::string::npos) << out.str();
  EXPECT_EQ(bench.telemetry.log_accounting().sent, 70u);
}

/// The way of a line, round: Aloft, its exporter, spdlog, a sink of Aloft.
void expect_no_loop(const std::shared_ptr<spdlog::logger>& logger,
                    const std::shared_ptr<spdlog::sinks::dist_sink_mt>& hidden) {
  LogBench bench({.exporter = spdlog_exporter(logger)});
  const auto back = std::make_shared<SpdlogSink>(bench.telemetry);
  hidden->add_sink(back);

  bench.log.info("from Aloft");
  logger->info("from spdlog");
  // A queue of spdlog takes its time; then a few rounds more, in which nothing may come.
  const auto flush = [&] {
    static_cast<void>(bench.bench.flush());
    logger->flush();
    std::this_thread::yield();
  };
  for (int round = 0; round < 100'000 && back->looped() < 2; ++round) flush();
  for (int round = 0; round < 10; ++round) flush();
  spdlog::shutdown();

  EXPECT_EQ(bench.telemetry.log_accounting().accepted, 2u);
  EXPECT_EQ(back->looped(), 2u) << "each came back once";
}

TEST_F(AloftToSpdlog, DoesNotGoRoundBySinksWithinSinks) {
  const auto hidden = std::make_shared<spdlog::sinks::dist_sink_mt>();

  expect_no_loop(std::make_shared<spdlog::logger>("round", hidden), hidden);
}

TEST_F(AloftToSpdlog, DoesNotGoRoundByAQueueOfSpdlog) {
  const auto hidden = std::make_shared<spdlog::sinks::dist_sink_mt>();
  spdlog::init_thread_pool(64, 1);

  expect_no_loop(std::make_shared<spdlog::async_logger>("round", hidden, spdlog::thread_pool()),
                 hidden);
}

}  // namespace
}  // namespace aloft::integrations
