// SPDX-License-Identifier: Apache-2.0
// The evaluator of the corpus: it must see a leak, or its figures are worth nothing.
#include "telemetry/corpus/corpus.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aloft::corpus {
namespace {

Row row_of(std::string_view line) {
  Row row;
  EXPECT_TRUE(parse_row(line, row)) << line;
  return row;
}

TEST(RedactionCorpus, ReadsARowWithItsMarksAndEscapes) {
  const Row row = row_of(
      "pan\tpieces\ta \xE2\x9F\xA6"
      "4111\xE2\x9F\xA7\\n\xE2\x9F\xA6"
      "11\xE2\x9F\xA7\\\\n\\q\\");

  EXPECT_EQ(row.class_name, "pan");
  EXPECT_EQ(row.disguise, "pieces");
  EXPECT_EQ(row.text, "a 4111\n11\\n\\q\\");
  EXPECT_EQ(row.secrets, (std::vector<std::string>{"4111", "11"}));
}

TEST(RedactionCorpus, RefusesRowsThatAreNone) {
  Row row;
  for (const std::string_view line :
       {"pan", "pan\tplain", "pan\tplain\tno mark",
        "none\tword\tx \xE2\x9F\xA6"
        "1\xE2\x9F\xA7",
        "pan\tplain\t\xE2\x9F\xA6"
        "1",
        "pan\tplain\t\xE2\x9F\xA6\xE2\x9F\xA7", "pam\tplain\tx", "none\t\tx", "none\tword\t"}) {
    EXPECT_FALSE(parse_row(line, row)) << line;
  }
}

TEST(RedactionCorpus, SeesALeak) {
  const Row whole = row_of(
      "pan\tplain\tx \xE2\x9F\xA6"
      "4111111111111111\xE2\x9F\xA7");
  EXPECT_TRUE(is_leaked(whole, whole.text));
  EXPECT_TRUE(is_leaked(whole, "x 411111111111[redacted:pan]"));
  EXPECT_FALSE(is_leaked(whole, "x [redacted:pan *1111]"));
  const Row pieces = row_of(
      "pan\tpieces\t\xE2\x9F\xA6"
      "4012\xE2\x9F\xA7,\xE2\x9F\xA6"
      "8888\xE2\x9F\xA7,\xE2\x9F\xA6"
      "1881\xE2\x9F\xA7");
  EXPECT_TRUE(is_leaked(pieces, "[redacted:pan],8888,1881"));
  EXPECT_FALSE(is_leaked(pieces, "[redacted:pan],[redacted:pan],1881"));
}

TEST(RedactionCorpus, CountsRecallPrecisionAndFalsePositives) {
  const std::vector<Row> rows = {row_of("pan\tplain\t\xE2\x9F\xA6"
                                        "4111111111111111\xE2\x9F\xA7"),
                                 row_of("pan\tplain\t\xE2\x9F\xA6"
                                        "four one one one\xE2\x9F\xA7"),
                                 row_of("pan\tbase64\t\xE2\x9F\xA6"
                                        "NDExMTEx\xE2\x9F\xA7"),
                                 row_of("email\tplain\t\xE2\x9F\xA6"
                                        "a@b.example\xE2\x9F\xA7"),
                                 row_of("none\tword\tauthor"),
                                 row_of("none\tword\t5555555555554444"),
                                 row_of("none\tbare16\t4111111111111111")};

  const Measured logs = measure(rows, Subject(Signal::logs));
  const Measured spans = measure(rows, Subject(Signal::spans));

  EXPECT_EQ(logs.recall.at("pan").hits, 1U);
  EXPECT_EQ(logs.recall.at("pan").all, 2U);
  EXPECT_EQ(logs.recall.at("email").hits, 1U);
  EXPECT_EQ(spans.recall.count("email"), 0U);
  EXPECT_EQ(logs.not_claimed.at("base64").hits, 0U);
  EXPECT_EQ(logs.precision.at("pan").hits, 1U);
  EXPECT_EQ(logs.precision.at("pan").all, 3U);
  EXPECT_EQ(logs.changed_ordinary.hits, 1U);
  EXPECT_EQ(logs.changed_ordinary.all, 2U);
  EXPECT_EQ(logs.changed_bare.value(), 1.0);
  EXPECT_EQ(logs.examples.size(), 2U);
}

TEST(RedactionCorpus, BoundsAShareAsWilsonDoes) {
  // Computed by hand from the formula: 8 of 10 is 0.490 to 0.943.
  const Bounds bounds = wilson({8, 10});
  EXPECT_NEAR(bounds.low, 0.4902, 0.0001);
  EXPECT_NEAR(bounds.high, 0.9433, 0.0001);
  EXPECT_EQ(wilson({0, 0}).high, 1.0);
  EXPECT_EQ(wilson({5, 5}).high, 1.0);
}

}  // namespace
}  // namespace aloft::corpus
