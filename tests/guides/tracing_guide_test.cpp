// SPDX-License-Identifier: Apache-2.0
// The code of docs/guides/tracing.md.
#include "guides/bench.hpp"

#include <aloft/aws/telemetry.hpp>
#include <aloft/http/middleware/standard.hpp>
#include <aloft/telemetry/carry.hpp>
#include <aloft/telemetry/operations.hpp>
#include <aloft/telemetry/sqs.hpp>
#include <aloft/telemetry/tenant_sampler.hpp>

#include <gtest/gtest.h>

#include <map>
#include <thread>

namespace aloft::guides {
namespace {

using namespace aloft::literals;

Result<Telemetry> open_telemetry(const Environment& environment = Environment::from_process()) {
  return aws::telemetry_from_environment(
      {.service_name = "payments", .service_version = "1.4.2", .environment = "prod"}, {},
      environment);
}

TEST(TracingGuide, OpensATelemetryByTheEnvironment) {
  auto telemetry = open_telemetry(Environment::of({{"ALOFT_TRACES_EXPORTER", "none"}}));

  ASSERT_TRUE(telemetry) << telemetry.error().to_string();
  EXPECT_FALSE(telemetry->enabled());
}

Result<int> ask_the_model(std::string_view charge_id) {
  if (charge_id.empty()) {
    return fail(ErrorCode::invalid_argument, "the charge has no id", "give it one");
  }
  return 17;
}

Result<int> charge(const Tracer& tracer, std::string_view charge_id) {
  Span request = tracer.start("payments");
  request.annotate("charge_id"_key, charge_id);  // indexed: to search by
  request.add_metadata("cart", "sizes", [&] { return std::string("S, M"); });  // to read
  return traced(request, "score", [&](Span& span) {
    span.annotate("model", 3);
    return ask_the_model(charge_id);  // an error becomes the span's, and goes on to the caller
  });
}  // the request ends here

TEST(TracingGuide, RecordsARequestAndItsStep) {
  Bench bench;

  EXPECT_EQ(*charge(bench.tracer(), "c-17"), 17);

  EXPECT_EQ(bench.sent("payments").annotation("charge_id"), "c-17");
  EXPECT_EQ(bench.sent("payments").metadatum("cart/sizes"), "S, M");
  EXPECT_EQ(bench.sent("score").parent_id, bench.sent("payments").id);
  EXPECT_FALSE(bench.sent("score").error);
}

TEST(TracingGuide, RecordsAnErrorAsTheCallers) {
  Bench bench;

  EXPECT_FALSE(charge(bench.tracer(), ""));

  EXPECT_TRUE(bench.sent("score").error);
  EXPECT_FALSE(bench.sent("score").fault);
}

/// Finds out who asks, and refuses nobody: the span of the request has not begun yet.
class KnowsTheTenant final : public http::Guard {
 public:
  explicit KnowsTheTenant(std::map<std::string, TenantId, std::less<>> keys)
      : keys_(std::move(keys)) {}
  http::GuardDecision begin(http::Context& context, const http::Request& request) override {
    const auto found = keys_.find(request.headers.get("x-api-key").value_or(""));
    if (found != keys_.end()) {
      context.identity.tenant = found->second;
      context.identity.tenant_source = Provenance::api_key;
    }
    return http::GuardDecision::proceed();
  }

 private:
  std::map<std::string, TenantId, std::less<>> keys_;
};

class RefusesStrangers final : public http::Guard {
 public:
  http::GuardDecision begin(http::Context& context, const http::Request&) override {
    if (!context.identity.tenant.empty()) return http::GuardDecision::proceed();
    return http::GuardDecision::refuse(
        http::Response::problem(401, "Unauthorized", "no known x-api-key"));
  }
};

void add_guards(http::Router& router, const Tracer& tracer,
                std::map<std::string, TenantId, std::less<>> keys) {
  router.use(std::make_shared<KnowsTheTenant>(std::move(keys)));  // before the sampler is asked
  use_standard_guards(router, tracer);
  router.use(std::make_shared<RefusesStrangers>());  // after: a refusal is traced, too
}

Result<std::shared_ptr<const Sampler>> by_tenant() {
  auto others = tenant_sampler({.rates = {{"acme", 1.0}, {"globex", 0.0}}, .traces_per_second = 5},
                               fixed_rate(0.05).value_or(always()));
  if (!others) return unexpected(others.error());
  return parent_based(*std::move(others));
}

class TenantsOfTheGuide : public ::testing::Test {
 protected:
  TenantsOfTheGuide() {
    add_guards(router_, bench_.tracer(),
               {{"key-1", *TenantId::parse("acme")}, {"key-2", *TenantId::parse("globex")}});
    router_.get("/v1/charges/{id}",
                [](http::Context&, const http::Request&) { return http::Response::empty(200); });
  }
  int ask(const Fields& fields) { return guides::ask(router_, "/v1/charges/7", fields).status; }

  Bench bench_{*by_tenant()};
  http::Router router_;
};

TEST_F(TenantsOfTheGuide, AreKnownToTheSamplerAndToTheRecord) {
  EXPECT_EQ(ask({{"x-api-key", "key-1"}}), 200);

  EXPECT_EQ(bench_.sent("payments").annotation("tenant_id"), "acme");
}

TEST_F(TenantsOfTheGuide, AreSampledEachAtItsOwnRate) {
  EXPECT_EQ(ask({{"x-api-key", "key-2"}}), 200);

  EXPECT_EQ(bench_.sent_count(), 0u);
}

TEST_F(TenantsOfTheGuide, AreNotStrangers) { EXPECT_EQ(ask({}), 401); }

std::thread score_elsewhere(Span& request) {
  return std::thread(carry(request.child("score"), [](Span& span) { span.annotate("model", 3); }));
}

TEST(TracingGuide, CarriesASpanToAnotherThread) {
  Bench bench;
  {
    Span request = bench.tracer().start("payments");
    score_elsewhere(request).join();
  }

  EXPECT_EQ(bench.sent("score").annotation("model"), "3");
  EXPECT_EQ(bench.sent("score").parent_id, bench.sent("payments").id);
}

void work_on_batch(const Tracer& tracer, const std::vector<std::string>& trace_headers) {
  Span batch = tracer.start("worker");
  for (const std::string& header : trace_headers) batch.link(trace_of_message(header).parent());
  batch.annotate("messages", trace_headers.size());
}

TEST(TracingGuide, LinksABatchToItsMessages) {
  Bench bench;

  work_on_batch(bench.tracer(),
                {"Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1"});

  ASSERT_EQ(bench.sent("worker").links.size(), 1u);
  EXPECT_EQ(bench.sent("worker").links[0].span_id.value, 0x53995c3f42cd8ad8u);
  EXPECT_EQ(bench.sent("worker").annotation("messages"), "1");
}

}  // namespace
}  // namespace aloft::guides
