// SPDX-License-Identifier: Apache-2.0
// Filter patterns of JSON events: the examples of AWS's own documentation first.
// Source: "Using filter patterns to match terms in JSON log events", CloudWatch Logs user guide,
// read 2026-11.
#include "console/logs/pattern_fixture.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace aloft::console::logs {
namespace {

constexpr std::string_view kTrail =
    R"({"eventType":"UpdateTrail","sourceIPAddress":"111.111.111.111",)"
    R"("arrayKey":["value","another value"],"objectList":[{"name":"a","id":1},)"
    R"({"name":"b","id":2}],"SomeObject":null,"cluster.name":"c"})";

constexpr std::string_view kUser =
    R"({"user":{"id":1,"email":"John.Stiles@example.com"},)"
    R"("users":[{"id":2,"email":"John.Doe@example.com"},{"id":3,"email":"Jane.Doe@example.com"}],)"
    R"("actions":["GET","PUT","DELETE"],"coordinates":[[0,1,2],[4,5,6],[7,8,9]]})";

TEST(FilterPatternJson, MatchesTheDocumentedSelectors) {
  EXPECT_TRUE(matches(R"({ $.eventType = "UpdateTrail" })", kTrail));
  EXPECT_TRUE(matches(R"({ $.sourceIPAddress != 123.123.* })", kTrail));
  EXPECT_FALSE(matches(R"({ $.sourceIPAddress = 123.123.* })", kTrail));
  EXPECT_TRUE(matches(R"({ $.arrayKey[0] = "value" })", kTrail));
  EXPECT_FALSE(matches(R"({ $.arrayKey[1] = "value" })", kTrail));
  EXPECT_TRUE(matches(R"({ $.objectList[1].id = 2 })", kTrail));
  EXPECT_TRUE(matches(R"({ $.eventType = %Trail% })", kTrail));
  EXPECT_TRUE(matches(R"({ $.arrayKey[*] = %val.{2}% })", kTrail));
  EXPECT_TRUE(matches(R"({ $.* = %111\.111\.111\.1[0-9]{1,2}% })", kTrail));
  EXPECT_TRUE(matches(R"({ $.['cluster.name'] = "c" })", kTrail));
  EXPECT_TRUE(matches(R"({ $.SomeObject IS NULL })", kTrail));
  EXPECT_FALSE(matches(R"({ $.eventType IS NULL })", kTrail));
  EXPECT_FALSE(matches(R"({ $.SomeOtherObject IS NULL })", kTrail));
  EXPECT_TRUE(matches(R"({ $.SomeOtherObject NOT EXISTS })", kTrail));
  EXPECT_FALSE(matches(R"({ $.SomeObject NOT EXISTS })", kTrail));
}

TEST(FilterPatternJson, MatchesTheDocumentedNumbers) {
  EXPECT_TRUE(matches("{ $.bandwidth > 75 }", R"({"bandwidth":75.5})"));
  EXPECT_FALSE(matches("{ $.bandwidth > 75 }", R"({"bandwidth":75})"));
  EXPECT_TRUE(matches("{ $.latency < 50 }", R"({"latency":49})"));
  EXPECT_TRUE(matches("{ $.refreshRate >= 60 }", R"({"refreshRate":60})"));
  EXPECT_TRUE(matches("{ $.responseTime <= 5 }", R"({"responseTime":5})"));
  EXPECT_TRUE(matches("{ $.errorCode = 400}", R"({"errorCode":400})"));
  EXPECT_TRUE(matches("{ $.errorCode != 500 }", R"({"errorCode":400})"));
  EXPECT_TRUE(matches("{ $.number[0] = 1e+3 }", R"({"number":[1000]})"));
  EXPECT_TRUE(matches("{ $.number[0] != 1e-3 }", R"({"number":[1000]})"));
  EXPECT_FALSE(matches("{ $.number[0] != 1e-3 }", R"({"number":[0.001]})"));
  EXPECT_TRUE(matches("{ $.status = 4* }", R"({"status":404})"));
  EXPECT_TRUE(matches("{ $.n = +7 && $.m = -7 }", R"({"n":7,"m":-7})"));
}

TEST(FilterPatternJson, MatchesTheDocumentedCompounds) {
  EXPECT_TRUE(
      matches(R"({ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") })", kUser));
  EXPECT_TRUE(matches(R"({ $.user.email = "John.Stiles@example.com" || )"
                      R"($.coordinates[0][1] = "nonmatch" && $.actions[2] = "nonmatch" })",
                      kUser));
  EXPECT_FALSE(matches(R"({ ($.user.email = "John.Stiles@example.com" || )"
                       R"($.coordinates[0][1] = "nonmatch") && $.actions[2] = "nonmatch" })",
                       kUser));
  EXPECT_FALSE(matches(R"({ ($.user.id = 2 && $.users[0].email = "nonmatch") || )"
                       R"($.actions[2] = "GET" })",
                       kUser));
  EXPECT_TRUE(matches(R"({ $.users[*].id = 3 })", kUser));
  EXPECT_FALSE(matches(R"({ $.users[*].id = 4 })", kUser));
}

TEST(FilterPatternJson, AsksForTruthAndNull) {
  EXPECT_TRUE(matches("{ $.ok IS TRUE }", R"({"ok":true})"));
  EXPECT_FALSE(matches("{ $.ok IS TRUE }", R"({"ok":"true"})"));
  EXPECT_TRUE(matches("{ $.ok IS FALSE && $.no IS NULL }", R"({"ok":false,"no":null})"));
  EXPECT_FALSE(matches("{ $.ok IS FALSE }", "{}"));
  EXPECT_TRUE(matches("{ $.ok = true }", R"({"ok":true})"));
}

