// SPDX-License-Identifier: Apache-2.0
#include "telemetry/redactor_credential_positives.hpp"
#include "telemetry/redactor_negatives.hpp"
#include "telemetry/redactor_policy_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

namespace aloft {
namespace {

using PersonalDataTest = PolicyFixture;

TEST_F(PersonalDataTest, EmailAddressesAreFound) {
  constexpr Positive kEmails[] = {
      {"mail ann.b+tag@sub.example.co.uk now", "mail [redacted:email] now"},
      {"<ann@example.com>", "<[redacted:email]>"},
      {"\"user\":\"ann@example.com\"", "\"user\":\"[redacted:email]\""},
      {"mailto:ann@example.com?subject=x", "mailto:[redacted:email]?subject=x"},
      {"to%3Dann%40example.com%26x", "to%3D[redacted:email]%26x"},
      {"to=ann%2Btag%40example.com&x=1", "to=[redacted:email]&x=1"},
      {"ann@example.com, bob@example.org.", "[redacted:email], [redacted:email]."},
      {"line\\nann@example.com\\n", "line\\n[redacted:email]\\n"},
      {"\\u003cann@example.com\\u003e", "\\u003c[redacted:email]\\u003e"},
      {"o'neil@example.ie", "[redacted:email]"},
      {"'ann@example.com'", "'[redacted:email]'"},
      {"user@xn--bcher-kva.example", "[redacted:email]"},
      {"user@example.xn--p1ai", "[redacted:email]"},
      {"jos\xC3\xA9@example.com", "[redacted:email]"},
      {"...ann@example.com", "...[redacted:email]"},
  };
  for (const Positive& positive : kEmails) {
    EXPECT_EQ(clean(positive.text), positive.cleaned) << positive.text;
  }
  EXPECT_EQ(counts_.email, std::size(kEmails) + 1);
}

TEST_F(PersonalDataTest, AnEmailAddressIsFoundWhereTheTextWasCut) {
  EXPECT_EQ(clean("from ann@exam", TextEnd::cut), "from [redacted:email]");
  EXPECT_EQ(clean("from ann@exam"), "from ann@exam");
}

TEST_F(PersonalDataTest, NamesWithAnAtSignAreNotTakenForAddresses) {
  for (const std::string_view text :
       {"ubuntu@ip-10-0-0-1.ec2.internal", "icon@2x.png", "npm @scope/pkg@1.2.3", "lodash@4.17.21",
        "actions/checkout@v4", "git@github.com:a/b.git", "root@localhost", "@", "a@", "@b.example",
        "pod@node.svc.cluster.LOCAL", "a@b..", "a@.com", "%40", "a%40b"}) {
    EXPECT_EQ(clean(text), text);
  }
  EXPECT_EQ(counts_.total(), 0U);
}

TEST_F(PersonalDataTest, TelephoneNumbersAreFound) {
  constexpr Positive kPhones[] = {
      {"+14155550132", "[redacted:phone]"},
      {"+1 (415) 555-0132", "[redacted:phone]"},
      {"+44 20 7946 0958.", "[redacted:phone]."},
      {"+49 (0)30 901820", "[redacted:phone]"},
      {"tel=%2B14155550132&x", "tel=[redacted:phone]&x"},
      {"1-415-555-0132", "[redacted:phone]"},
      {"415.555.0132", "[redacted:phone]"},
      {"(415) 555-0132", "[redacted:phone]"},
      {"(415)555-0132 x", "[redacted:phone] x"},
      {"call me at 4155550132", "call me at [redacted:phone]"},
      {"mobile 07700 900123", "mobile [redacted:phone]"},
      {"Phone: 415 555 0132", "Phone: [redacted:phone]"},
      {"{\"phone_number\":\"5550132\"}", "{\"phone_number\":\"[redacted:phone]\"}"},
  };
  for (const Positive& positive : kPhones) {
    EXPECT_EQ(clean(positive.text), positive.cleaned) << positive.text;
  }
  EXPECT_EQ(counts_.phone, std::size(kPhones));
}

TEST_F(PersonalDataTest, NumbersThatOnlyResembleTelephoneNumbersStay) {
  for (const std::string_view text : {"415 555 0132",         "100-200-3000",
                                      "123-456-7890",         "415-155-0132",
                                      "version 1.2.3.4567",   "req 415-555-0132-890",
                                      "x-415-555-0132",       "a415-555-0132",
                                      "415-555-0132b",        "415-555-0132_7",
                                      "libc.so.6+0x29d90",    "libc+123456789012",
                                      "+0000000000",          "+12345678",
                                      "+123456789x",          "22/Nov/2026:10:30:22 +0000",
                                      "epoch 1700000000123",  "phones: 3",
                                      "telemetry 4155550132", "call 4155550132",
                                      "phone: none",          "phone is 12",
                                      "+1234567890123456",    "2026-11-22 10:30:22",
                                      "52.95.110.1234",       "192.168.100.100"}) {
    EXPECT_EQ(clean(text), text);
  }
  EXPECT_EQ(counts_.total(), 0U);
}

TEST_F(PersonalDataTest, SocialSecurityNumbersAreFoundByDashesOrContext) {
  EXPECT_EQ(clean("123-45-6789"), "[redacted:ssn]");
  EXPECT_EQ(clean("her SSN was 123 45 6789."), "her SSN was [redacted:ssn].");
  EXPECT_EQ(clean("social security number 123456789"), "social security number [redacted:ssn]");
  EXPECT_EQ(clean("{\"tin\":\"12-3456789\"}"), "{\"tin\":\"[redacted:ssn]\"}");
  EXPECT_EQ(counts_.ssn, 4U);
  for (const std::string_view text :
       {"123456789", "123 45 6789", "order 123456789", "000-45-6789", "666-45-6789", "900-45-6789",
        "123-00-6789", "123-45-0000", "123-45-67890", "1123-45-6789", "a123-45-6789",
        "x-123-45-6789", "ssn 12345678", "ssn 1234567 89", "assn 123456789"}) {
    EXPECT_EQ(clean(text), text);
  }
}

TEST_F(PersonalDataTest, BankAccountsAreFoundByTheirCheckDigitsOrKey) {
  EXPECT_EQ(clean("to DE89 3704 0044 0532 0130 00, thanks"), "to [redacted:account], thanks");
  EXPECT_EQ(clean("GB82WEST12345698765432"), "[redacted:account]");
  EXPECT_EQ(clean("account_number=000123456"), "account_number=[redacted:account]");
  EXPECT_EQ(clean("iban: XX12 3456 7890"), "iban: [redacted:account]");
  EXPECT_EQ(counts_.account, 4U);
  for (const std::string_view text :
       {"DE88370400440532013000", "xDE89370400440532013000", "DE89-----", "DE89 3704",
        "account_number=n/a", "account_id=123456", "SKU AB12 3456 7890 1234 5678"}) {
    EXPECT_EQ(clean(text), text);
  }
}

TEST_F(PersonalDataTest, ValuesUnderATellingKeyAreFoundInText) {
  EXPECT_EQ(clean("first_name=Ann last_name=\"Van Lee\" dob=1980-01-02 x=1"),
            "first_name=[redacted:personal] last_name=\"[redacted:personal]\" "
            "dob=[redacted:personal] x=1");
  EXPECT_EQ(clean(R"({"home_address":{"street":"1 Main","zip":"12345"},"x":1})"),
            R"({"home_address":[redacted:personal],"x":1})");
  EXPECT_EQ(clean("session_id=abcdef0123&x=1"), "session_id=[redacted:credential]&x=1");
  EXPECT_EQ(clean("passport_number=X1234567"), "passport_number=[redacted:personal]");
}

TEST_F(PersonalDataTest, FullWidthDigitsAreDigits) {
  std::string number;
  for (const char digit : std::string_view("4111111111111111")) {
    number += "\xEF\xBC";
    number += static_cast<char>(0x90 + (digit - '0'));
  }
  EXPECT_EQ(clean(number + " x"), "[redacted:pan] x");
  EXPECT_EQ(clean("\xEF\xBC\x8C \xEF\xBC"), "\xEF\xBC\x8C \xEF\xBC");
}

// ---- What every signal looks for
// -----------------------------------------------------------------

bool is_personal(std::string_view text) {
  return text.find('@') != std::string_view::npos || text.find("555") != std::string_view::npos ||
         text.substr(0, 1) == "+";
}

TEST_F(PersonalDataTest, SecretsAreFoundAsInSpans) {
  for (const Positive& positive : kCardPositives) {
    EXPECT_EQ(clean(positive.text), positive.cleaned) << positive.text;
  }
  for (const Positive& positive : kCredentialPositives) {
    EXPECT_EQ(clean(positive.text), positive.cleaned) << positive.text;
  }
}

TEST_F(PersonalDataTest, WhatIsNeitherStays) {
  for (const std::string_view negative : kNegatives) {
    if (is_personal(negative)) continue;
    EXPECT_EQ(clean(negative), negative);
  }
}

// Neither what is before and after, nor where a block of sixteen bytes begins, may matter.
TEST_F(PersonalDataTest, HoldsAtEveryOffsetInALongerText) {
  constexpr std::string_view kFound[] = {"ann@example.com", "+14155550132",
                                         "(415) 555-0132",  "123-45-6789",
                                         "+49 30 901820",   "DE89 3704 0044 0532 0130 00"};
  for (std::size_t offset = 0; offset < 40; ++offset) {
    for (const std::string_view found : kFound) {
      const std::string before = std::string(offset, '~') + "\n";
      const std::string cleaned = clean(before + std::string(found) + "\n~");
      EXPECT_EQ(cleaned.find(found), std::string::npos) << cleaned;
      EXPECT_EQ(cleaned.substr(0, before.size() + 10), before + "[redacted:") << cleaned;
    }
  }
}

TEST_F(PersonalDataTest, NeedsTimeInProportionToTheTextOnly) {
  // A quadratic matcher would need hours for these, and run into the limit of the test program.
  for (const std::string_view piece : {"@",
                                       "a@",
                                       "a.",
                                       "a@a.",
                                       "%40",
                                       "%",
                                       "+",
                                       "+1",
                                       "(",
                                       "1 ",
                                       "12-",
                                       "(1)",
                                       "415-555-",
                                       "AB12",
                                       "AB12 ",
                                       "AB12-",
                                       "ssn ",
                                       "123456789 ",
                                       "phone 1",
                                       "4155550132 ",
                                       "\xEF\xBC\x94",
                                       "\xEF",
                                       "%34",
                                       "\\u0034",
                                       "&#52;",
                                       "4111,",
                                       "4,",
                                       "\"4111\",",
                                       "4&a1=",
                                       "4 a1=",
                                       "4\xC2\xA0",
                                       "\"password\":{",
                                       "\"secret\":[\"",
                                       "\"password\":[\"a\",",
                                       "[redacted:email k7/a"}) {
    std::string text;
    while (text.size() < (std::size_t{1} << 20U)) text += piece;
    RedactionCounts counts;
    redactor_.redact(text, scratch_, counts);
    scratch_.clear();
  }
}

}  // namespace
}  // namespace aloft
