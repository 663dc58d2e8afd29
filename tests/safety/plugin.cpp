// SPDX-License-Identifier: Apache-2.0
#include "safety/plugin_api.hpp"

#include <aloft/telemetry/telemetry.hpp>

#include <poll.h>
#include <memory>
#include <optional>
#include <utility>

namespace aloft::safety {
namespace {

class Hang final : public Exporter {
 public:
  explicit Hang(int milliseconds) noexcept : milliseconds_(milliseconds) {}
  void export_batch(const Batch& batch, ExportReport& report) noexcept override {
    poll(nullptr, 0, milliseconds_);
    report.acknowledged(batch.span_count());
  }

 private:
  int milliseconds_;
};

std::optional<Telemetry> telemetry;
thread_local Span kept;  // its destructor would be called when the thread ends

}  // namespace

#define ALOFT_EXPORT extern "C" [[gnu::visibility("default")]]

ALOFT_EXPORT int plugin_start(const PluginOptions* options) {
  TelemetryOptions made{.service_name = "plugin", .daemon_address = options->daemon_address};
  if (options->hang_ms > 0) made.exporter = std::make_unique<Hang>(options->hang_ms);
  made.pipeline.queue_limit_bytes = 256u << 10;
  made.pipeline.shutdown_timeout = std::chrono::milliseconds(options->shutdown_ms);
  made.pipeline.threading = options->thread ? Threading::background : Threading::manual;
  Result<Telemetry> created = Telemetry::create(std::move(made));
  if (!created) return 1;
  telemetry.emplace(std::move(*created));
  return 0;
}

ALOFT_EXPORT void plugin_work(int spans) {
  for (int i = 0; i < spans; ++i) {
    Span span = telemetry->tracer().start("work");
    span.annotate("number", i);
    if (i == 0) span.set_error("Refused", "the first of all");
    span.child("step").end();
  }
}

ALOFT_EXPORT long plugin_shutdown(int timeout_ms) {
  return telemetry->shutdown(std::chrono::milliseconds(timeout_ms)).balance();
}

}  // namespace aloft::safety
