// SPDX-License-Identifier: Apache-2.0
// What X-Ray's API makes of a trace: the fold, the filter on it, and the merged documents.
#include "console/xray/trace_fold.hpp"

#include "console/xray/filter.hpp"
#include "console/xray/merged_trace.hpp"

#include "../documents.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace aloft::console::xray {
namespace {

using fixture::segment;

TraceDetail detail_of(const std::vector<std::string>& documents) {
  TraceDetail detail;
  for (const std::string& document : documents) {
    if (!detail.documents.empty()) detail.documents += ',';
    detail.documents += document;
    detail.ends.push_back(detail.documents.size());
  }
  return detail;
}

std::vector<std::string> charge() {
  return {
      segment(1, 1, 100.0,
              R"(,"fault":true,"user":"u-1","origin":"AWS::ECS::Container",)"
              R"("http":{"request":{"method":"POST","url":"http://h/v1/charges",)"
              R"("user_agent":"curl","client_ip":"10.0.0.1"},"response":{"status":503}},)"
              R"("annotations":{"tenant_id":"acme","cents":42,"retry":true})"),
      segment(1, 3, 100.1, R"(,"parent_id":"0000000000000002","error":true,"throttle":true)",
              "fraud"),
      segment(1, 2, 100.05,
              R"(,"type":"subsegment","parent_id":"0000000000000001","namespace":"remote")",
              "fraud"),
  };
}

TraceFold fold_of(const std::vector<std::string>& documents) {
  return TraceFolder().fold(detail_of(documents), FoldDepth::spans);
}

bool matches(const std::string& expression, const TraceFold& fold) {
  const auto parsed = Filter::parse(expression);
  const auto* filter = std::get_if<Filter>(&parsed);
  EXPECT_NE(filter, nullptr) << expression;
  return filter != nullptr && filter->matches(fold);
}

TEST(TraceFold, TellsTheRootWhateverTheOrder) {
  auto documents = charge();
  std::sort(documents.begin(), documents.end());
  do {
    const TraceFold fold = fold_of(documents);
    EXPECT_EQ(fold.entry, "payments");
    EXPECT_TRUE(fold.fault);
    EXPECT_FALSE(fold.error);  // the root's own
    EXPECT_TRUE(fold.throttle);
    EXPECT_FALSE(fold.partial);
    EXPECT_EQ(fold.status, 503);
    EXPECT_EQ(fold.user_agent, "curl");
    EXPECT_EQ(fold.client_ip, "10.0.0.1");
    EXPECT_DOUBLE_EQ(fold.duration(), 0.35);
    EXPECT_DOUBLE_EQ(fold.response_time(), 0.25);
    EXPECT_EQ(fold.services.size(), 2U);
    EXPECT_EQ(fold.annotations.size(), 3U);
  } while (std::next_permutation(documents.begin(), documents.end()));
}

TEST(TraceFold, IsPartialWithoutItsRoot) {
  EXPECT_TRUE(fold_of({charge()[1]}).partial);
  EXPECT_TRUE(fold_of({fixture::in_progress(1, 1)}).partial);
}

TEST(XrayFilter, HoldsWhereEveryTermHolds) {
  const TraceFold fold = fold_of(charge());

  for (const char* expression :
       {"", "fault", "FAULT throttle", "!ok", "!partial and fault", "service(\"fraud\")",
        "!service(\"ledger\")", "annotation.tenant_id = \"acme\"", "annotation[cents] >= 42",
        "annotation.retry = true", "annotation.cents", "user BEGINSWITH \"u\"",
        "http.url CONTAINS \"charges\" AND http.status = 503", "http.method != \"GET\"",
        "duration > 0.3 responsetime <= 0.25"}) {
    EXPECT_TRUE(matches(expression, fold)) << expression;
  }
  for (const char* expression :
       {"ok", "error", "fault ok", "service(\"ledger\")", "annotation.tenant_id = \"globex\"",
        "annotation.cents > 42", "annotation.nothing", "duration < 0.1", "http.status = 200"}) {
    EXPECT_FALSE(matches(expression, fold)) << expression;
  }
}

TEST(MergedTrace, PutsWhatCameAloneBackIntoItsParentWhateverTheOrder) {
  auto documents = charge();
  documents.push_back(
      segment(1, 4, 100.06, R"(,"type":"subsegment","parent_id":"0000000000000002")", "attempt"));
  std::sort(documents.begin(), documents.end());
  do {
    auto merged = merge_segments(detail_of(documents));
    ASSERT_EQ(merged.size(), 2U);
    if (merged[0].id != "0000000000000001") std::swap(merged[0], merged[1]);
    const std::string& root = merged[0].document;
    const std::size_t call = root.find(R"("subsegments":[{"name":"fraud","id":"0000000000000002")");
    const std::size_t attempt = root.find(R"("subsegments":[{"name":"attempt")");
    ASSERT_NE(call, std::string::npos) << root;
    ASSERT_NE(attempt, std::string::npos) << root;
    EXPECT_LT(call, attempt);
    EXPECT_EQ(merged[1].document.find("subsegments"), std::string::npos);
  } while (std::next_permutation(documents.begin(), documents.end()));
}

TEST(MergedTrace, LeavesASegmentAsItCameWhenNothingBelongsInIt) {
  const std::string odd = segment(1, 1, 100.0, R"(, "metadata" : { "a" : 1.50 })");

  EXPECT_EQ(merge_segments(detail_of({odd}))[0].document, odd);
}

TEST(MergedTrace, WritesASpanThatCameAloneAndWithinItsSegmentOnce) {
  const std::string root =
      segment(1, 1, 1.0,
              R"(,"subsegments":[{"name":"old","id":"0000000000000002","start_time":1.0,)"
              R"("in_progress":true}])");
  const std::string alone =
      segment(1, 2, 1.0, R"(,"type":"subsegment","parent_id":"0000000000000001")", "new");

  const auto merged = merge_segments(detail_of({root, alone}));

  ASSERT_EQ(merged.size(), 1U);
  EXPECT_NE(merged[0].document.find("\"name\":\"new\""), std::string::npos);
  EXPECT_EQ(merged[0].document.find("\"name\":\"old\""), std::string::npos);
}

TEST(MergedTrace, KeepsOrphansAndCirclesApart) {
  const std::string orphan =
      segment(1, 5, 1.0, R"(,"type":"subsegment","parent_id":"00000000000000aa")");
  const std::string left =
      segment(1, 6, 1.0, R"(,"type":"subsegment","parent_id":"0000000000000007")");
  const std::string right =
      segment(1, 7, 1.0, R"(,"type":"subsegment","parent_id":"0000000000000006")");
  const std::string self =
      segment(1, 8, 1.0, R"(,"type":"subsegment","parent_id":"0000000000000008")");

  const auto merged = merge_segments(detail_of({orphan, left, right, self}));

  // Each of them once: the circle hangs on its first.
  std::string all;
  for (const MergedSegment& one : merged) all += one.document;
  for (const char* id : {"5", "6", "7", "8"}) {
    const std::string member = "\"id\":\"000000000000000" + std::string(id) + "\"";
    const std::size_t at = all.find(member);
    ASSERT_NE(at, std::string::npos) << id;
    EXPECT_EQ(all.find(member, at + 1), std::string::npos) << id;
  }
}

TEST(MergedTrace, KeepsEscapesOfKeysAndValues) {
  const std::string root = segment(1, 1, 1.0, R"(,"metadata":{"q\"\\\n":"v\"\u0001"})");
  const std::string child =
      segment(1, 2, 1.0, R"(,"type":"subsegment","parent_id":"0000000000000001")");

  const std::string merged = merge_segments(detail_of({root, child}))[0].document;

  simdjson::dom::parser parser;
  std::string_view value;
  ASSERT_EQ(parser.parse(merged)["metadata"]["q\"\\\n"].get(value), simdjson::SUCCESS) << merged;
  EXPECT_EQ(value, "v\"\x01");
}

}  // namespace
}  // namespace aloft::console::xray
