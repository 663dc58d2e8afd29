// SPDX-License-Identifier: Apache-2.0
// Traces that the sampler did not want, and that turn out to matter.
#include "bench_of_one.hpp"

#include <aloft/telemetry/operations.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace aloft {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TraceContext kUndecided{{0x5759e988bd862e3f, 0xe1be46a994272793}, {7}};

TelemetryOptions options(TailOptions tail, double rate = 0) {
  TelemetryOptions made;
  made.sampling_rate = rate;
  made.tail = tail;
  return made;
}

TEST(Tail, KeepsATraceInWhichSomethingFailed) {
  Bench bench(options({.kept_per_second = 10}));
  {
    Span root = bench.tracer.start("root");
    Span child = root.child("child");
    child.set_error("timeout", "it took too long");
  }

  bench.flush();

  EXPECT_EQ(bench.memory.span("child").name, "child");
  EXPECT_EQ(bench.memory.spans().size(), 2u);
  EXPECT_EQ(bench.telemetry.counters().tail_kept, 1u);
  EXPECT_EQ(bench.telemetry.accounting().balance(), 0);
}

TEST(Tail, LetsGoOfWhatEndsWell) {
  Bench bench(options({.kept_per_second = 10}));
  { Span root = bench.tracer.start("root"); }

  bench.flush();

  EXPECT_TRUE(bench.memory.spans().empty());
  EXPECT_EQ(bench.telemetry.counters().sampled_out, 1u);
  EXPECT_EQ(bench.telemetry.accounting().dropped[Reason::not_kept], 1u);
  EXPECT_EQ(bench.telemetry.accounting().in_flight, 0u);
  EXPECT_EQ(bench.telemetry.accounting().balance(), 0);
}

TEST(Tail, KeepsWhatIsSlow) {
  Bench bench(options({.kept_per_second = 10, .slow = seconds(1)}));
  {
    Span slow = bench.tracer.start("slow");
    bench.clock.advance(seconds(1));
  }
  {
    Span quick = bench.tracer.start("quick");
    bench.clock.advance(milliseconds(999));
  }

  bench.flush();

  ASSERT_EQ(bench.memory.spans().size(), 1u);
  EXPECT_EQ(bench.memory.spans()[0].name, "slow");
}

TEST(Tail, KeepsWhatAStatusSaysIsAnError) {
  Bench bench(options({.kept_per_second = 10}));
  {
    Span root = bench.tracer.start("root", {.kind = SpanKind::server});
    root.set_http_response(404);
  }

  bench.flush();

  EXPECT_EQ(bench.memory.spans().size(), 1u);
}

TEST(Tail, KeepsNoMoreThanItMay) {
  Bench bench(options({.kept_per_second = 2}));
  const auto fail = [&](int times) {
    for (int i = 0; i < times; ++i) bench.tracer.start("root").set_error("e", "m");
    bench.flush();
    return bench.telemetry.counters().tail_kept;
  };

  EXPECT_EQ(fail(100), 2u);
  EXPECT_EQ(fail(100), 2u);
  bench.clock.advance(seconds(1));
  EXPECT_EQ(fail(100), 4u);
  bench.clock.advance(seconds(100));
  EXPECT_EQ(fail(100), 6u);
}

TEST(Tail, TellsOthersThatTheTraceIsNotSampled) {
  Bench bench(options({.kept_per_second = 10}));

  Span root = bench.tracer.start("root", {.parent = kUndecided});
  Span child = root.child("child");

  EXPECT_TRUE(root.recording());
  EXPECT_TRUE(child.recording());
  EXPECT_EQ(root.context().sampled, Sampled::no);
  EXPECT_EQ(child.context().sampled, Sampled::no);
  EXPECT_EQ(child.trace_id(), kUndecided.trace_id);
}

TEST(Tail, NeverLooksAtWhatACallerDecided) {
  Bench bench(options({.kept_per_second = 10}));
  TraceContext dropped = kUndecided;
  dropped.sampled = Sampled::no;

  bench.tracer.start("root", {.parent = dropped}).set_error("e", "m");
  bench.flush();

  EXPECT_TRUE(bench.memory.spans().empty());
  EXPECT_EQ(bench.telemetry.accounting().accepted, 0u);
}

