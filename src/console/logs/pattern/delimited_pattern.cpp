// SPDX-License-Identifier: Apache-2.0
#include "console/logs/pattern/delimited_pattern.hpp"

#include <cstdint>
#include <utility>

namespace aloft::console::logs::pattern {
namespace {

// Reads `status = 4* || status = 5*`, or a name alone.
class FieldReader {
 public:
  FieldReader(DelimitedPattern::Field& field, std::size_t& regexes)
      : field_(field), regexes_(regexes) {}

  bool read(Cursor& cursor) {
    const auto root =
        read_junction(cursor, field_.tree, [this](Cursor& at) { return read_one(at); });
    if (!root) return false;
    if (!bare_) {
      field_.root = *root;
    } else if (operands_ > 1) {
      return cursor.fail("a condition is missing behind this name", bare_position_);
    }
    return true;
  }

 private:
  std::optional<std::uint32_t> read_one(Cursor& cursor) {
    cursor.skip_blanks();
    const std::size_t begin = cursor.position();
    while (is_word(cursor.peek()) || cursor.peek() == '-') cursor.skip();
    const std::string_view name = cursor.since(begin);
    if (name.empty()) {
      cursor.fail("the name of a field must stand here, or ...");
      return std::nullopt;
    }
    if (operands_ > 0 && name != name_) {
      cursor.fail("the conditions of one field name that field; a comma begins the next", begin);
      return std::nullopt;
    }
    name_ = name;
    ++operands_;
    cursor.skip_blanks();
    const char next = cursor.peek();
    if (cursor.at_end() || next == ',' || next == '&' || next == '|' || next == ')') {
      bare_ = true;
      bare_position_ = begin;
      return 0;
    }
    auto condition = Condition::read(cursor, regexes_);
    if (!condition) return std::nullopt;
    field_.conditions.push_back(std::move(*condition));
    return static_cast<std::uint32_t>(field_.conditions.size() - 1);
  }

  DelimitedPattern::Field& field_;
  std::size_t& regexes_;
  std::string_view name_;
  std::size_t operands_ = 0;
  bool bare_ = false;  // a name without a condition was among them
  std::size_t bare_position_ = 0;
};

// Takes a line apart, word by word.
class Words {
 public:
  explicit Words(std::string_view line) : line_(line) { skip_blanks(); }

  bool at_end() const noexcept { return at_ == line_.size(); }
  std::string_view next() noexcept {
    const char first = line_[at_];
    if (first == '[' && brackets_left_) {
      if (const auto word = enclosed(']', brackets_left_)) return *word;
    }
    if (first == '"' && quotes_left_) {
      if (const auto word = enclosed('"', quotes_left_)) return *word;
    }
    const std::size_t begin = at_;
    while (at_ < line_.size() && !is_blank(line_[at_])) ++at_;
    return finish(begin, at_);
  }
  /// What is left; as `next` when it is one word.
  std::string_view rest() noexcept {
    const std::size_t begin = at_;
    const std::string_view word = next();
    if (at_end()) return word;
    std::size_t end = line_.size();
    while (end > begin && is_blank(line_[end - 1])) --end;
    at_ = line_.size();
    return line_.substr(begin, end - begin);
  }

 private:
  // `left` remembers that no more of `close` comes, so that no line is searched again and again.
  std::optional<std::string_view> enclosed(char close, bool& left) noexcept {
    const std::size_t end = line_.find(close, at_ + 1);
    left = end != std::string_view::npos;
    if (!left) return std::nullopt;
    const std::size_t begin = at_ + 1;
    at_ = end + 1;
    return finish(begin, end);
  }
  std::string_view finish(std::size_t begin, std::size_t end) noexcept {
    skip_blanks();
    return line_.substr(begin, end - begin);
  }
  void skip_blanks() noexcept {
    while (at_ < line_.size() && is_blank(line_[at_])) ++at_;
  }

  std::string_view line_;
  std::size_t at_ = 0;
  bool brackets_left_ = true;
  bool quotes_left_ = true;
};

}  // namespace

std::optional<DelimitedPattern> DelimitedPattern::read(Cursor& cursor) {
  DelimitedPattern pattern;
  std::size_t regexes = 0;
  do {
    cursor.skip_blanks();
    const std::size_t begin = cursor.position();
    if (cursor.accept("...")) {
      if (pattern.ellipsis_) {
        cursor.fail("a pattern has at most one ...", begin);
        return std::nullopt;
      }
      pattern.ellipsis_ = pattern.fields_.size();
    } else {
      Field field;
      if (!FieldReader(field, regexes).read(cursor)) return std::nullopt;
      pattern.fields_.push_back(std::move(field));
    }
    cursor.skip_blanks();
  } while (cursor.accept(","));
  if (!cursor.at_end()) {
    cursor.fail("a comma must stand here, or the end of the pattern");
    return std::nullopt;
  }
  return pattern;
}

bool DelimitedPattern::holds(std::size_t field, std::string_view word) const {
  const Field& one = fields_[field];
  if (one.root == expression::kNoNode) return true;
  return one.tree.evaluate(one.root, [&](std::uint32_t operand) {
    return one.conditions[operand].holds_for_word(word);
  });
}

bool DelimitedPattern::matches(std::string_view line) const {
  Words words(line);
  const std::size_t before = ellipsis_.value_or(fields_.size());
  for (std::size_t i = 0; i < before; ++i) {
    if (words.at_end()) return false;
    const bool last = !ellipsis_ && i + 1 == before;
    if (!holds(i, last ? words.rest() : words.next())) return false;
  }
  if (!ellipsis_) return true;
  // The fields behind the dots take the last words: a ring of as many.
  const std::size_t behind = fields_.size() - before;
  if (behind == 0) return true;
  std::vector<std::string_view> ring(behind);
  std::size_t count = 0;
  while (!words.at_end()) ring[count++ % behind] = words.next();
  if (count < behind) return false;
  for (std::size_t i = 0; i < behind; ++i) {
    if (!holds(before + i, ring[(count + i) % behind])) return false;
  }
  return true;
}

}  // namespace aloft::console::logs::pattern
