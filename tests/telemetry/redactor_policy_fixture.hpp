// SPDX-License-Identifier: Apache-2.0
// A redactor with a policy and keys, for the tests of what becomes of each class.
#pragma once

#include <aloft/telemetry/redaction_policy.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace aloft {

/// A stand-in for HMAC: no secret is safe with it, but equal texts are equal. Its first byte is
/// fixed, so that tests can name the beginning of a token.
class PlainHasher final : public Hasher {
 public:
  bool sha256(std::string_view, Digest&) noexcept override { return false; }
  bool hmac_sha256(std::string_view key, std::string_view bytes, Digest& out) noexcept override {
    std::uint64_t state = 0xcbf29ce484222325ULL;
    const auto mix = [&state](std::string_view text) {
      for (const char c : text) {
        state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
      }
    };
    mix(key);
    mix(bytes);
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = static_cast<std::uint8_t>(state >> (8 * (i % 8)));
    }
    out[0] = 0x01;
    out[1] = static_cast<std::uint8_t>(0x20U | (out[1] & 0xFU));
    return !refuses;
  }

  bool refuses = false;
};

class PolicyFixture : public ::testing::Test {
 protected:
  PolicyFixture() { use({}); }

  void use(const RedactionPolicy& policy) {
    keys_ = std::move(*HashKeys::create({"k7", secret(std::string(32, 'k'))}, hasher_));
    redactor_ = *PolicyRedactor::create(policy, keys_);
  }
  std::string clean(std::string_view text, TextEnd end = TextEnd::complete) {
    std::string cleaned(redactor_.redact(text, scratch_, counts_, end));
    scratch_.clear();
    return cleaned;
  }
  static std::string text_of(const Value& value) {
    EXPECT_EQ(value.kind(), Value::Kind::text);
    return std::string(value.text());
  }
  std::string field(std::string_view key, std::string_view value) {
    return text_of(redactor_.redact_field(classify_key(key), value, scratch_, counts_));
  }

  PlainHasher hasher_;
  std::shared_ptr<HashKeys> keys_;
  PolicyRedactor redactor_;
  RedactionScratch scratch_;
  RedactionCounts counts_;
};

}  // namespace aloft
