// SPDX-License-Identifier: Apache-2.0
// The code of docs/guides/redaction.md, compiled and run; the guide quotes what stands between the
// marks.
#include <aloft/core/sensitive.hpp>
#include <aloft/telemetry/redaction_ledger.hpp>
#include <aloft/telemetry/redaction_policy.hpp>

#include "telemetry/redactor_policy_fixture.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace aloft {
namespace {

// guide: begin keys
Result<std::shared_ptr<const HashKeys>> keys_of(std::string key_bytes, Hasher& hasher) {
  auto keys = HashKeys::create({"2026-11", secret(std::move(key_bytes))}, hasher);
  if (!keys) return unexpected(keys.error());
  return std::shared_ptr<const HashKeys>(std::move(*keys));
}
// guide: end

// guide: begin policy
Result<RedactionPolicies> policies_with(const std::shared_ptr<const HashKeys>& keys) {
  RedactionPolicy everybody;  // erases everything
  everybody.pan = RedactionAction::mask;
  everybody.email = RedactionAction::hash;
  RedactionPolicy of_acme = everybody;
  of_acme.phone = RedactionAction::keep;
  return RedactionPolicies::create(everybody, {{"acme", of_acme}}, keys);
}
// guide: end

TEST(RedactionGuide, ShowsWhatItSays) {
  PlainHasher hasher;
  const auto keys = keys_of(std::string(32, 'k'), hasher);
  ASSERT_TRUE(keys);
  const auto policies = policies_with(*keys);
  ASSERT_TRUE(policies);
  RedactionLedger ledger;

  // guide: begin redact
  RedactionScratch scratch;
  RedactionCounts counts;
  const PolicyRedactor& redactor = policies->of("acme");
  const std::string_view safe =
      redactor.redact("4012888888881881 of ann@example.com", scratch, counts);
  ledger.add(RedactionPlace::log_message, counts);
  // guide: end

  EXPECT_EQ(safe.substr(0, 51), "[redacted:pan *1881] of [redacted:email 2026-11/abc");
  EXPECT_EQ(ledger.of(RedactionPlace::log_message).email, 1U);

  // guide: begin typed
  const pan card("4012 8888 8888 1881");
  const secret key("hush");
  const hashed customer(email("ann@example.com"));
  const safe_id order("4532015112830366");  // sixteen digits, and no card number
  // guide: end
  EXPECT_EQ(redactor.redact_typed(sensitive_value(card), scratch, counts).text(),
            "[redacted:pan *1881]");
  EXPECT_EQ(redactor.redact_typed(sensitive_value(key), scratch, counts).text(),
            "[redacted:credential]");
  EXPECT_EQ(redactor.redact_typed(sensitive_value(customer), scratch, counts).text().substr(0, 24),
            "[redacted:email 2026-11/");
  EXPECT_EQ(redactor.redact_typed(sensitive_value(order), scratch, counts).text(),
            "4532015112830366");
}

TEST(RedactionGuide, RefusesAKeyThatIsTooShort) {
  PlainHasher hasher;
  EXPECT_FALSE(keys_of("short", hasher));
}

}  // namespace
}  // namespace aloft
