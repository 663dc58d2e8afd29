// SPDX-License-Identifier: Apache-2.0
// TLS with a real peer: whom the client trusts, tunnels of a proxy, and the end of the process.
#include "http_client/fixture.hpp"
#include "http_client/tls_server.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <cstring>

namespace aloft::http_client {
namespace {

using ::testing::HasSubstr;

TEST_F(ClientTest, AsksAServerWhoseAuthorityItTrusts) {
  const TlsServer server(kHello);
  ASSERT_NE(server.port(), 0) << "needs the openssl command";
  Client& client = make({.ca_file = server.certificate()});

  const Result<ClientResponse> answer = client.send({.url = server.url()}, patience());

  ASSERT_TRUE(answer) << answer.error().to_string();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->headers.get("x-a"), "b");
  EXPECT_EQ(answer->body, "hello");
}

TEST_F(ClientTest, RefusesACertificateForAnotherHost) {
  const TlsServer server(kHello);
  ASSERT_NE(server.port(), 0) << "needs the openssl command";
  make({.ca_file = server.certificate()});

  EXPECT_EQ(refusal({.url = server.url("127.0.0.1")}), ErrorCode::unavailable);
  EXPECT_EQ(stats().tls_errors, 1u);
}

TEST_F(ClientTest, RefusesACertificateOfAnUnknownAuthority) {
  const TlsServer server(kHello);
  ASSERT_NE(server.port(), 0) << "needs the openssl command";
  make();

  EXPECT_EQ(refusal({.url = server.url()}), ErrorCode::unavailable);
  EXPECT_EQ(stats().tls_errors, 1u);
}

TEST_F(ClientTest, TellsThatTheFileOfAuthoritiesIsMissing) {
  const TlsServer server(kHello);
  ASSERT_NE(server.port(), 0) << "needs the openssl command";
  make({.ca_file = server.certificate() + ".not"});

  EXPECT_EQ(refusal({.url = server.url()}), ErrorCode::unavailable);
  EXPECT_EQ(stats().tls_errors, 1u);
}

/// Sends through a proxy that `https_proxy` names while it asks.
Result<ClientResponse> ask_through(const RawServer& proxy, Client& client, const std::string& url) {
  ::setenv("https_proxy", proxy.url("").c_str(), 1);
  Result<ClientResponse> answer = client.send({.url = url}, patience());
  ::unsetenv("https_proxy");
  return answer;
}

TEST_F(ClientTest, HandsOutTheServersAnswerAndNotTheProxys) {
  const TlsServer server(kHello);
  ASSERT_NE(server.port(), 0) << "needs the openssl command";
  std::string asked;
  const RawServer proxy([&](RawConnection& connection) {
    asked = connection.receive_request();
    connection.send("HTTP/1.1 200 Connection established\r\nx-proxy: 1\r\n\r\n");
    connection.tunnel_to(server.port());
  });
  Client& client = make({.ca_file = server.certificate(), .proxy_from_environment = true});

  const Result<ClientResponse> answer = ask_through(proxy, client, server.url());

  ASSERT_TRUE(answer) << answer.error().to_string();
  EXPECT_THAT(asked, HasSubstr("CONNECT localhost:" + std::to_string(server.port())));
  EXPECT_EQ(answer->body, "hello");
  EXPECT_EQ(answer->headers.get("x-a"), "b");
  EXPECT_FALSE(answer->headers.has("x-proxy"));
}

TEST_F(ClientTest, TakesAProxysRefusalForNoConnection) {
  const RawServer proxy([](RawConnection& connection) {
    connection.receive_request();
    connection.send("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
  });
  Client& client = make({.proxy_from_environment = true});

  const Result<ClientResponse> answer = ask_through(proxy, client, "https://fraud.invalid/");

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  // Nothing of the request went out, so nobody may have handled it.
  EXPECT_EQ(stats().connect_errors, 1u) << answer.error().to_string();
}

bool openssl_was_cleaned_up = false;

/// Ends the process with a request in flight on a client that is destroyed after `main`.
void exit_with_a_static_client(const std::string& url) {
  static Client client = std::move(*Client::create());
  client.send({.url = url}, patience(), [](const Result<ClientResponse>& result) {
    ::_exit(openssl_was_cleaned_up ? 3 : result.error().code == ErrorCode::cancelled ? 0 : 4);
  });
  using Register = int (*)(void (*)());
  // libcurl's OpenSSL, which we do not link ourselves.
  void* const found = ::dlsym(RTLD_DEFAULT, "OPENSSL_atexit");
  Register at_cleanup = nullptr;
  std::memcpy(&at_cleanup, &found, sizeof at_cleanup);
  if (at_cleanup == nullptr || at_cleanup([] { openssl_was_cleaned_up = true; }) != 1) ::_exit(5);
  std::exit(6);  // the completion is called before
}

TEST(StaticClient, EndsBeforeTheTlsLibraryDoes) {
  const RawServer silent([](RawConnection& connection) { connection.receive_all(); });
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(exit_with_a_static_client(silent.url()), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace aloft::http_client
