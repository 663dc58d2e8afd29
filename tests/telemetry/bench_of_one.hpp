// SPDX-License-Identifier: Apache-2.0
// A Telemetry on manual time whose spans land in memory: what most tests of this room start with.
#pragma once

#include <aloft/telemetry/sampler.hpp>
#include <aloft/telemetry/telemetry.hpp>
#include <aloft/testing/manual_clock.hpp>
#include <aloft/testing/memory_diagnostics.hpp>
#include <aloft/testing/memory_exporter.hpp>
#include <aloft/testing/sequence_random.hpp>

#include <string>
#include <utility>

namespace aloft {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Bench {
  testing::ManualClock clock;
  testing::SequenceRandom random;
  testing::MemoryDiagnostics diagnostics;
  testing::MemoryExporter memory;
  Telemetry telemetry;
  Tracer tracer;

  explicit Bench(TelemetryOptions options = {}) : telemetry(make(std::move(options))) {
    tracer = telemetry.tracer();
  }

  Platform platform() { return {clock, random, diagnostics}; }
  /// Sends what has ended; the spans are then in `memory`.
  FlushReport flush() { return telemetry.flush(seconds(1)); }

 private:
  Telemetry make(TelemetryOptions options) {
    if (options.service_name.empty()) options.service_name = "payments";
    if (!options.exporter) options.exporter = memory.exporter();
    options.pipeline.threading = Threading::manual;
    return *Telemetry::create(std::move(options), platform());
  }
};

}  // namespace aloft
