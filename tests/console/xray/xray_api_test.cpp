// SPDX-License-Identifier: Apache-2.0
// The AWS operations over real sockets, as botocore asks them.
#include "../app_fixture.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace aloft::console {
namespace {

using fixture::AppTest;
using fixture::HttpAnswer;
using fixture::HttpConnection;
using fixture::segment;
using fixture::trace_text;

class XrayApiTest : public AppTest {
 protected:
  static std::string signed_by(std::string_view key) {
    return "authorization: AWS4-HMAC-SHA256 Credential=" + std::string(key) +
           "/20261126/eu-west-1/xray/aws4_request, SignedHeaders=host, Signature=00\r\n";
  }
  HttpAnswer ask(std::string_view path, std::string_view body, std::string_view more = {}) {
    return HttpConnection(app_->xray_port())
        .ask("POST", path, signed_by("any") + std::string(more), body);
  }
  HttpAnswer put(const std::vector<std::string>& documents) {
    std::string body = "{\"TraceSegmentDocuments\":[";
    for (const std::string& document : documents) {
      if (body.back() != '[') body += ',';
      body += '"';
      for (const char c : document) {
        if (c == '"' || c == '\\') body += '\\';
        body += c;
      }
      body += '"';
    }
    return ask("/TraceSegments", body + "]}");
  }
};

// The ids of the fixture are of this second.
constexpr const char* kRange = R"({"StartTime":1737036340,"EndTime":1737036340.5)";

TEST_F(XrayApiTest, TakesTheGoodDocumentsAndNamesTheBadOnes) {
  start();

  const HttpAnswer answer = put({segment(1, 2), "nonsense", R"({"id":"00000000000000aa"})"});

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body,
            R"json({"UnprocessedTraceSegments":[{"ErrorCode":"ParseError","Message":)json"
            R"json("Invalid segment. ErrorCode: ParseError (bad_json)"},)json"
            R"json({"Id":"00000000000000aa","ErrorCode":"InvalidName","Message":)json"
            R"json("Invalid segment. ErrorCode: InvalidName (bad_name)"}]})json");
  const std::string status = get("/api/status").body;
  EXPECT_NE(status.find(R"("datagrams":0,"bytes":0,"api_documents":3,"queued":0,"documents":1,)"
                        R"("duplicates":0,"rejected":{"bad_json":1,"bad_name":1})"),
            std::string::npos)
      << status;
}

TEST_F(XrayApiTest, CountsBothWaysInTogether) {
  start();
  put({segment(1, 2)});
  send(segment(1, 2));
  send(segment(2, 2));

  const std::string status = status_after(3);

  EXPECT_NE(status.find(R"("api_documents":1,"queued":0,"documents":2,"duplicates":1)"),
            std::string::npos)
      << status;
  EXPECT_EQ(number_in(status, "datagrams"), 2U);
}

