// SPDX-License-Identifier: Apache-2.0
#include "console/logs/pattern/json_pattern.hpp"

#include <aloft/core/text.hpp>

#include <charconv>
#include <span>
#include <utility>

#include <simdjson.h>

namespace aloft::console::logs::pattern {
namespace {

namespace dom = simdjson::dom;
using Step = JsonPattern::Step;
using Term = JsonPattern::Term;
using Test = JsonPattern::Test;

// A parser keeps some sixteen bytes for each of the longest text that it has read; beyond this, one
// of its own reads the message.
constexpr std::size_t kMaxKeptBytes = std::size_t{128} << 10U;
constexpr std::size_t kMaxNumberChars = 32;

class TermReader {
 public:
  explicit TermReader(std::vector<Term>& terms) : terms_(terms) {}

  std::optional<std::uint32_t> operator()(Cursor& cursor) {
    Term term;
    cursor.skip_blanks();
    if (!read_path(cursor, term)) return std::nullopt;
    cursor.skip_blanks();
    if (!read_test(cursor, term)) return std::nullopt;
    terms_.push_back(std::move(term));
    return static_cast<std::uint32_t>(terms_.size() - 1);
  }

 private:
  bool read_path(Cursor& cursor, Term& term) {
    if (!cursor.accept("$")) return cursor.fail("a selector such as $.name must stand here");
    if (cursor.peek() != '.') return cursor.fail("a dot must follow the $ of a selector");
    bool wildcard = false;
    for (;;) {
      const std::size_t begin = cursor.position();
      const bool dot = cursor.accept(".");
      if (cursor.peek() == '[') {
        if (!read_bracket(cursor, term)) return false;
      } else if (!dot) {
        return true;
      } else if (!read_name(cursor, term)) {
        return false;
      }
      if (term.path.back().kind != Step::Kind::any) continue;
      if (std::exchange(wildcard, true)) {
        return cursor.fail("a selector has at most one wildcard", begin);
      }
      if (++wildcards_ > kMaxWildcards) {
        return cursor.fail("a pattern has at most three wildcard selectors", begin);
      }
    }
  }

  static bool read_name(Cursor& cursor, Term& term) {
    Step step;
    const std::size_t begin = cursor.position();
    if (cursor.accept("*")) {
      step.kind = Step::Kind::any;
    } else {
      while (is_word(cursor.peek()) || cursor.peek() == '-') cursor.skip();
      step.name = cursor.since(begin);
      if (step.name.empty()) {
        return cursor.fail("a name of letters, digits, - and _ must stand here, or ['another']");
      }
    }
    term.path.push_back(std::move(step));
    return true;
  }

  static bool read_bracket(Cursor& cursor, Term& term) {
    const std::size_t open = cursor.position();
    cursor.skip();
    Step step;
    const char quote = cursor.peek();
    if (quote == '\'' || quote == '"') {
      cursor.skip();
      const std::size_t begin = cursor.position();
      while (!cursor.at_end() && cursor.peek() != quote) cursor.skip();
      step.name = cursor.since(begin);
      if (!cursor.accept(std::string_view(&quote, 1))) {
        return cursor.fail("this quote is not closed", begin - 1);
      }
    } else if (cursor.accept("*")) {
      step.kind = Step::Kind::any;
    } else {
      const std::size_t begin = cursor.position();
      while (text::is_digit(cursor.peek())) cursor.skip();
      const auto index = text::parse_decimal(cursor.since(begin));
      if (!index) return cursor.fail("an index, * or a name in quotes must stand here", begin);
      step.kind = Step::Kind::element;
      step.index = *index;
    }
    if (!cursor.accept("]")) return cursor.fail("this bracket is not closed", open);
    term.path.push_back(std::move(step));
    return true;
  }

  bool read_test(Cursor& cursor, Term& term) {
    if (cursor.accept_word("NOT")) {
      cursor.skip_blanks();
      if (!cursor.accept_word("EXISTS")) return cursor.fail("EXISTS must follow NOT");
      term.test = Test::not_exists;
      return true;
    }
    if (cursor.accept_word("IS")) {
      cursor.skip_blanks();
      if (cursor.accept_word("NULL")) {
        term.test = Test::is_null;
      } else if (cursor.accept_word("TRUE")) {
        term.test = Test::is_true;
      } else if (cursor.accept_word("FALSE")) {
        term.test = Test::is_false;
      } else {
        return cursor.fail("NULL, TRUE or FALSE must follow IS");
      }
      return true;
    }
    term.condition = Condition::read(cursor, regexes_);
    return term.condition.has_value();
  }

