// SPDX-License-Identifier: Apache-2.0
// The code of docs/guides/migrate-from-the-x-ray-sdks.md: what stands there as *after*.
#include "guides/bench.hpp"

#include <aloft/aws/sampling_manifest.hpp>
#include <aloft/aws/telemetry.hpp>
#include <aloft/http/middleware/standard.hpp>
#include <aloft/telemetry/carry.hpp>
#include <aloft/telemetry/incoming_trace.hpp>
#include <aloft/telemetry/operations.hpp>
#include <aloft/telemetry/rule_sampler.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

namespace aloft::guides {
namespace {

using namespace aloft::literals;

Result<int> fees_of(int amount) {
  if (amount < 0) return fail(ErrorCode::invalid_argument, "the amount is below zero", "");
  return amount / 100;
}

Result<int> charge(const Tracer& tracer, int amount) {
  Span segment = tracer.start("payments");
  segment.annotate("currency"_key, "EUR");
  segment.add_metadata("cart", "lines", 3);
  return traced(segment, "fees", [&](Span&) { return fees_of(amount); });
}

TEST(FromTheXRaySdks, ASegmentAndItsSubsegment) {
  Bench bench;

  EXPECT_EQ(*charge(bench.tracer(), 4200), 42);

  EXPECT_EQ(bench.sent("payments").annotation("currency"), "EUR");
  EXPECT_EQ(bench.sent("payments").metadatum("cart/lines"), "3");
  EXPECT_EQ(bench.sent("fees").parent_id, bench.sent("payments").id);
}

TEST(FromTheXRaySdks, AnErrorIsRecordedOnceAndHandedOn) {
  Bench bench;

  EXPECT_FALSE(charge(bench.tracer(), -1));

  EXPECT_EQ(bench.sent("fees").exceptions.size(), 1u);
}

http::Router routes(const Tracer& tracer) {
  http::Router router;
  // Behind your own services. An edge that anyone can reach keeps the default, which starts anew.
  use_standard_guards(router, tracer, {.tracing = {.edge = http::EdgePolicy::trust}});
  router.get("/v1/charges/{id}", [](http::Context& context, const http::Request&) {
    context.span().annotate("charge_id"_key, context.param("id"));
    return http::Response::empty(200);
  });
  return router;
}

TEST(FromTheXRaySdks, AMiddlewareContinuesTheCallersTraceAndAnswersIt) {
  Bench bench;
  const http::Router router = routes(bench.tracer());

  const http::Response answer =
      ask(router, "/v1/charges/c-17",
          {{"X-Amzn-Trace-Id",
            "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=?"}});

  EXPECT_EQ(answer.headers.get("x-amzn-trace-id"),
            "Root=1-67891233-abcdef012345678912345678;Sampled=1");
  EXPECT_EQ(bench.sent("payments").parent_id.text().view(), "53995c3f42cd8ad8");
  EXPECT_EQ(bench.sent("payments").annotation("charge_id"), "c-17");
}

void call_database(Span& segment) {
  Span query = sql_query(segment, {.url = "postgresql://db.internal/ledger",
                                   .database_type = "PostgreSQL",
                                   .sanitized_query = "SELECT total FROM entry WHERE id = $1"});
  query.annotate("rows", 1);
}
void call_dynamodb(Span& segment) {
  Span put = dynamodb_operation(segment, {.operation = "PutItem", .table_name = "charges"});
  put.set_http_response(200);
}

TEST(FromTheXRaySdks, CallsAreNodesOfTheMap) {
  Bench bench;
  {
    Span segment = bench.tracer().start("payments");
    call_database(segment);
    call_dynamodb(segment);
  }

  EXPECT_EQ(bench.sent("ledger@db.internal").kind, SpanKind::remote);
  EXPECT_EQ(bench.sent("DynamoDB").kind, SpanKind::aws);
  EXPECT_EQ(bench.sent("DynamoDB").aws_table_name, "charges");
}

void try_it(Span& segment) {
  try {
    throw std::runtime_error("no connection");
  } catch (const std::exception& error) {
    segment.set_error(error);  // a fault
  }
  segment.set_error("Declined", "no cover", ErrorClass::error);
}

TEST(FromTheXRaySdks, AnExceptionIsAFaultUnlessTold) {
  Bench bench;
  {
    Span segment = bench.tracer().start("payments");
    try_it(segment);
  }

  EXPECT_TRUE(bench.sent("payments").fault);
  EXPECT_TRUE(bench.sent("payments").error);
}

std::thread work_elsewhere(Span& segment) {
  return std::thread(carry(segment.child("score"), [](Span& span) { span.annotate("model", 3); }));
}

Span start_without_sampling(const Tracer& tracer, const TraceContext& caller) {
  return tracer.start("heartbeat", {.parent = {caller.trace_id, caller.span_id, Sampled::no}});
}

Span handle_invocation(const Tracer& tracer, std::string_view trace_header) {
  IncomingTrace invocation;
  invocation.take_xray(trace_header);  // Lambda-Runtime-Trace-Id of this invocation
  invocation.finish();
  const TraceContext& parent = invocation.parent();
  if (parent.sampled == Sampled::undecided) return tracer.pass_through(parent);
  return tracer.start("function", {.parent = parent});
}

TEST(FromTheXRaySdks, ThreadsUnsampledWorkAndInvocationsTakeTheirContextAsAnArgument) {
  Bench bench;
  {
    Span segment = bench.tracer().start("payments");
    work_elsewhere(segment).join();
    EXPECT_FALSE(start_without_sampling(bench.tracer(), segment.context()).recording());
  }
  const Span root_alone =
      handle_invocation(bench.tracer(), "Root=1-67891233-abcdef012345678912345678");

  EXPECT_EQ(bench.sent("score").parent_id, bench.sent("payments").id);
  EXPECT_FALSE(root_alone.recording());
  EXPECT_EQ(root_alone.context().sampled, Sampled::undecided);
  EXPECT_TRUE(handle_invocation(bench.tracer(),
                                "Root=1-67891233-abcdef012345678912345678;"
                                "Parent=53995c3f42cd8ad8;Sampled=1")
                  .recording());
}

Result<Telemetry> open_telemetry(const Environment& environment) {
  return aws::telemetry_from_environment({.service_name = "payments"}, {}, environment);
}

TEST(FromTheXRaySdks, TheirVariablesAndRulesFilesAreTaken) {
  for (const char* file : {"/rules_v1.json", "/rules_v2.json"}) {
    const auto telemetry = open_telemetry(
        Environment::of({{"AWS_XRAY_DAEMON_ADDRESS", "tcp:127.0.0.1:9 udp:127.0.0.1:9"},
                         {"AWS_XRAY_TRACING_NAME", "shop"},
                         {"ALOFT_SAMPLING_RULES", std::string(ALOFT_TEST_DATA) + file}}));
    ASSERT_TRUE(telemetry) << telemetry.error().to_string();
    EXPECT_TRUE(telemetry->enabled());
  }
  EXPECT_FALSE(open_telemetry(Environment::of({{"AWS_XRAY_SDK_ENABLED", "false"},
                                               {"ALOFT_TRACES_EXPORTER", "xray-daemon"}}))
                   ->enabled());
}

struct Asked {
  std::string_view host;
  std::string_view method;
  std::string_view path;
  std::string_view rule;
};

/// By both versions of the file alike.
class RulesFiles : public ::testing::TestWithParam<Asked> {};

TEST_P(RulesFiles, DecideAsTheyDidUnchanged) {
  const Asked& asked = GetParam();
  for (const char* file : {"/rules_v1.json", "/rules_v2.json"}) {
    const auto rules = aws::load_sampling_manifest(std::string(ALOFT_TEST_DATA) + file);
    ASSERT_TRUE(rules) << rules.error().to_string();
    const TraceContext nobody;
    const SamplingRule* const rule =
        first_match(*rules, {.name = "payments",
                             .parent = nobody,
                             .tenant = "",
                             .request = {asked.host, asked.method, asked.path, {}}});

    ASSERT_NE(rule, nullptr);
    EXPECT_EQ(rule->name, asked.rule);
  }
}

INSTANTIATE_TEST_SUITE_P(FromTheXRaySdks, RulesFiles,
                         ::testing::Values(Asked{"shop.test", "GET", "/health", "local-1"},
                                           Asked{"SHOP.test", "POST", "/v1/charges/7", "local-2"},
                                           Asked{"other.test", "POST", "/v1/charges", "Default"},
                                           Asked{"shop.test", "PUT", "/v1/charges", "Default"}));

}  // namespace
}  // namespace aloft::guides
