// SPDX-License-Identifier: Apache-2.0
// What the tracing guard makes of a caller's headers: whom it believes, what it passes on, which of
// them it reads, and what it answers.
#include <aloft/http/middleware/tracing.hpp>

#include <aloft/http/context.hpp>
#include <aloft/http/request.hpp>
#include <aloft/http/router.hpp>
#include <aloft/telemetry/outgoing_trace.hpp>
#include <aloft/telemetry/telemetry.hpp>
#include <aloft/testing/manual_clock.hpp>
#include <aloft/testing/memory_diagnostics.hpp>
#include <aloft/testing/memory_exporter.hpp>
#include <aloft/testing/sequence_random.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace aloft::http {
namespace {

using namespace std::chrono_literals;
using testing::SpanCopy;

const std::string kRoot = "Root=1-67891233-abcdef012345678912345678";
const std::string kUpstream = kRoot + ";Parent=53995c3f42cd8ad8;Sampled=1";
const std::string kW3c = "00-000000000000000000000000000000aa-00000000000000bb-01";
const LinkRecord kCaller{{0x67891233abcdef01, 0x2345678912345678}, {0x53995c3f42cd8ad8}};

using Lines = std::vector<std::pair<std::string_view, std::string>>;

class TracingEdge : public ::testing::Test {
 protected:
  void use(TracingOptions tracing_options, TraceHeaders headers = {}) {
    telemetry_.emplace(*Telemetry::create({.service_name = "payments",
                                           .trace_headers = headers,
                                           .exporter = memory_.exporter(),
                                           .pipeline = {.threading = Threading::manual}},
                                          platform_));
    guard_ = tracing(telemetry_->tracer(), std::move(tracing_options));
    router_.use(guard_);
    router_.get("/", [this](Context& context, const Request&) {
      const Span call = context.span().child("ledger", SpanKind::remote);
      const OutgoingTrace trace(call);
      sent_xray_ = trace.xray();
      sent_tracestate_ = trace.tracestate();
      return Response::empty(200);
    });
  }
  /// The request's own span, if it was recorded.
  SpanCopy ask(const Lines& lines) {
    Request asked;
    asked.target = "/";
    for (const auto& [name, value] : lines) asked.headers.try_add(name, value);
    {
      Context context{platform_};
      const Response response = router_.handle(context, asked);
      answer_ = response.headers.get("x-amzn-trace-id").value_or("none");
    }
    telemetry_->flush(1s);
    return memory_.spans().empty() ? SpanCopy{} : memory_.span("payments");
  }

