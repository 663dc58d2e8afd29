// SPDX-License-Identifier: Apache-2.0
// Secrets planted wherever a caller can put them: none may be in any byte that leaves the service,
// be it a datagram, an answer, stdout or stderr, while the traces themselves arrive.
#include "examples/support/payments_service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace examples_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

/// Test card numbers of several networks, and made-up credentials in the shapes of real ones.
/// Each is put together at run time, so that no scanner takes this file for a leak.
std::vector<std::string> planted_secrets() {
  return {
      "4242424242424242",
      "5555555555554444",
      "378282246310005",
      "6011 1111 1111 1117",
      "4000-0000-0000-0077",
      std::string("sk_") + "live_51H8aZq3kLmN0pQrStUvWxYz",
      std::string("AKIA") + "Q3EGRV7YT2ZKLMNB",
      std::string("ghp_") + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
      std::string("xoxb-") + "123456789012-123456789012-AbCdEfGhIjKlMnOpQrStUvWx",
      std::string("eyJhbGciOiJIUzI1NiJ9.") + "eyJzdWIiOiJwbGFudGVkIn0.c2lnbmF0dXJlLWJ5dGVz",
  };
}

std::string without_blanks(std::string text) {
  std::erase(text, ' ');
  return text;
}

std::string charge_with(const std::string& description, const std::string& number) {
  return R"({"amount_minor":1,"currency":"USD","card":{"number":")" + number +
         R"(","cvv":"739"},"description":")" + description + R"("})";
}

/// One request for each place that a caller can fill.
std::vector<RawRequest> requests_with(const std::string& secret) {
  const std::string in_url = without_blanks(secret);
  const std::pair<std::string, std::string> key{"x-api-key", "demo-acme"};
  const std::pair<std::string, std::string> json{"content-type", "application/json"};
  return {
      {"GET", "/v1/charges/" + in_url, {key}, ""},
      {"GET", "/" + in_url + "/charges", {key}, ""},
      {"GET", "/v1/charges?limit=" + in_url, {key}, ""},
      {"GET", "/v1/charges?token=" + in_url + "&limit=1", {key}, ""},
      {"GET", "/v1/charges", {{"x-api-key", secret}}, ""},
      {"GET", "/v1/charges", {key, {"authorization", "Bearer " + secret}}, ""},
      {"GET", "/v1/charges", {key, {"cookie", "session=" + secret}}, ""},
      {"GET", "/v1/charges", {key, {"user-agent", "shop/1.0 (" + secret + ")"}}, ""},
      {"GET", "/v1/charges", {key, {"referer", "http://shop.test/pay?card=" + in_url}}, ""},
      {"GET", "/v1/charges", {key, {"x-forwarded-for", in_url + ", 10.0.0.1"}}, ""},
      {"GET", "/v1/charges", {key, {"x-request-id", in_url}}, ""},
      {"GET", "/v1/charges", {key, {"x-amzn-trace-id", "Root=" + in_url + ";Self=" + in_url}}, ""},
      {"GET", "/v1/charges", {key, {"traceparent", "00-" + in_url + "-01"}}, ""},
      {"POST", "/v1/charges", {key, {"content-type", "text/" + in_url}}, "x"},
      {"POST", "/v1/charges", {key, json}, charge_with("paid with " + secret, "4242424242424242")},
      {"POST", "/v1/charges", {key, json}, charge_with("x", secret)},
      {"POST", "/v1/charges", {key, json}, R"({"currency":")" + secret + R"("})"},
      {"POST", "/v1/charges", {key, json}, R"({"card":{"number":")" + secret},
      {"POST", "/v1/charges", {key, json}, secret},
  };
}

/// Every byte that left, in one text.
std::string everything(const std::vector<Reply>& replies, const Ending& ending) {
  std::string all = ending.exit.out + ending.exit.err;
  for (const Reply& reply : replies) all += reply.head + "\n" + reply.body + "\n";
  for (const std::string& datagram : ending.datagrams) all += datagram + "\n";
  return all;
}

/// The secret must be nowhere; a failure shows where it was.
void expect_absent(const std::string& secret, const std::string& all) {
  const std::size_t at = all.find(secret);
  EXPECT_EQ(at, std::string::npos) << all.substr(at < 200 ? 0 : at - 200, 400);
}

TEST(Payments, KeepsPlantedSecretsInside) {
  for (const std::string& secret : planted_secrets()) {
    // A service for each, so that no burst of datagrams is more than the receiver's buffer holds.
    PaymentsService service({.variables = {{"ALOFT_CONSOLE_URL", "http://127.0.0.1:8000"}}});
    std::vector<Reply> replies;
    for (const RawRequest& request : requests_with(secret)) {
      replies.push_back(service.send(request));
      EXPECT_NE(replies.back().status, 0);
    }

    const Ending ending = service.stop();
    const std::string all = everything(replies, ending);

    EXPECT_EQ(replies.size(), 19u);
    EXPECT_EQ(ending.documents.size(), 19u) << ending.exit.err;
    EXPECT_THAT(all, HasSubstr("paid with [redacted:"));
    expect_absent(secret, all);
    expect_absent(without_blanks(secret), all);
  }
}

TEST(Payments, NeverSendsSecurityCodeOrKey) {
  PaymentsService service;
  const Reply reply = service.charge("demo-initech", charge_with("x", "4242424242424242"));

  const Ending ending = service.stop();
  const std::string all = everything({reply}, ending);

  EXPECT_EQ(reply.status, 201);
  EXPECT_THAT(ending.documents, SizeIs(1));
  EXPECT_THAT(all, Not(HasSubstr("cvv")));
  EXPECT_THAT(all, Not(HasSubstr("\"739\"")));
  EXPECT_THAT(all, Not(HasSubstr("demo-initech")));
}

TEST(Payments, KeepsASecretInTheHostHeaderInside) {
  PaymentsService service;
  const Reply reply = exchange_bytes(service.port(),
                                     "GET /v1/charges HTTP/1.1\r\nhost: 4242424242424242.test\r\n"
                                     "x-api-key: demo-acme\r\nconnection: close\r\n\r\n");

  const Ending ending = service.stop();

  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(everything({reply}, ending), Not(HasSubstr("4242424242424242")));
}

}  // namespace
}  // namespace examples_test
