// SPDX-License-Identifier: Apache-2.0
#include "console/gate.hpp"

#include <aloft/http/context.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft::console {
namespace {

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

constexpr const char* kToken = "0123456789abcdef0123456789abcdef";

http::Request request(http::Method method, std::string target, std::string host,
                      const Fields& fields = {}) {
  auto made = http::Request::create(method, std::move(target));
  EXPECT_TRUE(made);
  made->host = std::move(host);
  for (const auto& [name, value] : fields) EXPECT_TRUE(made->headers.try_add(name, value));
  return std::move(*made);
}

// The status of the refusal, or 0 when the request goes on.
int answer(Gate& gate, const http::Request& asked, http::Response* response = nullptr) {
  http::Context context;
  auto decision = gate.begin(context, asked);
  if (!decision.refuses()) return 0;
  const int status = decision.response().status;
  if (response != nullptr) *response = std::move(decision.response());
  return status;
}

Gate loopback() { return Gate({{"127.0.0.1", 8000}, {"dev.example"}, ""}); }
Gate everywhere() { return Gate({{"0.0.0.0", 8000}, {"dev.example"}, kToken}); }

TEST(Gate, LetsTheNamesOfLoopbackIn) {
  Gate gate = loopback();
  for (const char* host : {"127.0.0.1:8000", "localhost:8000", "LOCALHOST", "[::1]:8000",
                           "127.0.0.1:9999", "dev.example:8000"}) {
    EXPECT_EQ(answer(gate, request(http::Method::get, "/api/status", host)), 0) << host;
  }
}

TEST(Gate, RefusesForeignHostsAgainstRebinding) {
  Gate gate = loopback();
  for (const char* host :
       {"", "evil.example", "evil.example:8000", "127.0.0.1.evil.example",
        "localhost.evil.example:8000", "10.0.0.1:8000", "[::2]:8000", "[::1", ":8000"}) {
    EXPECT_EQ(answer(gate, request(http::Method::get, "/", host)), 421) << host;
  }
}

TEST(Gate, TakesAnyAddressWhenItListensEverywhereButNoName) {
  Gate gate({{"0.0.0.0", 8000}, {}, kToken});

  EXPECT_TRUE(gate.allows_host("192.168.1.5:8000"));
  EXPECT_TRUE(gate.allows_host("[fe80::1]:8000"));
  EXPECT_FALSE(gate.allows_host("evil.example:8000"));
}

TEST(Gate, RefusesChangesFromForeignPages) {
  Gate gate = loopback();
  const auto status = [&](const Fields& fields) {
    return answer(gate, request(http::Method::delete_, "/api/traces", "127.0.0.1:8000", fields));
  };

  EXPECT_EQ(status({}), 0);
  EXPECT_EQ(status({{"origin", "http://127.0.0.1:8000"}}), 0);
  EXPECT_EQ(status({{"origin", "http://127.0.0.1:8000"}, {"sec-fetch-site", "same-origin"}}), 0);
  EXPECT_EQ(status({{"origin", "http://127.0.0.1:8001"}}), 403);
  EXPECT_EQ(status({{"origin", "https://evil.example"}}), 403);
  EXPECT_EQ(status({{"origin", "null"}}), 403);
  EXPECT_EQ(status({{"sec-fetch-site", "cross-site"}}), 403);
  EXPECT_EQ(status({{"sec-fetch-site", "same-site"}}), 403);
}

TEST(Gate, AddsTheHeadersThatKeepForeignThingsOut) {
  Gate gate = loopback();
  http::Context context;

  (void)gate.begin(context, request(http::Method::get, "/api/status", "evil.example"));

  EXPECT_EQ(context.response_headers.get("content-security-policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  EXPECT_EQ(context.response_headers.get("x-content-type-options"), "nosniff");
  EXPECT_EQ(context.response_headers.get("referrer-policy"), "no-referrer");
  EXPECT_EQ(context.response_headers.get("cross-origin-opener-policy"), "same-origin");
  EXPECT_EQ(context.response_headers.get("cache-control"), "no-store");
}

TEST(Gate, AsksForTheTokenOnTheApiOnly) {
  Gate gate = everywhere();
  const auto status = [&](const char* target, const Fields& fields = {}) {
    return answer(gate, request(http::Method::get, target, "10.0.0.1:8000", fields));
  };
  const std::string bearer = std::string("Bearer ") + kToken;
  const std::string cookie = std::string("x=1; aloft_console_8000=") + kToken + "; y=2";

  EXPECT_EQ(status("/"), 0);
  EXPECT_EQ(status("/app.js"), 0);
  EXPECT_EQ(status("/api/status"), 401);
  EXPECT_EQ(status("/api"), 401);
  EXPECT_EQ(status("/api/nothing"), 401);
  EXPECT_EQ(status("/api/status", {{"authorization", bearer}}), 0);
  EXPECT_EQ(status("/api/status", {{"authorization", bearer + "0"}}), 401);
  EXPECT_EQ(status("/api/status", {{"authorization", "Bearer x"}}), 401);
  EXPECT_EQ(status("/api/status", {{"authorization", kToken}}), 401);
  EXPECT_EQ(status("/api/status", {{"cookie", cookie}}), 0);
  EXPECT_EQ(status("/api/status", {{"cookie", "aloft_console_8000="}}), 401);
  EXPECT_EQ(status("/api/status", {{"cookie", "aloft_console_8000=wrong"}}), 401);
}

TEST(Gate, TurnsTheTokenOfTheAddressIntoACookie) {
  Gate gate = everywhere();
  http::Response response;

  const int status =
      answer(gate, request(http::Method::get, std::string("/?token=") + kToken, "dev.example:8000"),
             &response);

  EXPECT_EQ(status, 303);
  EXPECT_EQ(response.headers.get("location"), "/");
  EXPECT_EQ(response.headers.get("set-cookie"),
            "aloft_console_8000=0123456789abcdef0123456789abcdef; Path=/; HttpOnly; "
            "SameSite=Strict");
  EXPECT_EQ(answer(gate, request(http::Method::get, "/?token=wrong", "dev.example:8000")), 401);
  EXPECT_EQ(answer(gate, request(http::Method::get, "/?token=", "dev.example:8000")), 401);
}

TEST(Gate, ComparesWholeTokens) {
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
  EXPECT_FALSE(equal_in_constant_time("", "a"));
}

TEST(Gate, MakesTokensOf128BitsThatDiffer) {
  const std::string one = random_token();

  EXPECT_EQ(one.size(), 32U);
  EXPECT_EQ(one.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(one, random_token());
}

}  // namespace
}  // namespace aloft::console
