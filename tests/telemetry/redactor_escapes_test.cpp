// SPDX-License-Identifier: Apache-2.0
// What is written in another way than as it is, and what must not be taken for that.
#include "telemetry/redactor_policy_fixture.hpp"
#include "telemetry/redactor_positives.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace aloft {
namespace {

using RedactorEscapes = PolicyFixture;

// Digits written one by one in another way.
TEST_F(RedactorEscapes, FindsACardNumberWhoseDigitsAreEncoded) {
  constexpr Positive kEncoded[] = {
      {"q=%34%31%31%31%31%31%31%31%31%31%31%31%31%31%31%31&x", "q=[redacted:pan]&x"},
      {"%34%31%31%31%20%31%31%31%31%2D%31%31%31%31%20%31%31%31%31", "[redacted:pan]"},
      {"41%31%31%31%31%31%31%31%31%31%31%31%31%31%31 z", "[redacted:pan] z"},
      {"%2041%31%31%31%31%31%31%31%31%31%31%31%31%31%31", "%20[redacted:pan]"},
      {"\"\\u0034\\u0031\\u0031\\u0031\\u0031\\u0031\\u0031\\u0031"
       "\\u0031\\u0031\\u0031\\u0031\\u0031\\u0031\\u0031\\u0031\"",
       "\"[redacted:pan]\""},
      {R"(\u0034111\u002d1111\u00201111-1111)", "[redacted:pan]"},
      {"&#52;&#49;&#49;&#49;&#32;&#49;&#49;&#49;&#49;&#45;&#49;&#49;&#49;&#49;1111",
       "[redacted:pan]"},
      {"&#x34;&#x31;&#x31;&#x31;&#x31;&#x31;&#x31;&#x31;&#x31;&#x31;&#x31;&#x31;&#x31;&#x31;"
       "&#x31;&#x31;",
       "[redacted:pan]"},
  };
  for (const Positive& positive : kEncoded) {
    EXPECT_EQ(clean(positive.text), positive.cleaned) << positive.text;
  }
}

TEST_F(RedactorEscapes, KeysAndDelimitersAreSeenThrough) {
  constexpr Positive kEscaped[] = {
      {R"({"url":"/pay?n=1\u0026pin=8042\u0026x=1"})",
       R"({"url":"/pay?n=1\u0026pin=[redacted:pin]\u0026x=1"})"},
      {R"(password\u003dtulip-77 next)", "password\\u003d[redacted:credential] next"},
      {R"(p\u0061ssword=tulip-77)", "p\\u0061ssword=[redacted:credential]"},
      {R"({\x22cvv\x22:\x22908\x22})", R"({\x22cvv\x22:\x22[redacted:cvv]\x22})"},
      {"p%61ssword=tulip-77&x", "p%61ssword=[redacted:credential]&x"},
      {"next=%252Fa%253Fpassword%253Dtulip%2526page%253D2",
       "next=%252Fa%253Fpassword%253D[redacted:credential]%2526page%253D2"},
      {"{&#34;cvv&#34;:&#34;908&#34;}", "{&#34;cvv&#34;:&#34;[redacted:cvv]&#34;}"},
      {"pass\xE2\x80\x8Bword=tulip-77", "pass\xE2\x80\x8Bword=[redacted:credential]"},
      {"password\xC2\xA0: tulip-77", "password\xC2\xA0: [redacted:credential]"},
  };
  for (const Positive& positive : kEscaped) {
    EXPECT_EQ(clean(positive.text), positive.cleaned) << positive.text;
  }
}

TEST_F(RedactorEscapes, NumbersAndAddressesAreSeenThrough) {
  constexpr Positive kEscaped[] = {
      {R"({"to":"bo.li\u0040example.net"})", R"({"to":"[redacted:email]"})"},
      {"<b>bo.li&#64;example.net</b>", "<b>[redacted:email]</b>"},
      {"<b>bo.li&#x40;example.net</b>", "<b>[redacted:email]</b>"},
      {"to=bo.li%2540example.net&n=1", "to=[redacted:email]&n=1"},
      {"tel=%2B44%20131%20496%200123&n=1", "tel=[redacted:phone]&n=1"},
      {"tel=%2B1%20%28202%29%20555-0143", "tel=[redacted:phone]"},
      {"to=GB29%20NWBK%206016%201331%209268%2019&n=1", "to=[redacted:account]&n=1"},
      {R"(amqp:\/\/shop:tulip-77@mq.example\/)", R"(amqp:\/\/[redacted:userinfo]@mq.example\/)"},
      {"q=%2534%2530%2531%2532%2538%2538%2538%2538%2538%2538%2538%2538%2531%2538%2538%2531",
       "q=[redacted:pan]"},
      {"4012\xE2\x80\x8B"
       "8888\xE2\x80\x8B"
       "8888\xE2\x80\x8B"
       "1881",
       "[redacted:pan]"},
      {"078\xE2\x80\x93"
       "05\xE2\x80\x93"
       "1120",
       "[redacted:ssn]"},
  };
  for (const Positive& positive : kEscaped) {
    EXPECT_EQ(clean(positive.text), positive.cleaned) << positive.text;
  }
}

TEST_F(RedactorEscapes, WhatHasEscapesAndNoSecretStaysByteForByte) {
  for (const std::string_view text : {"GET /find?q=blue%20shoes%26boots&page=2 HTTP/1.1",
                                      "C:\\users\\x86\\a.txt",
                                      "100%25 done",
                                      R"({"path":"\/v1\/orders\/42","n":"caf\u00e9"})",
                                      "a &amp; b &lt;c&gt; &#8364;5",
                                      "12\xC2\xA0\xE2\x82\xAC, \xC2\xAB mot \xC2\xBB",
                                      "it\xE2\x80\x99s \xE2\x80\x94 fine\xE2\x80\xA6",
                                      "%",
                                      "%2",
                                      "%zz%2",
                                      "\\",
                                      "\\u",
                                      "\\u00",
                                      "\\u00g0",
                                      "\\x4",
                                      "&#;",
                                      "&#x;",
                                      "&#999999;",
                                      "\xE2\x80",
                                      "\xC2",
                                      "\xEF\xBC"}) {
    EXPECT_EQ(clean(text), text);
  }
  EXPECT_EQ(counts_.total(), 0U);
}

// Three are taken off; who wraps a secret more often than that is not seen through.
TEST_F(RedactorEscapes, LayersHaveALimit) {
  EXPECT_EQ(clean("pin%25253D8042"), "pin%25253D[redacted:pin]");
  EXPECT_EQ(clean("pin%252525253D8042"), "pin%252525253D8042");
}

TEST_F(RedactorEscapes, ATextForWhoseLayerThereIsNoRoomGoesWhole) {
  RedactionScratch small(17000);
  const std::string text = "%20" + std::string(20000, 'a');

  EXPECT_EQ(redactor_.redact(text, small, counts_), "[redacted:oversize]");

  EXPECT_EQ(counts_.oversize, 1U);
}

TEST_F(RedactorEscapes, LayersGiveTheirRoomBack) {
  RedactionScratch small(17000);
  const std::string text = "%20" + std::string(9000, 'a');

  for (int i = 0; i < 10; ++i) EXPECT_EQ(redactor_.redact(text, small, counts_), text);

  EXPECT_EQ(counts_.oversize, 0U);
}

TEST_F(RedactorEscapes, APlusIsTheBlankOfAQuery) {
  EXPECT_EQ(clean(R"(n=\u0034012+8888+8888+1881&b=1+2)"), "n=[redacted:pan]&b=1+2");
}

// A block of the search may hold too few digits of the beginning to be looked at.
TEST_F(RedactorEscapes, FindsADisguisedCardNumberWhereverABlockBegins) {
  for (std::size_t offset = 0; offset < 20; ++offset) {
    const std::string before = std::string(offset, '~') + '"';
    for (const std::string_view number :
         {"&#52;&#48;&#49;&#50;&#56;&#56;&#56;&#56;&#56;&#56;&#56;&#56;&#49;&#56;&#56;&#49;",
          "%34%30%31%32%38%38%38%38%38%38%38%38%31%38%38%31", "4012–8888–8888–1881",
          "4012_8888_8888_1881", "4012\n8888\n8888\n1881"}) {
      EXPECT_EQ(clean(before + std::string(number) + "\""), before + "[redacted:pan]\"") << number;
    }
  }
}

}  // namespace
}  // namespace aloft