TEST_F(XrayApiTest, FindsTracesByTheTimeInTheirIdAndByTheirStart) {
  start();
  put({segment(1, 2, 100.5)});

  const HttpAnswer by_id = ask("/TraceSummaries", std::string(kRange) + "}");
  const HttpAnswer before = ask("/TraceSummaries", R"({"StartTime":1,"EndTime":1737036339})");
  const HttpAnswer by_start =
      ask("/TraceSummaries", R"({"StartTime":100,"EndTime":100.5,"TimeRangeType":"Service"})");
  const HttpAnswer after =
      ask("/TraceSummaries", R"({"StartTime":100.6,"EndTime":200,"TimeRangeType":"Event"})");

  EXPECT_EQ(by_id.body.find(R"({"TraceSummaries":[{"Id":"1-67891234-)"), 0U) << by_id.body;
  EXPECT_EQ(before.body.find(R"({"TraceSummaries":[],)"), 0U) << before.body;
  EXPECT_EQ(by_start.body.find(R"({"TraceSummaries":[{"Id":"1-67891234-)"), 0U) << by_start.body;
  EXPECT_EQ(after.body.find(R"({"TraceSummaries":[],)"), 0U) << after.body;
}

TEST_F(XrayApiTest, PagesThroughEachTraceOnce) {
  start();
  for (const char* type : {"TraceId", "Event"}) {
    for (unsigned batch = 0; batch < 6; ++batch) {
      std::vector<std::string> documents;
      for (unsigned i = 0; i < 50; ++i) documents.push_back(segment(batch * 50 + i, 1));
      put(documents);
    }
    const std::string range =
        R"({"StartTime":0,"EndTime":2000000000,"TimeRangeType":")" + std::string(type) + "\"";
    std::string all;
    std::string token;
    do {
      const HttpAnswer page = ask("/TraceSummaries", range + token + "}");
      ASSERT_EQ(page.status, 200) << page.body;
      all += page.body;
      const std::size_t at = page.body.find("\"NextToken\":");
      token = at == std::string::npos ? "" : "," + page.body.substr(at, page.body.size() - at - 1);
    } while (!token.empty());

    for (unsigned i = 0; i < 300; ++i) {
      const std::string id = "{\"Id\":\"" + trace_text(i) + "\"";
      const std::size_t at = all.find(id);
      ASSERT_NE(at, std::string::npos) << i;
      EXPECT_EQ(all.find(id, at + 1), std::string::npos) << i;
    }
  }
}

TEST_F(XrayApiTest, FiltersTheSummaries) {
  start();
  put({segment(1, 2), segment(2, 2, 100.5, R"(,"fault":true)")});

  const HttpAnswer faults =
      ask("/TraceSummaries", std::string(kRange) + R"(,"FilterExpression":"fault"})");
  const HttpAnswer refused =
      ask("/TraceSummaries", std::string(kRange) + R"(,"FilterExpression":"fault OR globex"})");

  EXPECT_EQ(faults.body.find(trace_text(1)), std::string::npos);
  EXPECT_NE(faults.body.find(trace_text(2)), std::string::npos);
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("Invalid FilterExpression at byte 9: this is no keyword"),
            std::string::npos)
      << refused.body;
}

TEST_F(XrayApiTest, TellsRootCausesInTheShapeThatFiltersTakeThem) {
  start();
  put({segment(1, 2, 100.5,
               R"(,"fault":true,"subsegments":[{"name":"ledger","id":"0000000000000003",)"
               R"("start_time":100.5,"end_time":100.75,"namespace":"remote","fault":true,)"
               R"("cause":{"exceptions":[{"type":"Timeout","message":"after 1 s"}]}}])")});

  const HttpAnswer told = ask("/TraceSummaries", std::string(kRange) + "}");
  const HttpAnswer found =
      ask("/TraceSummaries",
          std::string(kRange) +
              R"(,"FilterExpression":"rootcause.json = #[{\"Services\":[{\"Name\":\"payments\",)"
              R"(\"EntityPath\":[{\"Name\":\"payments\"},{\"Name\":\"ledger\"}]},)"
              R"({\"Name\":\"ledger\"}]}]"})");

  EXPECT_NE(told.body.find(
                R"("FaultRootCauses":[{"Services":[{"Name":"payments","Names":["payments"],)"
                R"("AccountId":"000000000000","EntityPath":[{"Name":"payments","Exceptions":[],)"
                R"("Remote":false},{"Name":"ledger","Exceptions":[{"Name":"Timeout",)"
                R"("Message":"after 1 s"}],"Remote":true}],"Inferred":false},)"
                R"({"Name":"ledger","Names":["ledger"],"Type":"remote",)"
                R"("AccountId":"000000000000","EntityPath":[{"Name":"ledger","Exceptions":[],)"
                R"("Remote":false}],"Inferred":true}],"ClientImpacting":true}],)"
                R"("ResponseTimeRootCauses":[)"),
            std::string::npos)
      << told.body;
  EXPECT_NE(told.body.find(R"({"Name":"ledger","Coverage":1,"Remote":true})"), std::string::npos)
      << told.body;
  EXPECT_EQ(told.body.find("ErrorRootCauses"), std::string::npos);
  EXPECT_NE(found.body.find(trace_text(1)), std::string::npos) << found.body;
}

