// SPDX-License-Identifier: Apache-2.0
// Streams, drain and stop.
#include "http_server/fixture.hpp"

#include <atomic>

namespace aloft::http_server {
namespace {

using namespace std::chrono_literals;
using http::StreamWriter;

class StreamTest : public ServerTest {
 protected:
  StreamTest() {
    router_.get("/events", [this](Context&, const Request&) {
      return Response::stream("text/event-stream",
                              [this](StreamWriter writer) { opened_.set_value(writer); });
    });
  }
  StreamWriter open(Client& client) {
    client.send("GET /events HTTP/1.1\r\nhost: a\r\n\r\n");
    head_ = client.receive_until("\r\n\r\n");
    return opened_.get_future().get();
  }
  std::promise<StreamWriter> opened_;
  std::string head_;
};

TEST_F(StreamTest, SendsChunksLongAfterTheHandlerReturned) {
  serve();
  Client client(port());
  StreamWriter writer = open(client);

  EXPECT_TRUE(writer.write("data: 1\n\n"));
  EXPECT_EQ(client.receive_until("\n\n\r\n"), "9\r\ndata: 1\n\n\r\n");
  EXPECT_TRUE(writer.write("data: 22\n\n"));
  EXPECT_EQ(client.receive_until("\n\n\r\n"), "a\r\ndata: 22\n\n\r\n");
  writer.close();
  EXPECT_EQ(client.receive_all(), "0\r\n\r\n");

  EXPECT_NE(head_.find("transfer-encoding: chunked\r\n"), std::string::npos);
  EXPECT_NE(head_.find("content-type: text/event-stream\r\n"), std::string::npos);
  EXPECT_NE(head_.find("connection: close\r\n"), std::string::npos);
  EXPECT_FALSE(writer.write("more"));
  EXPECT_EQ(stats().streams, 1u);
}

TEST_F(StreamTest, IsPlainForAnHttp10Peer) {
  serve();
  Client client(port());
  client.send("GET /events HTTP/1.0\r\n\r\n");
  StreamWriter writer = opened_.get_future().get();
  writer.write("abc");
  writer.close();

  const std::string all = client.receive_all();

  EXPECT_EQ(all.substr(all.find("\r\n\r\n")), "\r\n\r\nabc");
  EXPECT_EQ(all.find("chunked"), std::string::npos);
}

TEST_F(StreamTest, BecomesInertWhenThePeerGoes) {
  serve();
  Client client(port());
  StreamWriter writer = open(client);

  client.close();

  EXPECT_TRUE(eventually([&] { return !writer.open(); }));
  EXPECT_FALSE(writer.write("x"));
  EXPECT_TRUE(eventually([&] { return stats().open_streams == 0; }));
}

TEST_F(StreamTest, CutsOffAReaderThatIsTooSlow) {
  serve();
  Client client(port(), 4096);
  StreamWriter writer = open(client);
  const std::string chunk(64 * 1024, 'x');

  int written = 0;
  while (writer.write(chunk)) ASSERT_LT(++written, 100'000);

  EXPECT_FALSE(writer.open());
  EXPECT_EQ(stats().streams_overflowed, 1u);
}

TEST_F(StreamTest, RefusesOneChunkAboveTheLimit) {
  serve();
  Client client(port());
  StreamWriter writer = open(client);

  EXPECT_FALSE(writer.write(std::string(256 * 1024 + 1, 'x')));
  EXPECT_EQ(stats().streams_overflowed, 1u);
}

TEST_F(StreamTest, TakesWritersFromManyThreads) {
  serve();
  Client client(port());
  StreamWriter writer = open(client);
  {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([writer]() mutable {
        for (int n = 0; n < 100; ++n) writer.write("data: x\n\n");
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  writer.close();

  const std::string all = client.receive_all();

  EXPECT_EQ(all.size(), 400 * std::string_view("9\r\ndata: x\n\n\r\n").size() + 5);
}

TEST_F(StreamTest, OutlivesTheServerHarmlessly) {
  serve();
  Client client(port());
  StreamWriter writer = open(client);

  server_.reset();

  EXPECT_FALSE(writer.open());
  EXPECT_FALSE(writer.write("x"));
  writer.close();
}

TEST_F(ServerTest, ClosesAStreamWhoseCallbackThrows) {
  router_.get("/events", [](Context&, const Request&) {
    return Response::stream("text/event-stream", [](StreamWriter) { throw 7; });
  });
  serve();
  Client client(port());
  client.send("GET /events HTTP/1.1\r\nhost: a\r\n\r\n");

  const std::string all = client.receive_all();

  EXPECT_EQ(all.substr(all.find("\r\n\r\n")), "\r\n\r\n0\r\n\r\n");
  EXPECT_EQ(stats().streams_failed, 1u);
}

TEST_F(ServerTest, DrainClosesIdleConnectionsAndLetsRunningRequestsFinish) {
  serve();
  Client idle(port());
  EXPECT_EQ(idle.ask(kGet).status, 200);
  Client running(port());
  running.send("GET /gate HTTP/1.1\r\nhost: a\r\n\r\n");
  gate_.wait_for(1);

  auto drained = std::async(std::launch::async, [&] { return server_->drain(Deadline::never()); });
  EXPECT_TRUE(idle.at_end());
  gate_.open();
  const Reply reply = running.receive();
  running.close();

  EXPECT_EQ(reply.body, "passed");
  EXPECT_TRUE(reply.has("connection: close\r\n"));
  EXPECT_TRUE(drained.get());
  EXPECT_EQ(stats().open_connections, 0u);
  EXPECT_FALSE(Client(port()).connected());
}

TEST_F(ServerTest, DrainGivesUpAtItsDeadline) {
  serve();
  Client running(port());
  running.send("GET /gate HTTP/1.1\r\nhost: a\r\n\r\n");
  gate_.wait_for(1);

  EXPECT_FALSE(server_->drain(Deadline::after(Clock::system(), 20ms)));
  gate_.open();
}

TEST_F(StreamTest, DrainEndsStreams) {
  serve();
  Client client(port());
  StreamWriter writer = open(client);
  writer.write("bye");

  auto drained = std::async(std::launch::async, [&] { return server_->drain(Deadline::never()); });
  const std::string rest = client.receive_all();
  client.close();

  EXPECT_EQ(rest, "3\r\nbye\r\n0\r\n\r\n");
  EXPECT_TRUE(drained.get());
}

TEST_F(ServerTest, StopClosesEverythingAndMayBeRepeated) {
  serve();
  Client idle(port());
  EXPECT_EQ(idle.ask(kGet).status, 200);
  Client half(port());
  half.send("GET / HT");
  ASSERT_TRUE(eventually([&] { return stats().connections == 2; }));

  server_->stop();
  server_->stop();

  EXPECT_TRUE(idle.at_end());
  EXPECT_TRUE(half.at_end());
  EXPECT_EQ(stats().open_connections, 0u);
}

TEST_F(ServerTest, LetsAGuardResolveAfterTheServerIsGone) {
  struct Late : http::Guard {
    http::GuardDecision begin(Context&, const Request&) override {
      auto [decision, completion] = http::GuardDecision::pending();
      kept.set_value(std::move(completion));
      return std::move(decision);
    }
    std::promise<http::Completion> kept;
  };
  auto guard = std::make_shared<Late>();
  router_.use(guard).get("/fast", [](Context&, const Request&) { return Response::empty(200); },
                         {.non_blocking = true});
  serve();
  Client client(port());
  client.send("GET /fast HTTP/1.1\r\nhost: a\r\n\r\n");
  http::Completion completion = guard->kept.get_future().get();

  server_->stop();
  server_.reset();

  EXPECT_FALSE(completion.resolve(http::GuardDecision::proceed()));
}

TEST_F(ServerTest, AnswersAnErrorAfterAHeadWithItsBody) {
  serve();
  Client client(port());
  client.send("HEAD / HTTP/1.1\r\nhost: a\r\n\r\n");
  client.receive_until("\r\n\r\n");
  client.send("BAD\r\n\r\n");

  const std::string all = client.receive_all();

  EXPECT_NE(all.find("\"status\":400"), std::string::npos);
}

}  // namespace
}  // namespace aloft::http_server
