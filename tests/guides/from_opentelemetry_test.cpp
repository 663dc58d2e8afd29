// SPDX-License-Identifier: Apache-2.0
// The code of docs/guides/migrate-from-opentelemetry-cpp.md: what stands there as *after*.
#include "guides/bench.hpp"

#include <aloft/aws/telemetry.hpp>
#include <aloft/telemetry/carry.hpp>
#include <aloft/telemetry/incoming_trace.hpp>
#include <aloft/telemetry/outgoing_trace.hpp>
#include <aloft/telemetry/sampler.hpp>

#include <gtest/gtest.h>

#include <map>
#include <stdexcept>
#include <thread>

namespace aloft::guides {
namespace {

using namespace aloft::literals;

Result<Telemetry> open_telemetry(const Environment& environment) {
  return aws::telemetry_from_environment({.service_name = "payments"}, {}, environment);
}

TEST(FromOpenTelemetry, TheVariablesOfOtlpChooseItsWire) {
  const Environment environment =
      Environment::of({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"}});

  EXPECT_TRUE(open_telemetry(environment));
  EXPECT_EQ(aws::choose_traces_wire(environment, [] { return std::string(); })->wire,
            aws::TracesWire::otlp);
}

TEST(FromOpenTelemetry, AProtocolThatIsNotSpokenIsAnErrorOfTheStart) {
  const auto telemetry =
      open_telemetry(Environment::of({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"},
                                      {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}}));

  ASSERT_FALSE(telemetry);
  EXPECT_EQ(telemetry.error().code, ErrorCode::invalid_argument);
}

void add_fees(Span& charge) {
  Span fees = charge.child("fees");
  fees.annotate("cents", 30);
}

void charge(const Tracer& tracer, std::string_view id) {
  Span span = tracer.start("charge", {.kind = SpanKind::server});
  span.annotate("charge_id"_key, id);
  add_fees(span);
}

TEST(FromOpenTelemetry, TheParentIsAnArgument) {
  Bench bench;

  charge(bench.tracer(), "c-17");

  EXPECT_EQ(bench.sent("fees").parent_id, bench.sent("charge").id);
  EXPECT_EQ(bench.sent("charge").annotation("charge_id"), "c-17");
}

void decline(Span& span) {
  span.set_error("Declined", "no cover", ErrorClass::error);  // the caller's: X-Ray's `error`
}
void fail_with(Span& span, const std::exception& exception) {
  span.set_error(exception);  // ours: X-Ray's `fault`, with type, message, causes and stack
}

TEST(FromOpenTelemetry, AnErrorHasAClassAndAnExceptionItsType) {
  Bench bench;
  {
    Span declined = bench.tracer().start("declined");
    decline(declined);
    Span failed = bench.tracer().start("failed");
    fail_with(failed, std::runtime_error("no connection"));
  }

  EXPECT_TRUE(bench.sent("declined").error);
  EXPECT_FALSE(bench.sent("declined").fault);
  EXPECT_TRUE(bench.sent("failed").fault);
  EXPECT_EQ(bench.sent("failed").exceptions.at(0).message, "no connection");
}

Span continue_trace(const Tracer& tracer, const Fields& request_headers) {
  IncomingTrace incoming(tracer.trace_headers().read);
  for (const auto& [name, value] : request_headers) incoming.take(name, value);
  incoming.finish();
  Span span = tracer.start("payments", {.parent = incoming.parent(), .kind = SpanKind::server});
  span.pass_on(incoming.extras());
  return span;
}

std::map<std::string, std::string> headers_of_call(const Span& call) {
  std::map<std::string, std::string> headers;
  OutgoingTrace(call).each(
      [&](std::string_view name, std::string_view value) { headers[std::string(name)] = value; });
  return headers;
}

TEST(FromOpenTelemetry, ATraceGoesThroughWithItsState) {
  Bench bench;
  std::map<std::string, std::string> headers;
  {
    Span request = continue_trace(
        bench.tracer(), {{"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
                         {"tracestate", "rojo=1"}});
    headers = headers_of_call(request.child("ledger", SpanKind::remote));
  }

  EXPECT_EQ(bench.sent("payments").trace_id.w3c_text().view(), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(bench.sent("payments").parent_id.text().view(), "00f067aa0ba902b7");
  EXPECT_EQ(headers["traceparent"], "00-4bf92f3577b34da6a3ce929d0e0e4736-" +
                                        std::string(bench.sent("ledger").id.text().view()) + "-01");
  EXPECT_EQ(headers["tracestate"], "rojo=1");
}

void score_elsewhere(Span& request) {
  std::thread scoring(carry(request.child("score"), [](Span& span) { span.annotate("model", 3); }));
  scoring.join();
}

TEST(FromOpenTelemetry, ASpanMovesToTheThreadThatWorks) {
  Bench bench;
  {
    Span request = bench.tracer().start("payments");
    score_elsewhere(request);
  }

  EXPECT_EQ(bench.sent("score").parent_id, bench.sent("payments").id);
}

Result<std::shared_ptr<const Sampler>> one_in_ten() {
  auto share = fixed_rate(0.1);
  if (!share) return unexpected(share.error());
  return parent_based(*share);
}

TEST(FromOpenTelemetry, ASamplerObeysTheParent) {
  Bench bench(*one_in_ten());
  const TraceContext caller{{1, 2}, {3}, Sampled::yes};

  EXPECT_TRUE(bench.tracer().start("payments", {.parent = caller}).recording());
}

}  // namespace
}  // namespace aloft::guides
