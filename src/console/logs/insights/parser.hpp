// SPDX-License-Identifier: Apache-2.0
// Reads a query of Logs Insights: the commands here, the expressions in expression_reader.cpp.
//
// Thread-safety: one object a thread.
#pragma once

#include "console/logs/insights/lexer.hpp"
#include "console/logs/insights/query.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace aloft::console::logs::insights {

/// Reads expressions into a query. Nothing, and the lexer knows why, where there is none.
class ExpressionReader {
 public:
  ExpressionReader(Lexer& lexer, Query& query) : lexer_(lexer), query_(query) {}

  std::optional<ExprId> read();
  /// Without operators: what a `/` behind it means is for the caller to say.
  std::optional<ExprId> read_operand() { return primary(); }
  /// The field of that name.
  FieldId field(std::string_view name);
  /// Aggregates may stand in what is read next, and go to `stats`; null: they may not.
  void allow_aggregates(Stats* stats) noexcept { stats_ = stats; }

 private:
  std::optional<ExprId> any();
  std::optional<ExprId> all();
  std::optional<ExprId> negated();
  std::optional<ExprId> comparison();
  std::optional<ExprId> set_or_like(ExprId left, bool negative);
  std::optional<ExprId> list(ExprId left);
  std::optional<ExprId> like(ExprId left);
  std::optional<ExprId> sum();
  std::optional<ExprId> product();
  std::optional<ExprId> power();
  std::optional<ExprId> primary();
  std::optional<ExprId> name();
  std::optional<ExprId> call(const Token& name);
  std::optional<ExprId> aggregate(const Token& name, AggregateKind kind);
  bool percent(Aggregate& aggregate);
  bool arguments(Expr& expr, std::size_t begin);
  std::optional<ExprId> add(Expr expr);
  std::optional<ExprId> join(ExprKind kind, char sign, ExprId left, ExprId right);
  std::nullopt_t fail(std::string_view message);
  std::nullopt_t fail(std::string_view message, std::size_t begin, std::size_t end);
  bool enter();

  Lexer& lexer_;
  Query& query_;
  Stats* stats_ = nullptr;
  std::size_t depth_ = 0;
};

/// The kind of a function of `stats`.
std::optional<AggregateKind> find_aggregate(std::string_view name) noexcept;

}  // namespace aloft::console::logs::insights