  std::vector<Term>& terms_;
  std::size_t wildcards_ = 0;
  std::size_t regexes_ = 0;
};

bool number_holds(const Condition& condition, const Number& number, double printed) {
  char buffer[kMaxNumberChars];
  const auto end = number.whole ? std::to_chars(buffer, buffer + sizeof buffer, *number.whole)
                                : std::to_chars(buffer, buffer + sizeof buffer, printed);
  return condition.holds_for_number(number, {buffer, static_cast<std::size_t>(end.ptr - buffer)});
}

bool compares(const Condition& condition, const dom::element& value) {
  switch (value.type()) {
    case dom::element_type::STRING:
      return condition.holds_for_text(value.get_string().value_unsafe());
    case dom::element_type::INT64: {
      const std::int64_t whole = value.get_int64().value_unsafe();
      return number_holds(condition, {static_cast<double>(whole), whole}, 0);
    }
    case dom::element_type::UINT64:
    case dom::element_type::DOUBLE: {
      const double number = value.get_double().value_unsafe();
      return number_holds(condition, {number, std::nullopt}, number);
    }
    case dom::element_type::BOOL:
      return condition.holds_for_text(value.get_bool().value_unsafe() ? "true" : "false");
    default:
      return false;
  }
}

bool holds(const Term& term, const dom::element& value) {
  bool truth = false;
  switch (term.test) {
    case Test::compare:
      return compares(*term.condition, value);
    case Test::is_null:
      return value.is_null();
    case Test::is_true:
      return value.get(truth) == simdjson::SUCCESS && truth;
    case Test::is_false:
      return value.get(truth) == simdjson::SUCCESS && !truth;
    case Test::not_exists:
      return true;  // it does
  }
  return false;
}

// Whether `term` holds for a value that the rest of its path selects. Recursive at the one wildcard
// only.
bool any_holds(const Term& term, std::span<const Step> path, dom::element at) {
  for (; !path.empty(); path = path.subspan(1)) {
    const Step& step = path.front();
    dom::object object;
    dom::array array;
    if (step.kind == Step::Kind::any) {
      const auto rest = path.subspan(1);
      if (at.get(object) == simdjson::SUCCESS) {
        for (const dom::key_value_pair member : object) {
          if (any_holds(term, rest, member.value)) return true;
        }
      } else if (at.get(array) == simdjson::SUCCESS) {
        for (const dom::element element : array) {
          if (any_holds(term, rest, element)) return true;
        }
      }
      return false;
    }
    if (step.kind == Step::Kind::element) {
      if (at.get(array) != simdjson::SUCCESS) return false;
      if (array.at(step.index).get(at) != simdjson::SUCCESS) return false;
    } else {
      if (at.get(object) != simdjson::SUCCESS) return false;
      if (object.at_key(step.name).get(at) != simdjson::SUCCESS) return false;
    }
  }
  return holds(term, at);
}

}  // namespace

std::optional<JsonPattern> JsonPattern::read(Cursor& cursor) {
  JsonPattern pattern;
  const auto root = read_junction(cursor, pattern.tree_, TermReader(pattern.terms_));
  if (!root) return std::nullopt;
  cursor.skip_blanks();
  if (!cursor.at_end()) {
    cursor.fail(cursor.peek() == ')' ? "this parenthesis closes nothing"
                                     : "&& or || must stand here, or the end of the pattern");
    return std::nullopt;
  }
  pattern.root_ = *root;
  return pattern;
}

bool JsonPattern::matches(std::string_view message) const {
  // Most lines that are no JSON end here.
  std::size_t begin = 0;
  while (begin < message.size() && is_blank(message[begin])) ++begin;
  if (begin == message.size() || message[begin] != '{') return false;
  thread_local dom::parser kept;
  std::optional<dom::parser> own;
  dom::parser& parser = message.size() > kMaxKeptBytes ? own.emplace() : kept;
  dom::element root;
  if (parser.parse(message.data(), message.size()).get(root) != simdjson::SUCCESS) return false;
  if (!root.is_object()) return false;
  return tree_.evaluate(root_, [&](std::uint32_t operand) {
    const Term& term = terms_[operand];
    const bool found = any_holds(term, term.path, root);
    return term.test == Test::not_exists ? !found : found;
  });
}

}  // namespace aloft::console::logs::pattern
