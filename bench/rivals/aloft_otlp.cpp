// SPDX-License-Identifier: Apache-2.0
// Aloft under the load of paced_requests.hpp: OTLP over HTTP, protobuf, gzip, with its defaults.
#include "paced_requests.hpp"

#include <aloft/http_client/otlp_exporter.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include <cstdio>
#include <utility>

namespace {

void annotate(aloft::Span& span, std::int64_t number) {
  span.annotate("tenant_id", "acme");
  span.annotate("request_id", "req-0123456789abcdef");
  span.annotate("route", "/v1/charges");
  span.annotate("currency", "EUR");
  span.annotate("amount_minor", number);
  span.annotate("attempt", std::int64_t{1});
  span.annotate("ratio", 0.25);
  span.annotate("cached", false);
}

}  // namespace

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
    annotate(root, number);
    for (int i = 1; i < rivals::kSpansPerRequest; ++i) {
      aloft::Span span = root.child("ledger");
      annotate(span, number);
    }
  });
  telemetry->flush(std::chrono::seconds(30));
  const aloft::Accounting books = telemetry->shutdown(std::chrono::seconds(5));
  rivals::print(load, books.acknowledged, rivals::cpu_us());
}