TEST_F(XrayApiTest, HandsOutMergedTracesAndNamesUnknownIds) {
  start();
  put({segment(1, 3, 1.0, R"(,"type":"subsegment","parent_id":"0000000000000002")", "call"),
       segment(1, 2)});

  const HttpAnswer answer =
      ask("/Traces", R"({"TraceIds":[")" + trace_text(1) + R"(",")" + trace_text(9) + R"(","x"]})");

  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find(R"("Segments":[{"Id":"0000000000000002","Document":"{\"name\")"),
            std::string::npos)
      << answer.body;
  EXPECT_NE(answer.body.find(R"(\"subsegments\":[{\"name\":\"call\")"), std::string::npos);
  EXPECT_NE(answer.body.find(R"("UnprocessedTraceIds":["x",")" + trace_text(9) + "\"]"),
            std::string::npos)
      << answer.body;
}

TEST_F(XrayApiTest, HandsOutASegmentAloneWhenItsSubsegmentsAreTooMuch) {
  constexpr std::uint64_t kSubsegments = 40;  // 2.4 MB; a fifth of an answer is 2 MiB
  start();
  put({segment(1, 2)});
  const std::string metadata =
      R"(,"metadata":{"default":{"x":")" + std::string(60'000, 'x') + "\"}}";
  for (std::uint64_t i = 0; i < kSubsegments; ++i) {
    put({segment(1, 3 + i, 1.0,
                 R"(,"type":"subsegment","parent_id":"0000000000000002")" + metadata)});
  }
  std::string ids = '"' + trace_text(1) + '"';
  for (std::uint64_t other = 2; other <= 5; ++other) ids += ",\"" + trace_text(other) + '"';

  const HttpAnswer answer = ask("/Traces", R"({"TraceIds":[)" + ids + "]}");

  EXPECT_NE(answer.body.find(R"("LimitExceeded":true)"), std::string::npos);
  EXPECT_NE(answer.body.find(R"("Id":"0000000000000002","Document":"{\"name\")"),
            std::string::npos);
  EXPECT_EQ(answer.body.find("subsegments"), std::string::npos);
}

TEST_F(XrayApiTest, DrawsTheGraphOfTraces) {
  start();
  put({segment(1, 4, 100.1, R"(,"parent_id":"0000000000000003","fault":true)", "fraud"),
       segment(1, 2, 100.0,
               R"(,"subsegments":[{"name":"fraud","namespace":"remote","id":"0000000000000003",)"
               R"("start_time":100.05,"end_time":100.2,"error":true,"throttle":true}])")});

  const HttpAnswer graph = ask("/TraceGraph", R"({"TraceIds":[")" + trace_text(1) + "\"]}");

  EXPECT_EQ(graph.status, 200);
  // The callee by its own segment, the edge by the caller's view of it.
  EXPECT_NE(graph.body.find(R"("Name":"fraud","Names":["fraud"],"AccountId":"000000000000",)"
                            R"("State":"active",)"),
            std::string::npos)
      << graph.body;
  EXPECT_NE(graph.body.find(R"("FaultStatistics":{"OtherCount":1,"TotalCount":1},"TotalCount":1,)"
                            R"("TotalResponseTime":0.25})"),
            std::string::npos)
      << graph.body;
  EXPECT_NE(graph.body.find(R"("ErrorStatistics":{"ThrottleCount":1,"OtherCount":0,)"
                            R"("TotalCount":1},"FaultStatistics":{"OtherCount":0,"TotalCount":0},)"
                            R"("TotalCount":1,"TotalResponseTime":0.15})"),
            std::string::npos)
      << graph.body;
  EXPECT_NE(graph.body.find(R"("Type":"client","State":"unknown")"), std::string::npos);
}

