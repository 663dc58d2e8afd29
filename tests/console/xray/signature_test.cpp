// SPDX-License-Identifier: Apache-2.0
#include "console/xray/signature.hpp"

#include <gtest/gtest.h>

#include <string>

namespace aloft::console::xray {
namespace {

// As botocore writes it.
constexpr const char* kHeader =
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261126/eu-west-1/xray/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=00ff";

TEST(Signer, IsReadFromTheAuthorizationHeader) {
  const auto signer = Signer::parse(kHeader);

  ASSERT_TRUE(signer);
  EXPECT_EQ(signer->access_key_id, "AKIDEXAMPLE");
  EXPECT_EQ(signer->region, "eu-west-1");
  EXPECT_EQ(signer->service, "xray");
}

TEST(Signer, NeedsNoBlankBehindTheCommas) {
  EXPECT_TRUE(Signer::parse(
      "AWS4-HMAC-SHA256 Credential=a/20261126/r/xray/aws4_request,SignedHeaders=host,Signature=1"));
}

TEST(Signer, MayHaveASlashInItsKey) {
  const auto signer = Signer::parse(
      "AWS4-HMAC-SHA256 Credential=a/b/20261126/r/sts/aws4_request, SignedHeaders=h, Signature=1");

  ASSERT_TRUE(signer);
  EXPECT_EQ(signer->access_key_id, "a/b");
}

TEST(Signer, IsNobodyWhenAPartIsMissingOrMalformed) {
  for (const char* header :
       {"", "Bearer x", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256Credential=a",
        "AWS4-HMAC-SHA256 Credential=a/20261126/r/xray/aws4_request, SignedHeaders=h",
        "AWS4-HMAC-SHA256 Credential=a/20261126/r/xray/aws4_request, Signature=1",
        "AWS4-HMAC-SHA256 Credential=/20261126/r/xray/aws4_request, SignedHeaders=h, Signature=1",
        "AWS4-HMAC-SHA256 Credential=a/2026/r/xray/aws4_request, SignedHeaders=h, Signature=1",
        "AWS4-HMAC-SHA256 Credential=a/20261126/R\"/x/aws4_request, SignedHeaders=h, Signature=1",
        "AWS4-HMAC-SHA256 Credential=a/20261126/r/xray/aws3_request, SignedHeaders=h, Signature=1",
        "AWS4-HMAC-SHA256 Credential=a/xray/aws4_request, SignedHeaders=h, Signature=1"}) {
    EXPECT_FALSE(Signer::parse(header)) << header;
  }
}

}  // namespace
}  // namespace aloft::console::xray
