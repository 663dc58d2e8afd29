// SPDX-License-Identifier: Apache-2.0
#include "console/search.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

namespace aloft::console {
namespace {

std::string searchable(std::initializer_list<std::string_view> fields) {
  std::string out;
  for (const auto field : fields) append_searchable(out, field);
  return out;
}

bool matches(std::string_view query, std::initializer_list<std::string_view> fields) {
  const auto parsed = Query::parse(query);
  return std::get<Query>(parsed).matches(searchable(fields));
}

TEST(Search, AnEmptyQueryMatchesEverything) {
  EXPECT_TRUE(matches("", {"payments"}));
  EXPECT_TRUE(matches("  \t ", {}));
  EXPECT_TRUE(matches("\"\"", {}));
}

TEST(Search, AllWordsMustMatchIgnoringCase) {
  EXPECT_TRUE(matches("PAY fault", {"Payments", "FAULT"}));
  EXPECT_FALSE(matches("pay fault", {"payments", "ok"}));
}

TEST(Search, APhraseIsOneWord) {
  EXPECT_TRUE(matches("\"timed out\"", {"fraud timed out after 800 ms"}));
  EXPECT_FALSE(matches("\"out timed\"", {"fraud timed out"}));
  EXPECT_TRUE(matches("error=\"timed out\"", {"error=timed out"}));
}

TEST(Search, AMinusExcludes) {
  EXPECT_TRUE(matches("-globex", {"acme"}));
  EXPECT_FALSE(matches("-globex", {"globex"}));
  EXPECT_FALSE(matches("-\"timed out\"", {"it timed out"}));
  EXPECT_TRUE(matches("acme-eu", {"acme-eu"}));
  EXPECT_TRUE(matches("-", {"a-b"}));
}

TEST(Search, NoWordMatchesAcrossTwoFields) {
  EXPECT_FALSE(matches("\"a b\"", {"a", "b"}));
  EXPECT_FALSE(matches("ab", {"a", "b"}));
  EXPECT_FALSE(
      matches("\"a\x1f"
              "b\"",
              {"a", "b"}));
}

TEST(Search, ControlCharactersCountAsBlanks) {
  EXPECT_TRUE(matches("\"a b\"", {"a\nb"}));
  EXPECT_TRUE(matches("a\nb", {"b", "a"}));
}

TEST(Search, AnEqualsSignInFrontAsksForAWholeField) {
  EXPECT_TRUE(matches("=tenant_id=acme", {"a", "tenant_id=acme"}));
  EXPECT_FALSE(matches("=tenant_id=acme", {"tenant_id=acme-eu"}));
  EXPECT_FALSE(matches("=error", {"error=true", "my error"}));
  EXPECT_TRUE(matches("=ERROR", {"error=true", "Error"}));
  EXPECT_FALSE(matches("=503", {"4c503f", "1503", "5030"}));
  EXPECT_TRUE(matches("=503", {"x503", "503"}));
  EXPECT_TRUE(matches("\"=two words\" =\"a b\"", {"two words", "a b"}));
  EXPECT_FALSE(matches("\"=two words\"", {"two words more"}));
  EXPECT_TRUE(matches("-=acme", {"acme-eu"}));
  EXPECT_FALSE(matches("-=acme", {"acme"}));
  EXPECT_TRUE(matches("=", {"a=b"}));
}

TEST(Search, AnUnclosedQuoteIsAnErrorAtItsPosition) {
  const auto parsed = Query::parse("fault \"timed");

  const auto* error = std::get_if<QueryError>(&parsed);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->position, 6U);
}

TEST(Search, ALongQueryIsAnError) {
  EXPECT_TRUE(std::holds_alternative<Query>(Query::parse(std::string(512, 'x'))));
  EXPECT_TRUE(std::holds_alternative<QueryError>(Query::parse(std::string(513, 'x'))));
}

TEST(Search, ComparesTheDuration) {
  std::string half_a_second;
  append_duration(half_a_second, 500'000);
  append_searchable(half_a_second, "payments");

  for (const char* text : {"duration>=0.5", "duration<=0.5", "duration>0.4 payments",
                           "duration<5e-1 ledger", "-duration>0.5", "DURATION>=.5"}) {
    EXPECT_EQ(std::get<Query>(Query::parse(text)).matches(half_a_second),
              std::string_view(text) != "duration<5e-1 ledger")
        << text;
  }
  EXPECT_FALSE(std::get<Query>(Query::parse("duration<0.5")).matches(half_a_second));
  EXPECT_TRUE(std::get<Query>(Query::parse("duration")).matches(std::string("duration\x1f")));
}

TEST(Search, NamesADurationThatIsNoNumber) {
  for (const char* text : {"a duration>=fast", "a duration>", "a duration<=", "a duration>-1",
                           "a duration>=nan", "a duration<1s"}) {
    const auto parsed = Query::parse(text);
    const auto* error = std::get_if<QueryError>(&parsed);
    ASSERT_NE(error, nullptr) << text;
    EXPECT_EQ(error->position, 2U) << text;
  }
}

TEST(Search, KnowsNoDurationOfATextOfAnEarlierVersion) {
  std::string old;
  append_searchable(old, "payments, long enough to hold a number in front");

  EXPECT_FALSE(std::get<Query>(Query::parse("duration>=0")).matches(old));
}

}  // namespace
}  // namespace aloft::console
