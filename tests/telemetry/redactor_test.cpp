// SPDX-License-Identifier: Apache-2.0
#include "telemetry/redactor_fixture.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
namespace {

// A small generator of its own, so that a failure comes back with the next run.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t limit) {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 7U;
    state_ ^= state_ << 17U;
    return static_cast<std::size_t>(state_ % limit);
  }
  char pick(std::string_view from) { return from[below(from.size())]; }

 private:
  std::uint64_t state_;
};

// ---- Counting, views, bounds
// ---------------------------------------------------------------------

TEST_F(RedactorTest, CountsWhatItTookOutByClass) {
  clean("4111111111111111 cvv=123 password=x pin=1234 https://u:p@h/ AKIAIOSFODNN7EXAMPLE");

  EXPECT_EQ(counts_.card, 2U);
  EXPECT_EQ(counts_.credential, 3U);
  EXPECT_EQ(counts_.url_userinfo, 1U);
  EXPECT_EQ(counts_.total(), 6U);
}

TEST_F(RedactorTest, AddsCountsUp) {
  RedactionCounts sum{1, 2, 3, 4, 5, 6};
  sum += RedactionCounts{10, 20, 30, 40, 50, 60};
  EXPECT_EQ(sum, (RedactionCounts{11, 22, 33, 44, 55, 66}));
  EXPECT_EQ(sum.total(), 231U);
}

TEST_F(RedactorTest, AnswersTheInputItselfWhenItIsClean) {
  const std::string_view text = "charge ch_17 was captured";
  EXPECT_EQ(redactor_.redact(text, scratch_, counts_).data(), text.data());
  EXPECT_EQ(redactor_.redact(text, scratch_, counts_).size(), text.size());
  EXPECT_EQ(redactor_.redact({}, scratch_, counts_).size(), 0U);
}

TEST_F(RedactorTest, KeepsEveryAnswerUntilTheScratchIsCleared) {
  const std::string filler(9000, 'a');
  std::vector<std::string_view> answers;
  for (int i = 0; i < 10; ++i) {
    answers.push_back(redactor_.redact(filler + " pin=1234", scratch_, counts_));
  }
  for (const std::string_view answer : answers) EXPECT_EQ(answer, filler + " pin=[redacted:pin]");
}

TEST_F(RedactorTest, ReplacesAStringWholeThatIsLongerThanItsLimit) {
  EXPECT_EQ(clean(std::string(kMaxRedactableBytes, 'a')).size(), kMaxRedactableBytes);
  EXPECT_EQ(clean(std::string(kMaxRedactableBytes + 1, 'a')), "[redacted:oversize]");
  EXPECT_EQ(counts_.oversize, 1U);
}

TEST_F(RedactorTest, ReplacesAStringWholeWhenTheScratchIsFull) {
  RedactionScratch small(1024);
  const std::string text = "pin=1234 " + std::string(2000, 'a');
  EXPECT_EQ(redactor_.redact(text, small, counts_), "[redacted:oversize]");
  EXPECT_EQ(redactor_.redact("clean as it is", small, counts_), "clean as it is");
  EXPECT_EQ(counts_.oversize, 1U);
}

TEST_F(RedactorTest, ReplacesAStringWholeWhenTheListOfFindingsIsFull) {
  RedactionScratch small(20000);
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "pin=1234 ";
  EXPECT_EQ(redactor_.redact(text, small, counts_), "[redacted:oversize]");
  EXPECT_EQ(counts_.oversize, 1U);
}

TEST_F(RedactorTest, DoesNotReadPastTheEndOfTheView) {
  const std::string text = "4111111111111111 password=hunter2";
  EXPECT_EQ(clean(std::string_view(text).substr(0, 15)), "411111111111111");
  EXPECT_EQ(clean(std::string_view(text).substr(0, 26)), "[redacted:pan] password=");
  EXPECT_EQ(clean(std::string_view(text).substr(0, 27)),
            "[redacted:pan] password=[redacted:credential]");
}

TEST_F(RedactorTest, LeavesLabelsAloneButNotWhatIsGluedToThem) {
  EXPECT_EQ(clean("password=[redacted:credential]&x"), "password=[redacted:credential]&x");
  EXPECT_EQ(clean("password=[redacted:credential]hunter2"), "password=[redacted:credential]");
  EXPECT_EQ(clean("https://[redacted:userinfo]@h/"), "https://[redacted:userinfo]@h/");
  EXPECT_EQ(counts_.total(), 1U);
}

TEST_F(RedactorTest, FindsWhatOnlyARemovalBringsOut) {
  EXPECT_EQ(clean("pin=1234 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"), "pin=[redacted:pin] [redacted:pan]");
}

// ---- Text that was cut
// ---------------------------------------------------------------------------

