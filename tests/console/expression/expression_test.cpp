// SPDX-License-Identifier: Apache-2.0
// What the console's expression languages share, over a language of one letter: `t` holds, any
// other name does not, and `t{ … }` holds when its block does.
#include "console/expression/compare.hpp"
#include "console/expression/parser.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace aloft::console::expression {
namespace {

struct Letter {
  bool holds = false;
  NodeId block = kNoNode;
};

class LetterReader : public OperandReader {
 public:
  std::optional<std::uint32_t> read(Parser& parser) override {
    const Token token = parser.take();
    if (token.kind != TokenKind::name) return parser.fail("no letter", token.position);
    Letter letter{token.text == "t", kNoNode};
    if (parser.peek().kind == TokenKind::open_brace) {
      const auto block = parser.block();
      if (!block) return std::nullopt;
      letter.block = *block;
    }
    letters.push_back(letter);
    return static_cast<std::uint32_t>(letters.size() - 1);
  }
  std::vector<Letter> letters;
};

// "true", "false", or the error as "message@position".
std::string outcome(std::string_view source, Limits limits = {}) {
  const auto told = [](const SyntaxError& error) {
    return std::string(error.message) + "@" + std::to_string(error.position);
  };
  const auto tokens = lex(source, limits);
  if (const auto* wrong = std::get_if<SyntaxError>(&tokens)) return told(*wrong);
  LetterReader reader;
  Tree tree;
  Parser parser(std::get<std::vector<Token>>(tokens), reader, tree, limits);
  const auto root = parser.parse();
  if (!root) return told(parser.error());
  const std::function<bool(std::uint32_t)> holds = [&](std::uint32_t operand) {
    const Letter& letter = reader.letters[operand];
    return letter.holds && (letter.block == kNoNode || tree.evaluate(letter.block, holds));
  };
  return tree.evaluate(*root, holds) ? "true" : "false";
}

std::vector<TokenKind> kinds(std::string_view source) {
  std::vector<TokenKind> out;
  const auto tokens = lex(source, {});
  for (const Token& token : std::get<std::vector<Token>>(tokens)) out.push_back(token.kind);
  return out;
}

TEST(Expression, AndBindsTighterThanOrAndNothingIsAnd) {
  EXPECT_EQ(outcome("t OR f AND f"), "true");
  EXPECT_EQ(outcome("(t OR f) AND f"), "false");
  EXPECT_EQ(outcome("f AND f OR t"), "true");
  EXPECT_EQ(outcome("t f OR t"), "true");
  EXPECT_EQ(outcome("t t f"), "false");
  EXPECT_EQ(outcome("t or f"), "true");
  EXPECT_EQ(outcome("t and f"), "false");
}

TEST(Expression, ExclamationMarksTurnWhatFollows) {
  EXPECT_EQ(outcome("!f"), "true");
  EXPECT_EQ(outcome("!!f"), "false");
  EXPECT_EQ(outcome("!(t AND f)"), "true");
  EXPECT_EQ(outcome("t !f t"), "true");
  EXPECT_EQ(outcome("!f AND f"), "false");
}

TEST(Expression, OperandsMayHoldExpressions) {
  EXPECT_EQ(outcome("t { t OR f }"), "true");
  EXPECT_EQ(outcome("!t{f} AND t{t{t}}"), "true");
}

TEST(Expression, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(outcome(""), "the expression ends where something must follow@0");
  EXPECT_EQ(outcome("t AND"), "the expression ends where something must follow@5");
  EXPECT_EQ(outcome("AND t"), "something is missing before this@0");
  EXPECT_EQ(outcome("t AND AND t"), "something is missing before this@6");
  EXPECT_EQ(outcome("t OR ) t"), "something is missing before this@5");
  EXPECT_EQ(outcome("t (f"), "this parenthesis is not closed@2");
  EXPECT_EQ(outcome("t)"), "this parenthesis closes nothing@1");
  EXPECT_EQ(outcome("t }"), "this brace closes nothing@2");
  EXPECT_EQ(outcome("t { f"), "this brace is not closed@2");
  EXPECT_EQ(outcome("(t }"), "a closing parenthesis is missing here@3");
  EXPECT_EQ(outcome("t { t )"), "a closing brace is missing here@6");
  EXPECT_EQ(outcome("t {}"), "something is missing before this@3");
  EXPECT_EQ(outcome("t 7"), "no letter@2");
}

TEST(Expression, TextsAndJsonMustEnd) {
  EXPECT_EQ(outcome("t \"open"), "this quote is not closed@2");
  EXPECT_EQ(outcome("t #[1"), "a list or an object of JSON must follow, and end@2");
  EXPECT_EQ(outcome("t #7"), "a list or an object of JSON must follow, and end@2");
  EXPECT_EQ(outcome("t #]"), "a list or an object of JSON must follow, and end@2");
  EXPECT_EQ(outcome("t $"), "this character has no meaning here@2");
}

TEST(Expression, IsBoundedInBytesPartsAndDepth) {
  EXPECT_EQ(outcome("t t", {.bytes = 2}), "the expression is too long; it ends here@2");
  EXPECT_EQ(outcome("t t t", {.operands = 2}),
            "the expression has too many parts; this one is too much@4");
  EXPECT_EQ(outcome("((t))", {.depth = 3}), "true");
  EXPECT_EQ(outcome("(((t)))", {.depth = 3}),
            "too many parentheses and braces within each other@2");
  EXPECT_EQ(outcome(std::string(2000, '(')),
            "too many parentheses and braces within each other@15");
  EXPECT_EQ(outcome(std::string(2000, '!') + "t"), "true");
}

TEST(ExpressionLexer, TellsWordsNumbersAndSignsApart) {
  using Kind = TokenKind;
  EXPECT_EQ(kinds("a.b-c 2xx -1.5 .5 inf \"x y\" contains <= != [*:,] #[{\"a\":\"]\"}]"),
            (std::vector<Kind>{Kind::name, Kind::name, Kind::number, Kind::number, Kind::name,
                               Kind::text, Kind::compare, Kind::compare, Kind::compare,
                               Kind::open_bracket, Kind::star, Kind::colon, Kind::comma,
                               Kind::close_bracket, Kind::json, Kind::end}));
  EXPECT_EQ(outcome("t 1e999"), "this number is too large@2");
}

TEST(ExpressionLexer, KeepsPositionsInBytes) {
  const auto lexed = lex(" \xc3\xa9 = \"x\"", {});
  const auto& tokens = std::get<std::vector<Token>>(lexed);

  ASSERT_EQ(tokens.size(), 4U);
  EXPECT_EQ(tokens[0].position, 1U);
  EXPECT_EQ(tokens[1].position, 4U);
  EXPECT_EQ(tokens[2].position, 6U);
  EXPECT_EQ(tokens[2].text, "x");
  EXPECT_EQ(tokens[3].position, 9U);
}

TEST(ExpressionCompare, KnowsEachOperator) {
  using Op = Operator;
  EXPECT_TRUE(compare_texts("abc", Op::contains, "b"));
  EXPECT_TRUE(compare_texts("", Op::contains, ""));
  EXPECT_FALSE(compare_texts("", Op::contains, "b"));
  EXPECT_TRUE(compare_texts("abc", Op::begins_with, "ab"));
  EXPECT_FALSE(compare_texts("abc", Op::begins_with, "bc"));
  EXPECT_TRUE(compare_texts("abc", Op::ends_with, "bc"));
  EXPECT_FALSE(compare_texts("abc", Op::ends_with, "aabc"));
  EXPECT_TRUE(compare_texts("a", Op::not_equal, "A"));
  EXPECT_FALSE(compare_texts("b", Op::greater, "a"));
  EXPECT_TRUE(compare_numbers(1, Op::less, 2));
  EXPECT_TRUE(compare_numbers(2, Op::less_or_equal, 2));
  EXPECT_FALSE(compare_numbers(2, Op::greater, 2));
  EXPECT_TRUE(compare_numbers(2, Op::greater_or_equal, 2));
  EXPECT_TRUE(compare_numbers(2, Op::not_equal, 1));
  EXPECT_FALSE(compare_numbers(2, Op::contains, 2));
}

}  // namespace
}  // namespace aloft::console::expression
