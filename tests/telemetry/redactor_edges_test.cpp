// SPDX-License-Identifier: Apache-2.0
// Where redaction gives up a text, and where one find meets another.
#include "telemetry/redactor_fixture.hpp"

#include "telemetry/redaction_patterns.hpp"

#include <gtest/gtest.h>

#include <string>

namespace aloft {
namespace {

class RedactorEdges : public RedactorTest {};

// A label ends in a word that is a key: each removal makes a secret of what is behind it.
TEST_F(RedactorEdges, ATextThatIsNotCleanAfterFourPassesGoesWhole) {
  EXPECT_EQ(clean("cvv=123=123=123=123"),
            "cvv=[redacted:cvv]=[redacted:cvv]=[redacted:cvv]=[redacted:cvv]");
  EXPECT_EQ(clean("cvv=123=123=123=123=123"), "[redacted:credential]");
}

TEST_F(RedactorEdges, AUrlForWhoseRestThereIsNoRoomGoesWhole) {
  RedactionScratch scratch(8);
  RedactionCounts counts;

  EXPECT_EQ(redactor_.redact_url("https://user:pw@db.internal/ledger", UrlPath::route_template,
                                 scratch, counts),
            "[redacted:oversize]");
  EXPECT_EQ(counts.oversize, 1u);
}

TEST_F(RedactorEdges, AScratchThatWasClearedHasAllOfItsRoomAgain) {
  RedactionScratch scratch(256u << 10);
  const std::string text = std::string(20'000, 'a') + " 4111111111111111";

  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 5; ++i) redactor_.redact(text, scratch, counts_);
    scratch.clear();
  }

  EXPECT_EQ(counts_.oversize, 0u);
  EXPECT_EQ(counts_.card, 50u);
}

TEST_F(RedactorEdges, AFindThatReachesIntoALaterOneTakesItIn) {
  redaction::Work work(scratch_);
  work.add(4, 9, redaction::Secret::credential);

  work.add(0, 6, redaction::Secret::pan);

  EXPECT_EQ(work.apply("abcdefghij"), "[redacted:pan]j");
}

TEST_F(RedactorEdges, OnlyTheFiveLettersOfGitHubMakeItsTokens) {
  EXPECT_EQ(clean("ghs_0123456789abcdefghij0123"), "[redacted:credential]");
  EXPECT_EQ(clean("ghz_0123456789abcdefghij0123"), "ghz_0123456789abcdefghij0123");
}

TEST_F(RedactorEdges, KeysThatAreSeldomAnnounceSecretsToo) {
  EXPECT_EQ(clean("csc=123"), "csc=[redacted:cvv]");
  EXPECT_EQ(clean("cardnum=12345678901234"), "cardnum=[redacted:pan]");
  EXPECT_EQ(clean("trackdata=B4x6"), "trackdata=[redacted:credential]");
}

}  // namespace
}  // namespace aloft
