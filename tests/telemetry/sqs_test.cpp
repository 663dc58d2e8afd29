// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/sqs.hpp>

#include "telemetry/bench_of_one.hpp"

#include <gtest/gtest.h>

#include <string>

namespace aloft {
namespace {

constexpr TraceId kTraceId{0x5759e988bd862e3fULL, 0xe1be46a994272793ULL};
const std::string kRoot = "Root=1-5759e988-bd862e3fe1be46a994272793";

TEST(SqsTraceAttribute, IsTheXRayFormWhateverHeadersAreWritten) {
  Bench bench({.trace_headers = {.written = HeaderFormats::w3c}});
  const IncomingTrace incoming =
      trace_of_message(kRoot + ";Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:a87bd80c:0");
  Span send = bench.tracer.start("payments", {.parent = incoming.parent()});
  send.pass_on(incoming.extras());

  EXPECT_EQ(sqs_trace_attribute(send).view(),
            kRoot + ";Parent=" + std::string(send.id().text().view()) +
                ";Sampled=1;Lineage=1:a87bd80c:0");
}

TEST(SqsTraceAttribute, AsksNobodyForADecision) {
  Bench bench;
  const Span span = bench.tracer.pass_through({kTraceId, SpanId{1}, Sampled::requested});

  EXPECT_EQ(sqs_trace_attribute(span).view(), kRoot + ";Parent=0000000000000001");
}

TEST(SqsTraceAttribute, IsEmptyWithoutATrace) { EXPECT_TRUE(sqs_trace_attribute(Span()).empty()); }

TEST(SqsTraceAttribute, ComesBackAtTheReceiver) {
  Bench bench;
  const Span send = bench.tracer.start("payments");

  const IncomingTrace message = trace_of_message(sqs_trace_attribute(send).view());

  EXPECT_EQ(message.parent(), send.context());
  EXPECT_EQ(kSqsTraceAttribute, "AWSTraceHeader");
}

TEST(TraceOfMessage, IsThatOfTheAttributeWhereThereIsAHeader) {
  const IncomingTrace message =
      trace_of_message(kRoot + ";Sampled=0", "Root=1-00000000-000000000000000000000007");

  EXPECT_EQ(message.parent(), (TraceContext{kTraceId, SpanId{}, Sampled::no}));
  EXPECT_EQ(message.dropped().total(), 0u);
}

TEST(TraceOfMessage, IsThatOfTheHeaderWhereTheAttributeSaysNothing) {
  EXPECT_EQ(trace_of_message("", kRoot).parent().trace_id, kTraceId);
  EXPECT_EQ(trace_of_message("<", kRoot).parent().trace_id, kTraceId);
  EXPECT_EQ(trace_of_message("<", kRoot).dropped().malformed, 1u);
}

TEST(TraceOfMessage, IsNoneOfAMessageWithoutOne) {
  const IncomingTrace none = trace_of_message("");
  const IncomingTrace bad = trace_of_message("Root=x\r\n");

  EXPECT_FALSE(none.parent().trace_id.valid() || none.refused());
  EXPECT_TRUE(bad.refused());
}

TEST(TraceOfMessage, OfABatchIsALinkEach) {
  Bench bench;
  {
    Span batch = bench.tracer.start("worker");
    for (const char* last : {"1", "2"}) {
      batch.link(
          trace_of_message(kRoot + ";Parent=000000000000000" + last + ";Sampled=1").parent());
    }
  }
  bench.flush();

  EXPECT_EQ(bench.memory.span("worker").links,
            (std::vector<LinkRecord>{{kTraceId, {1}}, {kTraceId, {2}}}));
}

}  // namespace
}  // namespace aloft
