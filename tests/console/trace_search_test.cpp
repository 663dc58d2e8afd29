// SPDX-License-Identifier: Apache-2.0
// Which searches of the page are filter expressions, and how they find traces.
#include "console/trace_search.hpp"

#include "documents.hpp"

#include <aloft/testing/manual_clock.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace aloft::console {
namespace {

// "words", "filter", or the mistake as "message@position".
std::string kind(std::string_view text) {
  const auto parsed = TraceSearch::parse(text);
  if (const auto* wrong = std::get_if<QueryError>(&parsed)) {
    return std::string(wrong->message) + "@" + std::to_string(wrong->position);
  }
  return std::get<TraceSearch>(parsed).filter.empty() ? "words" : "filter";
}

TEST(TraceSearch, KeepsTheWordsOfTheApiDocument) {
  for (const char* text : {"",
                           "fault",
                           "globex -ok \"POST /v1\"",
                           "=503",
                           "=tenant_id=acme",
                           "=error",
                           "tenant_id=globex duration>=0.5",
                           "duration<=0.5",
                           "user=alice",
                           "error=true",
                           "error=\"timed out\"",
                           "service",
                           "http.url",
                           "http.method=POST",
                           "and",
                           "this and that",
                           "a AND b",
                           "-fault",
                           "\"service(x\"",
                           "=service()",
                           "root_cause",
                           "type=\"a b\"",
                           "payments fault ok",
                           "http://h/v1?user=1",
                           "name = \"x\"",
                           "!",
                           "!globex",
                           "AND"}) {
    EXPECT_EQ(kind(text), "words") << text;
  }
}

TEST(TraceSearch, KnowsFilterExpressionsByTheirForm) {
  for (const char* text : {"service(\"payments\") { fault }",
                           "service()",
                           "fault service(\"a\")",
                           "edge(\"a\", \"b\")",
                           "edge(*)",
                           "service(id(type: \"AWS::Lambda\"))",
                           "annotation.a = 1",
                           "annotation.tenant_id = \"tenant-123\"",
                           "annotation[a.b]",
                           "http.status = 503",
                           "http.status>=500",
                           "responsetime > 5",
                           "duration >= 5 AND duration <= 8",
                           "ok !partial duration <3",
                           "http.url CONTAINS \"/api/\"",
                           "user = \"alice\"",
                           "user=\"alice\"",
                           "ok = false",
                           "!fault",
                           "!service(\"a\")",
                           "(fault OR throttle) AND ok",
                           "fault AND duration>=0.5",
                           "rootcause.fault.service { last }"}) {
    EXPECT_EQ(kind(text), "filter") << text;
  }
}

TEST(TraceSearch, TellsMistakesInExpressionsWhereTheyAre) {
  EXPECT_EQ(kind("globex service(\"a\")"), "this is no keyword of filter expressions@0");
  EXPECT_EQ(kind("service(\"a\") { fault"), "this brace is not closed@13");
  EXPECT_EQ(kind("service(\"a\") $"), "this character has no meaning here@13");
  EXPECT_EQ(kind("service() user = \"a"), "this quote is not closed@17");
  EXPECT_EQ(kind("group.name = \"slow\""),
            "this console has no groups: write the group's own expression instead@0");
  EXPECT_EQ(kind("http.status = 200 AND"), "the expression ends where something must follow@21");
  EXPECT_EQ(kind("globex \"open"), "this quote is not closed@7");
  EXPECT_EQ(kind(std::string(513, 'a')), "the search is longer than 512 bytes@512");
}

class FilteredListTest : public ::testing::Test {
 protected:
  FilteredListTest() {
    auto made = Store::create({}, clock_);
    store_ = std::move(*made);
  }
  void put(const std::vector<std::string>& documents) {
    std::vector<Document> batch;
    batch.reserve(documents.size());
    for (const std::string& json : documents) batch.push_back(fixture::parsed(json));
    ASSERT_EQ(store_->write(batch).stored, documents.size());
  }
  TracePage page(std::string_view expression, const ListOptions& options, Deadline deadline) {
    const auto filter = std::get<xray::Filter>(xray::Filter::parse(expression));
    auto found = FilteredList{*store_, clock_, filter}.page(options, deadline);
    EXPECT_TRUE(found);
    return std::move(*found);
  }
  Deadline in(std::chrono::milliseconds time) { return Deadline::after(clock_, time); }

  aloft::testing::ManualClock clock_;
  std::unique_ptr<Store> store_;
};

TEST_F(FilteredListTest, FindsTheNewestFirstAndGoesOn) {
  for (std::uint64_t i = 1; i <= 600; ++i) {
    put({fixture::segment(i, 1, 100.0 + static_cast<double>(i),
                          i % 2 == 0 ? R"(,"fault":true)" : "")});
  }

  const TracePage first = page("service() { fault }", {.limit = 200}, in(std::chrono::hours(1)));
  const TracePage second =
      page("service() { fault }", {.limit = 200, .before = first.next}, in(std::chrono::hours(1)));

  ASSERT_EQ(first.summaries.size(), 200U);
  EXPECT_NE(first.summaries[0].find(fixture::trace_text(600)), std::string::npos);
  EXPECT_NE(first.summaries[199].find(fixture::trace_text(202)), std::string::npos);
  ASSERT_EQ(second.summaries.size(), 100U);
  EXPECT_NE(second.summaries[0].find(fixture::trace_text(200)), std::string::npos);
  EXPECT_EQ(second.next, std::nullopt);
}

TEST_F(FilteredListTest, StopsAtItsDeadlineAfterOneTraceAtLeast) {
  for (std::uint64_t i = 1; i <= 3; ++i) put({fixture::segment(i, 1)});

  const TracePage none = page("fault", {}, in(std::chrono::milliseconds(0)));

  EXPECT_EQ(none.summaries.size(), 0U);
  ASSERT_TRUE(none.next);
  const TracePage rest = page("ok", {.before = none.next}, in(std::chrono::hours(1)));
  EXPECT_EQ(rest.summaries.size(), 2U);
}

// Ten thousand traces of five spans, none of which matches: the costliest search. The limit is many
// times what it takes, so that only another order of growth fails it.
TEST_F(FilteredListTest, LooksThroughTenThousandTracesInSeconds) {
  std::vector<std::string> documents;
  for (std::uint64_t i = 1; i <= 10'000; ++i) {
    std::string calls;
    for (std::uint64_t call = 2; call <= 5; ++call) {
      calls += std::string(calls.empty() ? "" : ",") + R"({"name":"ledger","id":")" +
               fixture::id_text(call) +
               R"(","start_time":100.5,"end_time":100.6,"namespace":"remote"})";
    }
    documents.push_back(fixture::segment(i, 1, 100.5, R"(,"subsegments":[)" + calls + "]"));
  }
  put(documents);
  const auto began = std::chrono::steady_clock::now();

  const TracePage found = page(
      "edge(\"payments\", \"ledger\") { fault } OR rootcause.fault.entity { last } OR "
      "annotation.tenant_id = \"tenant-123\"",
      {}, in(std::chrono::hours(1)));

  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  EXPECT_EQ(found.summaries.size(), 0U);
  EXPECT_EQ(found.next, std::nullopt);
  RecordProperty("seconds", std::to_string(took.count()));
  EXPECT_LT(took.count(), 30.0);
}

}  // namespace
}  // namespace aloft::console
