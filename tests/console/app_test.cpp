// SPDX-License-Identifier: Apache-2.0
// The whole console over real sockets: datagrams in, HTTP out.
#include "console/app.hpp"

#include "app_fixture.hpp"
#include "scratch_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace aloft::console {
namespace {

using fixture::AppTest;
using fixture::HttpAnswer;
using fixture::HttpConnection;

TEST_F(AppTest, SaysWhereItIsReady) {
  start();

  EXPECT_EQ(app_->ready_line(),
            "aloft-console ready: console http://127.0.0.1:" + std::to_string(app_->http_port()) +
                " xray 127.0.0.1:" + std::to_string(app_->xray_port()) + " (udp, tcp)");
  EXPECT_NE(app_->http_port(), 0);
  EXPECT_NE(app_->xray_port(), 0);
}

TEST_F(AppTest, ShowsADocumentThatCameOverUdp) {
  start();
  const std::string document = fixture::segment(1, 2, 100.5, R"(,"fault":true)");
  send(document);
  const std::string status = status_after(1);

  const HttpAnswer list = get("/api/traces?q=fault");
  const HttpAnswer detail = get("/api/traces/" + fixture::trace_text(1));

  EXPECT_NE(status.find(R"("datagrams":1,)"), std::string::npos) << status;
  EXPECT_EQ(list.status, 200);
  EXPECT_NE(list.head.find("content-type: application/json\r\n"), std::string::npos);
  EXPECT_EQ(list.body.find(R"({"traces":[{"id":"1-67891234-000000000000000000000001",)"), 0U);
  EXPECT_NE(list.body.find(R"("next":null})"), std::string::npos);
  EXPECT_EQ(detail.status, 200);
  EXPECT_NE(detail.body.find(",\"segments\":[" + document + "]}"), std::string::npos);
}

TEST_F(AppTest, AnswersProblemsThatSayWhatIsWrong) {
  start();

  const HttpAnswer quote = get("/api/traces?q=a%20%22b");
  EXPECT_EQ(quote.status, 400);
  EXPECT_NE(quote.head.find("content-type: application/problem+json\r\n"), std::string::npos);
  EXPECT_NE(quote.body.find(R"("position":2)"), std::string::npos) << quote.body;
  EXPECT_EQ(get("/api/traces?limit=0").status, 400);
  EXPECT_EQ(get("/api/traces?limit=501").status, 400);
  EXPECT_EQ(get("/api/traces?limit=x").status, 400);
  EXPECT_EQ(get("/api/traces?before=x").status, 400);
  EXPECT_EQ(get("/api/traces/nonsense").status, 400);
  EXPECT_EQ(get("/api/traces/" + fixture::trace_text(9)).status, 404);
  EXPECT_EQ(get("/api/nothing").status, 404);
  EXPECT_EQ(get("/api/events?q=%22").status, 400);
  EXPECT_EQ(HttpConnection(app_->http_port()).ask("PUT", "/api/traces").status, 405);
}

TEST_F(AppTest, SearchesByFilterExpressionsAndSaysWhereOneIsWrong) {
  start();
  send(fixture::segment(1, 2, 100.5, R"(,"annotations":{"tenant_id":"tenant-123"})"));
  send(fixture::segment(2, 2, 100.5, R"(,"annotations":{"tenant_id":"tenant-1234"})"));
  status_after(2);

  const HttpAnswer found =
      get("/api/traces?q=annotation.tenant_id%20%3D%20%22tenant-123%22%20AND%20service()");
  const HttpAnswer wrong = get("/api/traces?q=service()%20%7B%20fault");
  const HttpAnswer events = get("/api/events?q=service()%20%7B%20fault");

  EXPECT_EQ(found.status, 200);
  EXPECT_NE(found.body.find(fixture::trace_text(1)), std::string::npos) << found.body;
  EXPECT_EQ(found.body.find(fixture::trace_text(2)), std::string::npos) << found.body;
  EXPECT_EQ(wrong.status, 400);
  EXPECT_NE(wrong.body.find(R"("detail":"this brace is not closed")"), std::string::npos)
      << wrong.body;
  EXPECT_NE(wrong.body.find(R"("position":10)"), std::string::npos) << wrong.body;
  EXPECT_EQ(events.status, 400);
}

TEST_F(AppTest, StreamsWhatChangesAndForgetsOnDelete) {
  start();
  HttpConnection events(app_->http_port());
  ASSERT_TRUE(events.send_raw("GET /api/events?q=payments HTTP/1.1\r\nhost: localhost\r\n\r\n"));
  EXPECT_NE(events.read_until("event: status\n").find("content-type: text/event-stream\r\n"),
            std::string::npos);

  send(fixture::segment(1, 2, 100.5, "", "ledger"));
  send(fixture::segment(2, 2));
  EXPECT_EQ(events.read_until(fixture::trace_text(2)).find(fixture::trace_text(1)),
            std::string::npos);

  EXPECT_EQ(HttpConnection(app_->http_port()).ask("DELETE", "/api/traces").status, 204);
  EXPECT_NE(events.read_until("event: reset\ndata: {}\n").find("event: reset"), std::string::npos);
  EXPECT_EQ(get("/api/traces").body, R"({"traces":[],"next":null})");
}

TEST_F(AppTest, RefusesForeignHostsAndOrigins) {
  start();

  EXPECT_EQ(get("/api/traces", "host: evil.example\r\n").status, 421);
  EXPECT_EQ(HttpConnection(app_->http_port())
                .ask("DELETE", "/api/traces", "origin: http://evil.example\r\n")
                .status,
            403);
}

TEST_F(AppTest, ServesThePageWithItsPolicy) {
  start();

  const HttpAnswer page = get("/");
  const HttpAnswer deep = get("/some/path", "accept-encoding: gzip\r\n");

  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.head.find("content-security-policy: default-src 'none'; script-src 'self';"),
            std::string::npos);
  EXPECT_NE(page.head.find("etag: \""), std::string::npos);
  EXPECT_EQ(deep.status, 200);
  EXPECT_NE(deep.head.find("content-encoding: gzip\r\n"), std::string::npos);
}

