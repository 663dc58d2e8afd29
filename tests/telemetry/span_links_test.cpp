// SPDX-License-Identifier: Apache-2.0
// Links of spans: what is kept of them, and how each wire tells them.
#include <aloft/telemetry/format/otlp.hpp>
#include <aloft/telemetry/format/xray_document.hpp>

#include "telemetry/bench_of_one.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aloft {
namespace {

constexpr TraceId kOther{0x5759e988bd862e3fULL, 0xe1be46a994272793ULL};

TraceContext span_of(TraceId trace, std::uint64_t id) { return {trace, {id}, Sampled::yes}; }

TEST(SpanLinks, AreKeptInTheirOrderOnAnySpan) {
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    Span child = root.child("child");
    root.link(span_of(kOther, 2));
    root.link(span_of({0, 7}, 1));
    child.link(span_of(kOther, 3));
  }
  bench.flush();

  EXPECT_EQ(bench.memory.span("root").links,
            (std::vector<LinkRecord>{{kOther, {2}}, {{0, 7}, {1}}}));
  EXPECT_EQ(bench.memory.span("child").links, (std::vector<LinkRecord>{{kOther, {3}}}));
}

TEST(SpanLinks, OfTheSameSpanAreOne) {
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    root.link(span_of(kOther, 2));
    root.link(span_of(kOther, 2));
  }
  bench.flush();

  EXPECT_EQ(bench.memory.span("root").links.size(), 1u);
  EXPECT_EQ(bench.telemetry.counters().links_dropped, 0u);
}

TEST(SpanLinks, ThatNameNoSpanAreCounted) {
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    root.link({});
    root.link(span_of(kOther, 0));
    root.link(span_of({}, 1));
  }
  bench.flush();

  EXPECT_TRUE(bench.memory.span("root").links.empty());
  EXPECT_EQ(bench.telemetry.counters().links_dropped, 3u);
}

TEST(SpanLinks, LeadToTwentyTracesAtMostOfAWholeSegment) {
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    Span child = root.child("child");
    for (std::uint64_t i = 1; i <= 15; ++i) root.link(span_of({0, i}, 1));
    for (std::uint64_t i = 16; i <= 22; ++i) child.link(span_of({0, i}, 1));
    child.link(span_of({0, 3}, 2));  // a trace that is linked already
  }
  bench.flush();

  EXPECT_EQ(bench.memory.span("root").links.size(), 15u);
  EXPECT_EQ(bench.memory.span("child").links.size(), 6u);
  EXPECT_EQ(bench.memory.span("child").links.back(), (LinkRecord{{0, 3}, {2}}));
  EXPECT_EQ(bench.telemetry.counters().links_dropped, 2u);
}

TEST(SpanLinks, AreAHundredAtMostOfAWholeSegment) {
  Bench bench;
  for (int again = 0; again < 2; ++again) {
    Span root = bench.tracer.start("root");
    for (std::uint64_t i = 1; i <= 103; ++i) root.link(span_of(kOther, i));
  }
  bench.flush();

  EXPECT_EQ(bench.memory.spans().at(0).links.size(), 100u);
  EXPECT_EQ(bench.memory.spans().at(1).links.size(), 100u);
  EXPECT_EQ(bench.telemetry.counters().links_dropped, 6u);
}

TEST(SpanLinks, AreNothingOnASpanThatIsNotRecorded) {
  Bench bench({.sampling_rate = 0});
  Span span = bench.tracer.start("root");

  span.link({});

  EXPECT_EQ(bench.telemetry.counters().links_dropped, 0u);
}

SpanRecord linked(const std::vector<LinkRecord>& links) {
  SpanRecord record;
  record.name = "worker";
  record.id = {1};
  record.start = WallTime(std::chrono::seconds(1'763'812'345));
  record.duration = milliseconds(5);
  record.links = links;
  return record;
}

TEST(SpanLinks, AreMembersOfAnXRayDocument) {
  const std::vector<LinkRecord> links = {{kOther, {0x53995c3f42cd8ad8}}, {{0, 7}, {1}}};
  const SpanRecord spans[] = {linked(links)};
  const Resource resource{"worker", ""};
  const TraceRecord trace{kOther, true, spans};
  XRayDocumentWriter writer;
  writer.begin(resource, trace);

  const std::string text(writer.next()->text);

  const std::string expected =
      R"("links":[{"trace_id":"1-5759e988-bd862e3fe1be46a994272793","id":"53995c3f42cd8ad8"},)"
      R"({"trace_id":"1-00000000-000000000000000000000007","id":"0000000000000001"}]})";
  EXPECT_TRUE(text.ends_with(expected)) << text;
}

TEST(SpanLinks, AreLinksOfOtlp) {
  const std::vector<LinkRecord> links = {{kOther, {0x53995c3f42cd8ad8}}};
  const SpanRecord spans[] = {linked(links)};
  const TraceRecord trace{kOther, true, spans};
  OtlpTraceWriter writer;
  writer.begin(trace);

  const std::string bytes(writer.next()->bytes);

  // Field 13 of 28 bytes: trace_id = 1 of 16, span_id = 2 of 8.
  const std::string link =
      "\x6a\x1c\x0a\x10\x57\x59\xe9\x88\xbd\x86\x2e\x3f\xe1\xbe\x46\xa9\x94\x27\x27\x93\x12\x08"
      "\x53\x99\x5c\x3f\x42\xcd\x8a\xd8";
  EXPECT_NE(bytes.find(link), std::string::npos);
}

}  // namespace
}  // namespace aloft
