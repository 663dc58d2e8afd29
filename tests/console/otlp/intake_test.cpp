// SPDX-License-Identifier: Apache-2.0
// OTLP into a real console, as other SDKs send it.
#include "../app_fixture.hpp"
#include "messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace aloft::console {
namespace {

using fixture::AppTest;
using fixture::gzipped;
using fixture::HttpAnswer;
using fixture::HttpConnection;
using fixture::id_of;
using fixture::otlp_request;
using fixture::OtlpSpan;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kProtobuf = "content-type: application/x-protobuf\r\n";
constexpr std::string_view kJson = "content-type: application/json; charset=utf-8\r\n";
constexpr std::string_view kTrace = "1-67891234-000000000000000000000001";

class OtlpIntakeTest : public AppTest {
 protected:
  HttpAnswer post(std::string_view body, std::string_view fields = kProtobuf) {
    return HttpConnection(app_->http_port()).ask("POST", "/v1/traces", fields, body);
  }
  std::string trace(std::string_view id = kTrace) {
    return get("/api/traces/" + std::string(id)).body;
  }
  std::string status() { return get("/api/status").body; }
};

TEST_F(OtlpIntakeTest, ShowsASpanOfAnotherSdkByItsService) {
  start();

  const HttpAnswer answer =
      post(otlp_request({OtlpSpan{.texts = {{"http.request.method", "GET"},
                                            {"url.scheme", "https"},
                                            {"server.address", "users.example"},
                                            {"http.route", "/users/{id}"},
                                            {"enduser.id", "u-1"},
                                            {"thread.name", "main"}},
                                  .integers = {{"http.response.status_code", 404}}}}));

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
  EXPECT_THAT(answer.head, HasSubstr("content-type: application/x-protobuf\r\n"));
  const std::string shown = trace();
  EXPECT_THAT(shown, HasSubstr(R"("name":"users","start_time":1737036340.500000)"));
  EXPECT_THAT(shown, HasSubstr(R"("user":"u-1","origin":"AWS::ECS::Container",)"));
  EXPECT_THAT(shown, HasSubstr(R"("aws":{"xray":{"sdk":"opentelemetry for go"}})"));
  EXPECT_THAT(shown, HasSubstr(R"("http":{"request":{"method":"GET",)"
                               R"("url":"https://users.example/users/{id}"},)"
                               R"("response":{"status":404}},"error":true)"));
  EXPECT_THAT(shown,
              HasSubstr(R"("otel":{"otel.span.name":"GET /users/{id}","thread.name":"main"})"));
  EXPECT_THAT(shown, HasSubstr(R"("otel.resource":{"service.name":"users",)"));
}

TEST_F(OtlpIntakeTest, KnowsTheOldNamesOfAttributes) {
  start();

  post(otlp_request({OtlpSpan{},
                     OtlpSpan{.id = id_of(3),
                              .parent = id_of(2),
                              .name = "GET",
                              .kind = 3,
                              .texts = {{"http.method", "GET"},
                                        {"http.url", "http://ledger:80/entries?x=1"},
                                        {"net.peer.name", "ledger"}},
                              .integers = {{"http.status_code", 429}}},
                     OtlpSpan{.id = id_of(4),
                              .parent = id_of(2),
                              .name = "SELECT",
                              .kind = 3,
                              .texts = {{"db.system", "postgresql"},
                                        {"db.name", "orders"},
                                        {"net.peer.name", "db.internal"},
                                        {"db.user", "rw"},
                                        {"db.statement", "SELECT ?"}}},
                     OtlpSpan{.id = id_of(5),
                              .parent = id_of(2),
                              .name = "DynamoDB.PutItem",
                              .kind = 3,
                              .texts = {{"rpc.system", "aws-api"},
                                        {"rpc.method", "DynamoDB/PutItem"},
                                        {"aws.region", "eu-west-1"},
                                        {"aws.table_name", "t"}}}}));

  const std::string shown = trace();
  EXPECT_THAT(shown, HasSubstr(R"("name":"ledger")"));
  EXPECT_THAT(shown, HasSubstr(R"("namespace":"remote","http":{"request":{"method":"GET",)"));
  EXPECT_THAT(shown, HasSubstr(R"("error":true,"throttle":true)"));
  EXPECT_THAT(shown, HasSubstr(R"("name":"orders@db.internal")"));
  EXPECT_THAT(shown, HasSubstr(R"("sql":{"url":"postgresql://db.internal/orders",)"
                               R"("database_type":"postgresql","user":"rw",)"
                               R"("sanitized_query":"SELECT ?"})"));
  EXPECT_THAT(shown, HasSubstr(R"("name":"DynamoDB")"));
  EXPECT_THAT(shown, HasSubstr(R"("namespace":"aws","aws":{"operation":"PutItem",)"
                               R"("table_name":"t","region":"eu-west-1"})"));
}

TEST_F(OtlpIntakeTest, PutsAnAddressOfVersionSixIntoBrackets) {
  start();

  post(otlp_request({OtlpSpan{.texts = {{"http.request.method", "GET"},
                                        {"url.scheme", "https"},
                                        {"url.path", "/users/7"},
                                        {"server.address", "2001:db8::1"}},
                              .integers = {{"server.port", 8443}}}}));

  EXPECT_THAT(trace(), HasSubstr(R"("url":"https://[2001:db8::1]:8443/users/7")"));
}

TEST_F(OtlpIntakeTest, TakesTheMeaningOfAFailureFromItsStatus) {
  start();

  post(otlp_request({OtlpSpan{.kind = 1, .status = 2, .status_message = "it broke"},
                     OtlpSpan{.id = id_of(3),
                              .parent = id_of(2),
                              .kind = 3,
                              .texts = {{"rpc.service", "grpc.Users"}},
                              .integers = {{"rpc.grpc.status_code", 8}},
                              .status = 2}}));

  const std::string shown = trace();
  EXPECT_THAT(shown, HasSubstr(R"("fault":true,"cause":{"exceptions":[{"id":")"));
  EXPECT_THAT(shown, HasSubstr(R"("message":"it broke"})"));
  EXPECT_THAT(shown, HasSubstr(R"("name":"grpc.Users")"));
  EXPECT_THAT(shown, HasSubstr(R"("error":true,"throttle":true)"));
}

TEST_F(OtlpIntakeTest, ReadsJsonLikeProtobuf) {
  start();

  const HttpAnswer answer = post(
      R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":)"
      R"({"stringValue":"shop"}}]},"scopeSpans":[{"scope":{"name":"x"},"spans":[{"traceId":)"
      R"("67891234000000000000000000000001","spanId":"00000000000000AB","name":"GET","kind":2,)"
      R"("startTimeUnixNano":"1737036340500000000","endTimeUnixNano":1737036341000000000,)"
      R"("attributes":[{"key":"n","value":{"intValue":"7"}},{"key":"d","value":)"
      R"({"doubleValue":0.5}},)"
      R"({"key":"b","value":{"boolValue":true}},{"key":"a","value":{"arrayValue":{"values":)"
      R"([{"stringValue":"x"},{"intValue":1}]}}},{"key":"m","value":{"kvlistValue":{"values":)"
      R"([{"key":"k","value":{}}]}}},{"key":"aws.xray.annotations","value":{"arrayValue":)"
      R"({"values":[{"stringValue":"n"}]}}}],"events":[{"name":"exception","timeUnixNano":"1",)"
      R"("attributes":[{"key":"exception.type","value":{"stringValue":"Oops"}},)"
      R"({"key":"exception.message","value":{"stringValue":"no"}},)"
      R"({"key":"exception.stacktrace","value":{"stringValue":"a()\n  b()\n"}}]}],)"
      R"("links":[{"traceId":"67891234000000000000000000000002","spanId":"00000000000000CD"},{}],)"
      R"("status":{"code":2},"unknown":[1]}]}]}]})",
      kJson);

  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body, "{}");
  const std::string shown = trace();
  EXPECT_THAT(shown, HasSubstr(R"("id":"00000000000000ab","name":"shop")"));
  EXPECT_THAT(shown, HasSubstr(R"("annotations":{"n":7})"));
  EXPECT_THAT(shown, HasSubstr(R"("d":0.5,"b":true,"a":["x",1],"m":{"k":null}})"));
  EXPECT_THAT(shown, HasSubstr(R"("type":"Oops","message":"no","stack":[)"
                               R"x({"path":"","line":0,"label":"a()"},)x"
                               R"x({"path":"","line":0,"label":"b()"}])x"));
  EXPECT_THAT(shown, HasSubstr(R"("links":[{"trace_id":"1-67891234-000000000000000000000002",)"
                               R"("id":"00000000000000cd"}])"));
}

TEST_F(OtlpIntakeTest, InflatesAGzippedBody) {
  start();
  const std::string body = gzipped(otlp_request({OtlpSpan{}}));
  // Members that follow one another are one body.
  const std::string two = gzipped(otlp_request({OtlpSpan{.id = id_of(9)}})) +
                          gzipped(otlp_request({OtlpSpan{.id = id_of(8)}}));

  EXPECT_EQ(post(body, std::string(kProtobuf) + "content-encoding: gzip\r\n").status, 200);
  EXPECT_EQ(post(two, std::string(kProtobuf) + "content-encoding: gzip\r\n").status, 200);
  EXPECT_THAT(status(), HasSubstr(R"("otlp":{"requests":2,"refused":0,"spans":3,"stored":3)"));
}

TEST_F(OtlpIntakeTest, RefusesABombAtTheLimit) {
  start();
  const std::string bomb = gzipped(std::string(100 << 20, '\0'));

  const HttpAnswer answer = post(bomb, std::string(kProtobuf) + "content-encoding: gzip\r\n");

  EXPECT_EQ(answer.status, 413);
  EXPECT_THAT(answer.body, HasSubstr("longer than 8 MiB when it is inflated"));
  HttpConnection long_one(app_->http_port());
  ASSERT_TRUE(long_one.send_raw(
      "POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-length: 8388609\r\n\r\n"));
  EXPECT_THAT(long_one.read_until("\r\n"), HasSubstr(" 413 "));
}

TEST_F(OtlpIntakeTest, SaysWhatIsWrongWithABody) {
  start();
  const std::string gzip = std::string(kProtobuf) + "content-encoding: gzip\r\n";
  const std::string deep_json =
      R"({"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":)";
  std::string nested = "{}";
  for (int i = 0; i < 17; ++i) nested.insert(0, R"({"arrayValue":{"values":[)").append("]}}");

  EXPECT_EQ(post("\x0a\x7f").status, 400);
  EXPECT_THAT(post("\x0a\x7f").body, HasSubstr("no protobuf of an ExportTraceServiceRequest"));
  EXPECT_EQ(post("not gzip", gzip).status, 400);
  EXPECT_EQ(post(gzipped(otlp_request({OtlpSpan{}})).substr(0, 40), gzip).status, 400);
  EXPECT_EQ(post("{", kJson).body, R"({"code":3,"message":"the body is not JSON"})");
  EXPECT_EQ(post("[]", kJson).status, 400);
  EXPECT_EQ(post(R"({"resourceSpans":3})", kJson).status, 400);
  EXPECT_EQ(post(R"({"resourceSpans":[3]})", kJson).status, 400);
  EXPECT_EQ(post(deep_json + nested + "}]}}]}", kJson).body,
            R"({"code":3,"message":"a value nests deeper than 16 levels"})");
  EXPECT_EQ(post(std::string(200, '['), kJson).status, 400);
  EXPECT_EQ(post("", "content-type: text/plain\r\n").status, 415);
  EXPECT_EQ(post("").status, 200);  // nothing is a request of nothing
  EXPECT_EQ(post("", "").status, 415);
  EXPECT_EQ(post("", std::string(kProtobuf) + "content-encoding: zstd\r\n").status, 415);
  EXPECT_EQ(HttpConnection(app_->http_port()).ask("PUT", "/v1/traces").status, 405);
  EXPECT_EQ(HttpConnection(app_->http_port()).ask("POST", "/v1/metrics").status, 404);
  EXPECT_THAT(status(), HasSubstr(R"("spans":0,"stored":0)"));
}

TEST_F(OtlpIntakeTest, RefusesWhatWouldTakeTooMuchMemory) {
  start();
  std::string many;
  for (int i = 0; i < 1'001; ++i) many += std::string("\x4a\x00", 2);  // an attribute of nothing
  std::string body;
  {
    fixture::pbf_writer request(body);
    fixture::pbf_writer resource_spans(request, 1);
    fixture::pbf_writer scope_spans(resource_spans, 2);
    scope_spans.add_message(2, many);
  }
  const std::vector<OtlpSpan> spans(10'001, OtlpSpan{.name = "x"});

  EXPECT_THAT(post(body).body, HasSubstr("more than 1,000 attributes"));
  EXPECT_THAT(post(otlp_request(spans)).body, HasSubstr("more than 10,000 spans"));
}

TEST_F(OtlpIntakeTest, GivesANameToASpanWithoutOneWhoeverSentIt) {
  start();
  const OtlpSpan root;
  const OtlpSpan nameless{.id = id_of(3), .parent = id_of(2), .name = "", .kind = 1};

  EXPECT_EQ(post(otlp_request({root, nameless}, "users", "aloft")).body, "");

  EXPECT_THAT(trace(), HasSubstr(R"("id":"0000000000000003","name":"span")"));
}

TEST_F(OtlpIntakeTest, RejectsASpanAfterTheLastYearAndKeepsItsChild) {
  start();
  constexpr std::uint64_t kYear2255 = 9'000'000'000'000'000'001;
  const OtlpSpan parent{.end = kYear2255};
  const OtlpSpan child{.id = id_of(3), .parent = id_of(2), .kind = 1};

  EXPECT_THAT(post(otlp_request({parent, child})).body, HasSubstr("1 bad_time"));

  EXPECT_THAT(trace(), HasSubstr(R"("id":"0000000000000003")"));
}

TEST_F(OtlpIntakeTest, RejectsSpansOneByOneWithTrueCounts) {
  start();
  const std::string body = otlp_request(
      {OtlpSpan{}, OtlpSpan{.id = "short"}, OtlpSpan{.trace = std::string(16, '\0')},
       OtlpSpan{.id = id_of(5), .parent = "x"}, OtlpSpan{.id = id_of(6), .start = 0},
       OtlpSpan{.id = id_of(7), .end = 0}, OtlpSpan{}, OtlpSpan{.id = id_of(8), .links = 3}});

  const HttpAnswer answer = post(body);

  EXPECT_EQ(answer.status, 200);
  // partial_success { rejected_spans: 5, error_message: … }
  EXPECT_EQ(answer.body.substr(2, 2), "\x08\x05");
  EXPECT_THAT(answer.body, HasSubstr("spans were rejected: 1 bad_id, 1 bad_trace_id, "
                                     "1 bad_parent_id, 1 bad_time, 1 no_end"));
  EXPECT_THAT(status(),
              HasSubstr(R"("otlp":{"requests":1,"refused":0,"spans":8,"stored":2,"repeated":1,)"
                        R"("rejected":{"bad_id":1,"bad_trace_id":1,"bad_parent_id":1,)"
                        R"("bad_time":1,"no_end":1},"links":3})"));
}

TEST_F(OtlpIntakeTest, KeepsLinksThatNameASpan) {
  start();

  post(otlp_request({OtlpSpan{.links = 2, .linked_id = id_of(9)}}));

  EXPECT_THAT(trace(), HasSubstr(R"("links":[{"trace_id":"1-67891234-000000000000000000000001",)"
                                 R"("id":"0000000000000009"}])"));
  EXPECT_THAT(status(), HasSubstr(R"("links":2})"));
}

TEST_F(OtlpIntakeTest, CutsCirclesAndChainsThatAreTooLong) {
  start();
  std::vector<OtlpSpan> spans = {
      OtlpSpan{.id = id_of(1), .parent = id_of(2), .kind = 1},
      OtlpSpan{.id = id_of(2), .parent = id_of(1), .kind = 1},
      OtlpSpan{.id = id_of(3), .parent = id_of(3), .kind = 1},
  };
  for (unsigned char i = 10; i < 210; ++i) {
    spans.push_back(OtlpSpan{.id = id_of(i),
                             .parent = i == 10 ? "" : id_of(static_cast<unsigned char>(i - 1)),
                             .kind = 1});
  }

  EXPECT_EQ(post(otlp_request(spans)).body, "");

  EXPECT_THAT(status(), HasSubstr(R"("spans":203,"stored":203,"repeated":0,"rejected":{})"));
  EXPECT_THAT(get("/api/traces").body, HasSubstr(R"("spans":203,)"));
}

TEST_F(OtlpIntakeTest, SplitsATraceThatNoDocumentHolds) {
  start();
  const std::string text(1'000, 'x');
  std::vector<OtlpSpan> spans = {OtlpSpan{.id = id_of(1)}};
  for (unsigned char i = 2; i < 202; ++i) {
    spans.push_back(
        OtlpSpan{.id = id_of(i), .parent = id_of(1), .kind = 1, .texts = {{"text", text}}});
  }

  EXPECT_EQ(post(otlp_request(spans)).body, "");

  EXPECT_THAT(get("/api/traces").body, HasSubstr(R"("segments":201,"spans":201,)"));
}

TEST_F(OtlpIntakeTest, GivesUpASpanThatNoDocumentHolds) {
  start();
  const std::string text(70'000, 'x');

  // Its attribute is metadata; its name is cut; the message of its status is neither.
  EXPECT_EQ(post(otlp_request({OtlpSpan{.texts = {{"text", text}}}})).body, "");
  const HttpAnswer answer =
      post(otlp_request({OtlpSpan{.id = id_of(9), .status = 2, .status_message = text}}));

  EXPECT_THAT(answer.body, HasSubstr("1 too_large"));
  EXPECT_THAT(trace(), Not(HasSubstr("xxx")));
}

TEST_F(OtlpIntakeTest, HasAPortOfItsOwnWhenAskedFor) {
  AppOptions options = fixture::free_ports();
  options.otlp = Endpoint{"127.0.0.1", 0};
  start(std::move(options));

  const HttpAnswer answer = HttpConnection(app_->otlp_port())
                                .ask("POST", "/v1/traces", kProtobuf, otlp_request({OtlpSpan{}}));

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(HttpConnection(app_->otlp_port()).ask("GET", "/api/traces").status, 404);
  EXPECT_THAT(app_->ready_line(),
              HasSubstr(" otlp 127.0.0.1:" + std::to_string(app_->otlp_port())));
  EXPECT_THAT(status(), HasSubstr(R"("otlp":"127.0.0.1:)"));
}

TEST_F(OtlpIntakeTest, AsksForTheTokenWhereThePageDoes) {
  AppOptions options = fixture::free_ports();
  options.otlp = Endpoint{"0.0.0.0", 0};
  options.token = "0123456789abcdef";
  start(std::move(options));
  const auto ask = [&](std::string_view fields) {
    return HttpConnection(app_->otlp_port())
        .ask("POST", "/v1/traces", std::string(kProtobuf) + std::string(fields),
             otlp_request({OtlpSpan{}}))
        .status;
  };

  EXPECT_EQ(ask(""), 401);
  EXPECT_EQ(ask("authorization: Bearer 0123456789abcdeX\r\n"), 401);
  EXPECT_EQ(ask("authorization: Bearer 0123456789abcdef\r\n"), 200);
  EXPECT_EQ(ask("authorization: Bearer 0123456789abcdef\r\norigin: http://evil.example\r\n"), 403);
  EXPECT_EQ(ask("authorization: Bearer 0123456789abcdef\r\nhost: evil.example\r\n"), 421);
}

TEST_F(OtlpIntakeTest, TellsTheTokenThatItMade) {
  AppOptions options = fixture::free_ports();
  options.otlp = Endpoint{"0.0.0.0", 0};
  start(std::move(options));
  const std::string line = app_->ready_line();
  const std::size_t at = line.find(" bearer token ");
  ASSERT_NE(at, std::string::npos) << line;

  const HttpAnswer answer = HttpConnection(app_->otlp_port())
                                .ask("POST", "/v1/traces",
                                     std::string(kProtobuf) + "authorization: Bearer " +
                                         line.substr(at + 14, 32) + "\r\n",
                                     otlp_request({OtlpSpan{}}));

  EXPECT_EQ(answer.status, 200);
}

}  // namespace
}  // namespace aloft::console
