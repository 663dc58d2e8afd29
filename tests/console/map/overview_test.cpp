// SPDX-License-Identifier: Apache-2.0
// What the overview must tell whatever else happens: noise, full books, traces that change.
#include "map_fixture.hpp"

#include "console/search.hpp"
#include "console/trace_state.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace aloft::console {
namespace {

using fixture::http;
using fixture::kNow;
using fixture::record_of;
using fixture::segment;
using fixture::times;

class OverviewTest : public fixture::ServiceMapTest {
 protected:
  // `count` requests for as many paths that are not there.
  void scan(unsigned count, double at = kNow - 10) {
    for (unsigned i = 0; i < count; ++i) {
      add(record_of({segment(10'000 + i, 2, at,
                             http(404, "/x/" + std::string(1, static_cast<char>('a' + i % 26)) +
                                           std::to_string(i) + "x") +
                                 R"(,"error":true)")},
                    10'000 + i, ""));
    }
  }
  static std::shared_ptr<const TraceRecord> charge(std::uint64_t trace, int status,
                                                   double at = kNow - 10) {
    return record_of(
        {segment(trace, 2, at, http(status) + (status >= 500 ? ",\"fault\":true" : ""))}, trace);
  }
  std::string all() const { return overview_json(map_, 5, clock_.now().wall); }
};

TEST_F(OverviewTest, ShowsAnOutageBehindAScanner) {
  scan(300);

  for (unsigned i = 0; i < 50; ++i) add(charge(i, 500));

  const auto problems = overview().problems;
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].tenant, "acme");
  EXPECT_EQ(problems[0].count, 50U);
}

TEST_F(OverviewTest, TakesOneMissingIconForNoNews) {
  scan(1);

  EXPECT_TRUE(overview().problems.empty());
}

TEST_F(OverviewTest, NamesARouteThatAnswersOrFailsInPlaceOfAScannersPaths) {
  scan(600);

  for (unsigned i = 0; i < 10; ++i) add(charge(i, 200));
  for (unsigned i = 10; i < 20; ++i) add(charge(i, 500));

  const auto problems = overview().problems;
  ASSERT_EQ(problems.size(), 1U);  // each path was asked for once: no news
  EXPECT_EQ(problems[0].tenant, "acme");
  EXPECT_EQ(problems[0].route, "/v1/charges");
  EXPECT_EQ(problems[0].count, 10U);
  EXPECT_EQ(problems[0].of, 20U);
}

TEST_F(OverviewTest, SaysSinceWhenBeyondItsWindow) {
  std::uint64_t trace = 0;
  for (std::int64_t ago = 1800; ago >= 0; ago -= 20) {
    add(charge(++trace, 500, static_cast<double>(kNow - ago)));
  }

  ASSERT_EQ(overview().problems.size(), 1U);
  EXPECT_EQ(overview().problems[0].first_us, (kNow - 1800) * 1'000'000);
}

TEST_F(OverviewTest, TakesOutOnlyWhatItCounted) {
  const auto early = charge(1, 200, kNow + 75);
  add(early);  // too far ahead
  set_now(kNow + 20);
  add(charge(2, 200, kNow + 75));
  set_now(kNow + 21);

  add(charge(1, 500, kNow + 75), early);

  const auto after = map_.overview(kNow * 1'000'000, (kNow + 80) * 1'000'000);
  EXPECT_EQ(after.requests.requests(), 2U);
  EXPECT_EQ(after.requests.ok, 1U);
}

TEST_F(OverviewTest, KeepsATenantWhereItWasCounted) {
  for (unsigned i = 0; i < kMaxMapTenants; ++i) {
    add(record_of({segment(i, 2, kNow - 3550)}, i, "t" + std::to_string(i)));
  }
  const auto folded = record_of({segment(100, 2, kNow - 10)}, 100, "late");
  add(folded);
  set_now(kNow + 60);  // the others are forgotten
  add(record_of({segment(101, 2, kNow - 10)}, 101, "late"));

  add(record_of({segment(100, 2, kNow - 10, R"(,"fault":true)")}, 100, "late"), folded);

  const auto tenants = overview().tenants;
  ASSERT_EQ(tenants.size(), 1U);
  EXPECT_EQ(tenants[0].name, "late");
  EXPECT_EQ(tenants[0].sum.requests(), 2U);
  EXPECT_EQ(tenants[0].sum.fault, 1U);
}

TEST_F(OverviewTest, CountsSlowTracesExactly) {
  const auto lasting = [](std::uint64_t trace, double seconds) {
    return record_of(
        {R"({"name":"s","id":"0000000000000002","trace_id":")" + fixture::trace_text(trace) +
         "\"," + times(kNow - 10, kNow - 10 + seconds) + "}"},
        trace);
  };
  add(lasting(1, 0.999));
  add(lasting(2, 1.001));

  EXPECT_NE(all().find(R"({"label":"Slow","q":"duration>=1","count":1})"), std::string::npos)
      << all();
  EXPECT_NE(all().find(R"("max":1.001})"), std::string::npos) << all();
}

