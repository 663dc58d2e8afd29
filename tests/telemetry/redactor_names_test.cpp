// SPDX-License-Identifier: Apache-2.0
#include "telemetry/redactor_fixture.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace aloft {
namespace {

// ---- URLs
// ----------------------------------------------------------------------------------------

TEST_F(RedactorTest, KeepsSchemeAndHostOfAUrl) {
  EXPECT_EQ(clean_url("https://api.example.com/v1/charges/17?card=1#top"),
            "https://api.example.com");
  EXPECT_EQ(clean_url("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
  EXPECT_EQ(clean_url("http://[2001:db8::1]:8080/x"), "http://[2001:db8::1]:8080");
  EXPECT_EQ(clean_url("/v1/charges/17?x=1"), "");
  EXPECT_EQ(clean_url(""), "");
  EXPECT_EQ(clean_url("://example.com/x"), "");
  EXPECT_EQ(clean_url("u:p@x://example.com/x"), "");
  EXPECT_EQ(counts_.total(), 0U);
}

TEST_F(RedactorTest, KeepsThePathOfAUrlThatIsATemplate) {
  EXPECT_EQ(clean_url("https://api.example.com/v1/charges/{id}?x=1#y", UrlPath::route_template),
            "https://api.example.com/v1/charges/{id}");
  EXPECT_EQ(clean_url("/v1/charges/{id}?x=1", UrlPath::route_template), "/v1/charges/{id}");
  EXPECT_EQ(clean_url("/v1/charges/4111111111111111", UrlPath::route_template),
            "/v1/charges/[redacted:pan]");
}

TEST_F(RedactorTest, AnswersABeginningOfTheUrlItselfWhenNothingElseIsToDo) {
  const std::string_view url = "https://api.example.com/v1?x=1";
  EXPECT_EQ(redactor_.redact_url(url, UrlPath::as_sent, scratch_, counts_).data(), url.data());
}

TEST_F(RedactorTest, DropsTheUserInfoOfAUrl) {
  EXPECT_EQ(clean_url("https://user:pass@example.com/x"), "https://example.com");
  EXPECT_EQ(clean_url("https://token@example.com:444/{x}", UrlPath::route_template),
            "https://example.com:444/{x}");
  EXPECT_EQ(clean_url("https://a@b:c@example.com/"), "https://example.com");
  EXPECT_EQ(counts_.url_userinfo, 3U);
}

TEST_F(RedactorTest, KeepsNothingOfAUrlWhoseHostMayBeAPassword) {
  EXPECT_EQ(clean_url("https://user:pa/ss@example.com/x"), "https://[redacted:userinfo]");
  EXPECT_EQ(clean_url("https://user:pa?ss@example.com/x"), "https://[redacted:userinfo]");
  EXPECT_EQ(clean_url("https://user:pa#ss@example.com/x", UrlPath::route_template),
            "https://[redacted:userinfo]");
  EXPECT_EQ(clean_url("https:///x"), "https://[redacted:userinfo]");
  EXPECT_EQ(clean_url("https://ho st/"), "https://[redacted:userinfo]");
  EXPECT_EQ(counts_.url_userinfo, 5U);
}

// ---- User ids
// ------------------------------------------------------------------------------------

TEST_F(RedactorTest, KeepsUserIdsThatNameNobody) {
  for (const std::string_view id :
       {"", "u-17", "user_123", "17", "123456789", "550e8400-e29b-41d4-a716-446655440000",
        "auth0:5f7c8ec7c33c6c004bbafe82", "1759288472991170", "@", "a@", "@b", "ann", "2f",
        "1-2-3"}) {
    EXPECT_EQ(redactor_.safe_user_id(id, counts_), id);
  }
  EXPECT_EQ(counts_.total(), 0U);
}

TEST_F(RedactorTest, DropsUserIdsThatAreEmailAddresses) {
  for (const std::string_view id :
       {"ann@example.com", "a@b", "ann%40example.com", "ann+x@example.co"}) {
    EXPECT_EQ(redactor_.safe_user_id(id, counts_), "") << id;
  }
  EXPECT_EQ(counts_.email_user, 4U);
}

TEST_F(RedactorTest, DropsUserIdsThatArePhoneNumbers) {
  for (const std::string_view id :
       {"+14155550132", "4155550132", "415-555-0132", "(415) 555-0132", "tel:+442079460958",
        "+49.1512.3456789", "004915123456789", "555-0132"}) {
    EXPECT_EQ(redactor_.safe_user_id(id, counts_), "") << id;
  }
  EXPECT_EQ(counts_.phone_user, 8U);
}

// ---- Headers
// -------------------------------------------------------------------------------------

TEST(CredentialHeader, IsKnownInAnyCase) {
  for (const std::string_view name :
       {"Authorization", "proxy-authorization", "COOKIE", "Set-Cookie", "X-Amz-Security-Token",
        "X-Api-Key", "x-apikey", "X-Auth-Token", "x-client-secret", "X-Session-Id",
        "X-Password-Hint", "X-Hub-Signature-256", "X-Credential-Scope", "X-Access-Key",
        "x-private-key", "X-Passphrase", "X-User-Pin", "X-CVV"}) {
    EXPECT_TRUE(is_credential_header(name)) << name;
  }
}

TEST(CredentialHeader, IsNoneThatSaysWhatARequestIs) {
  for (const std::string_view name :
       {"accept", "Accept-Encoding", "cache-control", "Content-Type", "content-length", "host",
        "If-None-Match", "USER-AGENT", "x-amzn-requestid", "X-Correlation-Id", "X-Request-Id",
        "x-shipping", "idempotency-key", "x", ""}) {
    EXPECT_FALSE(is_credential_header(name)) << name;
  }
}

}  // namespace
}  // namespace aloft
