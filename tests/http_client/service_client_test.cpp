// SPDX-License-Identifier: Apache-2.0
#include <aloft/http_client/service_client.hpp>

#include <aloft/http/context.hpp>
#include <aloft/http/middleware/standard.hpp>
#include <aloft/http/request.hpp>
#include <aloft/http_server/server.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include "http_client/service_fixture.hpp"

#include <algorithm>
#include <stdexcept>

namespace aloft::http_client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::SpanCopy;

TEST_F(ServiceClientTest, RecordsAChildWithTheTemplateAndNeverThePath) {
  ServiceClient& ledger = call(kHello);
  {
    Span request = root();
    ASSERT_TRUE(ledger.send(request,
                            {.method = http::Method::put,
                             .route = "/v1/entries/{id}",
                             .params = {{"id", "tok_4242"}},
                             .query = {{"key", "hunter2"}}},
                            patience()));
  }

  const SpanCopy call = span();

  EXPECT_EQ(call.kind, SpanKind::remote);
  EXPECT_EQ(call.http_method, "PUT");
  EXPECT_EQ(call.http_url, server_->url("/v1/entries/{id}"));
  EXPECT_EQ(call.http_status, 200);
  EXPECT_EQ(call.http_content_length, 5);
  EXPECT_EQ(call.parent_id, memory_.span("payments").id);
  EXPECT_FALSE(call.error || call.fault || call.throttle);
  EXPECT_THAT(seen(), HasSubstr("PUT /v1/entries/tok_4242?key=hunter2 HTTP/1.1\r\n"));
}

TEST_F(ServiceClientTest, CarriesItsOwnSpanInBothHeaders) {
  ServiceClient& ledger = call(kHello);
  {
    Span request = root();
    ServiceRequest ask{.route = "/"};
    ASSERT_TRUE(ask.headers.add("x-amzn-trace-id", "Root=1-00000000-000000000000000000000001"));
    ASSERT_TRUE(ledger.send(request, ask, patience()));
  }

  const std::string id(span().id.text().view());

  EXPECT_THAT(seen(),
              HasSubstr("X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678;Parent=" + id +
                        ";Sampled=1\r\n"));
  EXPECT_THAT(seen(),
              HasSubstr("traceparent: 00-67891233abcdef012345678912345678-" + id + "-01\r\n"));
  EXPECT_THAT(seen(), Not(HasSubstr("000000000000000000000001")));
}

TEST_F(ServiceClientTest, CarriesTheDecisionOfAnUnsampledRequest) {
  ServiceClient& ledger = call(kHello);
  {
    Span request = root(Sampled::no);
    ASSERT_TRUE(ledger.send(request, {.route = "/"}, patience()));
  }

  telemetry_->flush(1s);

  EXPECT_TRUE(memory_.spans().empty());
  EXPECT_THAT(seen(), HasSubstr("X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678;"));
  EXPECT_THAT(seen(), HasSubstr("Sampled=0\r\n"));
}

TEST_F(ServiceClientTest, CallsWithoutATraceToo) {
  ServiceClient& ledger = call(kHello);
  Span nothing;

  ASSERT_TRUE(ledger.send(nothing, {.route = "/"}, patience()));

  EXPECT_THAT(seen(), Not(HasSubstr("race")));
}

TEST_F(ServiceClientTest, CarriesTheRequestIdButNoOtherIdentity) {
  ServiceClient& ledger = call(kHello);
  Identity identity;
  identity.request = *RequestId::parse("req-1");
  identity.tenant = *TenantId::parse("acme");
  Span request = root();

  ASSERT_TRUE(ledger.send(request, {.route = "/", .identity = &identity}, patience()));

  EXPECT_THAT(seen(), HasSubstr("x-request-id: req-1\r\n"));
  EXPECT_THAT(seen(), Not(HasSubstr("acme")));
}

TEST_F(ServiceClientTest, SetsTheContentTypeAndSendsTheBody) {
  ServiceClient& ledger = call(kHello, {.url = "/base/"});
  Span request = root();

  ASSERT_TRUE(ledger.send(request,
                          {.method = http::Method::post,
                           .route = "/v1/entries",
                           .body = "{}",
                           .content_type = "application/json"},
                          patience()));

  EXPECT_THAT(seen(), HasSubstr("POST /base/v1/entries HTTP/1.1\r\n"));
  EXPECT_THAT(seen(), HasSubstr("content-type: application/json\r\n"));
  EXPECT_THAT(seen(), HasSubstr("Content-Length: 2\r\n"));
}

TEST_F(ServiceClientTest, SendsTheTargetAsItIsGiven) {
  ServiceClient& ledger = call(kHello);
  Span request = root();

  ASSERT_TRUE(ledger.send(request, {.route = "/v1/{id}", .target = "/v1/7?q=a+b"}, patience()));

  EXPECT_THAT(seen(), HasSubstr("GET /v1/7?q=a+b HTTP/1.1\r\n"));
}