TEST(Tail, WhatWasSampledIsNoneOfItsBusiness) {
  Bench bench(options({.kept_per_second = 1}, 1));

  for (int i = 0; i < 10; ++i) bench.tracer.start("root").set_error("e", "m");
  bench.flush();

  EXPECT_EQ(bench.memory.spans().size(), 10u);
  EXPECT_EQ(bench.telemetry.counters().tail_kept, 0u);
}

TEST(Tail, SaysWhyItWasKept) {
  Bench bench(options({.kept_per_second = 10}));

  bench.tracer.start("root").set_error("e", "m");
  bench.flush();

  EXPECT_EQ(bench.memory.span("root").sampling_rule, "tail");
}

TEST(Tail, AChildThatOutlivesItsRootGoesTheSameWay) {
  TelemetryOptions made = options({.kept_per_second = 10});
  made.pipeline.orphan_timeout = seconds(1);
  Bench bench(std::move(made));
  Span root = bench.tracer.start("root");
  Span orphan = root.child("orphan");
  root.end();
  bench.clock.advance(seconds(2));
  bench.flush();
  bench.clock.advance(seconds(2));
  bench.flush();

  orphan.set_error("e", "m");
  orphan.end();
  bench.flush();

  EXPECT_TRUE(bench.memory.spans().empty());
  EXPECT_EQ(bench.telemetry.accounting().dropped[Reason::not_kept], 2u);
  EXPECT_EQ(bench.telemetry.accounting().balance(), 0);
}

TEST(Tail, LeavesRoomForWhatIsSampled) {
  Bench bench(options({.kept_per_second = 10}));
  TraceContext sampled = kUndecided;
  sampled.sampled = Sampled::yes;
  std::vector<Span> open;
  for (int i = 0; i < 1'000; ++i) open.push_back(bench.tracer.start("open"));

  const Span wanted = bench.tracer.start("wanted", {.parent = sampled});

  EXPECT_TRUE(wanted.recording());
  EXPECT_TRUE(open.front().recording());
  EXPECT_FALSE(open.back().recording());
  EXPECT_GT(bench.telemetry.counters().sampled_out, 0u);
  EXPECT_EQ(bench.telemetry.counters().tail_full, bench.telemetry.counters().sampled_out);
  open.clear();
  bench.flush();
  EXPECT_TRUE(bench.tracer.start("again").recording());
}

TEST(Tail, WhatFoundNoRoomIsNoCandidate) {
  TelemetryOptions made = options({.kept_per_second = 10});
  made.pipeline.queue_limit_bytes = 64u << 10;
  Bench bench(std::move(made));
  TraceContext sampled = kUndecided;
  sampled.sampled = Sampled::yes;
  std::vector<Span> open;
  for (int i = 0; i < 100; ++i) open.push_back(bench.tracer.start("open", {.parent = sampled}));
  for (int i = 0; i < 100; ++i) bench.tracer.start("no room").end();
  open.clear();
  bench.flush();

  const Span candidate = bench.tracer.start("room again");

  EXPECT_TRUE(candidate.recording());
}

TEST(Tail, KnowsTheQueriesOfWhatItKeeps) {
  Bench bench(options({.kept_per_second = 10}));
  {
    Span root = bench.tracer.start("root");
    Span query = sql_query(root, {.url = "postgresql://db/orders", .database_type = "PostgreSQL"});
    query.set_error("e", "m");
  }

  bench.flush();

  EXPECT_EQ(bench.memory.span("orders@db").sql.database_type, "PostgreSQL");
}

TEST(Tail, RefusesWhatIsOutOfRange) {
  const auto refused = [](TailOptions tail) {
    const auto made = Telemetry::create(options(tail));
    return !made && made.error().code == ErrorCode::invalid_argument;
  };

  EXPECT_TRUE(refused({.kept_per_second = -1}));
  EXPECT_TRUE(refused({.kept_per_second = 1'001}));
  EXPECT_TRUE(refused({.kept_per_second = 1e-10}));
  EXPECT_TRUE(refused({.kept_per_second = std::numeric_limits<double>::quiet_NaN()}));
  EXPECT_TRUE(refused({.slow = seconds(-1)}));
}

}  // namespace
}  // namespace aloft