TEST_F(RedactorTest, RemovesTheBeginningOfACardNumberWhereTheTextWasCut) {
  EXPECT_EQ(clean("card 411111111111", TextEnd::cut), "card [redacted:pan]");
  EXPECT_EQ(clean("card 41111111111111111", TextEnd::cut), "card [redacted:pan]");
  EXPECT_EQ(clean("card 4111 1111 1111", TextEnd::cut), "card [redacted:pan]");
  EXPECT_EQ(clean("card 4111-1111-1111-", TextEnd::cut), "card [redacted:pan]");
  EXPECT_EQ(clean("card 4111%201111%201111%2", TextEnd::cut), "card [redacted:pan]");
  EXPECT_EQ(clean("id 17 378282246310", TextEnd::cut), "id 17 [redacted:pan]");
}

TEST_F(RedactorTest, LeavesDigitsWhereNothingWasCutOrNoCardNumberCouldFollow) {
  EXPECT_EQ(clean("card 411111111111"), "card 411111111111");
  EXPECT_EQ(clean("card 41111111111", TextEnd::cut), "card 41111111111");
  EXPECT_EQ(clean("card 411111111111 x", TextEnd::cut), "card 411111111111 x");
  EXPECT_EQ(clean("ts=170000000012", TextEnd::cut), "ts=170000000012");
  EXPECT_EQ(clean("id 550e8400-e29b-41d4-a716-446655440000", TextEnd::cut),
            "id 550e8400-e29b-41d4-a716-446655440000");
}

TEST_F(RedactorTest, RemovesTheBeginningOfACredentialWhereTheTextWasCut) {
  EXPECT_EQ(clean("AKIAIOSFODNN", TextEnd::cut), "[redacted:credential]");
  EXPECT_EQ(clean("ghp_abc", TextEnd::cut), "[redacted:credential]");
  EXPECT_EQ(clean("sk_live_5", TextEnd::cut), "[redacted:credential]");
  EXPECT_EQ(clean("xoxb-12", TextEnd::cut), "[redacted:credential]");
  EXPECT_EQ(clean("AIzaSyD", TextEnd::cut), "[redacted:credential]");
  EXPECT_EQ(clean("eyJhbGciOiJI", TextEnd::cut), "[redacted:credential]");
  EXPECT_EQ(clean("eyJhbGciOiJIUzI1NiJ9.eyJz", TextEnd::cut), "[redacted:credential]");
  EXPECT_EQ(clean("Bearer abc", TextEnd::cut), "Bearer [redacted:credential]");
  EXPECT_EQ(clean("Basic dXN", TextEnd::cut), "Basic [redacted:credential]");
  EXPECT_EQ(clean("\"password\":\"hun", TextEnd::cut), "\"password\":\"[redacted:credential]");
  EXPECT_EQ(clean("postgres://user:pa", TextEnd::cut), "postgres://[redacted:userinfo]");
  EXPECT_EQ(clean("http://host:80", TextEnd::cut), "http://host:80");
  EXPECT_EQ(clean("-----BEGIN PRIVATE KEY-----\nMII", TextEnd::cut), "[redacted:credential]");
}

TEST_F(RedactorTest, LeavesNoTwelveDigitsOfACardNumberWhereverTheTextIsCut) {
  const std::string text = "pay with 4111 1111 1111 1111 please";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const std::string cleaned = clean(std::string_view(text).substr(0, size), TextEnd::cut);
    std::size_t digits = 0;
    for (const char c : cleaned) digits += c >= '0' && c <= '9' ? 1 : 0;
    EXPECT_LT(digits, 12U) << cleaned;
  }
}

// ---- Properties
// ----------------------------------------------------------------------------------

struct Network {
  std::string_view prefix;
  std::size_t digits;
};
constexpr Network kNetworks[] = {
    {"4", 13},    {"4", 16},    {"4", 19},    {"51", 16},   {"55", 16},   {"2221", 16},
    {"2720", 16}, {"34", 15},   {"37", 15},   {"6011", 16}, {"65", 16},   {"644", 19},
    {"300", 14},  {"3095", 14}, {"36", 14},   {"38", 16},   {"39", 19},   {"3528", 16},
    {"3589", 16}, {"62", 16},   {"62", 19},   {"5018", 13}, {"6304", 15}, {"6762", 18},
    {"2200", 16}, {"8171", 16}, {"9792", 16}, {"5066", 16}};

// Thirteen digits with the check digit of goods are taken for goods.
bool is_of_goods(const std::string& digits) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    sum += static_cast<unsigned>(digits[i] - '0') * (i % 2 == 0 ? 1U : 3U);
  }
  return digits.size() == 13 && sum % 10 == 0;
}

std::string card_number(Dice& dice, const Network& network) {
  std::string digits(network.prefix);
  while (digits.size() + 1 < network.digits) digits += dice.pick("0123456789");
  for (char last = '0'; last <= '9'; ++last) {
    unsigned sum = 0;
    const std::string candidate = digits + last;
    for (std::size_t i = 0; i < candidate.size(); ++i) {
      const auto digit = static_cast<unsigned>(candidate[candidate.size() - 1 - i] - '0');
      sum += i % 2 == 0 ? digit : digit * 2 % 10 + digit * 2 / 10;
    }
    if (sum % 10 == 0) return is_of_goods(candidate) ? card_number(dice, network) : candidate;
  }
  return {};
}