TEST_F(XrayApiTest, NeedsASignatureForReadsAndPuts) {
  start();
  HttpConnection unsigned_client(app_->xray_port());

  for (const char* path : {"/TraceSegments", "/TelemetryRecords", "/TraceSummaries", "/Traces",
                           "/ServiceGraph", "/TraceGraph"}) {
    const HttpAnswer answer = unsigned_client.ask("POST", path, "", "{}");
    EXPECT_EQ(answer.status, 403) << path;
    EXPECT_NE(answer.head.find("x-amzn-errortype: MissingAuthenticationTokenException\r\n"),
              std::string::npos)
        << path;
  }
  EXPECT_EQ(unsigned_client.ask("POST", "/GetSamplingRules", "", "{}").status, 200);
}

TEST_F(XrayApiTest, GrantsNoPreflightAndKnowsNoForeignHost) {
  start();

  const HttpAnswer preflight = HttpConnection(app_->xray_port())
                                   .ask("OPTIONS", "/TraceSummaries",
                                        "origin: http://evil.example\r\n"
                                        "access-control-request-method: POST\r\n");
  const HttpAnswer rebound =
      ask("/TraceSummaries", std::string(kRange) + "}", "host: evil.example\r\n");

  EXPECT_EQ(preflight.head.find("access-control-allow"), std::string::npos) << preflight.head;
  EXPECT_GE(preflight.status, 400);
  EXPECT_EQ(rebound.status, 421);
}

TEST_F(XrayApiTest, OffLoopbackTheAccessKeyIdIsTheToken) {
  AppOptions options = fixture::free_ports();
  options.xray.address = "0.0.0.0";
  options.token = "0123456789abcdef";
  start(options);
  HttpConnection client(app_->xray_port());

  EXPECT_EQ(client.ask("POST", "/Traces", signed_by("any"), R"({"TraceIds":[]})").status, 403);
  EXPECT_EQ(
      client.ask("POST", "/Traces", signed_by("0123456789abcdeg"), R"({"TraceIds":[]})").status,
      403);
  EXPECT_EQ(
      client.ask("POST", "/Traces", signed_by("0123456789abcdef"), R"({"TraceIds":[]})").status,
      200);
  EXPECT_NE(app_->ready_line().find("access key id 0123456789abcdef"), std::string::npos);
}

TEST_F(XrayApiTest, AnswersGetCallerIdentity) {
  start();

  const HttpAnswer answer = ask("/", "Action=GetCallerIdentity&Version=2011-06-15");
  const HttpAnswer other = ask("/", "Action=AssumeRole&Version=2011-06-15");

  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.head.find("content-type: text/xml\r\n"), std::string::npos) << answer.head;
  EXPECT_NE(answer.body.find("<Account>000000000000</Account>"), std::string::npos);
  EXPECT_EQ(other.status, 400);
  EXPECT_NE(other.body.find("<Code>InvalidAction</Code>"), std::string::npos);
}

TEST_F(XrayApiTest, RefusesGetCallerIdentityInXml) {
  start();

  const HttpAnswer refused =
      HttpConnection(app_->xray_port())
          .ask("POST", "/", "", "Action=GetCallerIdentity&Version=2011-06-15");

  EXPECT_EQ(refused.status, 403);
  EXPECT_NE(refused.head.find("content-type: text/xml\r\n"), std::string::npos) << refused.head;
  EXPECT_NE(refused.body.find("<Code>MissingAuthenticationTokenException</Code>"),
            std::string::npos)
      << refused.body;
}

TEST_F(XrayApiTest, TakesTelemetryAndNamesWhatItCannotDo) {
  start();

  EXPECT_EQ(ask("/TelemetryRecords", R"({"TelemetryRecords":[{"Timestamp":1}]})").status, 200);
  EXPECT_EQ(ask("/InsightSummaries", "{}").status, 501);
  EXPECT_NE(ask("/InsightSummaries", "{}").body.find("GetInsightSummaries is not implemented"),
            std::string::npos);
}

}  // namespace
}  // namespace aloft::console