TEST_F(ServiceClientTest, MarksErrorThrottleAndFaultByStatus) {
  struct Case {
    std::string_view bytes;
    bool error, throttle, fault;
  };
  for (const Case& one :
       {Case{"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", true, false, false},
        Case{"HTTP/1.1 429 Slow Down\r\ncontent-length: 0\r\n\r\n", true, true, false},
        Case{"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n", false, false, true}}) {
    memory_ = testing::MemoryExporter();
    ServiceClient& ledger = call(one.bytes);
    {
      Span request = root();
      ASSERT_TRUE(ledger.send(request, {.route = "/"}, patience()));
    }
    const SpanCopy call = span();
    EXPECT_EQ(call.error, one.error) << one.bytes;
    EXPECT_EQ(call.throttle, one.throttle) << one.bytes;
    EXPECT_EQ(call.fault, one.fault) << one.bytes;
    EXPECT_TRUE(call.exceptions.empty());
    server_.reset();
  }
}

TEST_F(ServiceClientTest, RecordsAnAbsentServiceOnceAsAFault) {
  const ClosedPort nobody;
  ServiceClient& ledger = point_at({.url = nobody.url()});
  {
    Span request = root();
    const Result<ClientResponse> answer = ledger.send(request, {.route = "/v1/x"}, patience());
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  }

  const SpanCopy call = span();

  EXPECT_TRUE(call.fault);
  EXPECT_EQ(call.http_status, 0);
  ASSERT_EQ(call.exceptions.size(), 1u);
  EXPECT_EQ(call.exceptions[0].type, "unavailable");
  EXPECT_FALSE(memory_.span("payments").fault);
}

TEST_F(ServiceClientTest, StopsAtTheSoonerOfItsTimeoutAndTheDeadline) {
  const RawServer silent([](RawConnection& connection) { connection.receive_all(); });
  ServiceClient& ledger = point_at({.url = silent.url(), .timeout = 50ms});
  Span request = root();

  EXPECT_EQ(ledger.send(request, {.route = "/"}, patience()).error().code,
            ErrorCode::deadline_exceeded);

  ServiceClient& patient = point_at({.url = silent.url(), .timeout = 1h});
  Span other = root();
  EXPECT_EQ(patient.send(other, {.route = "/"}, soon(50ms)).error().code,
            ErrorCode::deadline_exceeded);
}

TEST_F(ServiceClientTest, SaysWhoTimedOutAfterHowLongInBothForms) {
  const RawServer silent([](RawConnection& connection) { connection.receive_all(); });
  ServiceClient& ledger = point_at({.url = silent.url(), .timeout = 50ms});
  Inbox inbox;
  {
    Span request = root();
    const Result<ClientResponse> answer = ledger.send(request, {.route = "/"}, patience());
    EXPECT_EQ(answer.error().message, "ledger timed out after 50 ms");
    ledger.send(request, {.route = "/"}, patience(), inbox.completion());
    ASSERT_TRUE(inbox.wait_for(1));
  }

  EXPECT_EQ(inbox.results()[0].error().code, ErrorCode::deadline_exceeded);
  EXPECT_EQ(inbox.results()[0].error().message, "ledger timed out after 50 ms");
  EXPECT_EQ(span().exceptions.at(0).message, "ledger timed out after 50 ms");
}

TEST_F(ServiceClientTest, TellsTheCalleeWhatTimeIsLeftWhenAsked) {
  ServiceClient& ledger = call(kHello, {.timeout = 10s, .timeout_header = "x-timeout-ms"});
  Span request = root();

  ASSERT_TRUE(ledger.send(request, {.route = "/"}, patience()));

  const std::string head = seen();
  const std::size_t at = head.find("x-timeout-ms: ");
  ASSERT_NE(at, std::string::npos);
  const long left = std::atol(head.c_str() + at + 14);
  EXPECT_GT(left, 1'000);
  EXPECT_LE(left, 10'000);
}

TEST_F(ServiceClientTest, RefusesARouteItCannotFillAndRecordsIt) {
  ServiceClient& ledger = call(kHello);
  {
    Span request = root();
    const Result<ClientResponse> answer =
        ledger.send(request, {.route = "/v1/entries/{id}"}, patience());
    EXPECT_EQ(answer.error().code, ErrorCode::invalid_argument);
  }

  EXPECT_TRUE(span().fault);
  EXPECT_EQ(server_->connections(), 0);
  EXPECT_EQ(stats().refused_invalid, 1u);
}

TEST_F(ServiceClientTest, RefusesATargetThatWouldNameAnotherHost) {
  ServiceClient& ledger = call(kHello);
  Span request = root();

  for (const std::string_view target :
       {"@evil.example/", ".evil.example/", ":1/", "http://evil/"}) {
    const Result<ClientResponse> answer =
        ledger.send(request, {.route = "/", .target = target}, patience());
    EXPECT_EQ(answer.error().code, ErrorCode::invalid_argument) << target;
  }
  EXPECT_EQ(stats().requests, 0u);
}

TEST_F(ServiceClientTest, RefusesALineBreakInWhateverItIsGiven) {
  ServiceClient& ledger = call(kHello);
  Span request = root();

  const auto code = [&](ServiceRequest ask) {
    const Result<ClientResponse> answer = ledger.send(request, std::move(ask), patience());
    return answer ? ErrorCode::internal : answer.error().code;
  };

  EXPECT_EQ(code({.route = "/a\r\nx: y"}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.route = "/", .target = "/a HTTP/1.1\r\nx: y\r\n\r\n"}),
            ErrorCode::invalid_argument);
  EXPECT_EQ(code({.route = "/", .content_type = "a/b\r\nx: y"}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.route = "/{a}", .params = {{"a", "x\r\ny"}}}), ErrorCode::invalid_argument);
  EXPECT_EQ(stats().requests, 0u);
}

