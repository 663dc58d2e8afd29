// SPDX-License-Identifier: Apache-2.0
// docs/guides/test-your-service.md: a service, and the test of what it tells. With any test
// framework or none, as here.
#include <aloft/aloft.hpp>
#include <aloft/http/context.hpp>
#include <aloft/http/middleware/standard.hpp>
#include <aloft/http/request.hpp>
#include <aloft/http/router.hpp>
#include <aloft/testing/memory_exporter.hpp>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>

namespace {

// The service, as its own main() builds it.
aloft::http::Response create_charge(aloft::http::Context& context, const aloft::http::Request&) {
  context.identity.tenant = *aloft::TenantId::parse("acme");
  context.span().child("ledger.insert").annotate("rows", 1);
  return aloft::http::Response::text(201, "charged");
}

void add_routes(aloft::http::Router& router, aloft::Tracer tracer) {
  aloft::http::use_standard_guards(router, tracer);
  router.post("/v1/charges", create_charge);
}

void expect(bool truth) {
  if (truth) return;
  std::cerr << "the service does not tell what it should\n";
  std::exit(EXIT_FAILURE);
}

}  // namespace

int main() {
  // [guide]
  aloft::testing::MemoryExporter memory;
  auto telemetry = aloft::Telemetry::create({.exporter = memory.exporter()});
  aloft::http::Router router;
  add_routes(router, telemetry->tracer());

  aloft::http::Request request{.method = aloft::http::Method::post, .target = "/v1/charges"};
  router.handle(*std::make_unique<aloft::http::Context>(), request);
  telemetry->flush(std::chrono::seconds(1));

  const aloft::testing::SpanCopy insert = memory.span("ledger.insert");
  const aloft::testing::SpanCopy charge = memory.span("charge_test");
  expect(charge.id == insert.parent_id && charge.http_status == 201);
  expect(charge.annotation("tenant_id") == "acme");
  // [/guide]
}