TEST_F(OverviewTest, CountsTheSlowestBucketFromItsLowerEdge) {
  add(record_of({segment(1, 2, kNow - 10)}));  // 0.25 s

  const std::string text = all();
  const std::size_t at = text.find(R"("q":"duration>=)");
  ASSERT_NE(at, std::string::npos) << text;
  const std::string query = text.substr(at + 5, text.find('"', at + 5) - at - 5);
  std::string searchable;
  append_duration(searchable, 250'000);

  EXPECT_TRUE(std::get<Query>(Query::parse(query)).matches(searchable)) << query;
  EXPECT_NE(text.find(query + R"(","count":1})"), std::string::npos) << text;
}

TEST_F(OverviewTest, LinksToTheTracesThatItCounted) {
  const std::string failed =
      segment(1, 2, kNow - 10,
              http(500) + R"(,"fault":true,"annotations":{"tenant_id":"acme","error":true})");
  add(record_of({failed}));
  TraceState state(fixture::trace_id(1));
  state.add(fixture::parsed(failed));
  const std::string text = state.searchable();

  EXPECT_NE(all().find(R"({"label":"Faults","q":"=fault","count":1},)"
                       R"({"label":"Errors","q":"=error","count":0})"),
            std::string::npos)
      << all();
  EXPECT_NE(all().find(R"("q":"=tenant_id=acme =payments =POST /v1/charges =500"})"),
            std::string::npos)
      << all();
  EXPECT_TRUE(std::get<Query>(Query::parse("=tenant_id=acme =payments =POST /v1/charges =500"))
                  .matches(text));
  EXPECT_FALSE(std::get<Query>(Query::parse("=error")).matches(text));
}

TEST_F(OverviewTest, HasNoSearchForTenantsThatAreFoldedTogether) {
  for (unsigned i = 0; i < 70; ++i) {
    add(record_of({segment(i, 2, kNow - 10, R"(,"fault":true)")}, i,
                  i == 0 ? "other" : "t" + std::to_string(i)));
  }

  EXPECT_EQ(all().find(R"json({"label":"(other tenants)")json"), std::string::npos) << all();
  EXPECT_NE(all().find(R"json({"tenant":"(other tenants)","requests":7,)json"), std::string::npos)
      << all();
  EXPECT_NE(all().find(R"({"tenant":"other","requests":1,)"), std::string::npos) << all();
}

TEST_F(OverviewTest, LinksToNoTraceOnceItsExamplesMovedAway) {
  std::vector<std::shared_ptr<const TraceRecord>> failed;
  for (unsigned i = 1; i <= 5; ++i) {
    failed.push_back(charge(i, 500));
    add(failed.back());
  }

  for (unsigned i = 2; i <= 5; ++i) add(charge(i, 200), failed[i - 1]);

  const auto problems = overview().problems;
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].count, 1U);
  EXPECT_FALSE(problems[0].trace.has_value());
  EXPECT_NE(all().find(R"("trace":"")"), std::string::npos);
}

TEST(Histogram, KnowsTheShortestTimeOfABucket) {
  for (Histogram::Bucket bucket = 0; bucket < Histogram::kBuckets; ++bucket) {
    const std::int64_t first = Histogram::first_us(bucket);
    EXPECT_GE(Histogram::bucket_of(first), bucket);
    EXPECT_LT(Histogram::bucket_of(std::max<std::int64_t>(first, 1) - 1), std::max(int{bucket}, 1));
  }
}

TEST(TraceGraph, CountsEachRequestOfOneCallerOutside) {
  const auto record = record_of({
      segment(1, 2, kNow, R"(,"parent_id":"00000000000000aa","fault":true)"),
      segment(1, 3, kNow + 1, R"(,"parent_id":"00000000000000aa","fault":true)"),
      segment(1, 4, kNow + 2, R"(,"parent_id":"00000000000000aa","fault":true)"),
      segment(1, 5, kNow + 3, R"(,"parent_id":"00000000000000bb","fault":true)"),
  });

  EXPECT_EQ(record->requests.size(), 3U);
}

TEST(TraceGraph, BlamesOnlyWhatTheRequestItselfFailedOf) {
  const auto record = record_of({
      segment(
          1, 2, kNow,
          R"(,"fault":true,"cause":{"exceptions":[{"id":"a","message":"orders db gone"}]},)"
          R"("subsegments":[{"name":"warm up","id":"0000000000000008",)" +
              times(kNow, kNow + 0.1) +
              R"(,"subsegments":[{"name":"cache","id":"0000000000000009","namespace":"remote",)" +
              times(kNow, kNow + 0.1) + R"(,"fault":true}]}])",
          "orders"),
      segment(1, 3, kNow + 1,
              R"(,"fault":true,"subsegments":[{"name":"tax","id":"000000000000000a",)" +
                  times(kNow + 1, kNow + 1.1) +
                  R"(,"namespace":"remote","fault":true,)"
                  R"("cause":{"exceptions":[{"id":"b","message":"tax refused"}]}}])",
              "billing"),
  });

  ASSERT_EQ(record->requests.size(), 2U);
  EXPECT_EQ(record->requests[0].culprit, "orders");
  EXPECT_EQ(record->requests[0].reason, "orders db gone");
  EXPECT_EQ(record->requests[1].culprit, "tax");
  EXPECT_EQ(record->requests[1].reason, "tax refused");
}

}  // namespace
}  // namespace aloft::console
