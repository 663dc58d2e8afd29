// SPDX-License-Identifier: Apache-2.0
// `ERROR -timeout "two words"`: terms of an unstructured line. All must be found, those behind `-`
// must not; `?a ?b` asks for any. Among other terms those behind `?` are ignored, as documented.
// Case counts. A term with more than letters, digits and `_` stands in quotes, where `\"` and `\\`
// are a quote and a backslash.
//
// Source: "Using filter patterns to match terms in unstructured log events", CloudWatch Logs user
// guide, read 2026-11; that others are refused ("Invalid character(s) in term"):
// github.com/DefangLabs/defang issue 1008 and others, read 2026-11.
// Thread-safety: plain value; matching is pure, linear in the line for each term.
#pragma once

#include "console/logs/pattern/cursor.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::console::logs::pattern {

class TermPattern {
 public:
  static std::optional<TermPattern> read(Cursor& cursor);

  bool matches(std::string_view line) const noexcept;
  /// Whether it asks for nothing.
  bool empty() const noexcept { return wanted_.empty() && unwanted_.empty() && any_.empty(); }

 private:
  std::vector<std::string> wanted_;
  std::vector<std::string> unwanted_;
  std::vector<std::string> any_;
};

}  // namespace aloft::console::logs::pattern
