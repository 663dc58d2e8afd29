// SPDX-License-Identifier: Apache-2.0
#include "telemetry/bench_of_one.hpp"

#include <aloft/telemetry/current.hpp>
#include <aloft/telemetry/operations.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace aloft {
namespace {

TEST(Tracer, TakesItsDefaultsWhenOptionsAreEmpty) {
  testing::MemoryExporter memory;
  auto telemetry = Telemetry::from_environment(
      {.exporter = memory.exporter(), .pipeline = {.threading = Threading::manual}},
      Environment::of({}));
  ASSERT_TRUE(telemetry);

  telemetry->tracer().start("").end();
  telemetry->flush(seconds(1));

  ASSERT_EQ(memory.spans().size(), 1u);
  EXPECT_EQ(memory.spans()[0].name, "telemetry_test");  // the program's name
}

TEST(Tracer, TakesItsServiceFromTheEnvironmentBeforeTheOptions) {
  testing::MemoryExporter memory;
  auto telemetry = Telemetry::from_environment({.service_name = "code",
                                                .exporter = memory.exporter(),
                                                .pipeline = {.threading = Threading::manual}},
                                               Environment::of({{"AWS_XRAY_TRACING_NAME", "xray"},
                                                                {"ALOFT_SERVICE_NAME", "ours"},
                                                                {"ALOFT_ENVIRONMENT", "prod"}}));
  ASSERT_TRUE(telemetry);

  telemetry->tracer().start("").end();
  telemetry->flush(seconds(1));

  EXPECT_EQ(memory.spans().at(0).name, "ours");
  EXPECT_EQ(memory.spans().at(0).metadatum("service/environment"), "prod");
}

TEST(Tracer, RefusesInvalidOptionsAsValues) {
  const auto why = [](TelemetryOptions options) {
    options.service_name = options.service_name.empty() ? "payments" : options.service_name;
    const Result<Telemetry> made = Telemetry::create(std::move(options));
    return made ? std::string("accepted") : made.error().message;
  };

  EXPECT_EQ(why({.sampling_rate = 1.01}), "sampling rate is outside 0 to 1");
  EXPECT_EQ(why({.sampling_rate = -0.1}), "sampling rate is outside 0 to 1");
  EXPECT_EQ(why({.sampling_rate = std::nan("")}), "sampling rate is outside 0 to 1");
  EXPECT_EQ(why({.service_name = "a,b"}),
            "service_name is longer than 200 bytes or has a character X-Ray refuses");
  EXPECT_EQ(why({.service_name = std::string(201, 'a')}),
            "service_name is longer than 200 bytes or has a character X-Ray refuses");
  EXPECT_EQ(why({.pipeline = {.queue_limit_bytes = 0}}),
            "queue_limit_bytes is outside 64 KiB to 1 GiB");
  EXPECT_EQ(why({.pipeline = {.flush_interval = milliseconds(1)}}),
            "flush_interval is outside 100 ms to 1 min");
  EXPECT_EQ(why({.daemon_address = "nonsense"}), "the X-Ray daemon's address is malformed");
  EXPECT_EQ(why({.default_annotations = {{"", "x"}}}),
            "a default annotation's key is empty or longer than 500 bytes");
}

TEST(Tracer, PutsItsDefaultsOnEveryRoot) {
  Bench bench({.default_annotations = {{"region.name", "eu"}, {"cells", std::int64_t{3}}},
               .default_metadata = {{"build", {"commit", "abc"}}, {"build", {"dirty", false}}}});

  {
    Span root = bench.tracer.start("one");
    root.annotate("cells", 4);  // the span's own value wins
    Span child = root.child("child");
  }
  bench.tracer.start("two").end();
  bench.flush();

  EXPECT_EQ(bench.memory.span("one").annotation("region_name"), "eu");
  EXPECT_EQ(bench.memory.span("one").annotation("cells"), "4");
  EXPECT_EQ(bench.memory.span("two").annotation("cells"), "3");
  EXPECT_EQ(bench.memory.span("two").metadatum("build/commit"), "abc");
  EXPECT_EQ(bench.memory.span("two").metadatum("build/dirty"), "false");
  EXPECT_TRUE(bench.memory.span("child").annotations.empty());
}

TEST(Tracer, StartsANewTraceWithTheEpochSecondInItsId) {
  Bench bench;

  const Span span = bench.tracer.start("root");

  // ManualClock starts at 2025-01-02T03:04:05Z = 0x67760225.
  EXPECT_EQ(span.trace_id().epoch_seconds(), 0x67760225u);
  EXPECT_EQ(span.context().sampled, Sampled::yes);
}

TEST(Tracer, ContinuesTheTraceOfItsParent) {
  Bench bench;
  const TraceContext parent{
      {0x5759e988bd862e3f, 0xe1be46a994272793}, {0x53995c3f42cd8ad8}, Sampled::yes};

  bench.tracer.start("root", {.parent = parent, .kind = SpanKind::server}).end();
  bench.flush();

  const testing::SpanCopy span = bench.memory.span("root");
  EXPECT_EQ(span.trace_id, parent.trace_id);
  EXPECT_EQ(span.parent_id, parent.span_id);
  EXPECT_EQ(span.kind, SpanKind::server);
}

TEST(Tracer, ContinuesATraceWhoseHeaderHadNoParent) {
  Bench bench;
  const TraceContext root_only{{0x5759e988bd862e3f, 0xe1be46a994272793}, {}, Sampled::undecided};

  bench.tracer.start("root", {.parent = root_only}).end();
  bench.flush();

  EXPECT_EQ(bench.memory.span("root").trace_id, root_only.trace_id);
  EXPECT_FALSE(bench.memory.span("root").parent_id.valid());
}

TEST(Tracer, ObeysACallerWhoDecidedNotToSample) {
  Bench bench({.sampler = always()});
  const TraceContext parent{{1, 2}, {3}, Sampled::no};

  Span span = bench.tracer.start("root", {.parent = parent});
  Span child = span.child("child");

  EXPECT_FALSE(span.recording());
  EXPECT_EQ(span.trace_id(), parent.trace_id);
  EXPECT_EQ(child.trace_id(), parent.trace_id);
  EXPECT_EQ(child.context().sampled, Sampled::no);
  EXPECT_NE(child.id(), span.id());
  EXPECT_EQ(bench.telemetry.counters().sampled_out, 1u);
  EXPECT_EQ(bench.telemetry.accounting().accepted, 0u);
}

TEST(Tracer, ObeysACallerWhoDroppedWithoutGivingATrace) {
  Bench bench({.sampler = always()});

  Span dropped = bench.tracer.start("a", {.parent = {.sampled = Sampled::no}});

  EXPECT_FALSE(dropped.recording());
  EXPECT_TRUE(dropped.trace_id().valid());
  EXPECT_TRUE(dropped.id().valid());
  EXPECT_EQ(dropped.context().sampled, Sampled::no);
  EXPECT_EQ(bench.telemetry.counters().sampled_out, 1u);
}

TEST(Tracer, GivesTheTraceIdOrNothing) {
  Bench bench({.sampling_rate = 0.0});
  EXPECT_EQ(get_trace_id(), "");

  Span span = bench.tracer.start("unsampled");
  const CurrentSpan scope(span);

  EXPECT_EQ(get_trace_id(), "1-67760225-000000000000000000000002");
}

TEST(Tracer, GivesTheSpanIdOrNothing) {
  Bench bench;
  EXPECT_EQ(get_span_id(), "");

  Span span = bench.tracer.start("root");
  const CurrentSpan scope(span);

  EXPECT_EQ(get_span_id(), "0000000000000001");
}

TEST(Tracer, TracesADynamoDbOperationWithItsAwsBlock) {
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    Span put = dynamodb_operation(
        root, {.operation = "PutItem", .table_name = "charges", .region = "eu-central-1"});
  }
  bench.flush();

