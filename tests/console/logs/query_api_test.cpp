// SPDX-License-Identifier: Apache-2.0
// StartQuery, GetQueryResults, StopQuery and DescribeQueries over real sockets.
#include "logs_fixture.hpp"

#include <gtest/gtest.h>

#include <string>

namespace aloft::console {
namespace {

using fixture::HttpAnswer;
using fixture::kPaymentLines;

class QueryApiTest : public fixture::LinesTest {
 protected:
  HttpAnswer start_query(const std::string& query, const std::string& more = {}) {
    const std::int64_t now = now_ms() / 1000;
    return call("StartQuery", R"({"logGroupName":"/aloft/payments","startTime":)" +
                                  std::to_string(now - 60) + R"(,"endTime":)" +
                                  std::to_string(now) + R"(,"queryString":")" + query + "\"" +
                                  more + "}");
  }
  // The answer once the query is at its end.
  HttpAnswer results_of(const std::string& id, const std::string& more = {}) {
    HttpAnswer answer;
    const SteadyTime until = Clock::system().steady_now() + std::chrono::seconds(20);
    do {
      answer = call("GetQueryResults", "{\"queryId\":\"" + id + "\"" + more + "}");
    } while ((answer.body.find("\"status\":\"Scheduled\"") != std::string::npos ||
              answer.body.find("\"status\":\"Running\"") != std::string::npos) &&
             Clock::system().steady_now() < until);
    return answer;
  }
  static std::string rows(const HttpAnswer& answer) {
    const std::size_t begin = answer.body.find("\"results\":");
    const std::size_t end = answer.body.find(",\"statistics\"");
    return answer.body.substr(begin, end - begin);
  }
};

TEST_F(QueryApiTest, RunsAQueryToItsEnd) {
  write(kPaymentLines);

  const HttpAnswer started =
      start_query("filter level = 'ERROR' | stats count(*) as n by service | sort service");
  const HttpAnswer answer = results_of(text_of(started.body, "queryId"));

  EXPECT_EQ(started.status, 200);
  EXPECT_EQ(text_of(started.body, "queryId").size(), 36U);
  EXPECT_EQ(rows(answer),
            R"("results":[[{"field":"service","value":"ledger"},{"field":"n","value":"1"}],)"
            R"([{"field":"service","value":"payments"},{"field":"n","value":"1"}]])");
  EXPECT_NE(answer.body.find(R"("statistics":{"recordsMatched":2,"recordsScanned":4,)"),
            std::string::npos)
      << answer.body;
  EXPECT_EQ(text_of(answer.body, "status"), "Complete");
}

TEST_F(QueryApiTest, NamesTheEventOfEachRowAndLeavesOutWhatItHasNot) {
  write({kPaymentLines[3], kPaymentLines[2]});

  const HttpAnswer answer =
      results_of(text_of(start_query("fields level, @message").body, "queryId"));

  const std::string found = rows(answer);
  EXPECT_EQ(found.find(R"("results":[[{"field":"level","value":"ERROR"},{"field":"@message")"), 0U)
      << found;
  EXPECT_NE(found.find(R"([{"field":"@message","value":"plain text"},{"field":"@ptr","value":"0)"),
            std::string::npos)
      << found;
  const std::string pointer = found.substr(found.rfind("\"value\":\"") + 9, 56);
  EXPECT_NE(
      call("GetLogRecord", "{\"logRecordPointer\":\"" + pointer + "\"}").body.find("plain text"),
      std::string::npos);
}

TEST_F(QueryApiTest, TakesALimitAndPagesByToken) {
  write({"a", "b", "c"});

  const std::string id = text_of(start_query("fields @message", R"(,"limit":2)").body, "queryId");
  const HttpAnswer first = results_of(id, R"(,"maxItems":1)");
  const HttpAnswer second = results_of(id, R"(,"maxItems":1,"nextToken":"1")");

  EXPECT_NE(rows(first).find("\"c\""), std::string::npos) << first.body;
  EXPECT_EQ(text_of(first.body, "nextToken"), "1");
  EXPECT_NE(rows(second).find("\"b\""), std::string::npos) << second.body;
  EXPECT_EQ(second.body.find("nextToken"), std::string::npos);
  EXPECT_EQ(results_of(id, R"(,"nextToken":"x")").status, 400);
}

// Debian's botocore knows no nextToken here.
TEST_F(QueryApiTest, AnswersAllRowsThatAQueryMayKeepAtOnce) {
  for (int i = 0; i < 12; ++i) write({std::string(1'000'000, 'x')});

  const HttpAnswer answer = results_of(text_of(start_query("fields @message").body, "queryId"));

  EXPECT_GT(answer.body.size(), std::size_t{12'000'000});
  EXPECT_EQ(answer.body.find("nextToken"), std::string::npos);
}

TEST_F(QueryApiTest, SaysWhereAQueryIsWrongInCharacters) {
  const HttpAnswer answer = start_query("fields `\xc3\xb6` | filter level =");

  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body,
            R"({"__type":"MalformedQueryException","message":"the query ends where a value must )"
            R"(follow","queryCompileError":{"location":{"startCharOffset":27,"endCharOffset":27},)"
            R"("message":"the query ends where a value must follow"}})");
}

