// SPDX-License-Identifier: Apache-2.0
// The code of docs/guides/migrate-from-spdlog.md.
#include <aloft/integrations/spdlog.hpp>

#include "telemetry/logs/log_bench.hpp"

#include <gtest/gtest.h>

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>
#include <string>
#include <utility>

namespace aloft::guides {
namespace {

using integrations::spdlog_exporter;
using integrations::SpdlogNames;
using integrations::SpdlogSink;

TEST(SpdlogGuide, PutsAloftUnderAProgramThatCallsSpdlog) {
  LogBench bench;
  Telemetry* const telemetry = &bench.telemetry;
  const auto before = spdlog::default_logger();

  auto sink = std::make_shared<SpdlogSink>(*telemetry, SpdlogNames{"ledger", "issuer"});
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("payments", sink));
  spdlog::register_logger(std::make_shared<spdlog::logger>("ledger", sink));

  spdlog::info("charged {}", "4111 1111 1111 1111");  // {"message":"charged [redacted:pan]", …}
  spdlog::get("ledger")->warn("late");

  EXPECT_EQ(bench.lines().at(0).message.find("4111"), std::string::npos);
  EXPECT_EQ(bench.line("late").logger, "ledger");
  spdlog::drop_all();
  spdlog::set_default_logger(before);
}

TEST(SpdlogGuide, SaysWhoseRequestItIs) {
  LogBench bench;
  Telemetry* const telemetry = &bench.telemetry;
  Identity identity;
  identity.tenant = *TenantId::parse("acme");

  Logger mine = telemetry->logger("payments").with(identity);
  spdlog::logger of_request("payments", std::make_shared<SpdlogSink>(mine));
  of_request.info("issuer slow");

  EXPECT_EQ(bench.line("issuer slow").tenant_id, "acme");
}

TEST(SpdlogGuide, KeepsTheSinksThatAreThere) {
  std::ostringstream out;
  const auto existing = std::make_shared<spdlog::logger>(
      "payments", std::make_shared<spdlog::sinks::ostream_sink_mt>(out));

  LogOptions into_spdlog{.exporter = spdlog_exporter(existing)};

  LogBench bench(std::move(into_spdlog));
  bench.log.info("ready");
  static_cast<void>(bench.bench.flush());
  EXPECT_NE(out.str().find("ready"), std::string::npos);
}

TEST(SpdlogGuide, WritesOneLineAsFieldsInsteadOfText) {
  LogBench bench;
  const Logger log = bench.telemetry.logger("charges");
  const std::string id = "ch_17";
  const int amount = 4200;

  log.info("charge accepted", {"charge_id", id}, {"amount_minor", amount});

  EXPECT_EQ(bench.line("charge accepted").field("charge_id"), "ch_17");
}

}  // namespace
}  // namespace aloft::guides
