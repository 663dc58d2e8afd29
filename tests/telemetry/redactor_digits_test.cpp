// SPDX-License-Identifier: Apache-2.0
// Digits that only their key gives away, however they are written down; and numbers that are ids.
#include "telemetry/redactor_policy_fixture.hpp"
#include "telemetry/redactor_positives.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace aloft {
namespace {

using RedactorDigits = PolicyFixture;

TEST_F(RedactorDigits, AreFoundInListsAndObjectsUnderTheirKey) {
  constexpr Positive kNested[] = {
      {R"({"cvv":["908"],"n":3})", R"({"cvv":["[redacted:cvv]"],"n":3})"},
      {R"({"pin":[ "8042" , "1357" ]})", R"({"pin":[ "[redacted:pin]" , "[redacted:pin]" ]})"},
      {R"({"pin":[8042,1357],"n":2})", R"({"pin":[[redacted:pin],[redacted:pin]],"n":2})"},
      {R"({"pin":[8,0,4,2]})", R"({"pin":[[redacted:pin]]})"},
      {R"({"cvv":["9","0","8"]})", R"({"cvv":["[redacted:cvv]"]})"},
      {R"({\"cvv\":[\"908\"]})", R"({\"cvv\":[\"[redacted:cvv]\"]})"},
      {R"({"phone":["5550143","555 0144"]})",
       R"({"phone":["[redacted:phone]","[redacted:phone]"]})"},
      {R"({"ssn":["078051120"]})", R"({"ssn":["[redacted:ssn]"]})"},
      {R"({"account_number":["00417733"]})", R"({"account_number":["[redacted:account]"]})"},
      {R"({"driver_license_number":["K4417733"]})",
       R"({"driver_license_number":["[redacted:personal]"]})"},
      {R"({"pin":{"value":"8042","tries":3}})", R"({"pin":{"value":"[redacted:pin]","tries":3}})"},
      {R"({"cvv":{"code":908}})", R"({"cvv":{"code":[redacted:cvv]}})"},
  };
  for (const Positive& positive : kNested) {
    EXPECT_EQ(clean(positive.text), positive.cleaned) << positive.text;
  }
}

TEST_F(RedactorDigits, AreFoundInGroupsUnderTheirKey) {
  constexpr Positive kGroups[] = {
      {R"({"pin":"80 42"})", R"({"pin":"[redacted:pin]"})"},
      {R"({"pin":"8-042"})", R"({"pin":"[redacted:pin]"})"},
      {"pin: 80 42", "pin: [redacted:pin]"},
      {"pin=8-0-4-2 ok", "pin=[redacted:pin] ok"},
      {"pin=80%2042&n=1", "pin=[redacted:pin]&n=1"},
      {"cvv: 9 0 8", "cvv: [redacted:cvv]"},
      {"pinCode=8042", "pinCode=[redacted:pin]"},
      {"{'pin': b'8042'}", "{'pin': b'[redacted:pin]'}"},
      {"Key (ssn)=(078051120) already exists.", "Key (ssn)=([redacted:ssn]) already exists."},
      {"pin[]=8042&pin[1]=1357", "pin[]=[redacted:pin]&pin[1]=[redacted:pin]"},
      {"pin%5B%5D=8042", "pin%5B%5D=[redacted:pin]"},
      {"`pin` = '8042'", "`pin` = '[redacted:pin]'"},
      {"WHERE pin != '8042'", "WHERE pin != '[redacted:pin]'"},
  };
  for (const Positive& positive : kGroups) {
    EXPECT_EQ(clean(positive.text), positive.cleaned) << positive.text;
  }
}

TEST_F(RedactorDigits, OfOtherNumbersStay) {
  for (const std::string_view text :
       {R"({"pin":[],"n":3})", R"({"pins":[8042]})", R"({"pin":[1,2]})", R"({"cvv":["12"]})",
        R"({"pin":{"tries":3}})", R"({"pin":["high"]})", "pin: 1 of 2", "pin: 12 100", "pin=80 42x",
        "pin: 10:30", "cvv: 9 0", R"({"cvv":[true,908]})", "shipping[]=8042"}) {
    EXPECT_EQ(clean(text), text);
  }
  EXPECT_EQ(counts_.total(), 0U);
}

TEST_F(RedactorDigits, OfGoodsAndLongIdsAreNoCards) {
  for (const std::string_view text :
       {"4006381333931", "sku=4005900036728", R"({"ean":"4008321934529"})", "358372725489166730",
        "node: 380000000000000006", "id 301234567890123453"}) {
    EXPECT_EQ(clean(text), text);
  }
  EXPECT_EQ(clean("4222222222222"), "[redacted:pan]");
  EXPECT_EQ(clean("4222 222 222 222"), "[redacted:pan]");
  EXPECT_EQ(clean("card_number=4006381333931"), "card_number=[redacted:pan]");
}

// With letters behind the check digits, in groups, in lower case; wherever a block begins.
TEST_F(RedactorDigits, OfBankAccountsAreFoundByCountryLengthAndCheckDigits) {
  for (std::size_t offset = 0; offset < 20; ++offset) {
    const std::string before = std::string(offset, '~') + " ";
    for (const std::string_view account :
         {"GB29NWBK60161331926819", "IE29 AIBK 9311 5212 3456 78", "NL91ABNA0417164300",
          "MT84 MALT 0110 0001 2345 MTLC AST0 01S", "IT60X0542811101000000123456",
          "CH93 0076 2011 6238 5295 7", "LU28-0019-4006-4475-0000",
          "LC55HEMM000100010012001200023015", "de89370400440532013000", "NO93 8601 1117 947",
          "GB29+NWBK+6016+1331+9268+19"}) {
      EXPECT_EQ(clean(before + std::string(account) + ", x"), before + "[redacted:account], x");
    }
  }
}

TEST_F(RedactorDigits, OfNoCountryOrAnotherLengthAreNoBankAccounts) {
  for (const std::string_view text :
       {"JD014600006789012345", "GB29NWBK6016133192681", "GB29NWBK601613319268190",
        "GB28NWBK60161331926819", "xGB29NWBK60161331926819", "AB12CDEF34567890123456",
        "SKU DE12 BLUE 44"}) {
    EXPECT_EQ(clean(text), text);
  }
  EXPECT_EQ(counts_.total(), 0U);
}

TEST_F(RedactorDigits, TokensAreFoundByTheirPrefix) {
  for (const std::string_view token :
       {"ya29.a0AfH6SMBx-0123456789abcdefghijKLMNOPQ", "glpat-0123456789abcdefXYZ_",
        "npm_0123456789abcdefghijklmnopqrstuvwxyz", "sk-proj-0123456789abcdefABCDEF01234567",
        "SG.0123456789abcdefghijkl.0123456789abcdefghijklmnopqrstuvwxyzABCDEFG",
        "xapp-1-A0123456789-0123456789-abcdef", "shpat_0123456789abcdef0123456789abcdef"}) {
    EXPECT_EQ(clean("got " + std::string(token) + ", ok"), "got [redacted:credential], ok");
  }
  for (const std::string_view text :
       {"ya29.", "x9ya29.abc", "sk-circle-fade-dot-before-after-x", "SG.example.com",
        "npm_config_cache", "task-0123456789abcdefABCDEF0123", "glpat-short", "2029.5", "sk-SK"}) {
    EXPECT_EQ(clean(text), text);
  }
}

}  // namespace
}  // namespace aloft
