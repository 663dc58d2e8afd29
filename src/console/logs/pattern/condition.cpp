// SPDX-License-Identifier: Apache-2.0
#include "console/logs/pattern/condition.hpp"

#include "console/expression/compare.hpp"

#include <charconv>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace aloft::console::logs::pattern {
namespace {

using expression::NodeId;
using expression::NodeKind;
using expression::Operator;

std::optional<Operator> read_operator(Cursor& cursor) {
  constexpr std::pair<std::string_view, Operator> kSigns[] = {
      {"!=", Operator::not_equal},
      {"<=", Operator::less_or_equal},
      {">=", Operator::greater_or_equal},
      {"=", Operator::equal},
      {"<", Operator::less},
      {">", Operator::greater},
  };
  for (const auto& [sign, op] : kSigns) {
    if (cursor.accept(sign)) return op;
  }
  cursor.fail("one of = != < <= > >= must stand here");
  return std::nullopt;
}

// What a value may hold without quotes: a word, its stars, and what numbers and addresses have.
bool is_bare(char c) noexcept { return is_word(c) || c == '*' || c == '.' || c == '-' || c == '+'; }

class Junction {
 public:
  Junction(Cursor& cursor, expression::Tree& tree,
           const std::function<std::optional<std::uint32_t>(Cursor&)>& read_one)
      : cursor_(cursor), tree_(tree), read_one_(read_one) {}

  std::optional<NodeId> any() {
    std::vector<NodeId> choices;
    do {
      const auto one = all();
      if (!one) return std::nullopt;
      choices.push_back(*one);
    } while (joined("||"));
    return tree_.add_list(NodeKind::any, choices);
  }

 private:
  std::optional<NodeId> all() {
    std::vector<NodeId> parts;
    do {
      const auto one = part();
      if (!one) return std::nullopt;
      parts.push_back(*one);
    } while (joined("&&"));
    return tree_.add_list(NodeKind::all, parts);
  }

  std::optional<NodeId> part() {
    cursor_.skip_blanks();
    const std::size_t open = cursor_.position();
    if (!cursor_.accept("(")) {
      const auto operand = read_one_(cursor_);
      if (!operand) return std::nullopt;
      return tree_.add_operand(*operand);
    }
    if (++depth_ > kMaxDepth) return refuse("too many parentheses within each other", open);
    const auto inner = any();
    if (!inner) return std::nullopt;
    --depth_;
    cursor_.skip_blanks();
    if (!cursor_.accept(")")) return refuse("this parenthesis is not closed", open);
    return inner;
  }

  bool joined(std::string_view sign) {
    cursor_.skip_blanks();
    return cursor_.accept(sign);
  }

  std::nullopt_t refuse(std::string_view message, std::size_t position) {
    cursor_.fail(message, position);
    return std::nullopt;
  }

  Cursor& cursor_;
  expression::Tree& tree_;
  const std::function<std::optional<std::uint32_t>(Cursor&)>& read_one_;
  std::size_t depth_ = 0;
};

}  // namespace

std::optional<Number> Number::parse(std::string_view text) noexcept {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  const std::string_view digits = !text.empty() && text.front() == '-' ? text.substr(1) : text;
  // What from_chars reads beside digits: "inf", "nan".
  if (digits.empty() || (!text::is_digit(digits[0]) && digits[0] != '.')) return std::nullopt;
  Number number;
  const char* const end = text.data() + text.size();
  const auto [stopped, failure] = std::from_chars(text.data(), end, number.value);
  if (stopped != end || failure != std::errc()) return std::nullopt;
  std::int64_t whole = 0;
  const auto integer = std::from_chars(text.data(), end, whole);
  if (integer.ptr == end && integer.ec == std::errc()) number.whole = whole;
  return number;
}

bool compare(const Number& found, Operator op, const Number& wanted) noexcept {
  if (found.whole && wanted.whole) {
    return expression::compare_whole_numbers(*found.whole, op, *wanted.whole);
  }
  return expression::compare_numbers(found.value, op, wanted.value);
}

std::optional<Glob> read_quoted(Cursor& cursor) {
  const std::size_t open = cursor.position();
  cursor.skip();
  Glob glob;
  for (; !cursor.at_end() && cursor.peek() != '"'; cursor.skip()) {
    if (cursor.peek() == '*') {
      glob.append_star();
      continue;
    }
    if (cursor.peek() == '\\' && cursor.peek(1) != '\0') cursor.skip();
    glob.append(cursor.peek());
  }
  if (!cursor.accept("\"")) {
    cursor.fail("this quote is not closed", open);
    return std::nullopt;
  }
  return glob;
}

std::optional<Condition> Condition::read(Cursor& cursor, std::size_t& regexes) {
  Condition condition;
  const auto op = read_operator(cursor);
  if (!op) return std::nullopt;
  condition.op_ = *op;
  cursor.skip_blanks();
  const std::size_t begin = cursor.position();
  if (cursor.peek() == '%') {
    auto regex = Regex::read(cursor);
    if (!regex) return std::nullopt;
    if (++regexes > kMaxRegexes) {
      cursor.fail("a pattern has at most two regular expressions", begin);
      return std::nullopt;
    }
    condition.value_ = std::move(*regex);
  } else if (cursor.peek() == '"') {
    auto glob = read_quoted(cursor);
    if (!glob) return std::nullopt;
    condition.value_ = Text{std::move(*glob), std::nullopt};
  } else {
    Text text;
    for (; is_bare(cursor.peek()); cursor.skip()) {
      if (cursor.peek() == '*') {
        text.glob.append_star();
      } else {
        text.glob.append(cursor.peek());
      }
    }
    if (cursor.position() == begin) {
      cursor.fail("a value must stand here: a word, a number, a \"text\" or a %regex%");
      return std::nullopt;
    }
    text.number = Number::parse(cursor.since(begin));
    condition.value_ = std::move(text);
  }
  const auto* text = std::get_if<Text>(&condition.value_);
  if (expression::is_order(*op) && (text == nullptr || !text->number)) {
    cursor.fail("a number must follow this operator", begin);
    return std::nullopt;
  }
  return condition;
}

bool Condition::holds(std::string_view text, const std::optional<Number>& number) const {
  if (const auto* regex = std::get_if<Regex>(&value_)) {
    return regex->found_in(text) == (op_ == Operator::equal);
  }
  const auto& wanted = *std::get_if<Text>(&value_);
  if (wanted.number && number) return compare(*number, op_, *wanted.number);
  if (op_ == Operator::equal) return wanted.glob.matches(text);
  return op_ == Operator::not_equal && !wanted.glob.matches(text);
}

bool Condition::holds_for_word(std::string_view text) const {
  return holds(text, Number::parse(text));
}
bool Condition::holds_for_text(std::string_view text) const { return holds(text, std::nullopt); }
bool Condition::holds_for_number(const Number& number, std::string_view text) const {
  return holds(text, number);
}

std::optional<NodeId> read_junction(
    Cursor& cursor, expression::Tree& tree,
    const std::function<std::optional<std::uint32_t>(Cursor&)>& read_one) {
  return Junction(cursor, tree, read_one).any();
}

}  // namespace aloft::console::logs::pattern
