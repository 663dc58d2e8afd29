// SPDX-License-Identifier: Apache-2.0
#include "console/logs/filter_pattern.hpp"

#include "console/logs/pattern/delimited_pattern.hpp"
#include "console/logs/pattern/json_pattern.hpp"
#include "console/logs/pattern/regex.hpp"
#include "console/logs/pattern/term_pattern.hpp"

#include <optional>
#include <string>
#include <utility>

namespace aloft::console::logs {
namespace {

using expression::SyntaxError;
using pattern::Cursor;
using pattern::DelimitedPattern;
using pattern::JsonPattern;
using pattern::Regex;
using pattern::TermPattern;

// Characters as AWS counts them: of Unicode, not bytes.
std::size_t count_chars(std::string_view text) noexcept {
  std::size_t count = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++count;
  }
  return count;
}

// Where the last character of the pattern stands, blanks left out; nothing when there is none.
std::optional<std::size_t> last_char(std::string_view text) noexcept {
  for (std::size_t i = text.size(); i > 0; --i) {
    if (!pattern::is_blank(text[i - 1])) return i - 1;
  }
  return std::nullopt;
}

}  // namespace

struct FilterPattern::Program {
  std::variant<TermPattern, Regex, JsonPattern, DelimitedPattern> form;
};

std::variant<FilterPattern, SyntaxError> FilterPattern::read(std::string_view text) {
  if (text.size() > 4 * kMaxPatternChars || count_chars(text) > kMaxPatternChars) {
    return SyntaxError{"the pattern is longer than 1,024 characters", kMaxPatternChars};
  }
  FilterPattern out;
  const auto last = last_char(text);
  if (!last) return out;
  Cursor cursor(text, 0, text.size());
  cursor.skip_blanks();
  const std::size_t first = cursor.position();
  const auto keep = [&](auto form) -> std::variant<FilterPattern, SyntaxError> {
    if (!form) return cursor.error();
    out.program_ = std::make_shared<const Program>(Program{std::move(*form)});
    return out;
  };
  if (text[first] == '{') {
    if (text[*last] != '}') {
      return SyntaxError{"a pattern that begins with { must end with }", first};
    }
    cursor = Cursor(text, first + 1, *last);
    return keep(JsonPattern::read(cursor));
  }
  if (text[first] == '[') {
    if (text[*last] != ']') {
      return SyntaxError{"a pattern that begins with [ must end with ]", first};
    }
    cursor = Cursor(text, first + 1, *last);
    return keep(DelimitedPattern::read(cursor));
  }
  if (text[first] == '%') {
    auto regex = Regex::read(cursor);
    if (regex && cursor.position() != *last + 1) {
      return SyntaxError{"nothing can follow a regular expression", cursor.position()};
    }
    return keep(std::move(regex));
  }
  auto terms = TermPattern::read(cursor);
  if (terms && terms->empty()) return out;
  return keep(std::move(terms));
}

Result<FilterPattern> FilterPattern::parse(std::string_view text) {
  auto parsed = read(text);
  if (const auto* wrong = std::get_if<SyntaxError>(&parsed)) {
    return fail(ErrorCode::invalid_argument,
                std::string(wrong->message) + " (at byte " + std::to_string(wrong->position) + ")",
                "docs/reference/log-queries.md describes filter patterns");
  }
  return std::get<FilterPattern>(std::move(parsed));
}

bool FilterPattern::matches(std::string_view message) const {
  if (!program_) return true;
  if (const auto* terms = std::get_if<TermPattern>(&program_->form)) return terms->matches(message);
  if (const auto* regex = std::get_if<Regex>(&program_->form)) return regex->found_in(message);
  if (const auto* json = std::get_if<JsonPattern>(&program_->form)) return json->matches(message);
  return std::get_if<DelimitedPattern>(&program_->form)->matches(message);
}

}  // namespace aloft::console::logs
