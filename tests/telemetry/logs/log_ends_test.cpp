// SPDX-License-Identifier: Apache-2.0
// How logs begin where there is no memory, and how they end where nobody can wait for them.
#include "telemetry/ends.hpp"
#include "telemetry/in_child.hpp"
#include "telemetry/limited_memory.hpp"
#include "telemetry/logs/log_bench.hpp"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string_view>
#include <utility>

namespace aloft {
namespace {

/// Logs that find no memory.
class NoMemory final : public Logging {
 public:
  bool takes_exporter() const noexcept override { return false; }
  Result<void> choose(const Environment& /*environment*/, const Platform& /*platform*/) override {
    return {};
  }
  void use(std::unique_ptr<LogExporter> /*exporter*/) noexcept override {}

 private:
  Result<void> check(std::string_view /*levels*/) override { return {}; }
  Result<detail::Lane*> open(detail::Pipeline& /*pipeline*/) override {
    return fail(ErrorCode::resource_exhausted, "no memory for lines", "wait for some");
  }
};

TEST(LogEnds, ATelemetryWhoseLogsCannotBeginIsAnErrorAndLeavesNothingBehind) {
  auto life = std::make_shared<int>(0);
  const std::weak_ptr<int> alive = life;

  const auto refused =
      Telemetry::create({.service_name = "payments",
                         .exporter = std::make_unique<Calling>([life = std::move(life)] {}),
                         .logs = std::make_unique<NoMemory>()});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::resource_exhausted);
  EXPECT_EQ(refused.error().message, "no memory for lines");
  EXPECT_TRUE(alive.expired());
  LogBench next;  // in the same place
  next.log.info("line");
  EXPECT_EQ(next.lines().size(), 1u);
}

TEST(LogEnvironment, SwitchesLinesOff) {
  const auto telemetry =
      Telemetry::from_environment({.service_name = "payments", .logs = logging(), .traces = false},
                                  Environment::of({{"ALOFT_LOGS_EXPORTER", "none"}}));

  ASSERT_TRUE(telemetry);
  EXPECT_FALSE(telemetry->logger().enabled(LogLevel::error));
}

TEST(LogEnvironment, RefusesAWordThatItDoesNotKnow) {
  const auto refused =
      Telemetry::from_environment({.service_name = "payments", .logs = logging(), .traces = false},
                                  Environment::of({{"ALOFT_LOGS_EXPORTER", "paper"}}));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(refused.error().message, "ALOFT_LOGS_EXPORTER is a word that is not known");
}

TEST(ProcessSafety, LogsWithoutMemoryForTheirQueueAreAnErrorAndNoException) {
  const int verdict = in_child([] {
    if (!limit_memory()) return 1;
    const auto refused = Telemetry::create({.service_name = "payments",
                                            .exporter = testing::MemoryExporter().exporter(),
                                            .logs = logging({.queue_limit_bytes = kLargest}),
                                            .pipeline = {.threading = Threading::manual}});
    if (refused) return 2;
    return refused.error().message == "the memory of the log queue could not be mapped" ? 0 : 3;
  });

  EXPECT_EQ(verdict, 0);
}

TEST(LogEnds, AForkWhileLinesAreBeingWrittenLeavesTheChildSilentAndAlive) {
  std::promise<void> entered;
  std::promise<void> go;
  testing::MemoryDiagnostics diagnostics;
  auto telemetry = Telemetry::create(
      {.service_name = "payments",
       .logs = logging({.exporter = std::make_unique<HangingLines>(entered, go.get_future())}),
       .traces = false},
      {Clock::system(), Random::system(), diagnostics});
  ASSERT_TRUE(telemetry);
  const Logger log = telemetry->logger("ledger");
  log.info("of the parent");
  EXPECT_FALSE(telemetry->flush(milliseconds(20)).complete);
  entered.get_future().wait();

  const int verdict = in_child([&] {
    if (log.enabled(LogLevel::error)) return 1;
    log.error("too late");
    telemetry->set_enabled(true);
    if (log.enabled(LogLevel::error)) return 2;
    if (telemetry->logger("another").enabled(LogLevel::error)) return 3;
    if (telemetry->shutdown(seconds(60)).balance() != 0) return 4;  // at once, and without a hang
    return diagnostics.reports().size() == 1 ? 0 : 5;
  });
  go.set_value();

  EXPECT_EQ(verdict, 0);
  EXPECT_TRUE(telemetry->flush(seconds(10)).complete);
  EXPECT_EQ(telemetry->log_accounting().sent, 1u);
}

}  // namespace
}  // namespace aloft
