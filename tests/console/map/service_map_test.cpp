// SPDX-License-Identifier: Apache-2.0
// The map and the overview: what traces add, in any order, and the bounds of it.
#include "console/map/service_map.hpp"

#include "map_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::console {
namespace {

using fixture::segment;

using fixture::failed_charge;
using fixture::http;
using fixture::kNow;
using fixture::record_of;
using fixture::times;

class ServiceMapTest : public fixture::ServiceMapTest {};

TEST_F(ServiceMapTest, JoinsACallToTheSegmentThatAnsweredIt) {
  add(record_of(failed_charge()));

  const MapView map = view();

  ASSERT_EQ(map.nodes.size(), 4U);
  EXPECT_EQ(map.nodes[0].name, "clients");
  EXPECT_EQ(map.nodes[1].name, "db");
  EXPECT_EQ(map.nodes[1].kind, NodeKind::database);
  EXPECT_EQ(map.nodes[2].name, "fraud");
  EXPECT_EQ(map.nodes[2].kind, NodeKind::service);
  EXPECT_EQ(map.nodes[2].sum.fault, 1U);
  EXPECT_EQ(map.nodes[3].name, "payments");
  EXPECT_TRUE(map.nodes[3].root);
  ASSERT_EQ(map.edges.size(), 3U);
  EXPECT_FALSE(map.truncated);
}

TEST_F(ServiceMapTest, CountsATraceOnceInWhateverOrderItComes) {
  add(record_of(failed_charge()));
  const std::string expected = json();
  auto documents = failed_charge();
  std::sort(documents.begin(), documents.end());
  do {
    map_.clear();
    std::shared_ptr<const TraceRecord> before;
    std::vector<std::string> so_far;
    for (const std::string& document : documents) {
      so_far.push_back(document);
      const auto record = record_of(so_far);
      add(record, before);
      before = record;
    }
    // Numbers of nodes tell the order of arrival; everything else must be the same.
    const MapView map = view();
    ASSERT_EQ(map.nodes.size(), 4U);
    ASSERT_EQ(map.edges.size(), 3U);
    for (const MapView::Node& node : map.nodes) EXPECT_EQ(node.sum.requests(), 1U) << node.name;
    for (const MapView::Edge& edge : map.edges) EXPECT_EQ(edge.sum.requests(), 1U);
    EXPECT_EQ(overview().problems.size(), 1U);
    EXPECT_EQ(overview().problems[0].key.culprit, "fraud");
  } while (std::next_permutation(documents.begin(), documents.end()));
  EXPECT_NE(expected.find(R"("name":"fraud","kind":"service")"), std::string::npos);
}

TEST_F(ServiceMapTest, ShowsAHostThatNeverAnsweredAsRemote) {
  auto documents = failed_charge();
  documents.pop_back();
  add(record_of(documents));

  EXPECT_EQ(view().nodes[2].kind, NodeKind::remote);

  // Once it has answered anybody, calls that it did not answer belong to it too.
  add(record_of(failed_charge(2), 2));
  const MapView map = view();
  ASSERT_EQ(map.nodes.size(), 4U);
  EXPECT_EQ(map.nodes[2].kind, NodeKind::service);
  EXPECT_EQ(map.edges[2].sum.requests(), 2U);
}

TEST_F(ServiceMapTest, SaysWhatIsWrongForWhom) {
  add(record_of(failed_charge(1, kNow - 120), 1, "globex"));
  add(record_of(failed_charge(2, kNow - 40), 2, "globex"));
  add(record_of(failed_charge(3, kNow - 10), 3, "globex"));
  add(record_of({segment(4, 2, kNow - 10, http(201))}, 4, "globex"));

  const auto problems = overview().problems;

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].tenant, "globex");
  EXPECT_EQ(problems[0].service, "payments");
  EXPECT_EQ(problems[0].route, "/v1/charges");
  EXPECT_EQ(problems[0].key.status, 503);
  EXPECT_EQ(problems[0].key.culprit, "fraud");
  EXPECT_EQ(problems[0].reason, "fraud answered 503");
  EXPECT_EQ(problems[0].count, 3U);
  EXPECT_EQ(problems[0].of, 4U);
  EXPECT_EQ(problems[0].first_us, (kNow - 40) * 1'000'000);  // the pause before was longer
  EXPECT_EQ(problems[0].last_us, (kNow - 10) * 1'000'000);
  EXPECT_EQ(problems[0].trace.value_or(TraceId()).text(), fixture::trace_text(3));
}

