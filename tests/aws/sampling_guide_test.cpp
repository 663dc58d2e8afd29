// SPDX-License-Identifier: Apache-2.0
// The code of docs/guides/sample-traces.md, compiled and run.
#include <aloft/testing/memory_exporter.hpp>

#include "fixture.hpp"

#include <aloft/telemetry/rule_sampler.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include <array>

namespace aloft {
namespace {

Result<TelemetryOptions> options_with_rules() {
  auto rules = RuleSampler::create({
      {.name = "health", .priority = 1, .url_path = "/health"},
      {.name = "checkout", .priority = 2, .reservoir = 10, .rate = 0.5, .url_path = "/v1/charges"},
      {.name = "Default", .reservoir = 1, .rate = 0.05},
  });
  if (!rules) return unexpected(rules.error());
  TelemetryOptions options{.service_name = "payments"};
  options.sampler = parent_based(*rules);
  return options;
}

Span start_job(const Tracer& tracer) {
  const std::array<SamplingAttribute, 1> attributes = {{{"plan", "gold"}}};
  return tracer.start("nightly-report", {}, {.attributes = attributes});
}

TEST(SamplingGuide, ItsCodeRuns) {
  testing::MemoryExporter memory;
  Result<TelemetryOptions> options = options_with_rules();
  ASSERT_TRUE(options);
  options->exporter = memory.exporter();
  const auto telemetry = Telemetry::create(*std::move(options));
  ASSERT_TRUE(telemetry);

  EXPECT_TRUE(start_job(telemetry->tracer()).recording());
  EXPECT_FALSE(telemetry->tracer().start("", {}, {.url_path = "/health"}).recording());
}

}  // namespace
}  // namespace aloft
