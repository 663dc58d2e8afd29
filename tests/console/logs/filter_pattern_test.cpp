// SPDX-License-Identifier: Apache-2.0
// The examples of AWS's own documentation, and what it leaves open as docs/reference/log-queries.md
// decides it.
// Source of the documented ones: "Filter pattern syntax for metric filters, subscription filters,
// filter log events, and Live Tail", CloudWatch Logs user guide, read 2026-11.
#include "console/logs/pattern_fixture.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace aloft::console::logs {
namespace {

constexpr std::string_view k400 = "[ERROR 400] BAD REQUEST";
constexpr std::string_view k401 = "[ERROR 401] UNAUTHORIZED REQUEST";
constexpr std::string_view k419 = "[ERROR 419] MISSING ARGUMENTS";
constexpr std::string_view k420 = "[ERROR 420] INVALID ARGUMENTS";

TEST(FilterPatternTerms, MatchTheDocumentedExamples) {
  for (const auto line : {k400, k401, k419, k420}) EXPECT_TRUE(matches("ERROR", line)) << line;
  EXPECT_TRUE(matches("ERROR ARGUMENTS", k419));
  EXPECT_TRUE(matches("ERROR ARGUMENTS", k420));
  EXPECT_FALSE(matches("ERROR ARGUMENTS", k400));
  EXPECT_FALSE(matches("ERROR ARGUMENTS", k401));
  for (const auto line : {k400, k401, k419, k420}) {
    EXPECT_TRUE(matches("?ERROR ?ARGUMENTS", line)) << line;
  }
  EXPECT_FALSE(matches("?ERROR ?ARGUMENTS", "[INFO] nothing"));
  EXPECT_TRUE(matches("\"INTERNAL SERVER ERROR\"", "[ERROR 500] INTERNAL SERVER ERROR"));
  EXPECT_FALSE(matches("\"INTERNAL SERVER ERROR\"", "INTERNAL ERROR of a SERVER"));
  EXPECT_TRUE(matches("ERROR -ARGUMENTS", k400));
  EXPECT_TRUE(matches("ERROR -ARGUMENTS", k401));
  EXPECT_FALSE(matches("ERROR -ARGUMENTS", k419));
  EXPECT_FALSE(matches("ERROR -ARGUMENTS", k420));
}

TEST(FilterPatternTerms, IgnoreQuestionMarksBesideOtherTermsAsDocumented) {
  EXPECT_TRUE(matches("?ERROR ?ARGUMENTS REQUEST", "[INFO] REQUEST FAILED"));
  EXPECT_TRUE(matches("?ERROR ?ARGUMENTS REQUEST", "[WARN] UNAUTHORIZED REQUEST"));
  EXPECT_FALSE(matches("?ERROR ?ARGUMENTS REQUEST", k419));
  EXPECT_TRUE(matches("?ERROR -REQUEST", "[INFO] other"));
}

TEST(FilterPatternTerms, MeanEverythingWhenThereAreNone) {
  for (const auto* pattern : {"", "   ", "\" \"", "  \" \" "}) {
    EXPECT_TRUE(matches(pattern, "")) << pattern;
    EXPECT_TRUE(matches(pattern, "anything")) << pattern;
  }
  EXPECT_TRUE(FilterPattern().matches_all());
  EXPECT_TRUE(FilterPattern::parse("\" \"")->matches_all());
}

TEST(FilterPatternTerms, AreCaseSensitiveAndFoundInsideWords) {
  EXPECT_FALSE(matches("error", k400));
  EXPECT_TRUE(matches("ERROR", "ERRORCODE: -1"));
  EXPECT_TRUE(matches("-ERROR", "fine"));
  EXPECT_FALSE(matches("-ERROR", k400));
  EXPECT_TRUE(matches("-\"BAD REQUEST\" ERROR", k401));
  EXPECT_TRUE(matches("?\"BAD REQUEST\" ?nothing", k400));
  EXPECT_TRUE(matches("\"say \\\"hi\\\"\"", "they say \"hi\" twice"));
  EXPECT_TRUE(matches("\"a\\\\b\"", "a\\b"));
  EXPECT_TRUE(matches("größe", "die größe"));
}

TEST(FilterPatternTerms, SayWhatIsWrongAndWhere) {
  const std::string wrong =
      "this character is not allowed in a term; put the term in double quotes";
  EXPECT_EQ(mistake("?Status: timeout"), wrong + "@7");
  EXPECT_EQ(mistake("trace-id"), wrong + "@5");
  EXPECT_EQ(mistake("50%"), wrong + "@2");
  EXPECT_EQ(mistake("a (b)"), wrong + "@2");
  EXPECT_EQ(mistake("- a"), wrong + "@1");
  EXPECT_EQ(mistake("? a"), wrong + "@1");
  EXPECT_EQ(mistake("a \"open"), "this quote is not closed@2");
  EXPECT_EQ(mistake("\"\""), "a term must stand between the quotes@0");
  EXPECT_EQ(mistake("\"a\"b"), "a blank must stand between two terms@3");
}

TEST(FilterPatternRegex, MatchesTheDocumentedExamples) {
  EXPECT_TRUE(matches("%AUTHORIZED%", k401));
  EXPECT_TRUE(matches("%AUTHORIZED%", "[SUCCESS 200] AUTHORIZED REQUEST"));
  EXPECT_TRUE(matches("%^[hc]at%", "hat in hand"));
  EXPECT_FALSE(matches("%^[hc]at%", "a cat"));
  EXPECT_TRUE(matches("%[hc]at$%", "a cat"));
  EXPECT_FALSE(matches("%[hc]at$%", "cats"));
  EXPECT_TRUE(matches("%colou?r%", "color"));
  EXPECT_TRUE(matches("%colou?r%", "colour"));
  EXPECT_TRUE(matches("%[abcx-z]%", "y"));
  EXPECT_FALSE(matches("%[abcx-z]%", "def"));
  EXPECT_TRUE(matches("%a{3,5}%", "aaaa"));
  EXPECT_FALSE(matches("%a{3,5}%", "aa"));
  EXPECT_TRUE(matches("%gra|ey%", "grey"));
  EXPECT_TRUE(matches("%^starting|^initializing|^shutting down%", "shutting down now"));
  EXPECT_FALSE(matches("%^starting|^initializing|^shutting down%", "skipping initializing"));
  EXPECT_TRUE(matches("%abcc|ab[^c]$%", "aba"));
  EXPECT_FALSE(matches("%abcc|ab[^c]$%", "aac"));
  EXPECT_TRUE(matches("%\\[.\\]%", "value [7] here"));
  EXPECT_TRUE(matches("%\\[.\\]%", "[]]"));
  EXPECT_TRUE(matches("%10\\.10\\.0\\.1%", "from 10.10.0.1"));
  EXPECT_FALSE(matches("%10\\.10\\.0\\.1%", "10010,051"));
  EXPECT_TRUE(matches("%10.10.0.1%", "10010,051"));
  EXPECT_TRUE(matches("%ab*c%", "ac"));
  EXPECT_TRUE(matches("%ab[0-9]*%", "ab129"));
  EXPECT_TRUE(matches("%ab+c%", "abbbc"));
  EXPECT_FALSE(matches("%ab+c%", "ac"));
  EXPECT_TRUE(matches("%.at%", "#at"));
  EXPECT_TRUE(matches("%\\d%", "a1"));
  EXPECT_FALSE(matches("%\\D%", "1"));
  EXPECT_TRUE(matches("%\\s%", "a\tb"));
  EXPECT_TRUE(matches("%\\w%", "_"));
  EXPECT_FALSE(matches("%\\W%", "_a9"));
  EXPECT_TRUE(matches("%\\x3A%", "a:b"));
  EXPECT_TRUE(matches("%\\x28%", "f(x)"));
}

TEST(FilterPatternRegex, LeavesOutEitherEndOfARepetition) {
  EXPECT_TRUE(matches("%^a{,2}$%", "aa"));
  EXPECT_FALSE(matches("%^a{,2}$%", "aaa"));
  EXPECT_TRUE(matches("%^a{2,}$%", "aaaa"));
  EXPECT_TRUE(matches("%^[{,]+$%", "{,"));
  EXPECT_FALSE(matches("%^[{,]+$%", "0"));
}

TEST(FilterPatternRegex, RefusesWhatIsOutsideOfTheSubset) {
  const std::string wrong =
      "this character has no place in a regular expression of a filter pattern; write it as \\xhh";
  EXPECT_EQ(mistake("%something!%"), wrong + "@10");
  EXPECT_EQ(mistake("%(a|b)%"), wrong + "@1");
  EXPECT_EQ(mistake("%gr\xc3\xb6\xc3\x9f"
                    "e%"),
            wrong + "@3");
  EXPECT_EQ(mistake("%\\p%"), "this escape is not supported@1");
  EXPECT_EQ(mistake("%\\(%"), "this escape is not supported@1");
  EXPECT_EQ(mistake("%\\x2%"), "two hexadecimal digits must follow \\x@1");
  EXPECT_EQ(mistake("%[unclosed%"), "this regular expression cannot be read@0");
  EXPECT_EQ(mistake("%a**%"), "this regular expression cannot be read@0");
  EXPECT_EQ(mistake("%open"), "this regular expression is not closed by %@0");
  EXPECT_EQ(mistake("%%"), "a regular expression must stand between the two %@0");
  EXPECT_EQ(mistake("%a% b"), "nothing can follow a regular expression@3");
}

TEST(FilterPatternDelimited, MatchesTheDocumentedExamples) {
  constexpr std::string_view kLine =
      "127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] \"GET /index.html HTTP/1.0\" 404 1534";
  EXPECT_TRUE(
      matches("[ip=%127\\.0\\.0\\.[1-9]%, user, username, timestamp, request =*.html*, "
              "status_code = 4*, bytes]",
              kLine));
  EXPECT_TRUE(matches("[..., request =*.html*, status_code = 4*, bytes]", kLine));
  EXPECT_TRUE(
      matches("[ip, user, username, timestamp, request =*.html*, status_code = 404 || "
              "status_code = 410, bytes]",
              kLine));
  EXPECT_FALSE(
      matches("[ip, user, username, timestamp, request =*.html*, status_code = 410, b]", kLine));
  EXPECT_TRUE(matches("[ip, user, username, timestamp, request, status, bytes > 1000]", kLine));
  EXPECT_FALSE(matches("[ip, user, username, timestamp, request, status, bytes > 1534]", kLine));
}

TEST(FilterPatternDelimited, MatchesTheDocumentedTermsInOrder) {
  constexpr std::string_view kGet = "INFO 09/25/2014 12:00:00 GET /service/resource/67 1200";
  constexpr std::string_view kPost =
      "INFO 09/25/2014 12:00:01 POST /service/resource/67/part/111 1310";
  constexpr std::string_view kWarning = "WARNING 09/25/2014 12:00:02 Invalid user request";
  constexpr std::string_view kError = "ERROR 09/25/2014 12:00:02 Failed to process request";

  EXPECT_TRUE(matches("[w1=ERROR, w2]", kError));
  EXPECT_FALSE(matches("[w1=ERROR, w2]", kWarning));
  EXPECT_TRUE(matches("[w1=ERROR || w1=WARNING, w2]", kError));
  EXPECT_TRUE(matches("[w1=ERROR || w1=WARNING, w2]", kWarning));
  EXPECT_FALSE(matches("[w1=ERROR || w1=WARNING, w2]", kGet));
  EXPECT_TRUE(matches("[w1!=ERROR && w1!=WARNING, w2]", kGet));
  EXPECT_FALSE(matches("[w1!=ERROR && w1!=WARNING, w2]", kError));
  constexpr std::string_view kTop =
      "[logLevel, date, time, method, url=%/service/resource/[0-9]+$%, response_time]";
  constexpr std::string_view kChild =
      "[logLevel, date, time, method, url=%/service/resource/[0-9]+/part/[0-9]+$%, response_time]";
  EXPECT_TRUE(matches(kTop, kGet));
  EXPECT_FALSE(matches(kTop, kPost));
  EXPECT_FALSE(matches(kChild, kGet));
  EXPECT_TRUE(matches(kChild, kPost));
}

TEST(FilterPatternDelimited, GivesTheLastFieldTheRestAndCountsTheOthers) {
  EXPECT_FALSE(matches("[w1=ERROR]", "ERROR two"));
  EXPECT_TRUE(matches("[w1=\"ERROR two\"]", "ERROR two  "));
  EXPECT_TRUE(matches("[w1=ERROR]", "  ERROR  "));
  EXPECT_FALSE(matches("[w1=ERROR, w2]", "ERROR"));
  EXPECT_TRUE(matches("[w1=ERROR, ...]", "ERROR"));
  EXPECT_TRUE(matches("[...]", ""));
  EXPECT_TRUE(matches("[first=a, ..., last=z]", "a z"));
  EXPECT_TRUE(matches("[first=a, ..., last=z]", "a b c z"));
  EXPECT_FALSE(matches("[first=a, ..., last=z]", "a"));
  EXPECT_FALSE(matches("[first=a, ..., last=z]", "a b"));
  EXPECT_FALSE(matches("[a, b]", ""));
}

TEST(FilterPatternDelimited, TakesBracketsAndQuotesAsOneField) {
  EXPECT_TRUE(matches("[a=\"x y\", b=\"c d\", n=3]", "[x y] \"c d\" 3"));
  EXPECT_TRUE(matches("[a=\"[x\", b=\"\\\"y\"]", "[x \"y"));
  EXPECT_TRUE(matches("[a = 1.5e3, b >= -2, c != 7]", "1500 -2 8"));
  EXPECT_FALSE(matches("[a > 3, b]", "four x"));
  EXPECT_TRUE(matches("[a=1 && (a=2 || a>=1), b]", "1 x"));
}

TEST(FilterPatternDelimited, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(mistake("[w1=%time%"), "a pattern that begins with [ must end with ]@0");
  EXPECT_EQ(mistake("[]"), "the name of a field must stand here, or ...@1");
  EXPECT_EQ(mistake("[a,,b]"), "the name of a field must stand here, or ...@3");
  EXPECT_EQ(mistake("[..., a, ...]"), "a pattern has at most one ...@9");
  EXPECT_EQ(mistake("[status_code = 4* && bytes > 1000]"),
            "the conditions of one field name that field; a comma begins the next@21");
  EXPECT_EQ(mistake("[a b]"), "one of = != < <= > >= must stand here@3");
  EXPECT_EQ(mistake("[a = 1 b]"), "a comma must stand here, or the end of the pattern@7");
  EXPECT_EQ(mistake("[a = ]"),
            "a value must stand here: a word, a number, a \"text\" or a %regex%@5");
  EXPECT_EQ(mistake("[a > x]"), "a number must follow this operator@5");
  EXPECT_EQ(mistake("[a && a = 1]"), "a condition is missing behind this name@1");
  EXPECT_EQ(mistake("[w1=%a%, w2=%b%, w3=%c%]"),
            "a pattern has at most two regular expressions@20");
}

TEST(FilterPattern, IsBoundedInCharactersAndDepth) {
  EXPECT_EQ(mistake(std::string(1024, 'a')), "accepted");
  EXPECT_EQ(mistake(std::string(1025, 'a')), "the pattern is longer than 1,024 characters@1024");
  std::string wide;
  for (int i = 0; i < 1024; ++i) wide += "\xc3\xa9";
  EXPECT_EQ(mistake(wide), "accepted");
  EXPECT_EQ(mistake(wide + "a"), "the pattern is longer than 1,024 characters@1024");
  EXPECT_EQ(mistake("{" + std::string(17, '(') + "$.a = 1" + std::string(17, ')') + "}"),
            "too many parentheses within each other@17");
  EXPECT_EQ(mistake("{" + std::string(16, '(') + "$.a = 1" + std::string(16, ')') + "}"),
            "accepted");
}

TEST(FilterPattern, ToldAsAnErrorNamesThePlaceAndARemedy) {
  const auto parsed = FilterPattern::parse("a-b");

  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(parsed.error().message,
            "this character is not allowed in a term; put the term in double quotes (at byte 1)");
  EXPECT_EQ(parsed.error().remedy, "docs/reference/log-queries.md describes filter patterns");
}

}  // namespace
}  // namespace aloft::console::logs
