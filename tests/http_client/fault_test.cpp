// SPDX-License-Identifier: Apache-2.0
// Peers that are absent, slow, broken, greedy or hostile: each has its code and its counter.
#include "http_client/fixture.hpp"

namespace aloft::http_client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Reads a request, says `bytes` and ends the connection.
RawServer::Serve saying(std::string bytes) {
  return [bytes = std::move(bytes)](RawConnection& connection) {
    connection.receive_request();
    connection.send(bytes);
  };
}

TEST_F(ClientTest, TellsThatNobodyListens) {
  const ClosedPort nobody;
  make();

  EXPECT_EQ(refusal({.url = nobody.url()}), ErrorCode::unavailable);
  EXPECT_EQ(stats().connect_errors, 1u);
}

TEST_F(ClientTest, TellsThatAHostIsUnknown) {
  make();

  // "invalid" names nothing, for ever (RFC 6761, 6.4).
  EXPECT_EQ(refusal({.url = "http://nobody.invalid/"}), ErrorCode::unavailable);
  EXPECT_EQ(stats().connect_errors, 1u);
}

TEST_F(ClientTest, TellsThatTheConnectionWasResetAtOnce) {
  const RawServer server([](RawConnection& connection) { connection.reset_when_closed(); });
  make();

  EXPECT_EQ(refusal({.url = server.url()}), ErrorCode::unavailable);
  // The reset arrives before or after libcurl has seen the connection come about.
  EXPECT_EQ(stats().connections_broken + stats().connect_errors, 1u);
}

TEST_F(ClientTest, TellsThatTheConnectionWasResetAfterTheRequest) {
  const RawServer server([](RawConnection& connection) {
    connection.receive_request();
    connection.reset_when_closed();
  });
  make();

  EXPECT_EQ(refusal({.url = server.url()}), ErrorCode::unavailable);
  EXPECT_EQ(stats().connections_broken, 1u);
}

TEST_F(ClientTest, TellsThatTheConnectionEndedInTheHead) {
  const RawServer server(saying("HTTP/1.1 200 OK\r\ncontent-le"));
  make();

  EXPECT_EQ(refusal({.url = server.url()}), ErrorCode::unavailable);
}

TEST_F(ClientTest, TellsThatTheConnectionEndedInTheBody) {
  const RawServer server(saying("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"));
  make();

  EXPECT_EQ(refusal({.url = server.url()}), ErrorCode::unavailable);
  EXPECT_EQ(stats().connections_broken, 1u);
}

TEST_F(ClientTest, TellsThatTheConnectionEndedInAChunk) {
  const RawServer server(saying("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nhalf"));
  make();

  EXPECT_EQ(refusal({.url = server.url()}), ErrorCode::unavailable);
  EXPECT_EQ(stats().connections_broken, 1u);
}

TEST_F(ClientTest, WaitsForASilentPeerUntilTheDeadline) {
  const RawServer server([](RawConnection& connection) { connection.receive_all(); });
  Client& client = make();

  const Result<ClientResponse> answer = client.send({.url = server.url()}, soon(50ms));

  EXPECT_EQ(answer.error().code, ErrorCode::deadline_exceeded);
  EXPECT_TRUE(eventually([&] { return stats().timeouts == 1 && stats().open_connections == 0; }));
}

TEST_F(ClientTest, WaitsForSlowHeadersUntilTheDeadline) {
  const RawServer server([](RawConnection& connection) {
    connection.receive_request();
    connection.send("HTTP/1.1 200 OK\r\nx-a:");
    connection.receive_all();
  });

  EXPECT_EQ(make().send({.url = server.url()}, soon(50ms)).error().code,
            ErrorCode::deadline_exceeded);
}

TEST_F(ClientTest, WaitsForASlowBodyUntilTheDeadline) {
  const RawServer server([](RawConnection& connection) {
    connection.receive_request();
    connection.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
    connection.receive_all();
  });

  EXPECT_EQ(make().send({.url = server.url()}, soon(50ms)).error().code,
            ErrorCode::deadline_exceeded);
}

TEST_F(ClientTest, WaitsForNobodyLongerThanItsOwnLimit) {
  const RawServer server([](RawConnection& connection) { connection.receive_all(); });

  const Result<ClientResponse> answer =
      make({.request_timeout = 50ms}).send({.url = server.url()}, Deadline::never());

  EXPECT_EQ(answer.error().code, ErrorCode::deadline_exceeded);
}

TEST_F(ClientTest, GivesUpAConnectionThatDoesNotComeAbout) {
  const FullBacklog nobody_accepts;
  make({.connect_timeout = 50ms});

  EXPECT_EQ(refusal({.url = nobody_accepts.url()}), ErrorCode::unavailable);
  EXPECT_EQ(stats().connect_timeouts, 1u);
}

TEST_F(ClientTest, ObeysADeadlineSoonerThanTheConnectTimeout) {
  const FullBacklog nobody_accepts;

  const Result<ClientResponse> answer = make().send({.url = nobody_accepts.url()}, soon(50ms));

  EXPECT_EQ(answer.error().code, ErrorCode::deadline_exceeded);
}