TEST_F(ServiceMapTest, TakesAClientsMistakesForNewsOnlyWhenTheyAreMost) {
  const auto mistake = [](std::uint64_t trace) {
    return record_of({segment(trace, 2, kNow - 10, http(404) + R"(,"error":true)")}, trace);
  };
  const auto fine = [](std::uint64_t trace) {
    return record_of({segment(trace, 2, kNow - 10, http(200))}, trace);
  };
  for (unsigned i = 1; i <= 2; ++i) add(mistake(i));
  EXPECT_TRUE(overview().problems.empty());  // of two requests nothing can be said
  for (unsigned i = 3; i <= 5; ++i) add(fine(i));
  EXPECT_TRUE(overview().problems.empty());

  for (unsigned i = 6; i <= 7; ++i) add(mistake(i));
  ASSERT_EQ(overview().problems.size(), 1U);
  EXPECT_EQ(overview().problems[0].key.kind, ProblemKind::error);
}

TEST_F(ServiceMapTest, PutsFaultsBeforeThrottlesBeforeErrorsBeforeSlowness) {
  const auto one = [](std::uint64_t trace, std::string_view flags, int status, double seconds) {
    const std::string json = R"({"name":"s","id":"0000000000000002","trace_id":")" +
                             fixture::trace_text(trace) + "\"," +
                             times(kNow - 10, kNow - 10 + seconds) +
                             http(status, "/r" + std::to_string(status)) + std::string(flags) + "}";
    return record_of({json}, trace);
  };
  add(one(1, "", 200, 1.5));
  for (unsigned i = 5; i < 10; ++i) add(one(i, R"(,"error":true)", 400, 0.1));
  add(one(3, R"(,"error":true,"throttle":true)", 429, 0.1));
  add(one(4, R"(,"fault":true)", 500, 0.1));

  const auto problems = overview().problems;

  ASSERT_EQ(problems.size(), 4U);
  EXPECT_EQ(problems[0].key.kind, ProblemKind::fault);
  EXPECT_EQ(problems[1].key.kind, ProblemKind::throttle);
  EXPECT_EQ(problems[2].key.kind, ProblemKind::error);
  EXPECT_EQ(problems[3].key.kind, ProblemKind::slow);
  EXPECT_EQ(problems[3].reason, "s took 1.5 s");
}

TEST_F(ServiceMapTest, ForgetsAfterAnHourAndCountsNothingFromBefore) {
  add(record_of({segment(1, 2, kNow - 3590)}));
  add(record_of({segment(2, 2, kNow - 3700)}, 2));
  EXPECT_EQ(map_.overview((kNow - 4000) * 1'000'000, kNow * 1'000'000).requests.requests(), 1U);

  set_now(kNow + 60);
  add(record_of({segment(3, 2, kNow + 50)}, 3));

  EXPECT_EQ(map_.overview((kNow - 4000) * 1'000'000, (kNow + 60) * 1'000'000).requests.requests(),
            1U);
}

TEST_F(ServiceMapTest, IsBoundedInNodesEdgesTenantsAndRoutes) {
  for (unsigned i = 0; i < 600; ++i) {
    const std::string name = "s" + std::to_string(i);
    add(record_of({segment(i, 2, kNow - 10, http(500, "/" + name) + R"(,"fault":true)", name)}, i,
                  "tenant" + std::to_string(i)));
  }

  const OverviewView all = overview();

  EXPECT_EQ(all.map.nodes.size(), kMaxMapNodes);
  EXPECT_TRUE(all.map.truncated);
  EXPECT_LE(all.map.edges.size(), kMaxMapEdges);
  EXPECT_EQ(all.requests.requests(), 600U);
  EXPECT_EQ(all.tenants.size(), kMaxMapTenants);
  EXPECT_TRUE(all.tenants[0].folded);
  EXPECT_EQ(all.tenants[0].sum.requests(), 600U - (kMaxMapTenants - 1));
  EXPECT_EQ(all.problems.size(), 10U);
}

