// SPDX-License-Identifier: Apache-2.0
// Measures the request path of log lines, and a line up to its bytes.
#include "budgets/measured.hpp"

#include <aloft/telemetry/export/log_lines.hpp>
#include <aloft/telemetry/logging.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include <fcntl.h>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace aloft::budget {
namespace {

class SwallowLines final : public LogExporter {
 public:
  void export_batch(const LogBatch& batch, ExportReport& report) noexcept override {
    report.sent(batch.lines.size());
  }
};

/// Room for a whole run without a backend in between.
constexpr std::size_t kRoomForAll = 1u << 30;

Telemetry make(CountingClock& clock, LogOptions options) {
  if (!options.exporter) options.exporter = std::make_unique<SwallowLines>();
  TelemetryOptions all{
      .service_name = "budget", .logs = logging(std::move(options)), .traces = false};
  all.pipeline.threading = Threading::manual;
  return *Telemetry::create(std::move(all),
                            {clock, Random::system(), Diagnostics::standard_error()});
}

Identity identity() {
  Identity who;
  who.request = *RequestId::parse("0190163d-8694-739b-aea5-966c26f8ad91");
  who.tenant = *TenantId::parse("tenant-00017");
  who.user = *UserId::parse("user-0000042");
  return who;
}

void five_fields(const Logger& log) {
  log.info("charge accepted", {"charge_id", "ch_8f3c1d5a7be1f2a4"}, {"amount_minor", 4'200},
           {"currency", "USD"}, {"retried", false}, {"took", 0.0123});
}

Result own_fields(std::uint64_t iterations) {
  CountingClock clock;
  Telemetry telemetry = make(clock, {.queue_limit_bytes = kRoomForAll});
  const Logger log = telemetry.logger();
  for (std::uint64_t i = 0; i < iterations; ++i) five_fields(log);
  const Result result{clock.calls(), telemetry.log_counters().wakeups};
  new Telemetry(std::move(telemetry));  // not destroyed: its last round is not measured
  return result;
}

/// Ten lines a request: three ids, a trace and a span said once.
Result context_10_lines(std::uint64_t iterations) {
  CountingClock clock;
  Telemetry telemetry = make(clock, {.queue_limit_bytes = kRoomForAll});
  const Logger log = telemetry.logger();
  const Identity who = identity();
  const TraceContext context{{1, 2}, {3}, Sampled::yes};
  for (std::uint64_t i = 0; i < iterations; i += 10) {
    const Logger mine = log.with(who, context);
    for (int line = 0; line < 10; ++line) mine.info("charge accepted");
  }
  const Result result{clock.calls(), telemetry.log_counters().wakeups};
  new Telemetry(std::move(telemetry));
  return result;
}

Result below_level(std::uint64_t iterations) {
  CountingClock clock;
  Telemetry telemetry = make(clock, {.levels = "warn"});
  const Logger log = telemetry.logger();
  for (std::uint64_t i = 0; i < iterations; ++i) five_fields(log);
  return {clock.calls(), 0};
}

/// One line passes; the others ask the clock and are counted.
Result held_back(std::uint64_t iterations) {
  CountingClock clock;
  Telemetry telemetry = make(clock, {});
  const Logger log = telemetry.logger();
  static LogLimit limit{.every = std::chrono::hours(1)};
  for (std::uint64_t i = 0; i < iterations; ++i) {
    log.limited(limit).info("charge accepted", {"charge_id", "ch_8f3c1d5a7be1f2a4"});
  }
  return {clock.calls(), telemetry.log_counters().wakeups};
}

/// All of a line: written, redacted, made JSON, and handed to the kernel.
Result line_to_null(std::uint64_t iterations) {
  CountingClock clock;
  const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  Telemetry telemetry = make(clock, {.exporter = log_lines({.descriptor = null})});
  const Logger log = telemetry.logger().with(identity());
  for (std::uint64_t i = 0; i < iterations; ++i) {
    five_fields(log);
    if (i % 1'024 == 1'023) telemetry.poll();
  }
  telemetry.poll();
  return {clock.calls(), telemetry.log_counters().wakeups};
}

}  // namespace
}  // namespace aloft::budget

int main(int argc, char** argv) {
  using namespace aloft::budget;
  return run(argc, argv,
             {{"own_fields", own_fields},
              {"context_10_lines", context_10_lines},
              {"below_level", below_level},
              {"held_back", held_back},
              {"line_to_null", line_to_null}});
}