TEST(FilterPatternJson, ComparesListsObjectsNullAndNothingWithNothing) {
  constexpr std::string_view kEvent = R"({"list":["a"],"object":{"a":1},"null":null})";
  for (const auto* name : {"list", "object", "null", "absent", "list[1]", "object.b", "list.a"}) {
    EXPECT_FALSE(matches(std::string("{ $.") + name + " = * }", kEvent)) << name;
    EXPECT_FALSE(matches(std::string("{ $.") + name + " != a }", kEvent)) << name;
  }
  EXPECT_TRUE(matches("{ $.list[0] = * }", kEvent));
}

TEST(FilterPatternJson, TellsWordsFromNumbers) {
  EXPECT_TRUE(matches(R"({ $.code = "400" })", R"({"code":400})"));
  EXPECT_TRUE(matches(R"({ $.code = 400 })", R"({"code":"400"})"));
  EXPECT_FALSE(matches(R"({ $.code > 300 })", R"({"code":"400"})"));
  EXPECT_FALSE(matches("{ $.id = 9007199254740993 }", R"({"id":9007199254740992})"));
  EXPECT_TRUE(matches("{ $.id = 9007199254740993 }", R"({"id":9007199254740993})"));
  EXPECT_TRUE(matches("{ $.big = 1.8446744073709552e19 }", R"({"big":18446744073709551615})"));
}

TEST(FilterPatternJson, StarsAreAnyCharactersUnlessABackslashStandsBefore) {
  EXPECT_TRUE(matches(R"({ $.a = "*Unauthorized*" })", R"({"a":"Client.UnauthorizedOperation"})"));
  EXPECT_TRUE(matches(R"({ $.a = "a*b*c" })", R"({"a":"aXbYc"})"));
  EXPECT_FALSE(matches(R"({ $.a = "ab*ba" })", R"({"a":"aba"})"));
  EXPECT_TRUE(matches(R"({ $.a = "2\*3" })", R"({"a":"2*3"})"));
  EXPECT_FALSE(matches(R"({ $.a = "2\*3" })", R"({"a":"2x3"})"));
  EXPECT_TRUE(matches(R"({ $.a = "say \"hi\"" })", R"({"a":"say \"hi\""})"));
}

TEST(FilterPatternJson, MatchesNoOtherEvents) {
  for (const auto* message : {"", "text", "[1]", "7", "{\"a\":1", "{\"a\":1} tail", "{'a':1}"}) {
    EXPECT_FALSE(matches("{ $.a = 1 }", message)) << message;
    EXPECT_FALSE(matches("{ $.b NOT EXISTS }", message)) << message;
  }
  EXPECT_TRUE(matches("{ $.a = 1 }", " \n{\"a\":1}"));
  EXPECT_TRUE(matches("{ $.a = 1 }", "{\"b\":\"" + std::string(300'000, 'x') + "\",\"a\":1}"));
}

TEST(FilterPatternJson, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(mistake("{ $.a = 1"), "a pattern that begins with { must end with }@0");
  EXPECT_EQ(mistake("{}"), "a selector such as $.name must stand here@1");
  EXPECT_EQ(mistake("{ a = 1 }"), "a selector such as $.name must stand here@2");
  EXPECT_EQ(mistake("{ $a = 1 }"), "a dot must follow the $ of a selector@3");
  EXPECT_EQ(mistake("{ $.\"a-b\" = 1 }"),
            "a name of letters, digits, - and _ must stand here, or ['another']@4");
  EXPECT_EQ(mistake("{ $.a[x] = 1 }"), "an index, * or a name in quotes must stand here@6");
  EXPECT_EQ(mistake("{ $.a[1 = 1 }"), "this bracket is not closed@5");
  EXPECT_EQ(mistake("{ $.['a] = 1 }"), "this quote is not closed@5");
  EXPECT_EQ(mistake("{ $.a }"), "one of = != < <= > >= must stand here@6");
  EXPECT_EQ(mistake("{ $.a = \"open }"), "this quote is not closed@8");
  EXPECT_EQ(mistake("{ $.a > \"5\" }"), "a number must follow this operator@8");
  EXPECT_EQ(mistake("{ $.a > %5% }"), "a number must follow this operator@8");
  EXPECT_EQ(mistake("{ $.a IS NOT NULL }"), "NULL, TRUE or FALSE must follow IS@9");
  EXPECT_EQ(mistake("{ $.a EXISTS }"), "one of = != < <= > >= must stand here@6");
  EXPECT_EQ(mistake("{ $.a NOT NULL }"), "EXISTS must follow NOT@10");
  EXPECT_EQ(mistake("{ $.a = 1 $.b = 2 }"),
            "&& or || must stand here, or the end of the pattern@10");
  EXPECT_EQ(mistake("{ $.a = 1) }"), "this parenthesis closes nothing@9");
  EXPECT_EQ(mistake("{ ($.a = 1 }"), "this parenthesis is not closed@2");
  EXPECT_EQ(mistake("{ $.*.* = 1 }"), "a selector has at most one wildcard@5");
  EXPECT_EQ(mistake("{ $.a[*] = 1 || $.b[*] = 1 || $.c[*] = 1 || $.d[*] = 1 }"),
            "a pattern has at most three wildcard selectors@47");
  EXPECT_EQ(mistake("{ $.a = %x% && $.b = %y% && $.c = %z% }"),
            "a pattern has at most two regular expressions@34");
}

}  // namespace
}  // namespace aloft::console::logs
