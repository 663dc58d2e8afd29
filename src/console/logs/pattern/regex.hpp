// SPDX-License-Identifier: Apache-2.0
// `%…%`: the regular expressions of filter patterns, a documented subset: letters, digits, blanks,
// `: _ # = @ / ; , -`, the operators `^ $ ? [ ] { } | \ * + .`, and the escapes \d \D \s \S \w \W,
// \xhh and those of the characters above. No parentheses, nothing beyond ASCII.
//
//   auto regex = Regex::read(cursor);   // stands at the first %
//
// Source: "Supported regular expressions (regex) syntax", CloudWatch Logs user guide, read 2026-11.
// Thread-safety: plain value, cheap to copy; matching takes time linear in the text (RE2).
#pragma once

#include "console/logs/pattern/cursor.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace re2 {
class RE2;
}

namespace aloft::console::logs::pattern {

class Regex {
 public:
  /// Nothing, and the cursor knows why, when there is no such expression.
  static std::optional<Regex> read(Cursor& cursor);

  /// Whether it is found anywhere in `text`.
  bool found_in(std::string_view text) const;

 private:
  std::shared_ptr<const re2::RE2> program_;
};

}  // namespace aloft::console::logs::pattern
