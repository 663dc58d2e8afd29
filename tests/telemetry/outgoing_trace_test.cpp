// SPDX-License-Identifier: Apache-2.0
// What goes on with a trace: over children and threads, recorded, dropped and passed through.
#include <aloft/telemetry/outgoing_trace.hpp>

#include <aloft/telemetry/carry.hpp>
#include <aloft/telemetry/incoming_trace.hpp>

#include "telemetry/bench_of_one.hpp"
#include "telemetry/pipeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace aloft {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kRoot = "Root=1-5759e988-bd862e3fe1be46a994272793";

TraceExtras extras(std::string_view lineage = "25:a87bd80c:1") {
  TraceExtras made;
  DroppedPairs dropped;
  made.add_pair("Lineage", lineage, dropped);
  made.add_tracestate("rojo=1", dropped);
  return made;
}

std::string sent(const Span& span) { return std::string(OutgoingTrace(span).xray()); }

/// The headers that a call would have, without the id of the span.
std::vector<std::string> headers(const Span& span,
                                 std::optional<HeaderFormats> formats = std::nullopt) {
  std::vector<std::string> all;
  OutgoingTrace(span, formats.value_or(span.trace_headers().written))
      .each([&](std::string_view name, std::string_view value) {
        all.push_back(std::string(name) + ": " + std::string(value));
        const std::string id(span.id().text().view());
        if (const auto at = all.back().find(id); at != std::string::npos) {
          all.back().replace(at, id.size(), "ID");
        }
      });
  return all;
}

TraceContext parent(Sampled sampled) {
  return {{0x5759e988bd862e3f, 0xe1be46a994272793}, {1}, sampled};
}

TEST(OutgoingTrace, HasTheExtrasOfTheTraceInEachCallOfARecordedRequest) {
  Bench bench;
  Span root = bench.tracer.start("payments", {.parent = parent(Sampled::yes)});
  root.pass_on(extras());

  const Span call = root.child("ledger", SpanKind::remote);

  EXPECT_THAT(headers(call), ElementsAre("X-Amzn-Trace-Id: " + std::string(kRoot) +
                                             ";Parent=ID;Sampled=1;Lineage=25:a87bd80c:1",
                                         "traceparent: 00-5759e988bd862e3fe1be46a994272793-ID-01",
                                         "tracestate: rojo=1"));
}

TEST(OutgoingTrace, HasThemInEachCallOfADroppedRequest) {
  Bench bench;
  Span root = bench.tracer.start("payments", {.parent = parent(Sampled::no)});
  root.pass_on(extras());
  Span step = root.child("step");

  const Span call = step.child("ledger", SpanKind::remote);

  EXPECT_THAT(headers(call), ElementsAre("X-Amzn-Trace-Id: " + std::string(kRoot) +
                                             ";Parent=ID;Sampled=0;Lineage=25:a87bd80c:1",
                                         "traceparent: 00-5759e988bd862e3fe1be46a994272793-ID-00",
                                         "tracestate: rojo=1"));
  EXPECT_FALSE(call.recording());
}

TEST(OutgoingTrace, OfATraceThatIsPassedThroughSaysWhatCameAndNoDecision) {
  Bench bench;
  const TraceContext root_only{parent(Sampled::undecided).trace_id, {}, Sampled::undecided};
  Span request = bench.tracer.pass_through(root_only);
  request.pass_on(extras());
  Span step = request.child("step");

  const Span call = step.child("ledger", SpanKind::remote);

  EXPECT_THAT(headers(call),
              ElementsAre("X-Amzn-Trace-Id: " + std::string(kRoot) + ";Lineage=25:a87bd80c:1"));
  EXPECT_FALSE(call.recording());
  EXPECT_EQ(bench.telemetry.accounting().accepted, 0u);
}

TEST(OutgoingTrace, OfATraceThatIsPassedThroughKeepsItsParentAndItsQuestion) {
  Bench bench;
  Span request = bench.tracer.pass_through(parent(Sampled::requested));

  EXPECT_EQ(sent(request.child("ledger")),
            std::string(kRoot) + ";Parent=0000000000000001;Sampled=?");
}

TEST(OutgoingTrace, OfADecidedTraceCannotBePassedThrough) {
  Bench bench;
  {
    const Span recorded = bench.tracer.pass_through(parent(Sampled::yes));
    const Span dropped = bench.tracer.pass_through(parent(Sampled::no));
    EXPECT_TRUE(recorded.recording());
    EXPECT_NE(dropped.id(), SpanId{1});
  }
  bench.flush();

  EXPECT_EQ(bench.memory.spans().size(), 1u);
}

