// SPDX-License-Identifier: Apache-2.0
// What the page asks of the logs, over real sockets (docs/reference/console-api.md).
#include "logs_fixture.hpp"

#include <gtest/gtest.h>

#include <string>

namespace aloft::console {
namespace {

using fixture::HttpAnswer;
using fixture::HttpConnection;
using fixture::kPaymentLines;

class LogPageTest : public fixture::LinesTest {
 protected:
  // The messages of an answer, with a comma after each.
  static std::string messages(const std::string& body) {
    std::string out;
    constexpr std::string_view kKey = "\"message\":\"";
    for (std::size_t at = body.find(kKey); at != std::string::npos; at = body.find(kKey, at)) {
      at += kKey.size();
      const std::size_t end = body.find('"', at);
      // Not of the raw text, where quotes have a backslash.
      if (body[end - 1] != '\\') out += body.substr(at, end - at) + ",";
      at = end;
    }
    return out;
  }
  std::string found(const std::string& query) { return messages(get("/api/logs?" + query).body); }
};

TEST_F(LogPageTest, ShowsLinesNewestFirstWithTheirParts) {
  write(kPaymentLines);

  const HttpAnswer answer = get("/api/logs");

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(messages(answer.body), "plain text,ledger closed,issuer timed out,charge accepted,");
  EXPECT_NE(answer.body.find(
                R"("group":"/aloft/payments","stream":"today","level":"INFO","message":)"
                R"("charge accepted","service":"payments","logger":"charges","request_id":"",)"
                R"("tenant":"acme","user":"u1","trace_id":"1-67891234-012345678901234567890123",)"
                R"("span_id":"0f3c000000000001","fields":{"amount_cents":1200},"raw":"{)"),
            std::string::npos)
      << answer.body;
  EXPECT_NE(answer.body.find(R"("level":"","message":"plain text","service":"","logger":"",)"
                             R"("request_id":"","tenant":"","user":"","trace_id":"",)"
                             R"("span_id":"","fields":{},"raw":"plain text"})"),
            std::string::npos)
      << answer.body;
  EXPECT_NE(
      answer.body.find(R"("next":null,"facets":{"level":[{"value":"ERROR","count":2},)"
                       R"({"value":"INFO","count":1}],"service":[{"value":"payments","count":2},)"
                       R"({"value":"ledger","count":1}],"tenant":[{"value":"acme","count":2},)"
                       R"({"value":"globex","count":1}]},"scanned":4})"),
      std::string::npos)
      << answer.body;
}

TEST_F(LogPageTest, SearchesByPatternAndByParts) {
  write(kPaymentLines);

  EXPECT_EQ(found("q=ERROR%20-ledger"), "issuer timed out,");
  EXPECT_EQ(found("q=%7B%20%24.fields.latency%20%3E%20500%20%7D"), "issuer timed out,");
  EXPECT_EQ(found("q=%22timed%20out%22"), "issuer timed out,");
  EXPECT_EQ(found("q=%25acc.pted%25"), "charge accepted,");
  EXPECT_EQ(found("level=error"), "ledger closed,issuer timed out,");
  EXPECT_EQ(found("level=ERROR&service=ledger"), "ledger closed,");
  EXPECT_EQ(found("tenant=globex"), "issuer timed out,");
  EXPECT_EQ(found("trace=1-67891234-012345678901234567890123&q=charge"), "charge accepted,");
  EXPECT_EQ(found("group=/none"), "");
  EXPECT_EQ(found("minutes=5&limit=1"), "plain text,");
}

TEST_F(LogPageTest, ShowsFieldsOfOtherJsonAsFields) {
  write({R"({"level":"warn","message":"m","code":7,"deep":{"a":[1]}})", R"({"only":"this"})",
         "\n {\"message\":\"indented\",\"level\":\"INFO\"}"});

  const std::string body = get("/api/logs").body;

  EXPECT_NE(body.find(R"("fields":{"code":7,"deep":{"a":[1]}})"), std::string::npos) << body;
  EXPECT_NE(body.find(R"("message":"{\"only\":\"this\"}")"), std::string::npos) << body;
  EXPECT_NE(body.find(R"("level":"INFO","message":"indented")"), std::string::npos) << body;
}

TEST_F(LogPageTest, PagesByCursor) {
  write({"a1", "a2", "a3"});

  const std::string first = get("/api/logs?limit=2").body;
  const std::string second = get("/api/logs?limit=2&before=" + text_of(first, "next")).body;

  EXPECT_EQ(messages(first), "a3,a2,");
  EXPECT_EQ(messages(second), "a1,");
  EXPECT_NE(second.find("\"next\":null"), std::string::npos) << second;
}

TEST_F(LogPageTest, EndsAPageByBytesToo) {
  for (int i = 0; i < 10; ++i) write({std::string(1'000'000, 'x')});

  const std::string body = get("/api/logs").body;

  // Each is shown up to 256 KiB, twice.
  EXPECT_LT(body.size(), std::size_t{5} << 20U);
  EXPECT_NE(text_of(body, "next"), "");
}

TEST_F(LogPageTest, AnswersQueriesOfInsightsWithRows) {
  write(kPaymentLines);

  EXPECT_EQ(get("/api/logs?q=filter%20ispresent(level)%20%7C%20stats%20count(*)%20as%20n%20by%20"
                "level%20%7C%20sort%20n%20desc")
                .body,
            R"({"columns":["level","n"],"rows":[["ERROR","2"],["INFO","1"]],"more":false,)"
            R"("scanned":4,"matched":3})");
  EXPECT_EQ(get("/api/logs?q=fields%20level,%20@message&tenant=globex&limit=1")
                .body.find(R"({"columns":["level","@message"],"rows":[["ERROR","{)"),
            0U);
  // Words that only begin like a command.
  write({"limit exceeded for all"});
  EXPECT_EQ(found("q=limit%20exceeded"), "limit exceeded for all,");
}

TEST_F(LogPageTest, AnswersWithAtLeastOneRowAndSaysWhenThereAreMore) {
  const std::string query =
      "/api/logs?q=fields%20@message,%20@message%20as%20a,%20@message%20as%20b,"
      "%20@message%20as%20c,%20@message%20as%20d";
  write({std::string(1'000'000, 'x')});
  const std::string one = get(query).body;
  write({std::string(1'000'000, 'y')});
  const std::string two = get(query).body;

  EXPECT_GT(one.size(), std::size_t{5'000'000});
  EXPECT_NE(one.find(R"(],"more":false,"scanned":1,"matched":1})"), std::string::npos);
  EXPECT_NE(two.find(R"(],"more":true,"scanned":2,"matched":2})"), std::string::npos);
}

TEST_F(LogPageTest, SaysWhatIsWrongWithARequest) {
  const std::string pattern = get("/api/logs?q=a-b").body;
  const std::string query = get("/api/logs?q=fields%20a%20%7C").body;

  EXPECT_NE(pattern.find(R"("status":400)"), std::string::npos) << pattern;
  EXPECT_NE(pattern.find(R"("position":1)"), std::string::npos) << pattern;
  EXPECT_NE(query.find(R"("detail":"a command must follow |")"), std::string::npos) << query;
  EXPECT_NE(query.find(R"("position":10)"), std::string::npos) << query;
  for (const auto* target :
       {"limit=0", "limit=501", "before=x", "minutes=0", "minutes=20161", "trace=x", "minutes=x"}) {
    EXPECT_EQ(get(std::string("/api/logs?") + target).status, 400) << target;
  }
  EXPECT_EQ(get("/api/logs/events?q=a-b").status, 400);
  EXPECT_EQ(get("/api/logs/events?q=fields%20a").status, 400);
  EXPECT_EQ(get("/api/traces/nonsense/logs").status, 400);
  EXPECT_EQ(get("/api/logs", "host: evil.example\r\n").status, 421);
  EXPECT_EQ(HttpConnection(app_->http_port())
                .ask("DELETE", "/api/logs", "origin: http://evil.example\r\n")
                .status,
            403);
}

TEST_F(LogPageTest, ShowsTheLinesOfATraceOldestFirst) {
  write(kPaymentLines);

  const HttpAnswer answer = get("/api/traces/1-67891234-012345678901234567890123/logs");

  EXPECT_EQ(messages(answer.body), "charge accepted,issuer timed out,");
  EXPECT_NE(answer.body.find("\"more\":false"), std::string::npos);
  EXPECT_EQ(get("/api/traces/1-67891234-000000000000000000000000/logs").body,
            R"({"lines":[],"more":false})");
}

TEST_F(LogPageTest, FollowsNewLinesThatMatchAndForgetsOnDelete) {
  HttpConnection events(app_->http_port());
  ASSERT_TRUE(events.send_raw(
      "GET /api/logs/events?q=ERROR&tenant=acme HTTP/1.1\r\nhost: localhost\r\n\r\n"));
  // What is written from now on comes.
  const std::string head = events.read_until("event: ready\ndata: {}\n\n");
  EXPECT_NE(head.find("content-type: text/event-stream\r\n"), std::string::npos);
  EXPECT_NE(head.find("retry: 1000\n\n"), std::string::npos);
  EXPECT_NE(head.find("event: ready"), std::string::npos) << head;

  write(kPaymentLines);
  const std::string seen = events.read_until("]}\n\n");

  EXPECT_NE(seen.find("event: lines\ndata: {\"lines\":[{\"id\":"), std::string::npos) << seen;
  EXPECT_NE(seen.find("ledger closed"), std::string::npos) << seen;
  EXPECT_EQ(seen.find("issuer timed out"), std::string::npos) << seen;
  EXPECT_EQ(seen.find("charge accepted"), std::string::npos) << seen;
  EXPECT_EQ(HttpConnection(app_->http_port()).ask("DELETE", "/api/logs").status, 204);
  EXPECT_NE(events.read_until("event: reset\ndata: {}\n\n").find("event: reset"),
            std::string::npos);
  EXPECT_EQ(found(""), "");
}

}  // namespace
}  // namespace aloft::console
