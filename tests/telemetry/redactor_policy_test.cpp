// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/redaction_policy.hpp>

#include "telemetry/redactor_policy_fixture.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace aloft {
namespace {

using PolicyRedactorTest = PolicyFixture;

// ---- Actions
// -------------------------------------------------------------------------------------

TEST_F(PolicyRedactorTest, ErasesEveryClassByDefault) {
  EXPECT_EQ(clean("card 4111111111111111 of ann@example.com, +1 415 555 0132, ssn 123-45-6789"),
            "card [redacted:pan] of [redacted:email], [redacted:phone], ssn [redacted:ssn]");
  EXPECT_EQ(counts_.card, 1U);
  EXPECT_EQ(counts_.email, 1U);
  EXPECT_EQ(counts_.phone, 1U);
  EXPECT_EQ(counts_.ssn, 1U);
  EXPECT_EQ(counts_.total(), 4U);
}

TEST_F(PolicyRedactorTest, MasksACardNumberButForItsLastFourDigits) {
  use({.pan = RedactionAction::mask});

  EXPECT_EQ(clean("4111 1111 1111 1234 x"), "4111 1111 1111 1234 x");  // not one
  EXPECT_EQ(clean("4012 8888 8888 1881 x"), "[redacted:pan *1881] x");
  EXPECT_EQ(clean("{\"number\":\"378282246310005\"}"), "{\"number\":\"[redacted:pan *0005]\"}");
}

TEST_F(PolicyRedactorTest, MasksNothingThatIsShortOrEncoded) {
  use({.pan = RedactionAction::mask});

  EXPECT_EQ(clean("%34%30%31%32%38%38%38%38%38%38%38%38%31%38%38%31"), "[redacted:pan]");
  EXPECT_EQ(clean("[\"4012\",\"8888\",\"8888\",\"1881\"]"),
            "[\"[redacted:pan]\",\"[redacted:pan]\",\"[redacted:pan]\",\"[redacted:pan]\"]");
  EXPECT_EQ(text_of(redactor_.redact_typed(sensitive_value(pan("12345678")), scratch_, counts_)),
            "[redacted:pan]");
  EXPECT_EQ(clean("cvv=1234 pin=12345678 password=123456789012"),
            "cvv=[redacted:cvv] pin=[redacted:pin] password=[redacted:credential]");
}

TEST_F(PolicyRedactorTest, HashesSoThatEqualValuesStayEqual) {
  use({.pan = RedactionAction::hash, .email = RedactionAction::hash});

  const std::string one = clean("from ann@example.com to bob@example.com");
  const std::string other = clean("Ann@Example.com");

  EXPECT_EQ(one.substr(0, 27), "from [redacted:email k7/abc");
  EXPECT_EQ(one.substr(5, other.size()), other);
  EXPECT_EQ(one.find(other, 6), std::string::npos);
  EXPECT_EQ(clean("4111-1111-1111-1111"), clean("4111111111111111"));
}

TEST_F(PolicyRedactorTest, ErasesInsteadOfHashingWithoutAKey) {
  redactor_ = *PolicyRedactor::create({.pan = RedactionAction::hash});

  EXPECT_EQ(clean("4111111111111111"), "[redacted:pan]");
  EXPECT_EQ(text_of(redactor_.redact_typed(sensitive_value(hashed(pan("4111111111111111"))),
                                           scratch_, counts_)),
            "[redacted:pan]");
}

TEST_F(PolicyRedactorTest, ErasesInsteadOfHashingWhenTheHasherRefuses) {
  use({.email = RedactionAction::hash});
  hasher_.refuses = true;

  EXPECT_EQ(clean("ann@example.com"), "[redacted:email]");
  EXPECT_TRUE(keys_->tokens_of(SensitiveClass::email, "ann@example.com").empty());
}

TEST_F(PolicyRedactorTest, KeepsPersonalDataWhenItIsToldTo) {
  use({.email = RedactionAction::keep,
       .phone = RedactionAction::keep,
       .account = RedactionAction::keep,
       .personal = RedactionAction::keep});

  const std::string_view text =
      "ann@example.com +1 415 555 0132 iban=DE89370400440532013000 first_name=Ann";
  EXPECT_EQ(clean(text), text);
  EXPECT_EQ(clean("ann@example.com pays 4111111111111111"), "ann@example.com pays [redacted:pan]");
  EXPECT_EQ(
      text_of(redactor_.redact_field(classify_key("email"), "ann@example.com", scratch_, counts_)),
      "ann@example.com");
  EXPECT_EQ(
      text_of(redactor_.redact_typed(sensitive_value(email("ann@example.com")), scratch_, counts_)),
      "ann@example.com");
  EXPECT_EQ(
      text_of(redactor_.redact_typed(sensitive_value(pii("4111111111111111")), scratch_, counts_)),
      "[redacted:pan]");
}

TEST(RedactionPolicy, HasNoActionThatShowsASecret) {
  const auto is_refused = [](const RedactionPolicy& policy) {
    const auto redactor = PolicyRedactor::create(policy);
    return !redactor && redactor.error().code == ErrorCode::invalid_argument;
  };
  EXPECT_TRUE(is_refused({.pan = RedactionAction::keep}));
  EXPECT_TRUE(is_refused({.credential = RedactionAction::keep}));
  EXPECT_TRUE(is_refused({.credential = RedactionAction::mask}));
  EXPECT_TRUE(is_refused({.ssn = RedactionAction::keep}));
  EXPECT_TRUE(is_refused({.ssn = RedactionAction::mask}));
  EXPECT_TRUE(is_refused({.email = RedactionAction::mask}));
  EXPECT_TRUE(is_refused({.pan = static_cast<RedactionAction>(9)}));
  EXPECT_FALSE(is_refused({.pan = RedactionAction::mask}));
  EXPECT_FALSE(is_refused({.credential = RedactionAction::hash}));
}

TEST_F(PolicyRedactorTest, ErasesCodesPinsAndPasswordsWhateverThePolicy) {
  use({.pan = RedactionAction::hash,
       .credential = RedactionAction::hash,
       .ssn = RedactionAction::hash,
       .email = RedactionAction::keep,
       .phone = RedactionAction::keep,
       .account = RedactionAction::keep,
       .personal = RedactionAction::keep});

  EXPECT_EQ(clean("cvv=123 pin=1234 password=hunter2 https://u:p@h/"),
            "cvv=[redacted:cvv] pin=[redacted:pin] password=[redacted:credential] "
            "https://[redacted:userinfo]@h/");
  for (const std::string_view key : {"pin", "cvv", "password"}) {
    const Value value = redactor_.redact_field(classify_key(key), "1234", scratch_, counts_);
    EXPECT_EQ(text_of(value).find("1234"), std::string::npos) << key;
    EXPECT_EQ(text_of(value).find('/'), std::string::npos) << key;
  }
  const SensitiveValue asked{SensitiveClass::pin, true, "1234"};
  EXPECT_EQ(text_of(redactor_.redact_typed(asked, scratch_, counts_)), "[redacted:pin]");
}

// ---- Fields
// --------------------------------------------------------------------------------------

TEST_F(PolicyRedactorTest, ErasesAFieldByItsKey) {
  EXPECT_EQ(field("home_address", "1 Main Street"), "[redacted:personal]");
  EXPECT_EQ(field("first_name", "Ann"), "[redacted:personal]");
  EXPECT_EQ(field("email", "ann at home"), "ann at home");
  EXPECT_EQ(field("email", "ann@localhost"), "[redacted:email]");
  EXPECT_EQ(field("email", "ann%40localhost"), "[redacted:email]");
  EXPECT_EQ(field("phone", "555-0132"), "[redacted:phone]");
  EXPECT_EQ(field("phone", "iPhone 12"), "iPhone 12");
  EXPECT_EQ(field("ssn", "123456789"), "[redacted:ssn]");
  EXPECT_EQ(field("ssn", "none"), "none");
  EXPECT_EQ(field("account_number", "0001234"), "[redacted:account]");
  EXPECT_EQ(field("api_key", "abc"), "[redacted:credential]");
  EXPECT_EQ(field("api_key", "a"), "a");
  EXPECT_EQ(field("jwt", "0123456789abcdef"), "[redacted:credential]");
  EXPECT_EQ(field("jwt", "is missing"), "is missing");
  EXPECT_EQ(field("card_number", "4111111111111112"), "[redacted:pan]");
  EXPECT_EQ(field("card_number", "**** 1111"), "**** 1111");
  EXPECT_EQ(field("pin", "12ab"), "[redacted:pin]");
  EXPECT_EQ(field("pin", "high"), "high");
  EXPECT_EQ(field("password", ""), "");
  EXPECT_EQ(field("password", "x"), "[redacted:credential]");
  EXPECT_EQ(field("order_id", "4532015112830366"), "[redacted:pan]");
  EXPECT_EQ(field("order_id", "o-17"), "o-17");
}

TEST_F(PolicyRedactorTest, KeepsTheKindOfAFieldThatIsClean) {
  const Value status = redactor_.redact_field({}, 200, scratch_, counts_);
  EXPECT_EQ(status.kind(), Value::Kind::integer);
  EXPECT_EQ(status.integer(), 200);
  const Value time = redactor_.redact_field({}, 1759288472991170, scratch_, counts_);
  EXPECT_EQ(time.integer(), 1759288472991170);
  const Value rate = redactor_.redact_field({}, 0.25, scratch_, counts_);
  EXPECT_EQ(rate.number(), 0.25);
  const Value huge = redactor_.redact_field({}, 1e300, scratch_, counts_);
  EXPECT_EQ(huge.number(), 1e300);
  const Value has = redactor_.redact_field(classify_key("has_password"), true, scratch_, counts_);
  EXPECT_TRUE(has.boolean());
  EXPECT_EQ(counts_.total(), 0U);
}

TEST_F(PolicyRedactorTest, FindsACardNumberThatIsANumber) {
  EXPECT_EQ(text_of(redactor_.redact_field({}, 4111111111111111, scratch_, counts_)),
            "[redacted:pan]");
  EXPECT_EQ(text_of(redactor_.redact_field({}, 4111111111111111.0, scratch_, counts_)),
            "[redacted:pan]");
  EXPECT_EQ(text_of(redactor_.redact_field(classify_key("pin"), 1234, scratch_, counts_)),
            "[redacted:pin]");
}

TEST_F(PolicyRedactorTest, LeavesALabelThatIsAlreadyThere) {
  EXPECT_EQ(field("password", "[redacted:credential]"), "[redacted:credential]");
  EXPECT_EQ(field("email", "[redacted:email k7/abcdefghijklmnop]"),
            "[redacted:email k7/abcdefghijklmnop]");
  EXPECT_EQ(counts_.total(), 0U);
}

TEST_F(PolicyRedactorTest, FindsACardNumberInPiecesOverFields) {
  std::vector<Value> fields = {Value("4111"), Value("1111"), Value(1111), Value("1111")};
  redactor_.redact_split(fields, counts_);
  for (const Value& value : fields) EXPECT_EQ(text_of(value), "[redacted:pan]");
  EXPECT_EQ(counts_.card, 1U);

  std::vector<Value> two = {Value("x"), Value("41111111"), Value("11111111"), Value(true)};
  redactor_.redact_split(two, counts_);
  EXPECT_EQ(two[0].text(), "x");
  EXPECT_EQ(two[1].text(), "[redacted:pan]");
  EXPECT_EQ(two[2].text(), "[redacted:pan]");

  std::vector<Value> counters = {Value(4111), Value(1111), Value(1111), Value(1111), Value(12)};
  redactor_.redact_split(counters, counts_);
  EXPECT_EQ(counters[0].integer(), 4111);
  std::vector<Value> one = {Value("4111111111111111")};
  redactor_.redact_split(one, counts_);
  EXPECT_EQ(one[0].text(), "4111111111111111");
  std::vector<Value> endless(40, Value("4"));
  redactor_.redact_split(endless, counts_);
  EXPECT_EQ(endless[0].text(), "4");
}

// ---- Typed values
// --------------------------------------------------------------------------------

TEST_F(PolicyRedactorTest, RendersTypedValuesByTheirClass) {
  use({.pan = RedactionAction::mask});
  const auto typed = [&](const auto& value) {
    return text_of(redactor_.redact_typed(sensitive_value(value), scratch_, counts_));
  };
  EXPECT_EQ(typed(secret("hush")), "[redacted:credential]");
  EXPECT_EQ(typed(pii("Ann")), "[redacted:personal]");
  EXPECT_EQ(typed(pii(42)), "[redacted:personal]");
  EXPECT_EQ(typed(email("ann@example.com")), "[redacted:email]");
  EXPECT_EQ(typed(pan("4012888888881881")), "[redacted:pan *1881]");
  EXPECT_EQ(typed(pan("not one")), "[redacted:pan]");
  EXPECT_EQ(typed(hashed(email("ann@example.com"))).substr(0, 20), "[redacted:email k7/a");
  EXPECT_EQ(typed(hashed(secret("hush"))).substr(0, 25), "[redacted:credential k7/a");
  EXPECT_EQ(typed(hashed(pii(true))).substr(0, 23), "[redacted:personal k7/a");
  EXPECT_EQ(counts_.credential, 2U);
  EXPECT_EQ(counts_.personal, 3U);
}

TEST_F(PolicyRedactorTest, BelievesThatASafeIdIsNoCardNumber) {
  const auto typed = [&](safe_id id) {
    return redactor_.redact_typed(sensitive_value(id), scratch_, counts_);
  };
  EXPECT_EQ(text_of(typed(safe_id("4111111111111111"))), "4111111111111111");
  EXPECT_EQ(text_of(typed(safe_id("415-555-0132"))), "415-555-0132");
  EXPECT_EQ(typed(safe_id(4111111111111111)).integer(), 4111111111111111);
  EXPECT_EQ(counts_.total(), 0U);

  EXPECT_EQ(text_of(typed(safe_id("ghp_abcdefghijklmnopqrstuvwxyz0123456789"))),
            "[redacted:credential]");
  EXPECT_EQ(text_of(typed(safe_id("4111 1111 1111 1111"))), "[redacted:pan]");
  EXPECT_EQ(counts_.total(), 2U);
}

// ---- Bounds
// --------------------------------------------------------------------------------------

TEST_F(PolicyRedactorTest, ReplacesATextWholeThatIsTooLong) {
  EXPECT_EQ(clean(std::string(kMaxRedactableBytes + 1, 'a')), "[redacted:oversize]");
  EXPECT_EQ(counts_.oversize, 1U);
}

TEST_F(PolicyRedactorTest, ReplacesATextWholeWhenTheScratchIsFull) {
  RedactionScratch small(1024);
  EXPECT_EQ(redactor_.redact("pin=1234 " + std::string(2000, 'a'), small, counts_),
            "[redacted:oversize]");
  std::string many;
  for (int i = 0; i < 2000; ++i) many += "pin=1234 ";
  EXPECT_EQ(redactor_.redact(many, small, counts_), "[redacted:oversize]");
  EXPECT_EQ(counts_.oversize, 2U);
}

TEST_F(PolicyRedactorTest, RendersWithoutANoteWhenTheScratchIsFull) {
  use({.pan = RedactionAction::mask});
  RedactionScratch none(0);
  EXPECT_EQ(
      text_of(redactor_.redact_typed(sensitive_value(pan("4012888888881881")), none, counts_)),
      "[redacted:pan]");
}

TEST_F(PolicyRedactorTest, AnswersTheInputItselfWhenItIsClean) {
  const std::string_view id = "550e8400-e29b-41d4-a716-446655440000";
  EXPECT_EQ(redactor_.redact(id, scratch_, counts_).data(), id.data());
  const std::string_view text = "charge ch_17 was captured";
  EXPECT_EQ(redactor_.redact(text, scratch_, counts_).data(), text.data());
}

TEST_F(PolicyRedactorTest, HasNothingToDoTheSecondTime) {
  use({.pan = RedactionAction::mask,
       .credential = RedactionAction::hash,
       .ssn = RedactionAction::hash,
       .email = RedactionAction::hash,
       .phone = RedactionAction::hash,
       .account = RedactionAction::hash,
       .personal = RedactionAction::hash});
  const std::string once = clean(
      "4012888888881881 token=abcdef ssn=123-45-6789 ann@example.com tel: 415-555-0132 "
      "iban=DE89370400440532013000 first_name=Ann https://u:p@h.example/ \"cvv\":\"123\"");
  EXPECT_EQ(redactor_.redact(once, scratch_, counts_).data(), once.data()) << once;
}

}  // namespace
}  // namespace aloft
