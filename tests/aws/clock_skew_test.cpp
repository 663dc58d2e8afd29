// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/clock_skew.hpp>

#include <gtest/gtest.h>

#include <chrono>

namespace aloft::aws {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNoon{std::chrono::seconds(784'123'200)};  // 1994-11-06T12:00:00Z

TEST(HttpDate, IsReadInTheFormThatServersMustSend) {
  // The example of RFC 9110, 5.6.7.
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"),
            WallTime(std::chrono::seconds(784'111'777)));
}

TEST(HttpDate, IsRefusedInEveryOtherForm) {
  for (const char* bad :
       {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 9999 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 06 nov 1994"}) {
    EXPECT_EQ(parse_http_date(bad), std::nullopt) << bad;
  }
}

TEST(IsoTime, IsReadWithFractionAndOffset) {
  const WallTime expected(std::chrono::seconds(1'440'938'160));
  EXPECT_EQ(parse_iso_time("2015-08-30T12:36:00Z"), expected);
  EXPECT_EQ(parse_iso_time("2015-08-30T12:36:00.123456Z"), expected);
  EXPECT_EQ(parse_iso_time("2015-08-30T14:36:00+02:00"), expected);
  EXPECT_EQ(parse_iso_time("2015-08-30T11:06:00-0130"), expected);
}

TEST(IsoTime, IsRefusedWhenAPartIsMissingOrImpossible) {
  for (const char* bad :
       {"", "2015-08-30", "2015-08-30T12:36:00", "2015-08-30T12:36:00.Z", "2015-13-30T12:36:00Z",
        "2015-02-29T12:36:00Z", "2015-08-30T12:60:00Z", "2015-08-30T12:36:00+2",
        "2015-08-30T12:36:00+24:00", "2300-01-01T00:00:00Z", "1969-12-31T23:59:59Z"}) {
    EXPECT_EQ(parse_iso_time(bad), std::nullopt) << bad;
  }
}

TEST(ClockSkew, IsLearnedFromTheDateOfARefusalAndCorrected) {
  ClockSkew skew;

  EXPECT_TRUE(skew.learn("Sun, 06 Nov 1994 12:00:00 GMT", kNoon - 2h));

  EXPECT_EQ(skew.offset(), 2h);
  EXPECT_EQ(skew.correct(kNoon - 1h), kNoon + 1h);
  EXPECT_EQ(skew.corrections(), 1u);
}

TEST(ClockSkew, IsLearnedAgainWhenTheClockIsSet) {
  ClockSkew skew;
  ASSERT_TRUE(skew.learn("Sun, 06 Nov 1994 12:00:00 GMT", kNoon - 2h));

  EXPECT_TRUE(skew.learn("Sun, 06 Nov 1994 12:00:00 GMT", kNoon));

  EXPECT_EQ(skew.offset(), 0h);
}

TEST(ClockSkew, PromisesNothingWhenTheClockWasNotWhatWasWrong) {
  ClockSkew skew;

  EXPECT_FALSE(skew.learn("Sun, 06 Nov 1994 12:00:00 GMT", kNoon - 3min));
  EXPECT_FALSE(skew.learn("yesterday", kNoon - 2h));

  EXPECT_EQ(skew.offset(), 0h);
  EXPECT_EQ(skew.corrections(), 0u);
}

TEST(ClockSkew, DoesNotFollowAServiceThatIsADayAway) {
  ClockSkew skew;

  EXPECT_FALSE(skew.learn("Sun, 06 Nov 1994 12:00:00 GMT", kNoon - 25h));
  EXPECT_FALSE(skew.learn("Sun, 06 Nov 2261 12:00:00 GMT", WallTime()));

  EXPECT_EQ(skew.offset(), 0h);
  EXPECT_EQ(skew.refusals(), 2u);
}

TEST(ClockSkew, KnowsTheCodesThatSpeakOfTime) {
  EXPECT_TRUE(is_about_time("RequestTimeTooSkewed"));
  EXPECT_TRUE(is_about_time("RequestExpired"));
  EXPECT_TRUE(is_about_time("InvalidSignatureException"));
  EXPECT_FALSE(is_about_time("AccessDeniedException"));
  EXPECT_FALSE(is_about_time(""));
}

}  // namespace
}  // namespace aloft::aws