TEST_F(ServiceMapTest, WritesTheContract) {
  add(record_of(failed_charge()));

  const std::string map = json();
  const std::string all = overview_json(map_, 5, clock_.now().wall);

  EXPECT_EQ(map.find(R"({"start":1763812050.000000,"end":1763812350.000000,"nodes":[{"id":)"), 0U)
      << map;
  EXPECT_NE(map.find(R"("kind":"client","root":false,"requests":1,"ok":0,"error":0,"throttle":0,)"
                     R"("fault":1,"p50":)"),
            std::string::npos)
      << map;
  EXPECT_NE(map.find(R"("histogram":[[)"), std::string::npos);
  EXPECT_NE(map.find(R"("truncated":false})"), std::string::npos);
  EXPECT_NE(all.find(R"("problems":[{"tenant":"acme","service":"payments","method":"POST",)"
                     R"("route":"/v1/charges","status":503,"culprit":"fraud",)"),
            std::string::npos)
      << all;
  EXPECT_NE(all.find(R"("q":"=tenant_id=acme =payments =POST /v1/charges =503"})"),
            std::string::npos)
      << all;
  EXPECT_NE(all.find(R"({"label":"acme","q":"=tenant_id=acme =fault","count":1})"),
            std::string::npos)
      << all;
}

TEST(Histogram, IsWithinTwoPercent) {
  for (double us = 2; us < 8e10; us *= 1.37) {
    const auto bucket = Histogram::bucket_of(std::llround(us));
    EXPECT_NEAR(Histogram::seconds_of(bucket) * 1e6, us, us * 0.02 + 0.5) << us;
  }
}

TEST(RouteOf, ReplacesWhatLooksLikeAnId) {
  EXPECT_EQ(route_of("http://h:80/v1/charges?limit=1"), "/v1/charges");
  EXPECT_EQ(route_of("https://h"), "/");
  EXPECT_EQ(route_of("/v1/charges/42/items"), "/v1/charges/{id}/items");
  EXPECT_EQ(route_of("/c/6b0862ad012345678901"), "/c/{id}");
  EXPECT_EQ(route_of("/c/ch_12ab34"), "/c/{id}");
  EXPECT_EQ(route_of("/v1/{id}/"), "/v1/{id}/");
  EXPECT_EQ(route_of(""), "");
}

TEST(TraceGraph, CountsASpanThatCameTwiceOnce) {
  const std::string call = R"({"name":"fraud","namespace":"remote","id":"0000000000000003",)";
  const auto record = record_of({
      segment(1, 2, kNow,
              R"(,"subsegments":[)" + call + R"("start_time":1.0,"in_progress":true}])"),
      segment(1, 3, kNow,
              R"(,"type":"subsegment","namespace":"remote","parent_id":"0000000000000002")",
              "fraud"),
  });

  ASSERT_EQ(record->calls.size(), 1U);
  EXPECT_EQ(record->calls[0].duration_us, 250'000);
}

TEST(TraceGraph, EndsInCirclesAndSurvivesForeignParents) {
  const auto record = record_of({
      segment(1, 5, kNow, R"(,"type":"subsegment","parent_id":"0000000000000006")"),
      segment(1, 6, kNow, R"(,"type":"subsegment","parent_id":"0000000000000005")"),
      segment(1, 7, kNow, R"(,"parent_id":"0000000000000007")"),
      segment(1, 8, kNow, R"(,"parent_id":"00000000000000aa")", "ledger"),
  });

  // Nothing without a parent has come: the first whose parent is not there was asked from outside.
  ASSERT_EQ(record->requests.size(), 1U);
  EXPECT_TRUE(record->calls.empty());
}

}  // namespace
}  // namespace aloft::console
