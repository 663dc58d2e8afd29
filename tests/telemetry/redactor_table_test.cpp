// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/redactor.hpp>

#include "telemetry/redactor_credential_positives.hpp"
#include "telemetry/redactor_negatives.hpp"

#include <gtest/gtest.h>

#include <iterator>
#include <string>

namespace aloft {
namespace {

static_assert(std::size(kCardPositives) + std::size(kCredentialPositives) >= 150);
static_assert(std::size(kNegatives) >= 150);

class RedactorTable : public ::testing::Test {
 protected:
  std::string clean(std::string_view text) {
    std::string cleaned(redactor_.redact(text, scratch_, counts_));
    scratch_.clear();
    return cleaned;
  }

  Redactor redactor_;
  RedactionScratch scratch_;
  RedactionCounts counts_;
};

TEST_F(RedactorTable, RemovesEveryCardNumberAndCode) {
  for (const Positive& positive : kCardPositives) {
    EXPECT_EQ(clean(positive.text), positive.cleaned) << positive.text;
  }
}

TEST_F(RedactorTable, RemovesEveryCredential) {
  for (const Positive& positive : kCredentialPositives) {
    EXPECT_EQ(clean(positive.text), positive.cleaned) << positive.text;
  }
}

TEST_F(RedactorTable, LeavesEverythingElseAlone) {
  for (const std::string_view negative : kNegatives) {
    EXPECT_EQ(redactor_.redact(negative, scratch_, counts_).data(), negative.data()) << negative;
  }
  EXPECT_EQ(counts_.total(), 0U);
}

TEST_F(RedactorTable, HasNothingMoreToDoTheSecondTime) {
  for (const auto& table : {std::begin(kCardPositives), std::begin(kCredentialPositives)}) {
    const std::size_t size = table == std::begin(kCardPositives) ? std::size(kCardPositives)
                                                                 : std::size(kCredentialPositives);
    for (std::size_t i = 0; i < size; ++i) {
      const std::string once = clean(table[i].text);
      EXPECT_EQ(redactor_.redact(once, scratch_, counts_).data(), once.data()) << once;
    }
  }
}

// The text before and after must not matter, nor where a block of sixteen bytes begins.
TEST_F(RedactorTable, HoldsAtEveryOffsetInALongerText) {
  for (std::size_t offset = 0; offset < 18; ++offset) {
    const std::string before = std::string(offset, '~') + "\n";
    for (const Positive& positive : kCardPositives) {
      const std::string text = before + std::string(positive.text) + "\n~";
      EXPECT_EQ(clean(text), before + std::string(positive.cleaned) + "\n~") << text;
    }
    for (const std::string_view negative : kNegatives) {
      const std::string text = before + std::string(negative) + "\n~";
      EXPECT_EQ(clean(text), text);
    }
  }
}

}  // namespace
}  // namespace aloft
