// SPDX-License-Identifier: Apache-2.0
// Tokens by a real HMAC. The expected one was computed with Python's hmac module: the first eight
// bytes of HMAC-SHA-256 over the class's letter and the value, four bits a letter from `a`.
#include <aloft/aws/openssl_hasher.hpp>
#include <aloft/telemetry/redaction_policy.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aloft::aws {
namespace {

TEST(HashKeysOverOpenssl, GiveTheTokenThatAnyHmacGives) {
  std::shared_ptr<const HashKeys> keys =
      std::move(*HashKeys::create({"k1", secret(std::string(32, 'k'))}, openssl_hasher()));
  EXPECT_EQ(keys->tokens_of(SensitiveClass::email, "Ann@Example.com"),
            (std::vector<std::string>{"k1/igonfakfofinmpfk"}));

  const auto redactor = PolicyRedactor::create({.email = RedactionAction::hash}, keys);
  ASSERT_TRUE(redactor);
  RedactionScratch scratch;
  RedactionCounts counts;
  EXPECT_EQ(redactor->redact("from ann@example.com", scratch, counts),
            "from [redacted:email k1/igonfakfofinmpfk]");
}

}  // namespace
}  // namespace aloft::aws