// Unbroken, or in groups of four with any separators, or in any groups with the same separator.
std::string with_separators(Dice& dice, const std::string& digits) {
  const std::vector<std::string> separators = {" ", "-", ".", "+", "%20", "%2D"};
  const std::size_t style = dice.below(3);
  const std::size_t same = dice.below(separators.size());
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && style == 1 && i % 4 == 0) text += separators[dice.below(separators.size())];
    if (i != 0 && style == 2 && (i == 2 || i == 5 || dice.below(3) == 0)) text += separators[same];
    text += digits[i];
  }
  return text;
}

std::string random_text(Dice& dice, std::size_t limit, std::string_view alphabet) {
  std::string text;
  const std::size_t size = dice.below(limit);
  while (text.size() < size) text += dice.pick(alphabet);
  return text;
}

TEST_F(RedactorTest, RemovesEveryCardNumberPlantedAnywhere) {
  constexpr std::string_view kAlphabet = "abcxyzGHIJKL_=:;,/{}[]\"'<>&\n\t 0123456789-%";
  Dice dice(20261122);
  for (int round = 0; round < 20000; ++round) {
    const Network& network = kNetworks[dice.below(std::size(kNetworks))];
    const std::string planted = with_separators(dice, card_number(dice, network));
    // A byte that is neither digit nor separator keeps the random digits around it apart.
    const std::string before = random_text(dice, 40, kAlphabet) + dice.pick("ghxyz\":=,/({[&\n");
    const std::string after = dice.pick("ghxyz\":=,/)}]&\n") + random_text(dice, 40, kAlphabet);
    std::string text = before;
    text.append(planted).append(after);
    const std::string cleaned = clean(text);
    ASSERT_EQ(cleaned.find(planted), std::string::npos) << before << planted << after;
    ASSERT_NE(cleaned.find("[redacted:"), std::string::npos) << before << planted << after;
  }
}

TEST_F(RedactorTest, ChangesNothingTheSecondTimeWhateverTheBytes) {
  const std::vector<std::string_view> pieces = {"4111111111111111",
                                                "4111 1111 ",
                                                "1",
                                                " ",
                                                "-",
                                                "%20",
                                                "%2",
                                                "pin=",
                                                "cvv:",
                                                "\"",
                                                "\\\"",
                                                "password=",
                                                "token",
                                                ":",
                                                "=",
                                                "eyJ",
                                                "eyJhbGciOi",
                                                ".",
                                                "Bearer ",
                                                "Basic ",
                                                "AKIA",
                                                "IOSFODNN7EXAMPLE",
                                                "://",
                                                "@",
                                                "u:p",
                                                "-----BEGIN PRIVATE KEY-----",
                                                "-----END",
                                                "[redacted:pan]",
                                                "[redacted:",
                                                "]",
                                                "&",
                                                "\n",
                                                "%3A",
                                                "%22",
                                                "x",
                                                "xoxb-",
                                                "1234",
                                                "[",
                                                ",",
                                                "'",
                                                "cookie: "};
  Dice dice(7);
  for (int round = 0; round < 30000; ++round) {
    std::string text;
    for (std::size_t left = 1 + dice.below(12); left > 0; --left) {
      text += pieces[dice.below(pieces.size())];
    }
    const TextEnd end = dice.below(2) == 0 ? TextEnd::cut : TextEnd::complete;
    const std::string once = clean(text, end);
    ASSERT_EQ(redactor_.redact(once, scratch_, counts_, end).data(), once.data()) << text;
  }
}

TEST_F(RedactorTest, NeedsTimeInProportionToTheTextOnly) {
  // A quadratic matcher would need hours for these, and run into the limit of the test program.
  const std::vector<std::string_view> pieces = {"4",
                                                "4111111111111111 ",
                                                "4 1 ",
                                                "4-",
                                                "4%20",
                                                "%",
                                                "%2",
                                                "eyJ",
                                                "eyJ-",
                                                "eyJa.",
                                                "Bearer ",
                                                "Bearer a",
                                                "Basic A",
                                                "Basic AAAA",
                                                "://",
                                                "a://b:c/",
                                                "a://b:",
                                                "://@",
                                                "%3A%2F%2Fb%3Ac",
                                                "password=",
                                                "password=\"",
                                                "password: ",
                                                "token=\\\"",
                                                "token=%22",
                                                "signature=\" ",
                                                "pin=",
                                                "pin=\"",
                                                "cvv='",
                                                "card_number=4 ",
                                                "authorization:\n",
                                                "cookie=",
                                                "-----BEGIN ",
                                                "-----BEGIN PRIVATE KEY-----",
                                                "ghp_",
                                                "sk_live_",
                                                "xoxb-",
                                                "AKIA",
                                                "AIza",
                                                "-",
                                                "_",
                                                "=",
                                                ":",
                                                "[redacted:pan]",
                                                "\\",
                                                "\\\\\"",
                                                "\"",
                                                "&quot;",
                                                "pin=1234 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 "};
  for (const std::string_view piece : pieces) {
    std::string text;
    while (text.size() < (std::size_t{1} << 20)) text += piece;
    clean(text, TextEnd::cut);
  }
}

}  // namespace
}  // namespace aloft
