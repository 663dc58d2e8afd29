// SPDX-License-Identifier: Apache-2.0
// A service that has telemetry already, and adds ours: their headers, their macros and ours in one
// file, in the order that hurts most, and both of them at work in one process.
#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>
#include <bit>
#include <cassert>
#include <chrono>
#include <concepts>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <iostream>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <lift/lift.hpp>

#include "hostile_macros.hpp"

#include <aloft/aloft.hpp>
#include <aloft/testing/memory_exporter.hpp>

int main() {
  std::ostringstream lines;
  spdlog::logger log("consumer", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines));
  prometheus::Registry registry;
  prometheus::Counter& charges =
      prometheus::BuildCounter().Name("charges").Register(registry).Add({{"tenant", "acme"}});
  lift::client client;

  aloft::testing::MemoryExporter memory;
  auto telemetry = aloft::Telemetry::create({.service_name = "consumer",
                                             .exporter = memory.exporter(),
                                             .pipeline = {.threading = aloft::Threading::manual}});
  if (!telemetry) return 1;
  {
    aloft::Span span = telemetry->tracer().start("charge");
    span.set_http_response(client.get("/v1/charges").status);
    charges.Increment();
    log.info("charged in trace {}", std::string(span.trace_id().xray_text().view()));
  }
  telemetry->flush(std::chrono::seconds(1));

  const aloft::testing::SpanCopy span = memory.span("charge");
  const std::string trace_id(span.trace_id.xray_text().view());
  const bool good = span.http_status == 200 && charges.Value() == 1.0 &&
                    lines.str().find(trace_id) != std::string::npos;
  std::cout << lines.str();
  return good ? 0 : 1;
}
