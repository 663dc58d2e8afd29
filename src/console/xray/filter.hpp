// SPDX-License-Identifier: Apache-2.0
// X-Ray's filter expressions: which traces are meant. The whole documented language but for groups,
// of which the console has none (docs/reference/filter-expressions.md has the table).
//
//   auto parsed = Filter::parse(R"(service("payments") { fault } AND duration > 0.5)");
//   if (const auto* wrong = std::get_if<expression::SyntaxError>(&parsed)) …
//   TraceFold fold = folder.fold(detail, filter.depth());
//   if (filter.matches(fold)) …
//
// A comparison with what a trace does not have is false, also `!=`; `!(…)` turns it around.
//
// Source: "Using filter expressions", X-Ray developer guide, read 2026-11.
// Thread-safety: plain value, cheap to copy; matching is pure. It takes time linear in the trace
// for each term, and there are at most 64.
#pragma once

#include "console/expression/token.hpp"
#include "console/xray/trace_fold.hpp"

#include <memory>
#include <string_view>
#include <variant>

namespace aloft::console::xray {

struct Program;

class Filter {
 public:
  /// Blanks alone, and nothing, mean every trace.
  static std::variant<Filter, expression::SyntaxError> parse(std::string_view expression);

  bool empty() const noexcept { return program_ == nullptr; }
  /// What `matches` needs of a trace.
  FoldDepth depth() const noexcept;
  /// @param trace  folded as deep as `depth` says.
  bool matches(const TraceFold& trace) const;

 private:
  std::shared_ptr<const Program> program_;
};

}  // namespace aloft::console::xray
