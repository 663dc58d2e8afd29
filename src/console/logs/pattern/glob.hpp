// SPDX-License-Identifier: Apache-2.0
// A text with `*` for any run of characters, as the values of filter patterns have it.
// A text is built character by character by who reads the pattern.
//
// Thread-safety: plain value; matching is pure and linear in the text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aloft::console::logs::pattern {

class Glob {
 public:
  void append(char c) { parts_.back() += c; }
  void append_star() { parts_.emplace_back(); }
  /// Whether a star stands in it.
  bool has_star() const noexcept { return parts_.size() > 1; }
  /// What it is without a star.
  const std::string& text() const noexcept { return parts_.front(); }

  /// The whole of `text`.
  bool matches(std::string_view text) const noexcept;

 private:
  // What stands between the stars; the first and the last are anchored.
  std::vector<std::string> parts_ = std::vector<std::string>(1);
};

}  // namespace aloft::console::logs::pattern
