// SPDX-License-Identifier: Apache-2.0
// What a span costs its caller, in nanoseconds. Not measured here: the backend's thread, which
// runs on another core and is drained between bursts.
#include <aloft/telemetry/telemetry.hpp>

#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

namespace aloft {
namespace {

class Swallow final : public Exporter {
 public:
  void export_batch(const Batch& batch, ExportReport& report) noexcept override {
    report.sent(batch.span_count());
  }
};

Telemetry make(TelemetryOptions options) {
  options.service_name = "bench";
  options.exporter = std::make_unique<Swallow>();
  options.pipeline.threading = Threading::manual;
  return *Telemetry::create(std::move(options));
}

void annotate_eight(Span& span) {
  span.annotate("component", "payments");
  span.annotate("route", "/v1/charges");
  span.annotate("status", 201);
  span.annotate("amount_minor", std::int64_t{4'200});
  span.annotate("tenant_id", "tenant-00017");
  span.annotate("user_id", "user-0000042");
  span.annotate("request_id", "0190163d-8694-739b-aea5-966c26f8ad91");
  span.annotate("retried", false);
}

constexpr int kBurst = 64;

void span_with_8_annotations(benchmark::State& state) {
  Telemetry telemetry = make({});
  const Tracer tracer = telemetry.tracer();
  for (auto _ : state) {
    for (int i = 0; i < kBurst; ++i) {
      Span span = tracer.start("work");
      annotate_eight(span);
    }
    state.PauseTiming();
    telemetry.poll();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kBurst);
}
BENCHMARK(span_with_8_annotations);

void request_of_3_spans(benchmark::State& state) {
  Telemetry telemetry = make({});
  const Tracer tracer = telemetry.tracer();
  for (auto _ : state) {
    for (int i = 0; i < kBurst; ++i) {
      Span root = tracer.start("payments");
      annotate_eight(root);
      Span first = root.child("authorise");
      annotate_eight(first);
      first.end();
      Span second = root.child("store");
      annotate_eight(second);
    }
    state.PauseTiming();
    telemetry.poll();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kBurst);
}
BENCHMARK(request_of_3_spans);

void dropped_request(benchmark::State& state) {
  Telemetry telemetry = make({.sampling_rate = 0.0});
  const Tracer tracer = telemetry.tracer();
  for (auto _ : state) {
    Span span = tracer.start("work");
    annotate_eight(span);
    benchmark::DoNotOptimize(span);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(dropped_request);

void switched_off(benchmark::State& state) {
  Telemetry telemetry = make({.enabled = false});
  const Tracer tracer = telemetry.tracer();
  for (auto _ : state) {
    Span span = tracer.start("work");
    benchmark::DoNotOptimize(span);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(switched_off);

}  // namespace
}  // namespace aloft