TEST_F(AppTest, AnswersSdksOnTheXrayPort) {
  start();
  HttpConnection sdk(app_->xray_port());

  const HttpAnswer rules = sdk.ask("POST", "/GetSamplingRules", "", "{}");
  const HttpAnswer targets =
      sdk.ask("POST", "/SamplingTargets", "",
              R"({"SamplingStatisticsDocuments":[{"RuleName":"Default",)"
              R"("ClientID":"0123456789abcdef01234567","RequestCount":1,"SampledCount":1}]})");
  const HttpAnswer wrong = sdk.ask("POST", "/SamplingTargets", "", "nonsense");
  const HttpAnswer known = sdk.ask("POST", "/Groups", "", "{}");
  const HttpAnswer unknown = sdk.ask("POST", "/Nonsense", "", "{}");

  EXPECT_EQ(rules.status, 200);
  EXPECT_EQ(rules.body.find(R"({"SamplingRuleRecords":[{"SamplingRule":{"RuleName":"Default")"),
            0U);
  EXPECT_EQ(targets.status, 200);
  EXPECT_NE(targets.body.find(R"("Interval":10)"), std::string::npos);
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(wrong.body, R"({"__type":"InvalidRequestException","Message":"the body is not JSON"})");
  EXPECT_NE(wrong.head.find("x-amzn-errortype: InvalidRequestException\r\n"), std::string::npos);
  EXPECT_EQ(known.status, 501);
  EXPECT_NE(known.body.find("GetGroups is not implemented"), std::string::npos);
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.body.find("Nonsense"), std::string::npos);
  EXPECT_EQ(sdk.ask("GET", "/GetSamplingRules").status, 405);
  EXPECT_EQ(sdk.ask("POST", "/GetSamplingRules").status, 200);
}

TEST_F(AppTest, NamesATakenPort) {
  start();
  AppOptions same_http = fixture::free_ports();
  same_http.http.port = app_->http_port();
  AppOptions same_xray = fixture::free_ports();
  same_xray.xray.port = app_->xray_port();

  const auto http = App::create(same_http, Platform::system());
  const auto xray = App::create(same_xray, Platform::system());

  ASSERT_FALSE(http);
  EXPECT_EQ(http.error().code, ErrorCode::already_exists);
  EXPECT_NE(http.error().message.find(std::to_string(app_->http_port())), std::string::npos);
  EXPECT_EQ(http.error().message.find("--http"), 0U);
  ASSERT_FALSE(xray);
  EXPECT_EQ(xray.error().code, ErrorCode::already_exists);
  EXPECT_EQ(xray.error().message.find("--xray"), 0U);
  EXPECT_NE(xray.error().message.find(std::to_string(app_->xray_port())), std::string::npos);
}

TEST_F(AppTest, AsksForATokenOffLoopback) {
  AppOptions options = fixture::free_ports();
  options.http.address = "0.0.0.0";
  start(options);
  const std::string line = app_->ready_line();
  const std::size_t at = line.find("/?token=");
  ASSERT_NE(at, std::string::npos) << line;
  const std::string token = line.substr(at + 8, 32);

  EXPECT_EQ(get("/").status, 200);
  EXPECT_EQ(get("/api/status").status, 401);
  EXPECT_EQ(get("/api/status", "authorization: Bearer " + token + "\r\n").status, 200);
  const HttpAnswer sign_in = get("/?token=" + token);
  EXPECT_EQ(sign_in.status, 303);
  const std::size_t cookie = sign_in.head.find("set-cookie: ");
  ASSERT_NE(cookie, std::string::npos);
  const std::string pair =
      sign_in.head.substr(cookie + 12, sign_in.head.find(';', cookie) - cookie - 12);
  EXPECT_EQ(get("/api/status", "cookie: " + pair + "\r\n").status, 200);
}

TEST_F(AppTest, StoresWhatHasComeBeforeItStops) {
  fixture::ScratchFolder folder;
  AppOptions options = fixture::free_ports();
  options.db = folder.path("a.db");
  start(options);
  for (unsigned i = 0; i < 50; ++i) send(fixture::segment(i, 1));
  HttpConnection connection(app_->http_port());
  // Received, but most of them not stored yet: the writer gathers first.
  while (number_in(connection.ask("GET", "/api/status").body, "datagrams") < 50) {
  }
  app_->stop();
  app_.reset();

  start(options);

  const std::string reopened = get("/api/status").body;
  EXPECT_NE(reopened.find(R"("kind":"file","traces":50,"segments":50)"), std::string::npos)
      << reopened;
}

TEST_F(AppTest, StopsWithinFiveSecondsWithOpenStreams) {
  start();
  HttpConnection events(app_->http_port());
  HttpConnection idle(app_->http_port());
  HttpConnection half(app_->xray_port());
  ASSERT_TRUE(events.send_raw("GET /api/events HTTP/1.1\r\nhost: localhost\r\n\r\n"));
  ASSERT_TRUE(half.send_raw("POST /SamplingTargets HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n"));
  events.read_until("event: status\n");
  const SteadyTime begin = Clock::system().steady_now();

  app_->stop();

  EXPECT_LT(Clock::system().steady_now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace aloft::console
