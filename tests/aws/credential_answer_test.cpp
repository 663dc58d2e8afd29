// SPDX-License-Identifier: Apache-2.0
#include "aws/credential_answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace aloft::aws {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr WallTime kThen{std::chrono::seconds(1'440'938'160)};  // 2015-08-30T12:36:00Z

// The example of the EC2 user guide, "Retrieve security credentials from instance metadata".
constexpr std::string_view kEndpointAnswer =
    R"({"Code":"Success","LastUpdated":"2012-04-26T16:39:16Z","Type":"AWS-HMAC",)"
    R"("AccessKeyId":"ASIAIOSFODNN7EXAMPLE","SecretAccessKey":"wJalr/bPx","Token":"token==",)"
    R"("Expiration":"2015-08-30T12:36:00Z"})";

TEST(CredentialAnswer, IsReadFromTheEndpointsOfContainersAndInstances) {
  const Result<Credentials> read = read_endpoint_answer(kEndpointAnswer);

  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(read->access_key_id, "ASIAIOSFODNN7EXAMPLE");
  EXPECT_EQ(read->secret_access_key.reveal(), "wJalr/bPx");
  EXPECT_EQ(read->session_token.reveal(), "token==");
  EXPECT_EQ(read->expiration, kThen);
}

TEST(CredentialAnswer, IsRefusedWhenAPartIsMissingOrImpossibleAndNotQuoted) {
  for (const char* bad :
       {"", "hush", "[]", "{}", R"({"AccessKeyId":"hush","SecretAccessKey":"hush"})",
        R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"hush"})",
        R"({"AccessKeyId":"hush","SecretAccessKey":1,"Expiration":"2015-08-30T12:36:00Z"})",
        R"({"AccessKeyId":"hush","SecretAccessKey":"s","Expiration":"hush"})",
        R"({"AccessKeyId":"","SecretAccessKey":"hush","Expiration":"2015-08-30T12:36:00Z"})",
        R"({"AccessKeyId":"hu/sh","SecretAccessKey":"s","Expiration":"2015-08-30T12:36:00Z"})",
        R"({"AccessKeyId":"A","SecretAccessKey":"","Expiration":"2015-08-30T12:36:00Z"})",
        R"({"AccessKeyId":"A","SecretAccessKey":"hu sh","Expiration":"2015-08-30T12:36:00Z"})",
        // NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one text in two lines
        R"({"AccessKeyId":"A","SecretAccessKey":"s","Token":"hush\r\nx: y",)"
        R"("Expiration":"2015-08-30T12:36:00Z"})"}) {
    const Result<Credentials> read = read_endpoint_answer(bad);

    ASSERT_FALSE(read) << bad;
    EXPECT_EQ(read.error().code, ErrorCode::invalid_argument) << bad;
    EXPECT_THAT(read.error().to_string(), Not(HasSubstr("hush"))) << bad;
  }
  EXPECT_FALSE(read_endpoint_answer(std::string(kMaxAnswerBytes + 1, ' ')));
}

TEST(CredentialAnswer, IsReadFromAProcess) {
  const Result<Credentials> user =
      read_process_answer(R"({"Version":1,"AccessKeyId":"AKID","SecretAccessKey":"s"})");
  const Result<Credentials> session = read_process_answer(
      R"({"Version":1,"AccessKeyId":"AKID","SecretAccessKey":"s","SessionToken":"t",)"
      R"("Expiration":"2015-08-30T12:36:00Z"})");

  ASSERT_TRUE(user && session);
  EXPECT_EQ(user->expiration, std::nullopt);
  EXPECT_TRUE(user->session_token.empty());
  EXPECT_EQ(session->expiration, kThen);
  EXPECT_FALSE(read_process_answer(R"({"Version":2,"AccessKeyId":"A","SecretAccessKey":"s"})"));
  EXPECT_FALSE(read_process_answer(R"({"AccessKeyId":"AKID","SecretAccessKey":"s"})"));
  EXPECT_FALSE(read_process_answer(
      R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"soon"})"));
}

TEST(CredentialAnswer, IsReadFromSso) {
  const Result<Credentials> read = read_sso_answer(
      R"({"roleCredentials":{"accessKeyId":"ASIA","secretAccessKey":"s","sessionToken":"t",)"
      R"("expiration":1440938160000}})");

  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(read->expiration, kThen);
  EXPECT_FALSE(read_sso_answer(R"({"roleCredentials":{"accessKeyId":"A","secretAccessKey":"s"}})"));
  EXPECT_FALSE(read_sso_answer(
      R"({"roleCredentials":{"accessKeyId":"A","secretAccessKey":"s","expiration":1e18}})"));
}

TEST(CredentialAnswer, IsReadFromSts) {
  const Result<Credentials> read = read_sts_answer(
      "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>"
      "<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>a&amp;b</SecretAccessKey>"
      "<SessionToken>\n t/== </SessionToken><Expiration>2015-08-30T12:36:00Z</Expiration>"
      "</Credentials></AssumeRoleResult></AssumeRoleResponse>");

  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(read->access_key_id, "ASIA");
  EXPECT_EQ(read->secret_access_key.reveal(), "a&b");
  EXPECT_EQ(read->session_token.reveal(), "t/==");
  EXPECT_EQ(read->expiration, kThen);
}

TEST(CredentialAnswer, IsRefusedWhenStsSaysHalfOfIt) {
  for (const char* bad :
       {"", "<AccessKeyId>A</AccessKeyId>", "<Expiration>2015-08-30T12:36:00Z</Expiration>",
        "<AccessKeyId>A</AccessKeyId><SecretAccessKey>s<SessionToken>t</SessionToken>"
        "<Expiration>2015-08-30T12:36:00Z</Expiration>",
        "<AccessKeyId>A</AccessKeyId><SecretAccessKey><b>s</b></SecretAccessKey>"
        "<SessionToken>t</SessionToken><Expiration>2015-08-30T12:36:00Z</Expiration>"}) {
    EXPECT_FALSE(read_sts_answer(bad)) << bad;
  }
}

}  // namespace
}  // namespace aloft::aws
