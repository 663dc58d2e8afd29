// SPDX-License-Identifier: Apache-2.0
#include "http_server/fixture.hpp"

#include <memory>

namespace aloft::http_server {
namespace {

using namespace std::chrono_literals;

TEST_F(ServerTest, AnswersARequest) {
  serve();
  Client client(port());

  const Reply reply = client.ask(kGet);

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "hello");
  EXPECT_TRUE(reply.has("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(reply.has("content-type: text/plain; charset=utf-8\r\n"));
  EXPECT_TRUE(reply.has("date: "));
  EXPECT_FALSE(reply.has("server:"));
}

TEST_F(ServerTest, GivesTheHandlerWhatThePeerSent) {
  router_.post("/v1/{id}", [](Context& context, const Request& request) {
    return Response::text(201, std::string(context.param("id")) + "|" + request.host + "|" +
                                   request.peer_address + "|" +
                                   std::string(*request.headers.get("x-a")) + "|" +
                                   std::string(*request.query.get("q")) + "|" + request.body);
  });
  serve();
  Client client(port());

  const Reply reply = client.ask(
      "POST /v1/a%20b?q=1 HTTP/1.1\r\nHost: api:80\r\nX-A: b\r\nContent-Length: 4\r\n\r\nbody");

  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.body, "a b|api:80|127.0.0.1|b|1|body");
}

TEST_F(ServerTest, KeepsTheConnectionForTheNextRequest) {
  serve();
  Client client(port());

  EXPECT_EQ(client.ask(kGet).status, 200);
  EXPECT_EQ(client.ask(kGet).status, 200);
  EXPECT_EQ(stats().connections, 1u);
  EXPECT_EQ(stats().requests, 2u);
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  serve({.workers = 4});
  Client client(port());
  client.send(
      "GET /gate HTTP/1.1\r\nhost: a\r\n\r\n"
      "GET / HTTP/1.1\r\nhost: a\r\n\r\n"
      "GET /none HTTP/1.1\r\nhost: a\r\n\r\n");
  gate_.wait_for(1);
  gate_.open();

  EXPECT_EQ(client.receive().body, "passed");
  EXPECT_EQ(client.receive().body, "hello");
  EXPECT_EQ(client.receive().status, 404);
}

TEST_F(ServerTest, ClosesWhenThePeerAsksForIt) {
  serve();
  Client client(port());

  const Reply reply = client.ask("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");

  EXPECT_EQ(reply.body, "hello");
  EXPECT_TRUE(reply.has("connection: close\r\n"));
  EXPECT_TRUE(client.at_end());
}

TEST_F(ServerTest, ClosesAfterAnHttp10RequestUnlessAskedToStay) {
  serve();
  Client once(port());
  Client stays(port());

  EXPECT_EQ(once.ask("GET / HTTP/1.0\r\n\r\n").body, "hello");
  EXPECT_TRUE(once.at_end());
  EXPECT_TRUE(stays.ask("GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n")
                  .has("connection: keep-alive\r\n"));
  EXPECT_EQ(stays.ask("GET / HTTP/1.0\r\n\r\n").body, "hello");
}

TEST_F(ServerTest, AnswersHeadWithTheLengthAndWithoutTheBody) {
  serve();
  Client client(port());
  client.send("HEAD / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n");

  const Reply head = client.receive(true);
  const Reply get = client.receive();

  EXPECT_TRUE(head.has("content-length: 5\r\n"));
  EXPECT_EQ(get.body, "hello");
}

TEST_F(ServerTest, TakesAChunkedBody) {
  serve();
  Client client(port());

  const Reply reply = client.ask(
      "POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\ntrailer: x\r\n\r\n");

  EXPECT_EQ(reply.body, "hello world");
  EXPECT_EQ(client.ask(kGet).status, 200);
}

TEST_F(ServerTest, SaysContinueBeforeTheBody) {
  serve();
  Client client(port());
  client.send(
      "POST /echo HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n");

  EXPECT_EQ(client.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(client.ask("ok").body, "ok");
}

TEST_F(ServerTest, TakesAnAbsoluteTarget) {
  router_.get("/host",
              [](Context&, const Request& request) { return Response::text(200, request.host); });
  serve();
  Client client(port());

  EXPECT_EQ(client.ask("GET http://b.example/host HTTP/1.1\r\nhost: a\r\n\r\n").body, "b.example");
}

TEST_F(ServerTest, LeavesFieldsOfTheConnectionToItself) {
  router_.get("/odd", [](Context&, const Request&) {
    return Response::text(99, "odd")
        .with("content-length", "3000")
        .with("Transfer-Encoding", "chunked")
        .with("x-ok", "1")
        .with("x-split", "a\r\nb: c");
  });
  serve();
  Client client(port());

  const Reply reply = client.ask("GET /odd HTTP/1.1\r\nhost: a\r\n\r\n");

  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.body, "odd");
  EXPECT_TRUE(reply.has("x-ok: 1\r\n"));
  EXPECT_FALSE(reply.has("b: c"));
  EXPECT_FALSE(reply.has("chunked"));
  EXPECT_EQ(stats().response_headers_refused, 3u);
  EXPECT_EQ(stats().response_status_replaced, 1u);
}

TEST_F(ServerTest, SendsNoBodyWith204) {
  router_.get("/none", [](Context&, const Request&) {
    Response response = Response::text(204, "ignored");
    return response;
  });
  serve();
  Client client(port());
  client.send("GET /none HTTP/1.1\r\nhost: a\r\n\r\n");

  const Reply reply = client.receive();

  EXPECT_EQ(reply.status, 204);
  EXPECT_FALSE(reply.has("content-length"));
  EXPECT_EQ(client.ask(kGet).body, "hello");
}

TEST_F(ServerTest, RunsANonBlockingHandlerWithoutAWorker) {
  std::thread::id handler_thread;
  router_.get("/fast",
              [&](Context&, const Request&) {
                handler_thread = std::this_thread::get_id();
                return Response::text(200, "fast");
              },
              {.non_blocking = true});
  serve({.workers = 1, .worker_queue_limit = 1});
  Client busy(port());
  busy.send("GET /gate HTTP/1.1\r\nhost: a\r\n\r\n");
  gate_.wait_for(1);
  Client client(port());

  EXPECT_EQ(client.ask("GET /fast HTTP/1.1\r\nhost: a\r\n\r\n").body, "fast");
  EXPECT_NE(handler_thread, std::this_thread::get_id());
}

TEST_F(ServerTest, LetsAPendingGuardOfANonBlockingRouteExpire) {
  struct Never : http::Guard {
    http::GuardDecision begin(Context&, const Request&) override {
      auto [decision, completion] = http::GuardDecision::pending();
      kept.push_back(std::move(completion));
      return std::move(decision);
    }
    std::vector<http::Completion> kept;
  };
  auto guard = std::make_shared<Never>();
  router_.use(guard).get("/fast", [](Context&, const Request&) { return Response::empty(200); },
                         {.non_blocking = true});
  serve({.handler_timeout = 30ms});
  Client client(port());

  const Reply reply = client.ask("GET /fast HTTP/1.1\r\nhost: a\r\n\r\n");

  EXPECT_EQ(reply.status, 504);
  EXPECT_EQ(stats().handler_timeouts, 0u);
}

TEST_F(ServerTest, ServesAPlainHandler) {
  Result<Server> server = Server::create(
      {}, [](Context&, const Request& request) { return Response::text(200, request.target); });
  ASSERT_TRUE(server);
  ASSERT_TRUE(server->start());
  Client client(server->port());

  EXPECT_EQ(client.ask("GET /any HTTP/1.1\r\nhost: a\r\n\r\n").body, "/any");
}

TEST_F(ServerTest, ServesFromSeveralLanes) {
  serve({.io_threads = 3});
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 12; ++i) clients.push_back(std::make_unique<Client>(port()));

