// SPDX-License-Identifier: Apache-2.0
// Aloft under the load of paced_requests.hpp: OTLP over HTTP, protobuf, gzip, with its defaults.
#include "paced_requests.hpp"

#include <aloft/http_client/otlp_exporter.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include <cstdio>
#include <utility>

int main(int count, char** words) {
  const rivals::Load load = rivals::load_of(count, words);
  auto exporter = aloft::http_client::otlp_exporter({.url = load.url}, {.service_name = "aloft"});
  if (!exporter) return 1;
  auto telemetry =
      aloft::Telemetry::create({.service_name = "aloft", .exporter = *std::move(exporter)});
  if (!telemetry) return 1;
  const aloft::Tracer tracer = telemetry->tracer();

  rivals::run_paced(load, [&](std::int64_t number) {
    aloft::Span root = tracer.start("POST /v1/charges", {.kind = aloft::SpanKind::server});
    rivals::annotate_eight(root, number);
    for (int i = 1; i < rivals::kSpansPerRequest; ++i) {
      aloft::Span span = root.child("ledger");
      rivals::annotate_eight(span, number);
    }
  });
  telemetry->flush(std::chrono::seconds(30));
  const aloft::Accounting books = telemetry->shutdown(std::chrono::seconds(5));
  rivals::print(load, books.acknowledged, rivals::cpu_us());
}
