// SPDX-License-Identifier: Apache-2.0
// The functions of Logs Insights, first as AWS's own documentation shows them.
// Source: "Boolean, comparison, numeric, datetime, and other functions", user guide of CloudWatch
// Logs, read 2026-11.
#include "insights_runner.hpp"

#include <gtest/gtest.h>

namespace aloft::console::logs::insights {
namespace {

using runner::mistake;
using runner::value;

TEST(InsightsFunctions, DoArithmetic) {
  EXPECT_EQ(value("2 ^ 3"), "8");
  EXPECT_EQ(value("10 % 3"), "1");
  EXPECT_EQ(value("1 + 2 * 3"), "7");
  EXPECT_EQ(value("(1 + 2) * 3"), "9");
  EXPECT_EQ(value("-2 ^ 2"), "-4");
  EXPECT_EQ(value("2 ^ 3 ^ 2"), "512");
  EXPECT_EQ(value("7 / 2"), "3.5");
  EXPECT_EQ(value("7 - 2 - 1"), "4");
  EXPECT_EQ(value("9007199254740993 + 1"), "9007199254740994");
  EXPECT_EQ(value("1 / 0"), "-");
  EXPECT_EQ(value("absent + 1"), "-");
  EXPECT_EQ(value("a + b", R"({"a":1,"b":"2.5"})"), "3.5");
}

TEST(InsightsFunctions, KnowNumbers) {
  EXPECT_EQ(value("abs(3 - 5)"), "2");
  EXPECT_EQ(value("ceil(1.2)"), "2");
  EXPECT_EQ(value("floor(-1.2)"), "-2");
  EXPECT_EQ(value("greatest(1, 3.5, 2)"), "3.5");
  EXPECT_EQ(value("least(4, 3, \"x\")"), "3");
  EXPECT_EQ(value("log(1)"), "0");
  EXPECT_EQ(value("log(-1)"), "-");
  EXPECT_EQ(value("sqrt(16)"), "4");
  EXPECT_EQ(value("round(2.567, 1)"), "2.6");
  EXPECT_EQ(value("round(2.5)"), "3");
  EXPECT_EQ(value("toInt(\"42.9\")"), "42");
  EXPECT_EQ(value("toInt(3000000000)"), "-");
  EXPECT_EQ(value("toLong(3000000000)"), "3000000000");
  EXPECT_EQ(value("toDouble(\"1e2\")"), "100");
  EXPECT_EQ(value("toNumber(\"x\")"), "-");
}

TEST(InsightsFunctions, KnowTextsAsDocumented) {
  EXPECT_EQ(value("ltrim(\"xyZxyfooxyZ\",\"xyZ\")"), "fooxyZ");
  EXPECT_EQ(value("rtrim(\"xyZfooxyxyZ\",\"xyZ\")"), "xyZfoo");
  EXPECT_EQ(value("trim(\"xyZxyfooxyxyZ\",\"xyZ\")"), "foo");
  EXPECT_EQ(value("trim('  a b ')"), "a b");
  EXPECT_EQ(value("substr(\"xyZfooxyZ\",3, 3)"), "foo");
  EXPECT_EQ(value("substr(\"xyZfoo\",3)"), "foo");
  EXPECT_EQ(value("replace(\"a smoke_test b\",\"smoke_test\",\"Smoke\")"), "a Smoke b");
  EXPECT_EQ(value("strlen(\"gr\xc3\xb6\xc3\x9f"
                  "e\")"),
            "5");
  EXPECT_EQ(value("substr(\"gr\xc3\xb6\xc3\x9f"
                  "e\", 3, 1)"),
            "\xc3\x9f");
  EXPECT_EQ(value("toupper(\"aBc\")"), "ABC");
  EXPECT_EQ(value("tolower(\"aBc\")"), "abc");
  EXPECT_EQ(value("concat(\"a\", '-', 5)"), "a-5");
  EXPECT_EQ(value("strcontains(\"abc\", \"b\")"), "1");
  EXPECT_EQ(value("strcontains(\"abc\", \"B\")"), "0");
  EXPECT_EQ(value("strcontains(\"abc\", \"B\", true)"), "1");
  EXPECT_EQ(value("startsWith(\"abc\", \"ab\")"), "1");
  EXPECT_EQ(value("endsWith(\"abc\", \"ab\")"), "0");
  EXPECT_EQ(value("isempty(absent)"), "1");
  EXPECT_EQ(value("isempty(\"\")"), "1");
  EXPECT_EQ(value("isblank(\" \")"), "1");
  EXPECT_EQ(value("isblank(\"a\")"), "0");
}

TEST(InsightsFunctions, KnowTimes) {
  EXPECT_EQ(value("@timestamp"), "2026-11-27 12:00:00.000");
  EXPECT_EQ(value("toMillis(@timestamp)"), "1795780800000");
  EXPECT_EQ(value("fromMillis(1642195111000)"), "2022-01-14 21:18:31.000");
  EXPECT_EQ(value("datefloor(fromMillis(1642195111123), 1h)"), "2022-01-14 21:00:00.000");
  EXPECT_EQ(value("dateceil(fromMillis(1642195111123), 1h)"), "2022-01-14 22:00:00.000");
  EXPECT_EQ(value("datefloor(fromMillis(1642195111123), 15m)"), "2022-01-14 21:15:00.000");
  EXPECT_EQ(value("datefloor(fromMillis(1642195111123), 1d)"), "2022-01-14 00:00:00.000");
  EXPECT_EQ(value("datefloor(fromMillis(1642195111123), 1w)"), "2022-01-10 00:00:00.000");
  EXPECT_EQ(value("datefloor(fromMillis(1642195111123), 2mo)"), "2022-01-01 00:00:00.000");
  EXPECT_EQ(value("dateceil(fromMillis(1642195111123), 1quarter)"), "2022-04-01 00:00:00.000");
  EXPECT_EQ(value("datefloor(fromMillis(1642195111123), 1years)"), "2022-01-01 00:00:00.000");
  EXPECT_EQ(value("now()"), "1795788000");
  EXPECT_EQ(value("queryTimeRange()"), "3600000");
  EXPECT_EQ(value("datefloor(fromMillis(-1), 1d)"), "1969-12-31 00:00:00.000");
}

TEST(InsightsFunctions, CapPeriodsAsDocumented) {
  // "If you specify bin(300s), CloudWatch Logs actually implements this as 60 seconds."
  EXPECT_EQ(value("datefloor(fromMillis(1642195111123), 300s)"), "2022-01-14 21:18:00.000");
  EXPECT_EQ(value("datefloor(fromMillis(1642195111123), 100m)"), "2022-01-14 21:00:00.000");
  EXPECT_EQ(value("datefloor(fromMillis(1642195111123), 48h)"), "2022-01-14 00:00:00.000");
}

TEST(InsightsFunctions, KnowPresenceAndChoice) {
  EXPECT_EQ(value("ispresent(a)", R"({"a":0})"), "1");
  EXPECT_EQ(value("isPresent(a)"), "0");
  EXPECT_EQ(value("ispresent(a)", R"({"a":null})"), "0");
  EXPECT_EQ(value("coalesce(a, b, \"c\")", R"({"b":2})"), "2");
  EXPECT_EQ(value("if(1 = 1, \"yes\", \"no\")"), "yes");
  EXPECT_EQ(value("case(1 = 2, \"a\", 2 = 2, \"b\", \"c\")"), "b");
  EXPECT_EQ(value("case(1 = 2, \"a\", \"c\")"), "c");
  EXPECT_EQ(value("case(1 = 2, \"a\")"), "-");
  EXPECT_EQ(value("isNumeric(\"12\")"), "1");
  EXPECT_EQ(value("isNumeric(\"12a\")"), "0");
  EXPECT_EQ(value("messageSize(@message)", "abc"), "3");
}

TEST(InsightsFunctions, KnowAddresses) {
  EXPECT_EQ(value("isValidIp(\"192.0.2.1\")"), "1");
  EXPECT_EQ(value("isValidIp(\"2001:db8::1\")"), "1");
  EXPECT_EQ(value("isValidIp(\"192.0.2\")"), "0");
  EXPECT_EQ(value("isValidIpV4(\"2001:db8::1\")"), "0");
  EXPECT_EQ(value("isValidIpV6(\"2001:db8::1\")"), "1");
  EXPECT_EQ(value("isIpInSubnet(\"192.0.2.77\", \"192.0.2.0/24\")"), "1");
  EXPECT_EQ(value("isIpInSubnet(\"192.0.3.77\", \"192.0.2.0/24\")"), "0");
  EXPECT_EQ(value("isIpInSubnet(\"192.0.2.77\", \"2001:db8::/32\")"), "0");
  EXPECT_EQ(value("isIpv4InSubnet(\"2001:db8::1\", \"2001:db8::/32\")"), "0");
  EXPECT_EQ(value("isIpv6InSubnet(\"2001:db8::1\", \"2001:db8::/32\")"), "1");
  EXPECT_EQ(value("isIpInSubnet(\"1.2.3.4\", \"0.0.0.0/0\")"), "1");
  EXPECT_EQ(value("isIpInSubnet(\"1.2.3.4\", \"1.2.3.4/33\")"), "0");
}

TEST(InsightsFunctions, MakeNoTextBeyondAQuarterOfAMegabyte) {
  const std::string long_message(300'000, 'a');
  EXPECT_EQ(value("strlen(toupper(@message))", long_message), "262144");
  EXPECT_EQ(value("strlen(concat(@message, @message))", long_message), "262144");
  EXPECT_EQ(value("strlen(replace(@message, \"a\", \"aaaa\"))", long_message), "262144");
}

TEST(InsightsFunctions, AreRefusedWithOtherArguments) {
  EXPECT_EQ(mistake("fields nope(1)"), "there is no function of this name here@7-11");
  EXPECT_EQ(mistake("fields abs()"), "this function takes other arguments@7-12");
  EXPECT_EQ(mistake("fields abs(1, 2)"), "this function takes other arguments@7-16");
  EXPECT_EQ(mistake("fields bin(5)"), "this function takes other arguments@7-13");
  EXPECT_EQ(mistake("fields abs(5m)"), "this function takes other arguments@7-14");
  EXPECT_EQ(mistake("fields count(*)"), "this function stands in stats only@7-12");
  EXPECT_EQ(mistake("fields bin(5parsecs)"),
            "this is neither a number nor a period such as 5m@11-19");
}

}  // namespace
}  // namespace aloft::console::logs::insights
