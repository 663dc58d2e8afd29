// SPDX-License-Identifier: Apache-2.0
#include "telemetry/bench_of_one.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace aloft {
namespace {

TEST(TraceBlock, IsHandedOverOnceAfterTheLastSpanEnds) {
  Bench bench;
  Span root = bench.tracer.start("root");
  Span child = root.child("child");

  root.end();
  bench.flush();
  EXPECT_EQ(bench.memory.spans().size(), 0u);  // the child is still open
  EXPECT_EQ(bench.telemetry.accounting().in_flight, 2u);

  child.end();
  bench.flush();
  bench.flush();
  EXPECT_EQ(bench.memory.spans().size(), 2u);
  EXPECT_EQ(bench.memory.batches(), 1u);
  EXPECT_TRUE(bench.memory.span("root").has_root);
  EXPECT_EQ(bench.telemetry.accounting().in_flight, 0u);
}

TEST(TraceBlock, GoesWithoutAChildThatOutlivesTheOrphanTimeout) {
  Bench bench({.pipeline = {.orphan_timeout = seconds(60)}});
  Span root = bench.tracer.start("root");
  Span orphan = root.child("orphan");
  root.child("done").end();
  root.end();

  bench.flush();
  bench.clock.advance(seconds(60));
  bench.flush();
  ASSERT_EQ(bench.memory.spans().size(), 2u);  // root and the child that was done
  EXPECT_EQ(bench.telemetry.counters().orphans, 1u);
  EXPECT_EQ(bench.telemetry.accounting().in_flight, 1u);

  orphan.annotate("late", true);
  orphan.end();
  bench.flush();
  const testing::SpanCopy sent = bench.memory.span("orphan");
  EXPECT_FALSE(sent.has_root);
  EXPECT_EQ(sent.parent_id, bench.memory.span("root").id);
  EXPECT_EQ(sent.annotation("late"), "true");
  EXPECT_EQ(bench.telemetry.accounting().balance(), 0);
  EXPECT_EQ(bench.telemetry.accounting().in_flight, 0u);
}

TEST(TraceBlock, OfAChildOfAnEndedParentGoesOnItsOwn) {
  Bench bench;
  Span root = bench.tracer.start("root");
  root.end();

  Span late = root.child("late");
  Span inner = late.child("inner");
  inner.end();
  late.end();
  bench.flush();

  EXPECT_EQ(bench.memory.span("late").trace_id, bench.memory.span("root").trace_id);
  EXPECT_EQ(bench.memory.span("late").parent_id, bench.memory.span("root").id);
  EXPECT_FALSE(bench.memory.span("late").has_root);
  EXPECT_EQ(bench.memory.span("inner").parent_id, bench.memory.span("late").id);
}

TEST(TraceBlock, HoldsMoreThanOneChunkOfSpansAndText) {
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    for (int i = 0; i < 100; ++i) {
      Span child = root.child("child" + std::to_string(i));
      child.add_metadata("text", std::string(3'000, static_cast<char>('a' + i % 26)));
    }
  }
  bench.flush();

  ASSERT_EQ(bench.memory.spans().size(), 101u);
  EXPECT_EQ(bench.memory.span("child27").metadatum("default/text"), std::string(3'000, 'b'));
  EXPECT_EQ(bench.memory.spans()[1].name, "child0");
  EXPECT_EQ(bench.memory.spans()[100].name, "child99");
}

TEST(TraceBlock, TakesChildrenOfManyThreadsAtOnce) {
  constexpr int kThreads = 8;
  constexpr int kChildren = 100;
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    std::vector<std::thread> threads;
    // A span is used by one thread at a time: each gets a parent of its own.
    std::vector<Span> parents;
    parents.reserve(kThreads);
    for (int t = 0; t < kThreads; ++t) parents.push_back(root.child("thread"));
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        Span& parent = parents[static_cast<std::size_t>(t)];
        for (int i = 0; i < kChildren; ++i) parent.child("leaf").annotate("thread", t);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  bench.flush();

  std::set<std::uint64_t> ids;
  for (const testing::SpanCopy& span : bench.memory.spans()) ids.insert(span.id.value);
  EXPECT_EQ(ids.size(), 1u + kThreads + kThreads * kChildren);
  EXPECT_EQ(bench.telemetry.accounting().acknowledged, 1u + kThreads + kThreads * kChildren);
  EXPECT_EQ(bench.telemetry.accounting().balance(), 0);
}

TEST(TraceBlock, IsNeverLostWhileRootAndChildrenEndOnDifferentThreads) {
  constexpr int kTraces = 2'000;
  testing::MemoryExporter memory;
  // Room for all of them: it is the race that may lose one here, not a worker without a core.
  auto telemetry = Telemetry::create({.service_name = "race",
                                      .exporter = memory.exporter(),
                                      .pipeline = {.queue_limit_bytes = kTraces * 16u << 10}});
  ASSERT_TRUE(telemetry);

  for (int i = 0; i < kTraces; ++i) {
    std::optional<Span> root(telemetry->tracer().start("root"));
    std::optional<Span> child(root->child("child"));
    std::thread other([&] { child.reset(); });
    root.reset();
    other.join();
  }
  const FlushReport report = telemetry->flush(seconds(10));

  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.accounting.acknowledged, 2u * kTraces);
  EXPECT_EQ(report.accounting.in_flight, 0u);
  EXPECT_EQ(memory.spans().size(), 2u * kTraces);
}

TEST(TraceBlock, OfManyThreadsIsAccountedForToTheLastSpan) {
  testing::MemoryExporter memory;
  auto telemetry = Telemetry::create({.service_name = "load",
                                      .exporter = memory.exporter(),
                                      .pipeline = {.queue_limit_bytes = 128u << 10}});
  ASSERT_TRUE(telemetry);
  const Tracer tracer = telemetry->tracer();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5'000; ++i) {
        Span root = tracer.start("root");
        Span child = root.child("child");
        child.annotate("i", i);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const FlushReport report = telemetry->flush(seconds(10));

  EXPECT_EQ(report.accounting.accepted, 4u * 5'000 * 2);
  EXPECT_EQ(report.accounting.acknowledged, memory.spans().size());
  EXPECT_EQ(report.accounting.acknowledged + report.accounting.dropped[Reason::queue_full],
            4u * 5'000 * 2);
  EXPECT_EQ(report.accounting.balance(), 0);
}

}  // namespace
}  // namespace aloft
