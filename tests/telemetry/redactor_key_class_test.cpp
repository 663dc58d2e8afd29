// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/key_class.hpp>

#include <gtest/gtest.h>

#include <string_view>

namespace aloft {
namespace {

constexpr SensitiveClass class_of(std::string_view key) {
  return classify_key(key).sensitive_class;
}

TEST(KeyClass, IsKnownWhenTheProgramIsCompiled) {
  static_assert(class_of("customer_email") == SensitiveClass::email);
  static_assert(class_of("shipping_method") == SensitiveClass::none);
  constexpr KeyClass kClass = classify_key("cardNumber");
  static_assert(kClass.sensitive_class == SensitiveClass::pan);
  static_assert(kClass.shape == detail::ValueShape::card);
}

TEST(KeyClass, SplitsKeysIntoWordsAtHumpsAndSeparators) {
  for (const std::string_view key :
       {"pin", "PIN", "card_pin", "card-pin", "card.pin", "cardPin", "CardPIN", "user.card.pin",
        "PINNumber", "pin_number", "pinBlock", "x%26pin", "line\\npin"}) {
    EXPECT_EQ(class_of(key), SensitiveClass::pin) << key;
  }
}

TEST(KeyClass, KnowsEveryClass) {
  EXPECT_EQ(class_of("card_number"), SensitiveClass::pan);
  EXPECT_EQ(class_of("card number"), SensitiveClass::pan);
  EXPECT_EQ(class_of("security_code"), SensitiveClass::cvv);
  EXPECT_EQ(class_of("cvv2"), SensitiveClass::cvv);
  EXPECT_EQ(class_of("DB_PASSWORD"), SensitiveClass::password);
  EXPECT_EQ(class_of("dbpassword"), SensitiveClass::password);
  EXPECT_EQ(class_of("passwd"), SensitiveClass::password);
  EXPECT_EQ(class_of("pwd"), SensitiveClass::password);
  EXPECT_EQ(class_of("X-Api-Key"), SensitiveClass::credential);
  EXPECT_EQ(class_of("apikey"), SensitiveClass::credential);
  EXPECT_EQ(class_of("jwt"), SensitiveClass::credential);
  EXPECT_EQ(class_of("Set-Cookie"), SensitiveClass::credential);
  EXPECT_EQ(class_of("session_id"), SensitiveClass::credential);
  EXPECT_EQ(class_of("JSESSIONID"), SensitiveClass::credential);
  EXPECT_EQ(class_of("track2"), SensitiveClass::credential);
  EXPECT_EQ(class_of("emailAddress"), SensitiveClass::email);
  EXPECT_EQ(class_of("phone_number"), SensitiveClass::phone);
  EXPECT_EQ(class_of("userSSN"), SensitiveClass::ssn);
  EXPECT_EQ(class_of("social_security_number"), SensitiveClass::ssn);
  EXPECT_EQ(class_of("account_number"), SensitiveClass::account);
  EXPECT_EQ(class_of("iban"), SensitiveClass::account);
  EXPECT_EQ(class_of("full_name"), SensitiveClass::personal);
  EXPECT_EQ(class_of("home_address"), SensitiveClass::personal);
  EXPECT_EQ(class_of("address_line_1"), SensitiveClass::personal);
  EXPECT_EQ(class_of("date_of_birth"), SensitiveClass::personal);
}

TEST(KeyClass, LooksThroughNumbersAndWordsThatSayHowAValueIsWritten) {
  EXPECT_EQ(class_of("password2"), SensitiveClass::password);
  EXPECT_EQ(class_of("password_2"), SensitiveClass::password);
  EXPECT_EQ(class_of("password_hash"), SensitiveClass::password);
  EXPECT_EQ(class_of("passwordHashRaw"), SensitiveClass::password);
  EXPECT_EQ(class_of("token_value"), SensitiveClass::credential);
  EXPECT_EQ(class_of("pin_confirm"), SensitiveClass::pin);
  EXPECT_EQ(class_of("value"), SensitiveClass::none);
  EXPECT_EQ(class_of("password_hash_raw_value"), SensitiveClass::none);
}

// Each of these is taken for a secret by somebody's list of parts of words.
TEST(KeyClass, SaysNothingOfWordsThatContainOthers) {
  for (const std::string_view key : {"shipping_method",
                                     "mapping_id",
                                     "author",
                                     "authorized",
                                     "className",
                                     "class_name",
                                     "pinned",
                                     "opinion",
                                     "discarded_count",
                                     "wildcard",
                                     "account_id",
                                     "next_token",
                                     "nextPageToken",
                                     "spinning",
                                     "japan",
                                     "company",
                                     "secretary",
                                     "tokens",
                                     "max_tokens",
                                     "token_type",
                                     "password_length",
                                     "passwordless",
                                     "email_verified",
                                     "emailer",
                                     "phone_type",
                                     "card_brand",
                                     "card_type",
                                     "card_bin",
                                     "cardboard",
                                     "signature_count",
                                     "credentials",
                                     "cookies",
                                     "authorizer",
                                     "passport_count",
                                     "session_count",
                                     "mobile_app",
                                     "cellar",
                                     "hotel",
                                     "telemetry",
                                     "ein_count",
                                     "protein",
                                     "stein",
                                     "latin",
                                     "distinct",
                                     "resid",
                                     "ipaddress",
                                     "ip_address",
                                     "mac_address",
                                     "address",
                                     "name",
                                     "username",
                                     "hostname",
                                     "file_name",
                                     "street_count",
                                     "filename",
                                     "first",
                                     "key",
                                     "primary_key",
                                     "track",
                                     "soundtrack",
                                     "description",
                                     "message",
                                     "order_id",
                                     "request_id",
                                     "tenant_id",
                                     "amount_minor",
                                     "timestamp",
                                     "span_id",
                                     "trace_id",
                                     "user_agent",
                                     "issn",
                                     "lessn",
                                     "scan",
                                     "plan",
                                     "span",
                                     "expand",
                                     "hash",
                                     "old",
                                     "new",
                                     "a",
                                     "",
                                     "1",
                                     "_",
                                     "pi",
                                     "n",
                                     "x1",
                                     "-pin-",
                                     "\xC3\xA9n"}) {
    EXPECT_EQ(class_of(key), SensitiveClass::none) << key;
  }
}

}  // namespace
}  // namespace aloft
