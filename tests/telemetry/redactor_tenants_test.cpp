// SPDX-License-Identifier: Apache-2.0
// What a policy stands on: tenants, keys of hashes, counters by place.
#include <aloft/telemetry/redaction_ledger.hpp>
#include <aloft/telemetry/redaction_policy.hpp>

#include "telemetry/redactor_policy_fixture.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft {
namespace {

TEST(RedactionPolicies, GiveATenantItsOwnPolicy) {
  auto made = RedactionPolicies::create(
      {}, {{"globex", {.email = RedactionAction::keep}}, {"acme", {.pan = RedactionAction::mask}}});
  ASSERT_TRUE(made);
  const RedactionPolicies policies = *made;

  EXPECT_EQ(policies.of("acme").policy().pan, RedactionAction::mask);
  EXPECT_EQ(policies.of("globex").policy().email, RedactionAction::keep);
  EXPECT_EQ(policies.of("initech").policy(), RedactionPolicy());
  EXPECT_EQ(policies.of("").policy(), RedactionPolicy());
  EXPECT_EQ(RedactionPolicies().of("acme").policy(), RedactionPolicy());
}

TEST(RedactionPolicies, RefuseWhatIsInvalid) {
  const auto code = [](const RedactionPolicy& everybody,
                       const std::vector<RedactionPolicies::OfTenant>& tenants) {
    const auto made = RedactionPolicies::create(everybody, tenants);
    return made ? ErrorCode::internal : made.error().code;
  };
  EXPECT_EQ(code({.pan = RedactionAction::keep}, {}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({}, {{"a", {.pan = RedactionAction::keep}}}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({}, {{"a", {}}, {"a", {}}}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({}, {{"", {}}}), ErrorCode::invalid_argument);
  const std::vector<RedactionPolicies::OfTenant> many(RedactionPolicies::kMaxTenants + 1);
  EXPECT_EQ(code({}, many), ErrorCode::resource_exhausted);
}

TEST(HashKeys, RefuseAKeyThatIsShortOrHasNoUsableId) {
  PlainHasher hasher;
  const auto is_refused = [&](std::string id, std::size_t bytes) {
    return !HashKeys::create({std::move(id), secret(std::string(bytes, 'k'))}, hasher);
  };
  EXPECT_TRUE(is_refused("k7", 31));
  EXPECT_TRUE(is_refused("", 32));
  EXPECT_TRUE(is_refused("K7", 32));
  EXPECT_TRUE(is_refused("a/b", 32));
  EXPECT_TRUE(is_refused("a-key-id-too-long", 32));
  EXPECT_TRUE(is_refused("123456789", 32));
  EXPECT_FALSE(is_refused("2026-11-27", 32));
}

TEST(HashKeys, NameTheKeyOfEachTokenAndFindAValueUnderAll) {
  PlainHasher hasher;
  auto made = HashKeys::create({"k1", secret(std::string(32, 'a'))}, hasher);
  ASSERT_TRUE(made);
  HashKeys& keys = **made;
  char room[HashKeys::kMaxTokenBytes];
  const std::string before(keys.token(SensitiveClass::email, "ann@example.com", room));

  ASSERT_TRUE(keys.rotate({"k2", secret(std::string(32, 'b'))}));

  const std::string after(keys.token(SensitiveClass::email, "ann@example.com", room));
  EXPECT_EQ(before.substr(0, 3), "k1/");
  EXPECT_EQ(after.substr(0, 3), "k2/");
  EXPECT_NE(before.substr(3), after.substr(3));
  EXPECT_EQ(keys.tokens_of(SensitiveClass::email, "ANN@example.com"),
            (std::vector<std::string>{after, before}));
}

TEST(HashKeys, RefuseToRotateToAKnownOrInvalidKeyAndForgetTheOldest) {
  PlainHasher hasher;
  auto made = HashKeys::create({"k0", secret(std::string(32, 'a'))}, hasher);
  ASSERT_TRUE(made);
  HashKeys& keys = **made;
  EXPECT_EQ(keys.rotate({"k0", secret(std::string(32, 'b'))}).error().code,
            ErrorCode::already_exists);
  EXPECT_EQ(keys.rotate({"k1", secret("short")}).error().code, ErrorCode::invalid_argument);
  for (int i = 1; i <= 8; ++i) {
    ASSERT_TRUE(keys.rotate({"k" + std::to_string(i), secret(std::string(32, 'c'))}));
  }
  const auto tokens = keys.tokens_of(SensitiveClass::pan, "4111111111111111");
  ASSERT_EQ(tokens.size(), HashKeys::kMaxKeys);
  EXPECT_EQ(tokens.front().substr(0, 3), "k8/");
  EXPECT_EQ(tokens.back().substr(0, 3), "k1/");
}

TEST(HashKeys, HashEqualValuesEquallyHoweverTheyAreWrittenAndClassesApart) {
  PlainHasher hasher;
  auto made = HashKeys::create({"k1", secret(std::string(32, 'a'))}, hasher);
  ASSERT_TRUE(made);
  const auto token = [&](SensitiveClass value_class, std::string_view value) {
    return (*made)->tokens_of(value_class, value)[0];
  };
  EXPECT_EQ(token(SensitiveClass::phone, "+1 (415) 555-0132"),
            token(SensitiveClass::phone, "14155550132"));
  EXPECT_EQ(token(SensitiveClass::account, "DE89 3704"),
            token(SensitiveClass::account, "de893704"));
  EXPECT_NE(token(SensitiveClass::ssn, "123456789"), token(SensitiveClass::phone, "123456789"));
  EXPECT_NE(token(SensitiveClass::personal, "Ann"), token(SensitiveClass::personal, "ann"));
  EXPECT_EQ(token(SensitiveClass::personal, std::string(600, 'a')),
            token(SensitiveClass::personal, std::string(700, 'a')));
}

TEST(RedactionLedger, AddsUpByPlaceAndClass) {
  RedactionLedger ledger;
  const RedactionCounts counts{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  ledger.add(RedactionPlace::log_message, counts);
  ledger.add(RedactionPlace::log_message, counts);
  ledger.add(RedactionPlace::metric, {.card = 1});

  EXPECT_EQ(ledger.of(RedactionPlace::log_message),
            (RedactionCounts{2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22}));
  EXPECT_EQ(ledger.of(RedactionPlace::metric).card, 1U);
  EXPECT_EQ(ledger.of(RedactionPlace::log_field).total(), 0U);
  EXPECT_EQ(to_string(RedactionPlace::log_exception), "log_exception");
}

}  // namespace
}  // namespace aloft
