// SPDX-License-Identifier: Apache-2.0
#include <aloft/aloft.hpp>
#include <iostream>

int main() {
  auto telemetry = aloft::Telemetry::from_environment({.service_name = "hello"});
  if (!telemetry) return 1;  // telemetry.error() says why, and what to do

  aloft::Span greeting = telemetry->tracer().start("greeting");
  greeting.child("translate").annotate("language", "cs");
  greeting.end();

  const aloft::FlushReport report = telemetry->flush(std::chrono::seconds(1));
  std::cout << "sent " << report.accounting.sent << " spans of trace "
            << greeting.trace_id().xray_text().view() << '\n';
}