  const testing::SpanCopy put = bench.memory.span("DynamoDB");
  EXPECT_EQ(put.kind, SpanKind::aws);
  EXPECT_EQ(put.aws_operation, "PutItem");
  EXPECT_EQ(put.aws_table_name, "charges");
  EXPECT_EQ(put.aws_region, "eu-central-1");
  EXPECT_EQ(put.parent_id, bench.memory.span("root").id);
}

TEST(Tracer, DropsAndCountsWhenThePoolIsFull) {
  Bench bench({.pipeline = {.queue_limit_bytes = 64u << 10}});  // eight chunks
  std::vector<Span> open;
  open.reserve(10);

  for (int i = 0; i < 10; ++i) open.push_back(bench.tracer.start("root"));

  EXPECT_TRUE(open[7].recording());
  EXPECT_FALSE(open[8].recording());
  EXPECT_TRUE(open[8].context().trace_id.valid());  // ids still propagate
  const Accounting books = bench.telemetry.accounting();
  EXPECT_EQ(books.accepted, 10u);
  EXPECT_EQ(books.in_flight, 8u);
  EXPECT_EQ(books.dropped[Reason::queue_full], 2u);
  EXPECT_EQ(books.balance(), 0);
}

TEST(Tracer, RecordsAgainOnceTheFullPoolHasDrained) {
  Bench bench({.pipeline = {.queue_limit_bytes = 64u << 10}});
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 8; ++i) bench.tracer.start("root").end();
    bench.flush();
  }

  EXPECT_EQ(bench.telemetry.accounting().acknowledged, 40u);
  EXPECT_EQ(bench.telemetry.accounting().dropped.total(), 0u);
}

