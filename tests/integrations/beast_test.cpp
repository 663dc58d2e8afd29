// SPDX-License-Identifier: Apache-2.0
// A client and a server that somebody wrote with Beast, over the loopback.
#include <aloft/integrations/beast.hpp>

#include "integrations/fixture.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <functional>
#include <string>
#include <thread>
#include <utility>

namespace aloft::integrations {
namespace {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using asio::ip::tcp;
using ClientRequest = beast_http::request<beast_http::string_body>;
using Response = beast_http::response<beast_http::string_body>;

class BeastMessages : public IntegrationTest {
 protected:
  /// Sends one request to a server that answers as `serve` does, or not.
  Response exchange(const ClientRequest& request,
                    const std::function<void(tcp::socket&, const ClientRequest&)>& serve) {
    tcp::acceptor acceptor(io_, {asio::ip::address_v4::loopback(), 0});
    std::thread server([&] {
      tcp::socket socket = acceptor.accept();
      boost::beast::flat_buffer buffer;
      ClientRequest received;
      beast_http::read(socket, buffer, received);
      serve(socket, received);
    });
    tcp::socket socket(io_);
    socket.connect(acceptor.local_endpoint());
    beast_http::write(socket, request);
    boost::beast::flat_buffer buffer;
    Response response;
    beast_http::read(socket, buffer, response, error_);
    server.join();
    return response;
  }
  static ClientRequest get(const char* target) {
    ClientRequest request(beast_http::verb::get, target, 11);
    request.set(beast_http::field::host, "fraud.internal");
    request.set(beast_http::field::user_agent, "shop/1");
    return request;
  }
  static Response answer_of(beast_http::status status) {
    Response response(status, 11);
    response.body() = "hello";
    response.prepare_payload();
    return response;
  }
  /// Answers with this status, inside a span.
  auto serving(beast_http::status status, BeastServedOptions options = {}) {
    return [this, status, options](tcp::socket& socket, const ClientRequest& request) {
      BeastServed served(bench.tracer, request, options);
      served.set_route("/v1/scores/{id}");
      Response response = answer_of(status);
      served.answer(response);
      beast_http::write(socket, response);
    };
  }
  aloft::testing::SpanCopy span_of(SpanKind kind) {
    if (root->recording()) collect();
    for (const aloft::testing::SpanCopy& span : bench.memory.spans()) {
      if (span.kind == kind && span.id != root_id) return span;
    }
    ADD_FAILURE() << "no such span";
    return {};
  }