  for (const auto& client : clients) EXPECT_EQ(client->ask(kGet).body, "hello");
  EXPECT_EQ(stats().connections, 12u);
}

TEST(Server, NamesATakenPortWithItsRemedy) {
  Result<Server> first = Server::create({}, http::Router());
  ASSERT_TRUE(first);
  const std::string port = std::to_string(first->port());

  const Result<Server> second = Server::create({.port = first->port()}, http::Router());

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::already_exists);
  EXPECT_EQ(second.error().message, "127.0.0.1 port " + port + " is taken by another program");
  EXPECT_EQ(second.error().remedy,
            "stop that program, or choose another port (0 picks a free one)");
}

TEST(Server, RefusesBadOptions) {
  http::Router doubled;
  const auto empty = [](Context&, const Request&) { return Response::empty(200); };
  doubled.get("/", empty).get("/", empty);

  EXPECT_EQ(Server::create({.address = "localhost"}, http::Router()).error().code,
            ErrorCode::invalid_argument);
  EXPECT_EQ(Server::create({.address = "192.0.2.1"}, http::Router()).error().code,
            ErrorCode::unavailable);
  EXPECT_EQ(Server::create({.workers = 0}, http::Router()).error().message,
            "ServerOptions::workers is out of range");
  EXPECT_FALSE(Server::create({.header_limit_bytes = 10}, http::Router()));
  EXPECT_FALSE(Server::create({.idle_timeout = 0ms}, http::Router()));
  EXPECT_EQ(Server::create({}, std::move(doubled)).error().code, ErrorCode::already_exists);
  EXPECT_FALSE(Server::create({}, http::Handler()));
}

TEST(Server, MayBeCreatedAndNeverStarted) {
  Result<Server> server = Server::create({}, http::Router());

  ASSERT_TRUE(server);
  EXPECT_TRUE(server->drain(Deadline::never()));
  server->stop();
}

}  // namespace
}  // namespace aloft::http_server
