// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/signing.hpp>

#include "aws/signing_vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace aloft::aws {
namespace {

using http_client::ClientRequest;
using ::testing::HasSubstr;
using ::testing::Not;

/// 2015-08-30T12:36:00Z, at which all published examples are signed.
constexpr WallTime kThen{std::chrono::seconds(1'440'938'160)};

Credentials example() {
  return {.access_key_id = "AKIDEXAMPLE",
          .secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
          .source = "test"};
}

Signer signer(std::string service = "service", bool body_signed = true) {
  Result<Signer> made = Signer::create(
      {.region = "us-east-1", .service = std::move(service), .body_signed = body_signed});
  EXPECT_TRUE(made);
  return std::move(*made);
}

std::string authorization(ClientRequest request, const Credentials& credentials = example()) {
  const Result<void> ok = signer().sign(request, credentials, kThen);
  EXPECT_TRUE(ok) << ok.error().to_string();
  return std::string(request.headers.get("authorization").value_or(""));
}

TEST(Signing, AgreesWithThePublishedTestSuite) {
  for (const Vector& vector : vectors()) {
    ClientRequest request{.method = vector.method,
                          .url = std::string("https://example.amazonaws.com") + vector.target,
                          .body = vector.body};
    for (const auto& [name, value] : vector.fields) ASSERT_TRUE(request.headers.add(name, value));

    const std::string got = authorization(std::move(request));

    EXPECT_EQ(got, std::string("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/"
                               "service/aws4_request, SignedHeaders=") +
                       vector.signed_headers + ", Signature=" + vector.signature)
        << vector.name;
  }
}

TEST(Signing, SendsAndSignsASessionToken) {
  Credentials session = example();
  session.session_token = Secret(
      "AQoDYXdzEPT//////////"
      "wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwt"
      "hAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9H"
      "FvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOL"
      "n9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==");
  ClientRequest request{.method = Method::post, .url = "https://example.amazonaws.com/"};

  ASSERT_TRUE(signer().sign(request, session, kThen));

  EXPECT_EQ(request.headers.get("x-amz-security-token"), session.session_token.reveal());
  // "post-sts-header-before" of the suite.
  EXPECT_THAT(std::string(*request.headers.get("authorization")),
              HasSubstr("SignedHeaders=host;x-amz-date;x-amz-security-token, Signature="
                        "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"));
}

TEST(Signing, WritesTheCanonicalRequestOfTheGuide) {
  ClientRequest request{.method = Method::post,
                        .url = "https://Example.amazonaws.com:443/a%2Fb/?b=%7e&a=1+2"};
  ASSERT_TRUE(request.headers.add("X-Amz-Date", "20150830T123600Z"));
  ASSERT_TRUE(request.headers.add("User-Agent", "not signed"));
  ASSERT_TRUE(request.headers.add("X-Amzn-Trace-Id", "not signed"));

  const Result<CanonicalRequest> canonical = canonical_request(request, "HASH");

  ASSERT_TRUE(canonical);
  EXPECT_EQ(canonical->text,
            "POST\n/a%252Fb/\na=1%2B2&b=~\nhost:example.amazonaws.com\n"
            "x-amz-date:20150830T123600Z\n\nhost;x-amz-date\nHASH");
}

TEST(Signing, SignsThePortThatTheHostFieldWillShow) {
  const ClientRequest local{.url = "http://127.0.0.1:8000/"};
  const ClientRequest plain{.url = "http://[::1]:80/"};

  EXPECT_THAT(canonical_request(local, "H")->text, HasSubstr("\nhost:127.0.0.1:8000\n"));
  EXPECT_THAT(canonical_request(plain, "H")->text, HasSubstr("\nhost:[::1]\n"));
}

TEST(Signing, WritesTheStringToSignOfTheGuide) {
  EXPECT_EQ(string_to_sign("20150830T123600Z", "20150830/us-east-1/service/aws4_request", "abc"),
            "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\nabc");
}

TEST(Signing, WritesTimesOfOneForm) {
  EXPECT_EQ(signing_time(kThen), "20150830T123600Z");
  EXPECT_EQ(signing_time(WallTime()), "19700101T000000Z");
  EXPECT_EQ(signing_time(WallTime(std::chrono::milliseconds(951'868'799'999))), "20000229T235959Z");
}

TEST(Signing, ReplacesTheFieldsOfAnEarlierSignature) {
  const Signer one = signer();
  ClientRequest request{.url = "https://example.amazonaws.com/"};
  Credentials session = example();
  session.session_token = Secret("token");
  ASSERT_TRUE(one.sign(request, session, kThen));

  ASSERT_TRUE(one.sign(request, example(), kThen + std::chrono::hours(1)));

  EXPECT_EQ(request.headers.count("authorization"), 1u);
  EXPECT_FALSE(request.headers.has("x-amz-security-token"));
  EXPECT_EQ(request.headers.get("x-amz-date"), "20150830T133600Z");
}

TEST(Signing, LeavesTheBodyOutOverHttpsWhenAsked) {
  const Signer unsigned_body = signer("service", false);
  ClientRequest one{.method = Method::post, .url = "https://example.amazonaws.com/", .body = "a"};
  ClientRequest other = one;
  other.body = "b";

  ASSERT_TRUE(unsigned_body.sign(one, example(), kThen));
  ASSERT_TRUE(unsigned_body.sign(other, example(), kThen));

  EXPECT_EQ(one.headers.get("x-amz-content-sha256"), kUnsignedPayload);
  EXPECT_EQ(one.headers.get("authorization"), other.headers.get("authorization"));
}

TEST(Signing, RefusesAnUnsignedBodyInTheClear) {
  ClientRequest request{.method = Method::post, .url = "http://example.amazonaws.com/"};

  const Result<void> ok = signer("service", false).sign(request, example(), kThen);

  ASSERT_FALSE(ok);
  EXPECT_EQ(ok.error().code, ErrorCode::invalid_argument);
}

TEST(Signing, DerivesAKeyOncePerDayAndCredentials) {
  const Signer one = signer();
  ClientRequest request{.url = "https://example.amazonaws.com/"};
  Credentials others = example();
  others.secret_access_key = Secret("another");

  for (int i = 0; i < 3; ++i) ASSERT_TRUE(one.sign(request, example(), kThen));
  EXPECT_EQ(one.keys_derived(), 1u);
  ASSERT_TRUE(one.sign(request, example(), kThen + std::chrono::hours(12)));
  EXPECT_EQ(one.keys_derived(), 2u);
  ASSERT_TRUE(one.sign(request, others, kThen + std::chrono::hours(12)));
  EXPECT_EQ(one.keys_derived(), 3u);
}

TEST(Signing, RefusesWhatIsNoRegionOrService) {
  for (const char* bad : {"", "eu central 1", "EU", "a/b", "a\nb", "a.b"}) {
    EXPECT_FALSE(Signer::create({.region = bad, .service = "xray"})) << bad;
    EXPECT_FALSE(Signer::create({.region = "eu-central-1", .service = bad})) << bad;
  }
  EXPECT_FALSE(Signer::create({.region = std::string(65, 'a'), .service = "xray"}));
}

TEST(Signing, RefusesCredentialsThatNoFieldCanHoldWithoutQuotingThem) {
  Credentials broken = example();
  broken.session_token = Secret("tok\r\nx: y");
  ClientRequest request{.url = "https://example.amazonaws.com/"};

  const Result<void> ok = signer().sign(request, broken, kThen);

  ASSERT_FALSE(ok);
  EXPECT_THAT(ok.error().to_string(), Not(HasSubstr("tok")));
}

TEST(Signing, RefusesToSignWithoutCredentialsOrHost) {
  ClientRequest good{.url = "https://example.amazonaws.com/"};
  EXPECT_FALSE(signer().sign(good, {}, kThen));
  for (const char* url : {"", "/", "ftp://a/", "https://", "https://user@a/", "https://[::1"}) {
    ClientRequest bad{.url = url};
    EXPECT_FALSE(signer().sign(bad, example(), kThen)) << url;
  }
}

class NoHasher final : public Hasher {
 public:
  bool sha256(std::string_view, Digest&) noexcept override { return false; }
  bool hmac_sha256(std::string_view, std::string_view, Digest&) noexcept override { return false; }
};

TEST(Signing, SaysWhenTheLibraryRefusesToHash) {
  NoHasher hasher;
  const Result<Signer> made = Signer::create({.region = "us-east-1", .service = "service"}, hasher);
  ASSERT_TRUE(made);
  ClientRequest request{.url = "https://example.amazonaws.com/"};

  const Result<void> ok = made->sign(request, example(), kThen);

  ASSERT_FALSE(ok);
  EXPECT_EQ(ok.error().code, ErrorCode::internal);
  EXPECT_FALSE(request.headers.has("authorization"));
}

}  // namespace
}  // namespace aloft::aws