  asio::io_context io_;
  boost::system::error_code error_;
};

constexpr BeastCallOptions kScores{.url = "http://fraud.internal/v1/scores/{id}"};

TEST_F(BeastMessages, AreSpansOnBothSidesOfOneTrace) {
  ClientRequest request = get("/v1/scores/4711?card=secret");
  BeastCall call(*root, request, kScores);
  const Response response =
      exchange(request, serving(beast_http::status::ok, {.service_name = "fraud",
                                                         .client_ip = "127.0.0.1",
                                                         .edge = http::EdgePolicy::trust}));
  call.finish(response);

  const aloft::testing::SpanCopy sent = span_of(SpanKind::remote);
  EXPECT_EQ(sent.name, "fraud.internal");
  EXPECT_EQ(sent.parent_id, root_id);
  EXPECT_EQ(sent.http_method, "GET");
  EXPECT_EQ(sent.http_url, "http://fraud.internal/v1/scores/{id}");
  EXPECT_EQ(sent.http_status, 200);
  EXPECT_EQ(sent.http_content_length, 5);
  EXPECT_FALSE(sent.fault);
  const aloft::testing::SpanCopy served = span_of(SpanKind::server);
  EXPECT_EQ(served.name, "fraud");
  EXPECT_EQ(served.trace_id, sent.trace_id);
  EXPECT_EQ(served.parent_id, sent.id);
  EXPECT_EQ(served.http_method, "GET");
  EXPECT_EQ(served.http_url, "http://fraud.internal/v1/scores/{id}");
  EXPECT_EQ(served.http_user_agent, "shop/1");
  EXPECT_EQ(served.http_client_ip, "127.0.0.1");
  EXPECT_EQ(served.http_status, 200);
  EXPECT_FALSE(served.fault);
  for (const char* secret : {"secret", "4711"}) {
    expect_nowhere(sent, secret);
    expect_nowhere(served, secret);
  }
}

TEST_F(BeastMessages, CarryOurHeadersInPlaceOfTheirs) {
  ClientRequest request = get("/");
  request.insert("X-Amzn-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793");
  request.insert("x-mine", "kept");

  BeastCall call(*root, request, kScores);

  EXPECT_EQ(request.count("x-amzn-trace-id"), 1U);
  EXPECT_EQ(std::string(request["X-Amzn-Trace-Id"]),
            write_xray_header(call.span().context()).view());
  EXPECT_EQ(std::string(request["traceparent"]), write_traceparent(call.span().context()).view());
  EXPECT_EQ(std::string(request["x-mine"]), "kept");
  call.finish(answer_of(beast_http::status::ok));
}

TEST_F(BeastMessages, TellTheCallerTheTraceAndNotTheSpan) {
  const ClientRequest request = get("/");
  const Response response = exchange(request, serving(beast_http::status::ok));

  const aloft::testing::SpanCopy served = span_of(SpanKind::server);
  EXPECT_EQ(std::string(response["X-Amzn-Trace-Id"]),
            "Root=" + std::string(served.trace_id.xray_text().view()) + ";Sampled=1");
}

TEST_F(BeastMessages, BeginANewTraceAtAnEdgeThatTrustsNobody) {
  ClientRequest request = get("/");
  BeastCall call(*root, request, kScores);
  call.finish(exchange(request, serving(beast_http::status::ok)));

  EXPECT_FALSE(span_of(SpanKind::server).parent_id.valid());
}

TEST_F(BeastMessages, ReadWhatTheCallerSaysOfItsTrace) {
  const auto parent_of = [this](const ClientRequest& request) {
    BeastServed served(bench.tracer, request, {.edge = http::EdgePolicy::trust});
    served.answer(*std::make_unique<Response>(answer_of(beast_http::status::ok)));
    return served.span().context();
  };
  constexpr const char* kW3c = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  ClientRequest one = get("/");
  one.insert("traceparent", kW3c);
  EXPECT_EQ(parent_of(one).trace_id.w3c_text().view(), "0af7651916cd43dd8448eb211c80319c");
  one.insert("traceparent", kW3c);  // two of them say nothing
  EXPECT_NE(parent_of(one).trace_id.w3c_text().view(), "0af7651916cd43dd8448eb211c80319c");

  ClientRequest both = get("/");
  both.insert("x-amzn-trace-id", "Root=1-5759e988-bd862e3fe1be46a994272793");
  both.insert("traceparent", kW3c);
  EXPECT_EQ(parent_of(both).trace_id.xray_text().view(), "1-5759e988-bd862e3fe1be46a994272793");

  ClientRequest unreadable = get("/");
  unreadable.insert("x-amzn-trace-id", "Root=dummy;Sampled=0");
  EXPECT_EQ(parent_of(unreadable).sampled, Sampled::no);
}

TEST_F(BeastMessages, ReadTheLineOfTheTraceThatCanBeRead) {
  ClientRequest request = get("/");
  request.insert("X-Amzn-Trace-Id", "Root=none");
  request.insert("X-Amzn-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1");

  BeastServed served(bench.tracer, request, {.edge = http::EdgePolicy::trust});

  EXPECT_EQ(served.span().trace_id().xray_text().view(), "1-5759e988-bd862e3fe1be46a994272793");
}

TEST_F(BeastMessages, AreKnownToTheSampler) {
  const auto sampler = std::make_shared<NotingSampler>();
  const Bench noting(sampled_by(sampler));

  const BeastServed served(noting.tracer, get("/v1/scores/4711?card=1"), {.tenant = "acme"});

  EXPECT_EQ(sampler->told(), (NotingSampler::Told{"payments", "acme", "fraud.internal", "GET",
                                                  "/v1/scores/4711?card=1"}));
}

TEST_F(BeastMessages, AreErrorsAndFaultsByTheirStatus) {
  ClientRequest request = get("/");
  BeastCall first(*root, request, kScores);
  first.finish(answer_of(beast_http::status::too_many_requests));
  BeastCall second(*root, request, kScores);
  second.finish(answer_of(beast_http::status::bad_gateway));

  const auto spans = children();
  EXPECT_TRUE(spans.at(0).error && spans.at(0).throttle && !spans.at(0).fault);
  EXPECT_TRUE(!spans.at(1).error && spans.at(1).fault);
}

TEST_F(BeastMessages, AreFaultsWhenThePeerHangsUp) {
  ClientRequest request = get("/");
  BeastCall call(*root, request, kScores);
  exchange(request, [](tcp::socket& socket, const ClientRequest&) { socket.close(); });
  ASSERT_TRUE(error_);
  call.fail(error_);

  const aloft::testing::SpanCopy sent = span_of(SpanKind::remote);
  EXPECT_TRUE(sent.fault);
  EXPECT_EQ(sent.http_status, 0);
  EXPECT_EQ(sent.annotation("error_category"), "beast.http");
  EXPECT_EQ(sent.exceptions.at(0).type, "unavailable");
  EXPECT_EQ(sent.exceptions.at(0).message, error_.message());
}

TEST_F(BeastMessages, MoveIntoHandlersAndEndThere) {
  ClientRequest request = get("/");
  auto handler = [call = BeastCall(*root, request, kScores)](const Response& response) mutable {
    call.finish(response);
  };
  auto moved = std::move(handler);
  moved(answer_of(beast_http::status::ok));

  const auto spans = children();
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_FALSE(spans[0].fault);
}

TEST_F(BeastMessages, ThatAreGivenUpAreFaults) {
  ClientRequest request = get("/");
  { BeastCall call(*root, request, kScores); }
  { BeastServed served(bench.tracer, request); }

  EXPECT_EQ(span_of(SpanKind::remote).exceptions.at(0).type, "dropped");
  EXPECT_EQ(span_of(SpanKind::server).exceptions.at(0).type, "dropped");
}

}  // namespace
}  // namespace aloft::integrations
