// SPDX-License-Identifier: Apache-2.0
// The least program that uses the room telemetry, with its exporter.
#include <aloft/telemetry/telemetry.hpp>

int main() {
  auto telemetry = aloft::Telemetry::from_environment({.service_name = "links"});
  if (!telemetry) return 1;
  telemetry->tracer().start("work").end();
  return 0;
}
