// SPDX-License-Identifier: Apache-2.0
// The first program of docs/getting-started.md, word for word.
#include <aloft/aloft.hpp>

int main() {
  auto telemetry = aloft::Telemetry::from_environment({.service_name = "orders"});
  if (!telemetry) return 1;  // telemetry.error() says why, and what to do

  aloft::Span order = telemetry->tracer().start("orders");
  aloft::Span price = order.child("price");
  price.annotate("items", 3);
}