TEST(Tracer, LimitsTheSpansOfOneTraceAndCountsTheRest) {
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    for (std::size_t i = 0; i < kMaxSpansPerBlock + 5; ++i) root.child("child").end();
  }
  bench.flush();

  const Accounting books = bench.telemetry.accounting();
  EXPECT_EQ(books.accepted, kMaxSpansPerBlock + 6);
  EXPECT_EQ(books.balance(), 0);
  EXPECT_EQ(books.dropped[Reason::span_limit], 6u);
  EXPECT_EQ(books.dropped.total(), 6u);
}

TEST(Tracer, DropsWhatIsUnderADroppedSpan) {
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    for (std::size_t i = 0; i < kMaxSpansPerBlock; ++i) {
      Span item = root.child("item");
      item.child("sub").end();
    }
  }
  bench.flush();

  const Accounting books = bench.telemetry.accounting();
  EXPECT_EQ(books.acknowledged, kMaxSpansPerBlock);
  EXPECT_EQ(books.accepted, 2 * kMaxSpansPerBlock + 1);
  EXPECT_EQ(books.balance(), 0);
  for (const testing::SpanCopy& span : bench.memory.spans()) EXPECT_TRUE(span.has_root);
}

TEST(Tracer, DefaultConstructedDoesNothing) {
  const Tracer tracer;
  Span span = tracer.start("root");
  Span child = span.child("child");

  EXPECT_FALSE(tracer.enabled());
  EXPECT_FALSE(span.recording());
  EXPECT_FALSE(child.context().trace_id.valid());
}

TEST(Sampler, FollowsTheParentsDecision) {
  const std::shared_ptr<const Sampler> sampler = parent_based(never());
  const TraceContext yes{{1, 2}, {3}, Sampled::yes};
  const TraceContext undecided{{1, 2}, {3}, Sampled::undecided};

  EXPECT_TRUE(sampler->sample({.name = "x", .parent = yes, .tenant = {}}));
  EXPECT_FALSE(sampler->sample({.name = "x", .parent = undecided, .tenant = {}}));
}

TEST(Sampler, KeepsTheFixedRate) {
  const std::shared_ptr<const Sampler> quarter = *fixed_rate(0.25);
  const TraceContext none;
  const auto sampled = [&](std::uint64_t draw) {
    return quarter->sample({.name = "x", .parent = none, .tenant = {}, .draw = draw});
  };

  EXPECT_TRUE(sampled(0));
  EXPECT_TRUE(sampled(0x3FFF'FFFF'FFFF'FFFF));
  EXPECT_FALSE(sampled(0x4000'0000'0000'0000));
  EXPECT_FALSE(sampled(0xFFFF'FFFF'FFFF'FFFF));
}

}  // namespace
}  // namespace aloft