  testing::ManualClock clock_;
  testing::SequenceRandom random_;
  testing::MemoryDiagnostics diagnostics_;
  Platform platform_{clock_, random_, diagnostics_};
  testing::MemoryExporter memory_;
  std::optional<Telemetry> telemetry_;
  std::shared_ptr<Tracing> guard_;
  Router router_;
  std::string sent_xray_;
  std::string sent_tracestate_;
  std::string answer_;
};

TEST_F(TracingEdge, PassesTheExtrasOfATrustedTraceOn) {
  use({.edge = EdgePolicy::trust});

  ask({{"X-Amzn-Trace-Id",
        "Self=1-00000001-0;" + kUpstream + ";Lineage=1:a87bd80c:0;CalledFrom=app"},
       {"traceparent", "00-67891233abcdef012345678912345678-53995c3f42cd8ad8-01"},
       {"tracestate", "rojo=1"}});

  EXPECT_TRUE(sent_xray_.ends_with(";Sampled=1;Lineage=1:a87bd80c:0;CalledFrom=app")) << sent_xray_;
  EXPECT_EQ(sent_tracestate_, "rojo=1");
  EXPECT_EQ(guard_->dropped_trace_pairs(), 0u);
}

TEST_F(TracingEdge, PassesThemOnWhereNothingIsRecorded) {
  use({.edge = EdgePolicy::trust});

  ask({{"X-Amzn-Trace-Id", kRoot + ";Sampled=0;Lineage=1:a87bd80c:0"}});

  EXPECT_TRUE(memory_.spans().empty());
  EXPECT_TRUE(sent_xray_.starts_with(kRoot)) << sent_xray_;
  EXPECT_TRUE(sent_xray_.ends_with(";Sampled=0;Lineage=1:a87bd80c:0")) << sent_xray_;
}

TEST_F(TracingEdge, CountsExtrasAboveTheirLimit) {
  use({.edge = EdgePolicy::trust});

  ask({{"X-Amzn-Trace-Id", kUpstream + ";Big=" + std::string(300, 'x') + ";Lineage=1:a87bd80c:0"}});

  EXPECT_TRUE(sent_xray_.ends_with(";Sampled=1;Lineage=1:a87bd80c:0")) << sent_xray_;
  EXPECT_EQ(guard_->dropped_trace_pairs(), 1u);
}

TEST_F(TracingEdge, TellsTheCallerNothingOfTheExtras) {
  use({.edge = EdgePolicy::trust});

  ask({{"X-Amzn-Trace-Id", kUpstream + ";Lineage=1:a87bd80c:0"}});

  EXPECT_EQ(answer_, kRoot + ";Sampled=1");
}

TEST_F(TracingEdge, AnswersTheQuestionOfATrustedCaller) {
  use({.edge = EdgePolicy::trust});

  const SpanCopy span = ask({{"X-Amzn-Trace-Id", kRoot + ";Parent=53995c3f42cd8ad8;Sampled=?"}});

  EXPECT_EQ(answer_, kRoot + ";Sampled=1");
  EXPECT_EQ(span.parent_id, kCaller.span_id);
}

TEST_F(TracingEdge, TakesNothingOfAStrangerByDefault) {
  use({});

  const SpanCopy span = ask({{"X-Amzn-Trace-Id", kUpstream + ";Lineage=1:a87bd80c:0"}});

  EXPECT_NE(span.trace_id, kCaller.trace_id);
  EXPECT_TRUE(span.links.empty());
  EXPECT_EQ(sent_xray_.find("Lineage"), std::string::npos);
}

TEST_F(TracingEdge, LinksANewTraceToItsCallerWhenTold) {
  use({.edge = EdgePolicy::restart_and_link});

  const SpanCopy span = ask({{"X-Amzn-Trace-Id", kUpstream + ";Lineage=1:a87bd80c:0"}});

  EXPECT_NE(span.trace_id, kCaller.trace_id);
  EXPECT_FALSE(span.parent_id.valid());
  EXPECT_EQ(span.links, std::vector<LinkRecord>{kCaller});
  EXPECT_EQ(sent_xray_.find("Lineage"), std::string::npos);
  EXPECT_NE(answer_.find(std::string(span.trace_id.xray_text().view())), std::string::npos);
}

TEST_F(TracingEdge, ThatLinksObeysNoDecisionOfTheCaller) {
  use({.edge = EdgePolicy::restart_and_link});

  const SpanCopy span = ask({{"X-Amzn-Trace-Id", kRoot + ";Parent=53995c3f42cd8ad8;Sampled=0"}});

  EXPECT_EQ(span.links, std::vector<LinkRecord>{kCaller});
}

TEST_F(TracingEdge, LinksToNothingThatNamesNoSpan) {
  use({.edge = EdgePolicy::restart_and_link});

  EXPECT_TRUE(ask({{"X-Amzn-Trace-Id", kRoot}}).links.empty());
  EXPECT_TRUE(ask({}).links.empty());
  EXPECT_TRUE(ask({{"X-Amzn-Trace-Id", "<script>"}}).links.empty());
  EXPECT_EQ(guard_->refused_trace_headers(), 1u);
  EXPECT_EQ(telemetry_->counters().links_dropped, 0u);
}

TEST_F(TracingEdge, ReadsTheFormatsOfItsTelemetry) {
  use({.edge = EdgePolicy::trust}, {.read = HeaderFormats::w3c_then_xray});

  const SpanCopy span = ask({{"X-Amzn-Trace-Id", kUpstream}, {"traceparent", kW3c}});

  EXPECT_EQ(span.trace_id, (TraceId{0, 0xAA}));
}

TEST_F(TracingEdge, ReadsTheFormatsThatItIsTold) {
  use({.edge = EdgePolicy::trust, .trace_headers = HeaderFormats::w3c});

  const SpanCopy span = ask({{"X-Amzn-Trace-Id", kUpstream}});

  EXPECT_NE(span.trace_id, kCaller.trace_id);
  EXPECT_EQ(answer_, "none");
}

}  // namespace
}  // namespace aloft::http