TEST(OutgoingTrace, HasThemAfterTheRequestHasEndedAndOnOtherThreads) {
  Bench bench;
  std::optional<Span> root(bench.tracer.start("payments", {.parent = parent(Sampled::no)}));
  root->pass_on(extras());
  std::string on_thread;

  std::thread thread(carry(root->child("score"), [&](Span& span) { on_thread = sent(span); }));
  Span late = root->child("late");
  root.reset();
  thread.join();

  EXPECT_TRUE(on_thread.ends_with(";Sampled=0;Lineage=25:a87bd80c:1"));
  EXPECT_TRUE(sent(late.child("later")).ends_with(";Sampled=0;Lineage=25:a87bd80c:1"));
}

TEST(OutgoingTrace, HasThemInAChildOfASpanThatWasSent) {
  Bench bench;
  Span root = bench.tracer.start("payments", {.parent = parent(Sampled::yes)});
  root.pass_on(extras());
  root.end();
  bench.flush();

  EXPECT_TRUE(sent(root.child("afterwards")).ends_with(";Sampled=1;Lineage=25:a87bd80c:1"));
}

TEST(OutgoingTrace, MovesThemWithTheSpan) {
  Bench bench;
  Span root = bench.tracer.start("payments", {.parent = parent(Sampled::no)});
  root.pass_on(extras());

  const Span moved(std::move(root));

  EXPECT_EQ(moved.extras().pairs(), "Lineage=25:a87bd80c:1");
  EXPECT_TRUE(root.extras().empty());  // NOLINT(bugprone-use-after-move): that is the question
}

TEST(OutgoingTrace, HasTheExtrasThatWerePassedOnLast) {
  Bench bench;
  Span root = bench.tracer.start("payments", {.parent = parent(Sampled::no)});
  root.pass_on(extras("first"));
  const Span before = root.child("before");
  root.pass_on(extras("second"));

  EXPECT_EQ(before.extras().pairs(), "Lineage=first");
  EXPECT_EQ(root.child("after").extras().pairs(), "Lineage=second");
}

TEST(OutgoingTrace, HasNoneOfAnotherRequestThatCameLater) {
  Bench bench;
  {
    Span first = bench.tracer.start("payments", {.parent = parent(Sampled::no)});
    first.pass_on(extras("first"));
  }
  Span second = bench.tracer.start("payments", {.parent = parent(Sampled::no)});
  Span third = bench.tracer.start("payments", {.parent = parent(Sampled::no)});
  second.pass_on(extras("second"));

  EXPECT_EQ(second.extras().pairs(), "Lineage=second");
  EXPECT_TRUE(third.extras().empty());
}

TEST(OutgoingTrace, CountsExtrasThatFoundNoRoom) {
  Bench bench;
  std::vector<Span> spans;
  for (std::uint32_t i = 0; i < detail::kExtrasInFlight + 3; ++i) {
    spans.push_back(bench.tracer.start("payments", {.parent = parent(Sampled::no)}));
    spans.back().pass_on(extras());
  }

  EXPECT_EQ(bench.telemetry.counters().extras_dropped, 3u);
  EXPECT_FALSE(spans.front().extras().empty());
  EXPECT_TRUE(spans.back().extras().empty());
  spans.clear();
  Span next = bench.tracer.start("payments", {.parent = parent(Sampled::no)});
  next.pass_on(extras());
  EXPECT_FALSE(next.extras().empty());
}

TEST(OutgoingTrace, HasThemWhenTheTelemetryIsGone) {
  std::optional<Span> span;
  {
    Bench bench;
    span.emplace(bench.tracer.start("payments", {.parent = parent(Sampled::yes)}));
    span->pass_on(extras());
  }

  EXPECT_TRUE(sent(*span).ends_with(";Sampled=1;Lineage=25:a87bd80c:1"));
}

TEST(OutgoingTrace, IsWrittenInTheFormatsThatAreAskedFor) {
  Bench bench({.trace_headers = {.written = HeaderFormats::w3c}});
  Span span = bench.tracer.start("payments", {.parent = parent(Sampled::yes)});
  span.pass_on(extras());
  const std::string xray =
      "X-Amzn-Trace-Id: " + std::string(kRoot) + ";Parent=ID;Sampled=1;Lineage=25:a87bd80c:1";
  const std::string w3c = "traceparent: 00-5759e988bd862e3fe1be46a994272793-ID-01";

  EXPECT_THAT(headers(span), ElementsAre(w3c, "tracestate: rojo=1"));
  EXPECT_THAT(headers(span, HeaderFormats::xray), ElementsAre(xray));
  EXPECT_THAT(headers(span, HeaderFormats::w3c_then_xray),
              ElementsAre(xray, w3c, "tracestate: rojo=1"));
  EXPECT_THAT(headers(span, HeaderFormats::none), IsEmpty());
}

TEST(OutgoingTrace, OfASpanThatDoesNothingIsEmpty) {
  Span nothing;
  nothing.pass_on(extras());

  EXPECT_THAT(headers(nothing), IsEmpty());
  EXPECT_TRUE(nothing.extras().empty());
}

}  // namespace
}  // namespace aloft
