// SPDX-License-Identifier: Apache-2.0
#include "console/trace_state.hpp"

#include "console/search.hpp"

#include "documents.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace aloft::console {
namespace {

using fixture::in_progress;
using fixture::segment;

TraceState folded(const std::vector<std::string>& documents) {
  TraceState state(fixture::trace_id(1));
  for (const std::string& json : documents) state.add(fixture::parsed(json));
  return state;
}

TEST(TraceState, WritesTheSummaryOfTheApi) {
  const auto state =
      folded({segment(1, 2, 100.5,
                      R"(,"http":{"request":{"method":"POST","url":"http://127.0.0.1/v1/charges"},)"
                      R"("response":{"status":503}},"fault":true,"user":"u-1",)"
                      R"("annotations":{"tenant_id":"acme","request_id":"r-1","cents":4200},)"
                      R"("cause":{"exceptions":[{"message":"timed \"out\""}]})")});

  EXPECT_EQ(
      state.summary_json(17),
      R"({"id":"1-67891234-000000000000000000000001","start":100.500000,"duration":0.25,)"
      R"("service":"payments","name":"payments","method":"POST",)"
      R"("url":"http://127.0.0.1/v1/charges","status":503,"fault":true,"error":false,)"
      R"("throttle":false,"in_progress":false,"error_text":"timed \"out\"","tenant":"acme",)"
      R"("user":"u-1","request_id":"r-1","annotations":{"tenant_id":"acme","request_id":"r-1",)"
      R"("cents":4200},"services":["payments"],"segments":1,"spans":1,"revision":17})");
}

TEST(TraceState, LeavesUnknownStringsEmptyAndTheStatusZero) {
  const auto json = folded({segment(1, 2)}).summary_json(1);

  EXPECT_NE(json.find(R"("method":"","url":"","status":0)"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("tenant":"","user":"","request_id":"","annotations":{})"),
            std::string::npos)
      << json;
}

TEST(TraceState, DoesNotDependOnTheOrderOfArrival) {
  std::vector<std::string> documents = {
      segment(1, 2, 100.0, R"(,"annotations":{"k":"root"})"),
      segment(1, 3, 101.0, R"(,"parent_id":"0000000000000002","annotations":{"k":"child"})",
              "ledger"),
      segment(1, 4, 100.5,
              R"(,"type":"subsegment","parent_id":"0000000000000002","fault":true,)"
              R"("cause":{"exceptions":[{"message":"first"}]})",
              "fraud"),
      segment(1, 5, 102.0, R"(,"cause":{"exceptions":[{"message":"second"}]})", "audit")};
  const std::string expected = folded(documents).summary_json(1);
  EXPECT_NE(expected.find(R"("services":["payments","ledger","audit"],"segments":4,"spans":4)"),
            std::string::npos)
      << expected;
  EXPECT_NE(expected.find(R"("error_text":"first")"), std::string::npos) << expected;
  EXPECT_NE(expected.find(R"("annotations":{"k":"root"})"), std::string::npos) << expected;

  std::sort(documents.begin(), documents.end());
  do {
    EXPECT_EQ(folded(documents).summary_json(1), expected);
  } while (std::next_permutation(documents.begin(), documents.end()));
}

TEST(TraceState, KeepsItsPlaceInTimeWhenClocksAreSkewed) {
  // The callee's clock is an hour behind: nothing is shifted, the summary spans both.
  const auto json = folded({segment(1, 2, 3700.0),
                            segment(1, 3, 100.0, R"(,"parent_id":"0000000000000002")", "ledger")})
                        .summary_json(1);

  EXPECT_NE(json.find(R"("start":100.000000,"duration":3600.25,"service":"payments")"),
            std::string::npos)
      << json;
}

TEST(TraceState, ShowsATraceWhoseRootHasNotArrived) {
  const auto json =
      folded(
          {segment(1, 4, 100.5, R"(,"type":"subsegment","parent_id":"0000000000000002")", "fraud")})
          .summary_json(1);

  EXPECT_NE(json.find(R"("service":"","name":"fraud")"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("services":[])"), std::string::npos) << json;
}

TEST(TraceState, IsInProgressWhileADocumentIs) {
  const auto json = folded({in_progress(1, 2)}).summary_json(1);

  EXPECT_NE(json.find(R"("duration":0,)"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("in_progress":true)"), std::string::npos) << json;
}

TEST(TraceState, IsSearchableByWhatTheApiLists) {
  const std::string text =
      folded({segment(1, 2, 100.5,
                      R"(,"http":{"request":{"method":"POST","url":"http://Host/v1/Charges"},)"
                      R"("response":{"status":503}},"fault":true,)"
                      R"("annotations":{"tenant_id":"acme","Cents":4200})")})
          .searchable();

  for (const char* word : {"1-67891234-", "payments", "post", "http://host/v1/charges", "503",
                           "acme", "tenant_id=acme", "cents=4200", "fault"}) {
    EXPECT_TRUE(std::get<Query>(Query::parse(word)).matches(text)) << word;
  }
  for (const char* word : {"error", "throttle", "ok", "in_progress"}) {
    EXPECT_FALSE(std::get<Query>(Query::parse(word)).matches(text)) << word;
  }
}

TEST(TraceState, HasTheWordOkWhenNothingWentWrong) {
  EXPECT_TRUE(std::get<Query>(Query::parse("ok")).matches(folded({segment(1, 2)}).searchable()));
}

TEST(TraceState, BoundsTheSummaryOfAHostileTrace) {
  std::string hostile;  // a byte that takes six when escaped
  for (int i = 0; i < 190; ++i) hostile += "\\u0001";
  TraceState state(fixture::trace_id(1));
  for (unsigned i = 0; i < 200; ++i) {
    const std::string number = std::to_string(i);
    std::string annotations = "\"";
    annotations.append(number).append("\":\"").append(hostile).append(hostile).append("\"");
    state.add(fixture::parsed(
        segment(1, i, 100.0, ",\"annotations\":{" + annotations + "}", number + hostile)));
  }

  const std::string json = state.summary_json(1);

  EXPECT_GT(json.size(), 60'000U);
  EXPECT_LT(json.size(), kMaxSummaryBytes);
  EXPECT_EQ(json.back(), '}');
}

}  // namespace
}  // namespace aloft::console
