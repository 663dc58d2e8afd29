// SPDX-License-Identifier: Apache-2.0
#include "console/logs/pattern/regex.hpp"

#include <aloft/core/text.hpp>

#include <re2/re2.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace aloft::console::logs::pattern {
namespace {

constexpr std::string_view kSymbols = ":_#=@/;,- ";
constexpr std::string_view kOperators = "^$?[]{}|\\*+.";
constexpr std::string_view kClasses = "dDsSwWtnr";
// Ours: a program of a megabyte is far beyond what 1,024 characters of this subset need.
constexpr std::int64_t kMaxProgramBytes = std::int64_t{1} << 20U;

constexpr std::string_view kUnsupported =
    "this character has no place in a regular expression of a filter pattern; write it as \\xhh";

bool contains(std::string_view set, char c) noexcept {
  return set.find(c) != std::string_view::npos;
}

bool is_hex(char c) noexcept { return text::parse_hex(std::string_view(&c, 1)).has_value(); }

// Appends the escape that begins at the cursor's backslash.
bool read_escape(Cursor& cursor, std::string& out) {
  const char escaped = cursor.peek(1);
  if (escaped == 'x') {
    if (!is_hex(cursor.peek(2)) || !is_hex(cursor.peek(3))) {
      return cursor.fail("two hexadecimal digits must follow \\x");
    }
    out.append(cursor.rest().substr(0, 4));
    cursor.skip(4);
    return true;
  }
  if (contains(kClasses, escaped)) {
    out.append({'\\', escaped});
  } else if (escaped != '\0' && (contains(kOperators, escaped) || contains(kSymbols, escaped))) {
    // Not every symbol may be escaped in RE2; letters and digits stand for themselves.
    if (escaped != '_') out += '\\';
    out += escaped;
  } else {
    return cursor.fail("this escape is not supported");
  }
  cursor.skip(2);
  return true;
}

}  // namespace

std::optional<Regex> Regex::read(Cursor& cursor) {
  const std::size_t open = cursor.position();
  cursor.skip();
  std::string out;
  std::size_t set_begin = 0;  // where the open `[…` begins; 0: outside of one
  while (cursor.peek() != '%') {
    const char c = cursor.peek();
    if (cursor.at_end()) {
      cursor.fail("this regular expression is not closed by %", open);
      return std::nullopt;
    }
    if (c == '\\') {
      if (!read_escape(cursor, out)) return std::nullopt;
      continue;
    }
    if (!text::is_alnum(c) && !contains(kSymbols, c) && !contains(kOperators, c)) {
      cursor.fail(kUnsupported);
      return std::nullopt;
    }
    out += c;
    cursor.skip();
    if (set_begin == 0) {
      if (c == '[') set_begin = out.size();
      // "Either m or n can be omitted": RE2 wants the m.
      if (c == '{' && cursor.peek() == ',') out += '0';
    } else if (c == ']' && out.size() > set_begin + 1) {
      set_begin = 0;
    }
  }
  cursor.skip();
  if (out.empty()) {
    cursor.fail("a regular expression must stand between the two %", open);
    return std::nullopt;
  }
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(kMaxProgramBytes);
  Regex regex;
  auto program = std::make_shared<const RE2>(out, options);
  if (!program->ok()) {
    cursor.fail("this regular expression cannot be read", open);
    return std::nullopt;
  }
  regex.program_ = std::move(program);
  return regex;
}

bool Regex::found_in(std::string_view text) const {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *program_);
}

}  // namespace aloft::console::logs::pattern