TEST_F(ServiceClientTest, EndsTheSpanBeforeTheCompletionRuns) {
  ServiceClient& ledger = call(kHello);
  Inbox inbox;
  std::vector<SpanCopy> at_completion;
  {
    Span request = root();
    ledger.send(request, {.route = "/v1/x"}, patience(), [&](Result<ClientResponse> result) {
      telemetry_->flush(1s);
      at_completion = memory_.spans();
      inbox.completion()(std::move(result));
    });
    request.end();
  }

  ASSERT_TRUE(inbox.wait_for(1));

  EXPECT_TRUE(inbox.results()[0]);
  ASSERT_EQ(at_completion.size(), 2u);
  EXPECT_EQ(span().http_status, 200);
  EXPECT_EQ(span().parent_id, memory_.span("payments").id);
}

TEST_F(ServiceClientTest, MakesParallelCallsOfOneRequest) {
  ServiceClient& ledger = call(kHello);
  Inbox inbox;
  {
    Span request = root();
    for (int i = 0; i < 10; ++i) {
      ledger.send(request, {.route = "/v1/x"}, patience(), inbox.completion());
    }
    ASSERT_TRUE(inbox.wait_for(10));
  }

  telemetry_->flush(1s);

  const std::vector<SpanCopy> spans = memory_.spans();
  EXPECT_EQ(spans.size(), 11u);
  EXPECT_EQ(std::count_if(spans.begin(), spans.end(),
                          [parent = memory_.span("payments").id](const SpanCopy& one) {
                            return one.parent_id == parent;
                          }),
            10);
}

TEST_F(ServiceClientTest, SwallowsWhatACompletionThrowsAlsoOnRefusal) {
  ServiceClient& ledger = call(kHello);
  Span request = root();

  ledger.send(request, {.route = "/{id}"}, patience(),
              [](const Result<ClientResponse>&) { throw std::runtime_error("mine"); });

  EXPECT_EQ(stats().completions_threw, 1u);
}

TEST_F(ServiceClientTest, JoinsTheTraceOfAServiceMadeWithAloft) {
  testing::MemoryExporter callee_memory;
  Result<Telemetry> callee = Telemetry::create({.service_name = "ledger",
                                                .exporter = callee_memory.exporter(),
                                                .pipeline = {.threading = Threading::manual}});
  http::Router router;
  http::use_standard_guards(router, callee->tracer(),
                            {.tracing = {.edge = http::EdgePolicy::trust}});
  router.get("/v1/entries/{id}",
             [](http::Context&, const http::Request&) { return http::Response::text(200, "one"); });
  Result<http_server::Server> server = http_server::Server::create({.port = 0}, std::move(router));
  ASSERT_TRUE(server->start());
  ServiceClient& ledger = point_at({.url = url_of(server->port(), "")});
  {
    Span request = root();
    ASSERT_TRUE(
        ledger.send(request, {.route = "/v1/entries/{id}", .params = {{"id", "7"}}}, patience()));
  }
  server->stop();
  callee->flush(1s);

  ASSERT_EQ(callee_memory.spans().size(), 1u);
  EXPECT_EQ(callee_memory.spans()[0].trace_id, kTrace);
  EXPECT_EQ(callee_memory.spans()[0].parent_id, span().id);
}

TEST_F(ServiceClientTest, RefusesOptionsThatCannotWork) {
  make();
  const auto code = [&](ServiceOptions options) {
    const Result<ServiceClient> made = ServiceClient::create(std::move(options), *client_);
    return made ? ErrorCode::internal : made.error().code;
  };
  const std::string url = "http://127.0.0.1:1";

  EXPECT_EQ(code({.name = "", .url = url}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.name = "a<b", .url = url}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.name = std::string(201, 'a'), .url = url}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.name = "a", .url = "127.0.0.1"}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.name = "a", .url = url + "/?a=b"}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.name = "a", .url = "http://user:pass@host"}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.name = "a", .url = url, .timeout = 0s}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.name = "a", .url = url, .timeout_header = "a b"}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.name = "a", .url = url, .timeout_header = "host"}), ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace aloft::http_client
