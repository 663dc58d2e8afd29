// SPDX-License-Identifier: Apache-2.0
// Facts of one line each: what a caller may rely on and nothing else happens to touch.
#include "telemetry/bench_of_one.hpp"

#include <aloft/telemetry/current.hpp>
#include <aloft/telemetry/operations.hpp>
#include <aloft/telemetry/rule_sampler.hpp>
#include <aloft/telemetry/trace_context.hpp>

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace aloft {
namespace {

constexpr TraceContext kUndecided{
    {0x5759'E988'BD86'2E3F, 0xE1BE'46A9'9427'2793}, {0x5399'5C3F'42CD'8AD8}, Sampled::undecided};

TEST(Reason, HasTheNameThatTheBooksAreWrittenWith) {
  EXPECT_EQ(to_string(Reason::queue_full), "queue_full");
  EXPECT_EQ(to_string(Reason::span_limit), "span_limit");
  EXPECT_EQ(to_string(Reason::owner_gone), "owner_gone");
  EXPECT_EQ(to_string(Reason::forked), "forked");
  EXPECT_EQ(to_string(Reason::too_large), "too_large");
  EXPECT_EQ(to_string(Reason::refused), "refused");
  EXPECT_EQ(to_string(Reason::send_failed), "send_failed");
  EXPECT_EQ(to_string(Reason::unresolved), "unresolved");
  EXPECT_EQ(to_string(Reason::invalid), "invalid");
  EXPECT_EQ(to_string(Reason::over_share), "over_share");
  EXPECT_EQ(to_string(Reason::throttled), "throttled");
  EXPECT_EQ(to_string(Reason::unavailable), "unavailable");
  EXPECT_EQ(to_string(Reason::unauthorized), "unauthorized");
  EXPECT_EQ(to_string(Reason::missing), "missing");
  EXPECT_EQ(to_string(Reason::expired), "expired");
  EXPECT_EQ(to_string(Reason::damaged), "damaged");
  EXPECT_EQ(to_string(Reason::not_kept), "not_kept");
}

TEST(Reason, OfAnotherVersionIsInvalid) {
  EXPECT_EQ(to_string(static_cast<Reason>(250)), "invalid");
}

TEST(Telemetry, AssignedOverSendsWhatItHadAndTakesTheOthersPlace) {
  Bench other;  // first, for the former needs its clock to the end
  Bench former;
  former.tracer.start("of the former").end();

  former.telemetry = std::move(other.telemetry);

  EXPECT_EQ(former.memory.spans().size(), 1u);
  EXPECT_FALSE(former.tracer.start("too late").recording());
  former.telemetry.tracer().start("of the other").end();
  EXPECT_TRUE(former.flush().complete);
  EXPECT_EQ(other.memory.spans().size(), 1u);
  EXPECT_FALSE(other.telemetry.enabled());
}

TEST(Telemetry, AssignedToItselfGoesOn) {
  Bench bench;
  Telemetry& same = bench.telemetry;

  bench.telemetry = std::move(same);

  EXPECT_TRUE(bench.telemetry.enabled());
  EXPECT_TRUE(bench.tracer.start("still").recording());
}

TEST(Telemetry, FlushTakesADeadlineInsteadOfATimeout) {
  Bench bench;
  bench.tracer.start("one").end();

  const FlushReport report = bench.telemetry.flush(Deadline::after(bench.clock, seconds(1)));

  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.accounting.acknowledged, 1u);
  bench.telemetry.shutdown(seconds(1));
  EXPECT_TRUE(bench.telemetry.flush(Deadline::after(bench.clock, seconds(1))).complete);
}

TEST(Telemetry, RefusesTimeoutsBelowZero) {
  const auto orphans = Telemetry::create({.pipeline = {.orphan_timeout = seconds(-1)}});
  const auto shutdown = Telemetry::create({.pipeline = {.shutdown_timeout = seconds(-1)}});

  ASSERT_FALSE(orphans);
  ASSERT_FALSE(shutdown);
  EXPECT_EQ(orphans.error().message, "a timeout is negative");
  EXPECT_EQ(shutdown.error().code, ErrorCode::invalid_argument);
}

TEST(CurrentSpan, TakesMetadataAndErrorsOfFreeFunctions) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    const CurrentSpan scope(span);
    add_metadata("cart", "items", 3);
    set_error(Error{ErrorCode::unavailable, "the ledger is away", ""});
  }
  add_metadata("cart", "items", 4);
  set_error(Error{ErrorCode::unavailable, "nobody is current", ""});
  bench.flush();

  const testing::SpanCopy span = bench.memory.span("root");
  EXPECT_EQ(span.metadatum("cart/items"), "3");
  EXPECT_TRUE(span.fault);
  ASSERT_EQ(span.exceptions.size(), 1u);
  EXPECT_EQ(span.exceptions[0].message, "the ledger is away");
}

TEST(Span, KeepsTheLastOfTwoValuesUnderOneKeyOfMetadata) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    span.add_metadata("cart", "items", 3);
    span.add_metadata("cart", "items", 4);
  }
  bench.flush();

  ASSERT_EQ(bench.memory.span("root").metadata.size(), 1u);
  EXPECT_EQ(bench.memory.span("root").metadatum("cart/items"), "4");
}

TEST(Span, KeepsAHundredEntriesOfMetadataAndCountsTheRest) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    for (int i = 0; i < 102; ++i) span.add_metadata("cart", "item" + std::to_string(i), i);
  }
  bench.flush();

  EXPECT_EQ(bench.memory.span("root").metadata.size(), 100u);
  EXPECT_EQ(bench.telemetry.counters().annotations_dropped, 2u);
}