/// Silent on the first connection, then friendly.
RawServer::Serve silent_once(std::atomic<int>& connections) {
  return [&connections](RawConnection& connection) {
    if (++connections == 1) {
      connection.receive_all();
      return;
    }
    while (!connection.receive_request().empty()) connection.send(kHello);
  };
}

TEST_F(ClientTest, WaitsForAFreeConnectionLongerThanForAConnect) {
  std::atomic<int> connections{0};
  const RawServer server(silent_once(connections));
  Client& client = make({.connections_per_host_limit = 1, .connect_timeout = 50ms});
  Inbox inbox;
  client.send({.url = server.url()}, soon(200ms), inbox.completion());
  ASSERT_TRUE(eventually([&] { return connections == 1; }));

  const Result<ClientResponse> second = client.send({.url = server.url()}, patience());

  EXPECT_TRUE(second) << second.error().to_string();
  ASSERT_TRUE(inbox.wait_for(1));
  EXPECT_EQ(inbox.results()[0].error().code, ErrorCode::deadline_exceeded);
}

TEST_F(ClientTest, ObeysADeadlineWhileItWaitsForAFreeConnection) {
  std::atomic<int> connections{0};
  const RawServer server(silent_once(connections));
  Client& client = make({.connections_per_host_limit = 1});
  Inbox inbox;
  client.send({.url = server.url()}, patience(), inbox.completion());
  ASSERT_TRUE(eventually([&] { return connections == 1; }));

  const Result<ClientResponse> second = client.send({.url = server.url()}, soon(50ms));

  EXPECT_EQ(second.error().code, ErrorCode::deadline_exceeded);
  EXPECT_EQ(connections, 1);
}

TEST_F(ClientTest, TakesABodyOfExactlyTheLimitAndRefusesOneByteMore) {
  const RawServer server(saying("HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n12345678"));

  EXPECT_TRUE(make({.response_body_limit_bytes = 8}).send({.url = server.url()}, patience()));
  make({.response_body_limit_bytes = 7});
  EXPECT_EQ(refusal({.url = server.url()}), ErrorCode::resource_exhausted);
  EXPECT_EQ(stats().response_bodies_big, 1u);
}

