// SPDX-License-Identifier: Apache-2.0
#include "telemetry/redactor_fixture.hpp"
#include "telemetry/redactor_positives.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace aloft {
namespace {

TEST_F(RedactorTest, FindsACardNumberInPieces) {
  constexpr Positive kPieces[] = {
      {R"(["4111","1111","1111","1111"])",
       R"(["[redacted:pan]","[redacted:pan]","[redacted:pan]","[redacted:pan]"])"},
      {"[4111,1111,1111,1111]", "[[redacted:pan]]"},
      {"[4,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[[redacted:pan]]"},
      {"41,11,11,11,11,11,11,11", "[redacted:pan]"},
      {"4111  1111  1111  1111", "[redacted:pan]"},
      {"4111 - 1111 - 1111 - 1111", "[redacted:pan]"},
      {"4111\n1111\n1111\n1111\n", "[redacted:pan]\n"},
      {"4111\\n1111\\n1111\\n1111", "[redacted:pan]"},
      {"4111\t1111\t1111\t1111", "[redacted:pan]"},
      {"4111/1111/1111/1111", "[redacted:pan]"},
      {"4111_1111_1111_1111", "[redacted:pan]"},
      {"3782, 822463, 10005", "[redacted:pan]"},
      {"41111111|11111111", "[redacted:pan]"},
      {"2026-11-22 4111/1111/1111/1111 12/28 123", "2026-11-22 [redacted:pan] 12/28 123"},
      {"4111\xC2\xA0"
       "1111\xC2\xA0"
       "1111\xC2\xA0"
       "1111",
       "[redacted:pan]"},
      {"4111\xE2\x80\x93"
       "1111\xE2\x80\x93"
       "1111\xE2\x80\x93"
       "1111",
       "[redacted:pan]"},
      {"4111%25201111%25201111%25201111", "[redacted:pan]"},
      {"p1=4111&p2=1111&p3=1111&p4=1111",
       "p1=[redacted:pan]&p2=[redacted:pan]&p3=[redacted:pan]&p4=[redacted:pan]"},
      {"p1=4111 p2=1111 p3=1111 p4=1111",
       "p1=[redacted:pan] p2=[redacted:pan] p3=[redacted:pan] p4=[redacted:pan]"},
      {"p1%3D4111%26p2%3D1111%26p3%3D1111%26p4%3D1111",
       "p1%3D[redacted:pan]%26p2%3D[redacted:pan]%26p3%3D[redacted:pan]%26p4%3D[redacted:pan]"},
      {R"({"part1":"41111111", "part2" : "11111111"})",
       R"({"part1":"[redacted:pan]", "part2" : "[redacted:pan]"})"},
  };
  for (const Positive& positive : kPieces) {
    EXPECT_EQ(clean(positive.text), positive.cleaned) << positive.text;
  }
}

TEST_F(RedactorTest, LeavesListsOfSmallNumbersAlone) {
  for (const std::string_view text : {"[4111,1111,1111,1111,12]",
                                      "[12,4111,1111,1111,1111]",
                                      "[4111,1111,1111]",
                                      "[4111,1111,1111,1112]",
                                      "read=4111 write=1111 hit=1111 miss=1111",
                                      R"({"p50":"4111","max":"1111","min":"1111","avg":"1111"})",
                                      "[2024,2025,2026,2027]",
                                      "4111, 1111, 1111, 1111ms",
                                      "411,111,111,111,111,1",
                                      "41111,11111,11111,1",
                                      "4111, 1111; 1111 or 1111",
                                      "4111,1111,1111,1111,1111,1111,1111,1111,1111,1111",
                                      "4,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1",
                                      "%34%31%31",
                                      "%34%31 %31",
                                      "\\u0034\\u0031",
                                      "&#52;&#49;",
                                      "&#99;&#x;&#x3;&#4",
                                      "%34  %31",
                                      "4111&x=1111&y=1111&z=1111",
                                      "%31%37%30%30%30%30%30%30%30%30%31%32%33",
                                      "a4111,1111,1111,1111b"}) {
    EXPECT_EQ(clean(text), text);
  }
  EXPECT_EQ(counts_.total(), 0U);
}

TEST_F(RedactorTest, TakesSixteenDigitsAloneForACardOfACommonIssuerOnly) {
  for (const std::string_view id : {"3852000002323700", "8171999927660000", "6362970000457013"}) {
    EXPECT_EQ(clean(id), id);
    EXPECT_EQ(clean("card " + std::string(id)), "card [redacted:pan]");
  }
  EXPECT_EQ(clean("4532015112830366"), "[redacted:pan]");
}

// Numbers drawn evenly: the shape of ids that a service draws or counts.
TEST_F(RedactorTest, TakesFewerThanThreeOfAHundredBareIdsForCardNumbers) {
  constexpr int kIds = 200'000;
  std::uint64_t state = 20261127;
  int taken = 0;
  for (int i = 0; i < kIds; ++i) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    const std::uint64_t id = 1'000'000'000'000'000ULL + (state >> 11U) % 9'000'000'000'000'000ULL;
    taken += clean(std::to_string(id)).size() != 16 ? 1 : 0;
  }
  EXPECT_LT(taken, kIds * 3 / 100);
  EXPECT_GT(taken, kIds * 2 / 100);
}

TEST_F(RedactorTest, ErasesListsAndObjectsUnderATellingKey) {
  EXPECT_EQ(clean(R"({"password":["hunter2", "x y"],"a":["b"]})"),
            R"({"password":["[redacted:credential]"],"a":["b"]})");
  EXPECT_EQ(clean(R"({"secret":{"value":"x","parts":[{"y":"}"}]},"a":1})"),
            R"({"secret":[redacted:credential],"a":1})");
  EXPECT_EQ(clean(R"({"secret":{"value":"x")"), R"({"secret":[redacted:credential])");
  EXPECT_EQ(clean(R"({"password":["hunter2",3],"a":1})"),
            R"({"password":["[redacted:credential]",3],"a":1})");
}

TEST_F(RedactorTest, ErasesASocialSecurityNumberUnderItsKey) {
  EXPECT_EQ(clean("ssn=123-45-6789 x"), "ssn=[redacted:ssn] x");
  EXPECT_EQ(clean(R"({"social_security_number":"123456789"})"),
            R"({"social_security_number":"[redacted:ssn]"})");
  EXPECT_EQ(clean("ssn: none, ssn=12345678, issn=1234-5678"),
            "ssn: none, ssn=12345678, issn=1234-5678");
  EXPECT_EQ(counts_.ssn, 2U);
}

}  // namespace
}  // namespace aloft