TEST(Span, CountsANumberThatJsonHasNoWordFor) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    span.annotate("ratio", std::numeric_limits<double>::infinity());
  }
  bench.flush();

  EXPECT_TRUE(bench.memory.span("root").annotations.empty());
  EXPECT_EQ(bench.telemetry.counters().annotations_dropped, 1u);
}

TEST(Tracer, ContinuesTheIdsOfATraceThatItsOwnSamplerDoesNotWant) {
  Bench bench({.sampling_rate = 0});

  const Span span = bench.tracer.start("root", {.parent = kUndecided});

  EXPECT_FALSE(span.recording());
  EXPECT_EQ(span.trace_id(), kUndecided.trace_id);
  EXPECT_NE(span.id(), kUndecided.span_id);
  EXPECT_EQ(span.context().sampled, Sampled::no);
  EXPECT_EQ(bench.telemetry.counters().sampled_out, 1u);
}

TEST(SqlQuery, OfATraceThatIsNotRecordedContinuesItsIds) {
  Bench bench({.sampling_rate = 0});
  Span root = bench.tracer.start("root");

  const Span query = sql_query(root, {.url = "postgresql://db.internal/ledger"});

  EXPECT_FALSE(query.recording());
  EXPECT_EQ(query.trace_id(), root.trace_id());
  EXPECT_NE(query.id(), root.id());
}

TEST(Traceparent, AsAResultCarriesTheValueOrTheReasonWithoutTheBytes) {
  const auto good = parse_traceparent("00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01");
  ASSERT_TRUE(good.has_value());
  EXPECT_EQ(*good, (TraceContext{kUndecided.trace_id, kUndecided.span_id, Sampled::yes}));

  const auto bad = parse_traceparent("00-00000000000000000000000000000000-53995c3f42cd8ad8-01");
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(bad.error().message, "traceparent header is refused: zero_id");
}

/// Keeps the last `resource_arn` that it was asked with.
class ArnSampler final : public Sampler {
 public:
  explicit ArnSampler(std::string& arn) : arn_(arn) {}
  bool sample(const SamplingRequest& request) const noexcept override {
    arn_ = request.service.resource_arn;
    return true;
  }

 private:
  std::string& arn_;
};

TEST(Sampler, IsToldTheArnOfAFunction) {
  std::string arn;
  Bench bench({.sampler = std::make_shared<ArnSampler>(arn),
               .resource_attributes = {{"cloud.resource_id", "arn:aws:lambda:::function:pay"}}});

  bench.tracer.start("root").end();

  EXPECT_EQ(arn, "arn:aws:lambda:::function:pay");
}

TEST(Sampler, IsToldTheArnOfAContainerBeforeThatOfAnythingElse) {
  std::string arn;
  Bench bench({.sampler = std::make_shared<ArnSampler>(arn),
               .resource_attributes = {{"aws.ecs.container.arn", "arn:aws:ecs:::container/a"},
                                       {"cloud.resource_id", "arn:aws:ecs:::task/b"}}});

  bench.tracer.start("root").end();

  EXPECT_EQ(arn, "arn:aws:ecs:::container/a");
}

TEST(SamplingRule, IsAnotherOneWithOtherAttributes) {
  const SamplingRule gold{.name = "gold", .attributes = {{"plan", "gold"}}};
  SamplingRule other = gold;

  EXPECT_EQ(gold, other);
  other.attributes[0].pattern = "silver";
  EXPECT_NE(gold, other);
  other.attributes[0] = {"tier", "gold"};
  EXPECT_NE(gold, other);
}

/// Time with a call in it: once, where the sampler looks at the clock.
class Interrupting final : public Clock {
 public:
  TimePoint now() const noexcept override { return {WallTime(seconds(1)), SteadyTime{}}; }
  SteadyTime steady_now() const noexcept override {
    if (auto call = std::exchange(call_, {})) call();
    return SteadyTime{};
  }
  void wait_until(std::unique_lock<std::mutex>&, std::condition_variable&, SteadyTime) override {}
  void call_once(std::function<void()> call) { call_ = std::move(call); }

 private:
  mutable std::function<void()> call_;
};

TEST(RuleSampler, ARuleThatIsBeingAskedOutlivesItsReplacement) {
  Interrupting clock;
  const auto sampler =
      *RuleSampler::create({{.name = "all of a long-winded kind", .rate = 1}}, clock);
  clock.call_once([&] {
    sampler->use_local({{.name = "none", .rate = 0}});
    sampler->use_local({{.name = "none of these", .rate = 0}});
  });
  const TraceContext none{};

  const bool by_the_former = sampler->sample({.name = "x", .parent = none, .tenant = {}});
  const bool by_the_next = sampler->sample({.name = "x", .parent = none, .tenant = {}});

  EXPECT_TRUE(by_the_former);
  EXPECT_FALSE(by_the_next);
}

TEST(RuleSampler, TellsWhichRuleIsForARequest) {
  testing::ManualClock clock;
  const auto sampler = *RuleSampler::create({{.name = "pay", .url_path = "/pay*"}}, clock);
  const TraceContext none{};

  EXPECT_EQ(sampler->rule_for(
                {.name = "x", .parent = none, .tenant = {}, .request = {.url_path = "/pay/1"}}),
            "pay");
  EXPECT_EQ(sampler->rule_for(
                {.name = "x", .parent = none, .tenant = {}, .request = {.url_path = "/health"}}),
            "Default");
}

}  // namespace
}  // namespace aloft