TEST_F(ClientTest, StopsABodyWithoutEndAtTheLimit) {
  const RawServer server([](RawConnection& connection) {
    connection.receive_request();
    connection.send("HTTP/1.1 200 OK\r\n\r\n");
    while (connection.send(std::string(4096, 'x'))) {
    }
  });
  make({.response_body_limit_bytes = 100'000});

  EXPECT_EQ(refusal({.url = server.url()}), ErrorCode::resource_exhausted);
  EXPECT_EQ(stats().response_bodies_big, 1u);
}

TEST_F(ClientTest, StopsHeadersWithoutEndAtTheLimit) {
  const RawServer many([](RawConnection& connection) {
    connection.receive_request();
    connection.send("HTTP/1.1 200 OK\r\n");
    while (connection.send("x-a: 0123456789012345678901234567890123456789\r\n")) {
    }
  });
  const RawServer one_line([](RawConnection& connection) {
    connection.receive_request();
    connection.send("HTTP/1.1 200 OK\r\nx-a: ");
    while (connection.send(std::string(4096, 'x'))) {
    }
  });
  const RawServer interim([](RawConnection& connection) {
    connection.receive_request();
    while (connection.send("HTTP/1.1 100 Continue\r\n\r\n")) {
    }
  });
  make({.response_header_limit_bytes = 16'384});

  EXPECT_EQ(refusal({.url = many.url()}), ErrorCode::resource_exhausted);
  EXPECT_EQ(refusal({.url = one_line.url()}), ErrorCode::resource_exhausted);
  EXPECT_EQ(refusal({.url = interim.url()}), ErrorCode::resource_exhausted);
  EXPECT_EQ(stats().response_headers_big, 3u);
}

TEST_F(ClientTest, RefusesWhatIsNotHttp) {
  for (const std::string_view bytes :
       {"SSH-2.0-OpenSSH_9.2\r\n", "garbage without end of line that is long enough",
        "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 999 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", "HTTP/1.1 200 OK\r\nbad name: a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nx-a: a\x01z\r\n\r\n", "HTTP/1.1 200 OK\r\nx-a: a\r\n folded\r\n\r\n"}) {
    const RawServer server(saying(std::string(bytes)));
    make();
    EXPECT_EQ(refusal({.url = server.url()}), ErrorCode::unavailable) << bytes;
    EXPECT_EQ(stats().responses_malformed, 1u) << bytes;
  }
}

TEST_F(ClientTest, TellsThatAPeerSpeaksNoTls) {
  const RawServer server([](RawConnection& connection) {
    connection.send("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
    connection.receive_all();
  });
  make();

  EXPECT_EQ(refusal({.url = "https" + server.url().substr(4)}), ErrorCode::unavailable);
  EXPECT_EQ(stats().tls_errors, 1u);
}

TEST_F(ClientTest, AsksAgainOnANewConnectionWhenTheKeptOneIsDead) {
  // The first connection serves one request and ends at the second, without a byte of an answer.
  std::atomic<int> requests{0};
  const RawServer server([&](RawConnection& connection) {
    while (!connection.receive_request().empty()) {
      if (++requests == 2) return connection.reset_when_closed();
      connection.send(kHello);
    }
  });
  Client& client = make();
  ASSERT_TRUE(client.send({.url = server.url()}, patience()));

  const Result<ClientResponse> second = client.send({.url = server.url()}, patience());

  ASSERT_TRUE(second) << second.error().to_string();
  EXPECT_EQ(second->body, "hello");
  EXPECT_EQ(server.connections(), 2);
  EXPECT_EQ(stats().resent, 1u);
  EXPECT_EQ(requests, 3);
}

TEST_F(ClientTest, NeverSendsAPostTwice) {
  std::atomic<int> requests{0};
  const RawServer server([&](RawConnection& connection) {
    while (!connection.receive_until("{}").empty()) {
      if (++requests == 2) return connection.reset_when_closed();
      connection.send(kHello);
    }
  });
  Client& client = make();
  const ClientRequest charge{.method = http::Method::post, .url = server.url(), .body = "{}"};
  ASSERT_TRUE(client.send(charge, patience()));

  EXPECT_EQ(refusal(charge), ErrorCode::unavailable);
  EXPECT_EQ(requests, 2);
  EXPECT_EQ(stats().resent, 0u);
  EXPECT_EQ(stats().connections_broken, 1u);
}

TEST_F(ClientTest, NoticesThatAKeptConnectionWasClosedBeforeItSends) {
  const RawServer server([](RawConnection& connection) {
    connection.receive_request();
    connection.send(kHello);
  });
  Client& client = make();
  const ClientRequest charge{.method = http::Method::post, .url = server.url(), .body = "{}"};

  for (int i = 0; i < 5; ++i) {
    // Closed, as a server does after its idle timeout: even a POST meets a new connection. Whether
    // the end has arrived yet is the kernel's affair, so a broken one may be seen, never a second
    // sending.
    const Result<ClientResponse> answer = client.send(charge, patience());
    EXPECT_TRUE(answer || answer.error().code == ErrorCode::unavailable);
  }
  EXPECT_EQ(stats().resent, 0u);
  EXPECT_GE(stats().responses, 1u);
}

TEST_F(ClientTest, QuotesNoPathQueryOrBodyInAnError) {
  const ClosedPort nobody;

  const Result<ClientResponse> answer = make().send({.method = http::Method::post,
                                                     .url = nobody.url() + "tok_4242?key=hunter2",
                                                     .body = "cvv=123"},
                                                    patience());

  EXPECT_THAT(answer.error().to_string(), HasSubstr("127.0.0.1"));
  EXPECT_THAT(answer.error().to_string(), Not(HasSubstr("4242")));
  EXPECT_THAT(answer.error().to_string(), Not(HasSubstr("hunter2")));
  EXPECT_THAT(answer.error().to_string(), Not(HasSubstr("cvv")));
}

TEST_F(ClientTest, RefusesABodyAboveTheLimit) {
  const RawServer server(saying(std::string(kHello)));
  make({.request_body_limit_bytes = 3});

  EXPECT_EQ(refusal({.method = http::Method::post, .url = server.url(), .body = "1234"}),
            ErrorCode::resource_exhausted);
  EXPECT_EQ(stats().refused_body_length, 1u);
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(ClientTest, AccountsForEveryRequest) {
  const ClosedPort nobody;
  const RawServer server(saying(std::string(kHello)));
  make();

  for (int i = 0; i < 10; ++i) {
    static_cast<void>(client_->send({.url = nobody.url()}, patience()));
    static_cast<void>(client_->send({.url = server.url()}, patience()));
    static_cast<void>(client_->send({.url = "ftp://x/"}, patience()));
  }

  EXPECT_EQ(stats().requests, 20u);
  EXPECT_EQ(stats().responses + stats().failed(), 20u);
  EXPECT_EQ(stats().refused(), 10u);
  EXPECT_EQ(stats().refused_invalid, 10u);
  EXPECT_EQ(stats().in_flight, 0u);
}

TEST_F(ClientTest, CancelEndsWhatIsInFlightAndWhatIsSentFromThenOn) {
  const RawServer silent([](RawConnection& connection) { connection.receive_all(); });
  Client& client = make();
  Inbox inbox;
  client.send({.url = silent.url()}, patience(), inbox.completion());

  client.cancel();
  client.send({.url = silent.url()}, patience(), inbox.completion());

  ASSERT_TRUE(inbox.wait_for(2));
  for (const Result<ClientResponse>& one : inbox.results()) {
    EXPECT_EQ(one.error().code, ErrorCode::cancelled);
  }
}

}  // namespace
}  // namespace aloft::http_client
