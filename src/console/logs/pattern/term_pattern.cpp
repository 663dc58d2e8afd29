// SPDX-License-Identifier: Apache-2.0
#include "console/logs/pattern/term_pattern.hpp"

#include "console/expression/compare.hpp"

#include <algorithm>
#include <utility>

namespace aloft::console::logs::pattern {
namespace {

bool found(std::string_view line, std::string_view term) noexcept {
  return expression::compare_texts(line, expression::Operator::contains, term);
}

// Reads a word, or a text in quotes.
std::optional<std::string> read_term(Cursor& cursor) {
  const std::size_t begin = cursor.position();
  if (cursor.peek() != '"') {
    while (is_word(cursor.peek())) cursor.skip();
    const std::string_view word = cursor.since(begin);
    if (!word.empty() && (cursor.at_end() || is_blank(cursor.peek()))) return std::string(word);
    cursor.fail("this character is not allowed in a term; put the term in double quotes");
    return std::nullopt;
  }
  cursor.skip();
  std::string text;
  for (; !cursor.at_end() && cursor.peek() != '"'; cursor.skip()) {
    if (cursor.peek() == '\\' && (cursor.peek(1) == '"' || cursor.peek(1) == '\\')) cursor.skip();
    text += cursor.peek();
  }
  if (!cursor.accept("\"")) {
    cursor.fail("this quote is not closed", begin);
    return std::nullopt;
  }
  if (text.empty()) {
    cursor.fail("a term must stand between the quotes", begin);
    return std::nullopt;
  }
  if (!cursor.at_end() && !is_blank(cursor.peek())) {
    cursor.fail("a blank must stand between two terms");
    return std::nullopt;
  }
  return text;
}

}  // namespace

std::optional<TermPattern> TermPattern::read(Cursor& cursor) {
  TermPattern pattern;
  cursor.skip_blanks();
  while (!cursor.at_end()) {
    std::vector<std::string>* terms = &pattern.wanted_;
    if (cursor.accept("?")) {
      terms = &pattern.any_;
    } else if (cursor.accept("-")) {
      terms = &pattern.unwanted_;
    }
    auto term = read_term(cursor);
    if (!term) return std::nullopt;
    // `" "` is how everything is meant.
    if (terms != &pattern.wanted_ || *term != " ") terms->push_back(std::move(*term));
    cursor.skip_blanks();
  }
  if (!pattern.wanted_.empty() || !pattern.unwanted_.empty()) pattern.any_.clear();
  return pattern;
}

bool TermPattern::matches(std::string_view line) const noexcept {
  const auto in_line = [line](const std::string& term) { return found(line, term); };
  return std::all_of(wanted_.begin(), wanted_.end(), in_line) &&
         std::none_of(unwanted_.begin(), unwanted_.end(), in_line) &&
         (any_.empty() || std::any_of(any_.begin(), any_.end(), in_line));
}

}  // namespace aloft::console::logs::pattern