TEST_F(QueryApiTest, RefusesWhatTheServiceRefuses) {
  const std::string times = R"("startTime":1,"endTime":2,"queryString":"fields a")";

  EXPECT_NE(call("StartQuery", "{\"logGroupName\":\"/none\"," + times + "}")
                .body.find("ResourceNotFoundException"),
            std::string::npos);
  EXPECT_NE(call("StartQuery", "{" + times + "}").body.find("InvalidParameterException"),
            std::string::npos);
  EXPECT_NE(call("StartQuery",
                 R"({"logGroupName":"/aloft/payments","logGroupNames":["/aloft/payments"],)" +
                     times + "}")
                .body.find("exactly one of"),
            std::string::npos);
  EXPECT_NE(call("StartQuery", R"({"logGroupName":"/aloft/payments","startTime":3,"endTime":2,)"
                               R"("queryString":"fields a"})")
                .body.find("InvalidParameterException"),
            std::string::npos);
  EXPECT_EQ(start_query("fields a", R"(,"limit":100001)").status, 400);
  EXPECT_NE(start_query("fields a", R"(,"queryLanguage":"SQL")").body.find("CWLI"),
            std::string::npos);
  EXPECT_NE(call("GetQueryResults", R"({"queryId":"none"})").body.find("ResourceNotFoundException"),
            std::string::npos);
  EXPECT_NE(call("StopQuery", R"({"queryId":"none"})").body.find("ResourceNotFoundException"),
            std::string::npos);
}

TEST_F(QueryApiTest, TakesGroupsByIdentifierAndByNames) {
  write({"a"});
  const std::int64_t now = now_ms() / 1000;
  const std::string times = R"(,"startTime":0,"endTime":)" + std::to_string(now) +
                            R"(,"queryString":"stats count(*) as n"})";

  const HttpAnswer by_arn = call(
      "StartQuery", R"({"logGroupIdentifiers":["arn:aws:logs:eu-west-1:000000000000:log-group:)"
                    R"(/aloft/payments"])" +
                        times);
  const HttpAnswer by_names = call("StartQuery", R"({"logGroupNames":["/aloft/payments"])" + times);

  EXPECT_NE(rows(results_of(text_of(by_arn.body, "queryId"))).find("\"1\""), std::string::npos);
  EXPECT_NE(rows(results_of(text_of(by_names.body, "queryId"))).find("\"1\""), std::string::npos);
}

TEST_F(QueryApiTest, DescribesQueriesNewestFirstAndStopsNoneThatEnded) {
  const std::string first = text_of(start_query("fields a").body, "queryId");
  const std::string second = text_of(start_query("fields b").body, "queryId");
  results_of(first);
  results_of(second);

  const HttpAnswer all = call("DescribeQueries", "{}");
  const HttpAnswer one = call("DescribeQueries", R"({"status":"Complete","maxResults":1})");

  EXPECT_LT(all.body.find(second), all.body.find(first)) << all.body;
  EXPECT_NE(all.body.find(R"("logGroupName":"/aloft/payments")"), std::string::npos);
  EXPECT_EQ(one.body.find(first), std::string::npos);
  EXPECT_EQ(text_of(one.body, "nextToken"), "1");
  EXPECT_EQ(call("DescribeQueries", R"({"status":"Failed"})").body, R"({"queries":[]})");
  EXPECT_NE(
      call("StopQuery", "{\"queryId\":\"" + first + "\"}").body.find("InvalidParameterException"),
      std::string::npos);
}

TEST_F(QueryApiTest, TellsWhichQueryFailedBecauseItKeptTooMuch) {
  for (int i = 0; i < 70; ++i) write({std::string(1'000'000, 'x')});

  const HttpAnswer answer =
      results_of(text_of(start_query("fields @message | sort @timestamp").body, "queryId"));

  EXPECT_EQ(text_of(answer.body, "status"), "Failed");
  EXPECT_EQ(rows(answer), "\"results\":[]");
}

}  // namespace
}  // namespace aloft::console
