// SPDX-License-Identifier: Apache-2.0
// The code of docs/guides/write-logs.md.
#include <aloft/aloft.hpp>
#include <aloft/telemetry/logging.hpp>
#include <aloft/testing/memory_log_exporter.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace aloft::guides {
namespace {

using namespace std::chrono_literals;

Result<Telemetry> open_telemetry(std::unique_ptr<Logging> logs) {
  return Telemetry::create({.service_name = "payments",
                            .exporter = nullptr,
                            .logs = std::move(logs),
                            .traces = false,
                            .pipeline = {.threading = Threading::manual}});
}

TEST(LoggingGuide, WritesLinesOfJson) {
  auto telemetry = Telemetry::from_environment({.service_name = "payments", .logs = logging()},
                                               Environment::of({{"ALOFT_LOG_LEVEL", "off"}}));
  ASSERT_TRUE(telemetry) << telemetry.error().to_string();

  Logger log = telemetry->logger("charges");
  log.info("ready", {"port", 8080});

  EXPECT_EQ(telemetry->log_accounting().accepted, 0u);  // it is off here
}

struct Card {
  std::string brand;
  std::string number;
};

void describe(LogObject& object, const Card& card) {
  object.add("brand", card.brand);
  object.add("last_four", card.number.substr(card.number.size() - 4));
}

TEST(LoggingGuide, SaysWhoseRequestItIsAndWhatHappened) {
  testing::MemoryLogExporter memory;
  auto telemetry = open_telemetry(logging({.exporter = memory.exporter()}));
  ASSERT_TRUE(telemetry);
  const Logger log = telemetry->logger("charges");
  const Span span;
  Identity identity;
  identity.tenant = *TenantId::parse("acme");
  const Card card{"visa", "4242424242424242"};

  const Logger mine = log.with(identity, span);  // once a request
  mine.info("charge accepted", {"charge_id", "ch_17"}, {"amount_minor", 4200}, {"took", 12ms});
  mine.warn("issuer slow", {"card", card});
  try {
    throw std::runtime_error("issuer refused");
  } catch (const std::exception& error) {
    mine.error("charge failed", {"error", error});
  }

  telemetry->flush(1s);
  EXPECT_EQ(memory.line("charge accepted").field("amount_minor"), "4200");
  EXPECT_EQ(memory.line("charge accepted").tenant_id, "acme");
  EXPECT_EQ(memory.line("issuer slow").field("card.last_four"), "4242");
  EXPECT_EQ(memory.line("charge failed").field("error.message"), "issuer refused");
}

TEST(LoggingGuide, HoldsLinesBack) {
  testing::MemoryLogExporter memory;
  auto telemetry = open_telemetry(logging({.exporter = memory.exporter()}));
  ASSERT_TRUE(telemetry);
  const Logger log = telemetry->logger("charges");

  for (int i = 0; i < 101; ++i) {
    static TenantLogLimit limit{.every = 10s};
    log.limited(limit).warn("issuer slow", {"took", 900ms});  // of each tenant one in ten seconds
    static LogSample sample{.one_in = 100};
    log.limited(sample).info("cache asked", {"hit", true});  // the first of each hundred
  }

  telemetry->flush(1s);
  EXPECT_GE(telemetry->log_counters().held_back, 99u + 99u);
  EXPECT_EQ(memory.lines().back().message, "cache asked");
  EXPECT_EQ(memory.lines().back().held_back, 99u);
}

TEST(LoggingGuide, ChangesLevelsWhileItRuns) {
  testing::MemoryLogExporter memory;
  auto telemetry = open_telemetry(logging({.exporter = memory.exporter()}));
  ASSERT_TRUE(telemetry);

  const TenantId acme = *TenantId::parse("acme");
  const auto of_ledger = telemetry->set_log_level("ledger", LogLevel::debug, "ops, ticket 4711");
  const auto of_acme = telemetry->set_tenant_log_level(acme, LogLevel::debug, "ops, ticket 4711");
  EXPECT_TRUE(of_ledger && of_acme);
  telemetry->logger("ledger").debug("now it shows");

  telemetry->flush(1s);
  EXPECT_EQ(memory.line("now it shows").logger, "ledger");
  EXPECT_EQ(memory.line("log level changed").field("changed_by"), "ops, ticket 4711");
}

}  // namespace
}  // namespace aloft::guides
