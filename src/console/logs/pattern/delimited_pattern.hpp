// SPDX-License-Identifier: Apache-2.0
// `[ip, user, ..., status = 4* || status = 5*, bytes > 1000]`: conditions on the words of a line.
//
// Words are separated by blanks; what stands in brackets or in double quotes is one word (without
// them). A field takes one word, `...` any number of them. The last field takes what is left of the
// line, so that `[level = ERROR, rest]` is about the first word of any line.
//
// Source: "Using filter patterns to match terms in space-delimited log events", CloudWatch Logs
// user guide, read 2026-11; that the last field takes the rest follows from its example
// `[w1=ERROR, w2]`, which is said to match lines of seven words.
// Thread-safety: plain value; matching is pure and linear in the line.
#pragma once

#include "console/expression/tree.hpp"
#include "console/logs/pattern/condition.hpp"
#include "console/logs/pattern/cursor.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace aloft::console::logs::pattern {

class DelimitedPattern {
 public:
  /// Reads what stands between the brackets. Nothing, and the cursor knows why, when that is wrong.
  static std::optional<DelimitedPattern> read(Cursor& cursor);

  bool matches(std::string_view line) const;

  struct Field {
    std::vector<Condition> conditions;
    expression::Tree tree;
    expression::NodeId root = expression::kNoNode;  // none: any word
  };

 private:
  bool holds(std::size_t field, std::string_view word) const;

  std::vector<Field> fields_;
  std::optional<std::size_t> ellipsis_;  // how many fields stand before it
};

}  // namespace aloft::console::logs::pattern
