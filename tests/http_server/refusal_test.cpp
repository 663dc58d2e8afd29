// SPDX-License-Identifier: Apache-2.0
// What the server refuses by itself: each with its status, its counter, and a connection that
// closes after the peer could read why.
#include "http_server/fixture.hpp"

#include <memory>
#include <vector>

namespace aloft::http_server {
namespace {

using namespace std::chrono_literals;

struct Case {
  const char* name;
  std::string request;
  int status;
  std::uint64_t ServerStats::*counter;
};

class Refusals : public ServerTest, public ::testing::WithParamInterface<Case> {};

TEST_P(Refusals, AreAnsweredCountedAndClosed) {
  serve({.header_limit_bytes = 2048,
         .header_fields_limit = 10,
         .target_limit_bytes = 100,
         .body_limit_bytes = 64});
  Client client(port());

  const Reply reply = client.ask(GetParam().request);

  EXPECT_EQ(reply.status, GetParam().status);
  EXPECT_TRUE(reply.has("connection: close\r\n"));
  EXPECT_TRUE(reply.has("application/problem+json"));
  EXPECT_EQ(reply.body.find("canary"), std::string::npos);
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(stats().*GetParam().counter, 1u);
  EXPECT_EQ(stats().refused(), 1u);
}

std::string get_with(const std::string& fields) {
  return "GET / HTTP/1.1\r\nhost: a\r\n" + fields + "\r\n";
}
std::string post_with(const std::string& fields, const std::string& body) {
  return "POST /echo HTTP/1.1\r\nhost: a\r\n" + fields + "\r\n" + body;
}
std::string many_fields() {
  std::string fields;
  for (int i = 0; i < 20; ++i) fields += "x: y\r\n";
  return fields;
}

constexpr auto kMalformed = &ServerStats::refused_malformed;

INSTANTIATE_TEST_SUITE_P(
    All, Refusals,
    ::testing::Values(
        Case{"Garbage", "canary\r\n\r\n", 400, kMalformed},
        Case{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400, kMalformed},
        Case{"TwoHosts", get_with("host: canary\r\n"), 400, kMalformed},
        Case{"HostWithASlash", "GET / HTTP/1.1\r\nhost: canary/x\r\n\r\n", 400, kMalformed},
        Case{"DotSegment", "GET /canary/../x HTTP/1.1\r\nhost: a\r\n\r\n", 400, kMalformed},
        Case{"BadEscape", "GET /canary%zz HTTP/1.1\r\nhost: a\r\n\r\n", 400, kMalformed},
        Case{"BadQuery", "GET /?canary=%0 HTTP/1.1\r\nhost: a\r\n\r\n", 400, kMalformed},
        Case{"LengthAndCoding",
             post_with("content-length: 4\r\ntransfer-encoding: chunked\r\n", "0\r\n\r\n"), 400,
             kMalformed},
        Case{"CodingAndLength",
             post_with("transfer-encoding: chunked\r\ncontent-length: 4\r\n", "0\r\n\r\n"), 400,
             kMalformed},
        Case{"TwoLengths", post_with("content-length: 4\r\ncontent-length: 5\r\n", "body"), 400,
             kMalformed},
        Case{"TwoEqualLengths", post_with("content-length: 4\r\ncontent-length: 4\r\n", "body"),
             400, kMalformed},
        Case{"ListOfLengths", post_with("content-length: 4, 4\r\n", "body"), 400, kMalformed},
        Case{"SignedLength", post_with("content-length: +4\r\n", "body"), 400, kMalformed},
        Case{"UnknownCoding", post_with("transfer-encoding: gzip\r\n", ""), 400, kMalformed},
        Case{"CodingList", post_with("transfer-encoding: gzip, chunked\r\n", "0\r\n\r\n"), 400,
             kMalformed},
        Case{"HiddenCoding", post_with("transfer-encoding: xchunked\r\n", "0\r\n\r\n"), 400,
             kMalformed},
        Case{"CodingIn10", "POST /echo HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
             400, kMalformed},
        Case{"BadChunk", post_with("transfer-encoding: chunked\r\n", "zz\r\n"), 400, kMalformed},
        Case{"BlankBeforeColon", get_with("x-a : canary\r\n"), 400, kMalformed},
        Case{"NulInValue", get_with(std::string("x-a: b\0c\r\n", 10)), 400, kMalformed},
        Case{"Method", "TRACE / HTTP/1.1\r\nhost: a\r\n\r\n", 501, &ServerStats::refused_method},
        Case{"LowerCaseMethod", "get / HTTP/1.1\r\nhost: a\r\n\r\n", 501,
             &ServerStats::refused_method},
        Case{"Version", "GET / HTTP/3.0\r\nhost: a\r\n\r\n", 505, &ServerStats::refused_version},
        Case{"Expectation", get_with("expect: canary\r\n"), 417, &ServerStats::refused_expectation},
        Case{"Target", "GET /" + std::string(200, 'a') + " HTTP/1.1\r\nhost: a\r\n\r\n", 414,
             &ServerStats::refused_target_length},
        Case{"EndlessTarget", "GET /" + std::string(4000, 'a'), 414,
             &ServerStats::refused_target_length},
        Case{"HeaderBytes", get_with("x: " + std::string(4000, 'a') + "\r\n"), 431,
             &ServerStats::refused_header_limits},
        Case{"HeaderFields", get_with(many_fields()), 431, &ServerStats::refused_header_limits},
        Case{"BodyByLength", post_with("content-length: 65\r\n", std::string(65, 'a')), 413,
             &ServerStats::refused_body_length},
        Case{"BodyByLengthBeforeContinue",
             post_with("expect: 100-continue\r\ncontent-length: 65\r\n", ""), 413,
             &ServerStats::refused_body_length},
        Case{"BodyByChunks",
             post_with("transfer-encoding: chunked\r\n", "41\r\n" + std::string(65, 'a') + "\r\n"),
             413, &ServerStats::refused_body_length},
        Case{"EndlessChunkSize",
             post_with("transfer-encoding: chunked\r\n", "fffffffffffffffff\r\n"), 400,
             kMalformed}),
    [](const auto& one) { return std::string(one.param.name); });

TEST_F(ServerTest, RefusesWhatComesAfterARefusedRequest) {
  serve();
  Client client(port());
  client.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n");
  client.send(kGet);

  EXPECT_EQ(client.receive().status, 400);
  EXPECT_EQ(client.receive_all(), "");
  EXPECT_EQ(stats().responses, 1u);
}

TEST_F(ServerTest, Answers408WhenTheHeaderIsSlow) {
  serve({.header_timeout = 30ms});
  Client client(port());
  client.send("GET / HTTP/1.1\r\nho");

  EXPECT_EQ(client.receive().status, 408);
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(stats().header_timeouts, 1u);
}

TEST_F(ServerTest, ClosesAConnectionThatSaysNothing) {
  serve({.header_timeout = 30ms});
  Client client(port());

  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(stats().header_timeouts, 1u);
}

TEST_F(ServerTest, Answers408WhenTheBodyIsSlow) {
  serve({.body_timeout = 30ms});
  Client client(port());
  client.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nab");

  EXPECT_EQ(client.receive().status, 408);
  EXPECT_EQ(stats().body_timeouts, 1u);
}

TEST_F(ServerTest, ClosesAnIdleConnectionSilently) {
  serve({.idle_timeout = 30ms});
  Client client(port());

  EXPECT_EQ(client.ask(kGet).status, 200);
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(stats().idle_timeouts, 1u);
}

TEST_F(ServerTest, Answers504WhenTheHandlerOverrunsAndThrowsItsAnswerAway) {
  serve({.handler_timeout = 30ms});
  Client client(port());
  client.send("GET /gate HTTP/1.1\r\nhost: a\r\n\r\n");

  EXPECT_EQ(client.receive().status, 504);
  EXPECT_EQ(stats().handler_timeouts, 1u);
  EXPECT_EQ(stats().running_requests, 1u);

  gate_.open();
  EXPECT_TRUE(eventually([&] { return stats().late_responses == 1; }));
  EXPECT_EQ(stats().running_requests, 0u);
}

TEST_F(ServerTest, Answers503WithRetryAfterWhenItsQueueIsFull) {
  serve({.workers = 1, .worker_queue_limit = 1});
  Client running(port());
  running.send("GET /gate HTTP/1.1\r\nhost: a\r\n\r\n");
  gate_.wait_for(1);
  Client waiting(port());
  waiting.send(kGet);
  ASSERT_TRUE(eventually([&] { return stats().running_requests == 2; }));
  Client refused(port());

  const Reply reply = refused.ask(kGet);
  gate_.open();

  EXPECT_EQ(reply.status, 503);
  EXPECT_TRUE(reply.has("retry-after: 1\r\n"));
  EXPECT_EQ(stats().refused_queue_full, 1u);
  EXPECT_EQ(running.receive().body, "passed");
  EXPECT_EQ(waiting.receive().body, "hello");
}

TEST_F(ServerTest, RefusesConnectionsAboveItsLimit) {
  serve({.connection_limit = 1});
  Client first(port());
  EXPECT_EQ(first.ask(kGet).status, 200);

  Client second(port());

  EXPECT_EQ(second.receive().status, 503);
  EXPECT_TRUE(second.at_end());
  EXPECT_EQ(stats().connections_refused, 1u);
}

TEST_F(ServerTest, ClosesAfterTheLastRequestAConnectionMayCarry) {
  serve({.requests_per_connection_limit = 2});
  Client client(port());

  EXPECT_FALSE(client.ask(kGet).has("connection: close"));
  EXPECT_TRUE(client.ask(kGet).has("connection: close"));
  EXPECT_TRUE(client.at_end());
}

TEST_F(ServerTest, CountsAPeerThatLeavesInTheMiddleOfARequest) {
  serve();
  {
    Client client(port());
    client.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nab");
    client.finish();
    EXPECT_TRUE(client.at_end());
  }

  EXPECT_TRUE(eventually([&] { return stats().read_errors == 1; }));
}

}  // namespace
}  // namespace aloft::http_server
