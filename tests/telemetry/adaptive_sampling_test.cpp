// SPDX-License-Identifier: Apache-2.0
// How traces went, for a service that boosts what it samples while they go badly.
#include "bench_of_one.hpp"

#include <aloft/telemetry/rule_sampler.hpp>
#include <aloft/telemetry/tenant_sampler.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace aloft {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Samples no trace, or every one; the service may boost it.
SamplingRule boosted(double rate, std::string path = "*") {
  return {.name = "pay", .rate = rate, .url_path = std::move(path), .boost_limit = 0.5};
}

/// A service with central rules that keeps hardly any of the traces that the sampler did not want.
struct Bed {
  testing::ManualClock clock;
  std::shared_ptr<RuleSampler> rules = *RuleSampler::create({}, clock);
  Bench bench;

  explicit Bed(SamplingRule rule, TailOptions tail = {.kept_per_second = 1})
      : bench(options(rules, std::move(rule), tail)) {}

  static TelemetryOptions options(const std::shared_ptr<RuleSampler>& rules, SamplingRule rule,
                                  TailOptions tail) {
    rules->use_central({std::move(rule)});
    TelemetryOptions made;
    made.sampler = parent_based(*tenant_sampler({}, rules));  // whatever stands around it
    made.tail = tail;
    return made;
  }
  Span start(TraceContext parent = {}) const { return bench.tracer.start("", {.parent = parent}); }
  /// A trace whose root has this status.
  void answered(int status) const {
    Span root = start();
    root.set_http_response(status);
  }
  /// {traces, anomalies, sampled anomalies} since the last call.
  std::vector<std::uint64_t> taken() {
    bench.flush();
    const auto all = rules->take("pay").value_or(RuleStatistics{});
    return {all.traces, all.anomalies, all.sampled_anomalies};
  }
};
using Counts = std::vector<std::uint64_t>;

TEST(AdaptiveSampling, CountsTracesAndAnomaliesThatWereNotSampled) {
  Bed bed(boosted(0));

  bed.answered(200);
  bed.answered(503);

  EXPECT_EQ(bed.taken(), (Counts{2, 1, 0}));
  EXPECT_EQ(bed.taken(), (Counts{0, 0, 0}));  // once each
}

TEST(AdaptiveSampling, CountsThoseThatWereSampledApart) {
  Bed bed(boosted(1));

  bed.answered(200);
  bed.answered(500);

  EXPECT_EQ(bed.taken(), (Counts{2, 1, 1}));
}

TEST(AdaptiveSampling, AStatusSaysWhoseMistakeItWas) {
  Bed bed(boosted(0));

  for (const int status : {200, 302, 404, 429, 499}) bed.answered(status);
  EXPECT_EQ(bed.taken(), (Counts{5, 0, 0}));

  for (const int status : {500, 503, 599}) bed.answered(status);
  EXPECT_EQ(bed.taken(), (Counts{3, 3, 0}));
}

TEST(AdaptiveSampling, AFaultIsAnAnomalyWhateverItsStatus) {
  Bed bed(boosted(0));

  {
    Span root = bed.start();
    root.set_error("ledger", "m", ErrorClass::fault);
    root.set_http_response(200);
  }

  EXPECT_EQ(bed.taken(), (Counts{1, 1, 0}));
}

TEST(AdaptiveSampling, ATraceThatEndsAfterItsRequestWasReportedIsToldOfAlone) {
  Bed bed(boosted(0));
  Span open = bed.start();
  EXPECT_EQ(bed.rules->take("pay"), (RuleStatistics{.rule = "pay", .requests = 1}));

  open.end();
  bed.bench.flush();

  EXPECT_EQ(bed.rules->take("pay"), (RuleStatistics{.rule = "pay", .traces = 1}));
}

TEST(AdaptiveSampling, WithoutAStatusEveryErrorIsAnAnomalyAndSoIsOneOfAChild) {
  Bed bed(boosted(0));

  bed.start().set_error("bad_input", "m", ErrorClass::error);
  {
    Span root = bed.start();
    Span child = root.child("ledger");
    child.set_error("timeout", "m");
  }
  bed.start().end();

  EXPECT_EQ(bed.taken(), (Counts{3, 2, 0}));
}

TEST(AdaptiveSampling, ASlowRootIsAnAnomaly) {
  Bed bed(boosted(0), {.kept_per_second = 1, .slow = seconds(1)});
  for (const auto took : {seconds(1), seconds(0)}) {
    Span root = bed.start();
    bed.bench.clock.advance(took);
  }

  EXPECT_EQ(bed.taken(), (Counts{2, 1, 0}));
}

TEST(AdaptiveSampling, ARuleThatIsNotBoostedCountsNothing) {
  Bed bed({.name = "pay", .rate = 0});

  bed.answered(500);

  EXPECT_EQ(bed.taken(), (Counts{0, 0, 0}));
}

TEST(AdaptiveSampling, CountsNothingWithoutTheTail) {
  Bed bed(boosted(1), {});

  bed.answered(500);

  EXPECT_EQ(bed.taken(), (Counts{0, 0, 0}));
}

TEST(AdaptiveSampling, WhatACallerDecidedIsNotOurs) {
  Bed bed(boosted(1));
  TraceContext parent{{0x5759e988bd862e3f, 0xe1be46a994272793}, {7}};
  for (const Sampled decided : {Sampled::yes, Sampled::no}) {
    parent.sampled = decided;
    bed.start(parent).set_error("e", "m");
  }
  EXPECT_EQ(bed.taken(), (Counts{0, 0, 0}));

  parent.sampled = Sampled::undecided;
  bed.start(parent).set_error("e", "m");
  EXPECT_EQ(bed.taken(), (Counts{1, 1, 1}));
}

TEST(AdaptiveSampling, ATraceIsCountedOnceThoughAChildOutlivesItsRoot) {
  Bed bed(boosted(0));
  Span root = bed.start();
  Span child = root.child("later");
  root.set_http_response(500);
  root.end();
  bed.bench.flush();
  bed.bench.clock.advance(seconds(61));
  bed.bench.flush();  // the root goes without it
  child.end();

  EXPECT_EQ(bed.taken(), (Counts{1, 1, 0}));
}

TEST(AdaptiveSampling, KeepsItsCountsWhenRulesAreReadAgainAndForgetsARuleThatIsGone) {
  Bed bed(boosted(0));
  Span open = bed.start();
  bed.answered(500);
  bed.bench.flush();

  bed.rules->use_central({boosted(0.1)});
  open.set_http_response(500);
  open.end();
  EXPECT_EQ(bed.taken(), (Counts{2, 2, 0}));

  Span late = bed.start();
  bed.rules->use_central({{.name = "other", .boost_limit = 1}});
  late.set_http_response(500);
  late.end();
  EXPECT_EQ(bed.taken(), (Counts{0, 0, 0}));
  EXPECT_FALSE(bed.rules->take("other"));
}

TEST(AdaptiveSampling, AnAnomalyIsKeptByTheTailAllTheSameAndNotCountedAsSampled) {
  Bed bed(boosted(0));

  bed.answered(500);

  EXPECT_EQ(bed.taken(), (Counts{1, 1, 0}));
  EXPECT_EQ(bed.bench.telemetry.counters().tail_kept, 1u);
}

}  // namespace
}  // namespace aloft
