// SPDX-License-Identifier: Apache-2.0
// Sends one trace by the wire of ALOFT_TRACES_EXPORTER and prints its id when the receiver has
// acknowledged it; scripts/aws-smoke reads it back.
#include <aloft/aws/telemetry.hpp>

#include <chrono>
#include <iostream>

int main() {
  auto telemetry = aloft::aws::telemetry_from_environment({.service_name = "aloft-smoke"});
  if (!telemetry) {
    std::cerr << telemetry.error().to_string() << std::endl;
    return 1;
  }
  aloft::Span span = telemetry->tracer().start("smoke", {.kind = aloft::SpanKind::server});
  span.annotate("purpose", "aws-smoke");
  span.child("step").end();
  const auto id = span.context().trace_id.xray_text();
  span.end();
  const aloft::FlushReport report = telemetry->flush(std::chrono::seconds(30));
  if (report.accounting.acknowledged != 2) {
    std::cerr << "not acknowledged; ask aloft-doctor why" << std::endl;
    return 1;
  }
  std::cout << id.view() << std::endl;
}
