// SPDX-License-Identifier: Apache-2.0
// The values of expressions for a row.
//
// What is missing compares with nothing: `=`, `<` and `like` are false, so `!=`, `not like` and
// `not in` hold for it. Arithmetic with it, or with what is no number, gives nothing.
//
// Thread-safety: immutable; a row and its event belong to one thread.
#pragma once

#include "console/logs/insights/functions.hpp"
#include "console/logs/insights/query.hpp"
#include "console/logs/insights/row.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace aloft::console::logs::insights {

/// What of the log a query looks at, and how many rows it may give.
struct Window {
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  std::int64_t now_ms = 0;
  std::size_t rows = kDefaultRows;  ///< when the query has no `limit`
  /// Asked before each event and each regular expression, which may take a second for a megabyte.
  /// After false, what comes out is not the query's answer. Empty: to the end.
  std::function<bool()> goes_on{};
};

/// Whose fields an expression asks for.
struct Subject {
  Row& row;
  EventFields* event = nullptr;         ///< of a row that is an event
  std::span<const Value> aggregates{};  ///< of a row that `stats` makes
};

class Evaluator {
 public:
  Evaluator(const Query& query, const Window& window) noexcept : query_(query), window_(window) {}

  Value value(ExprId id, const Subject& subject) const;
  bool holds(ExprId id, const Subject& subject) const { return value(id, subject).holds(); }

  bool goes_on() const { return !window_.goes_on || window_.goes_on(); }

 private:
  Value call(const Expr& expr, const Subject& subject) const;
  Value arithmetic(const Expr& expr, const Subject& subject) const;
  bool compares(const Expr& expr, const Subject& subject) const;
  bool is_in(const Expr& expr, const Subject& subject) const;
  bool is_like(const Expr& expr, const Subject& subject) const;

  const Query& query_;
  const Window& window_;
};

}  // namespace aloft::console::logs::insights
