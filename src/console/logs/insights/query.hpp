// SPDX-License-Identifier: Apache-2.0
// A query of Logs Insights, parsed: commands, each over expressions, over fields that are numbered.
//
//   auto parsed = Query::parse("filter level = \"ERROR\" | stats count(*) as n by service");
//   if (const auto* wrong = std::get_if<QueryError>(&parsed)) …
//
// What the language has and what of it is not there: docs/reference/log-queries.md.
// Source: "CloudWatch Logs Insights language query syntax" and the pages of its commands,
// CloudWatch Logs user guide, read 2026-11.
// Thread-safety: plain value; immutable once parsed.
#pragma once

#include "console/logs/insights/period.hpp"
#include "console/logs/insights/value.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace re2 {
class RE2;
}

namespace aloft::console::logs::insights {

struct Function;

/// Source: QueryString, CloudWatch Logs service model, botocore 1.43, read 2026-11.
inline constexpr std::size_t kMaxQueryChars = 10'000;
/// Source: "limit", CloudWatch Logs user guide, read 2026-11: 10,000 when a query does not say.
inline constexpr std::size_t kDefaultRows = 10'000;
inline constexpr std::size_t kMaxRows = 100'000;
/// Ours: far beyond what people write, and what one row may cost.
inline constexpr std::size_t kMaxCommands = 64;
inline constexpr std::size_t kMaxExpressions = 500;
inline constexpr std::size_t kMaxExpressionDepth = 32;
inline constexpr std::size_t kMaxArguments = 32;  // as kMaxCallArguments
inline constexpr std::size_t kMaxQueryRegexes = 32;

/// What is wrong, in words that quote nothing of the query, and which bytes of it.
struct QueryError {
  std::string_view message;
  std::size_t begin = 0;
  std::size_t end = 0;
};

using ExprId = std::uint32_t;
using FieldId = std::uint32_t;  ///< index in `Query::fields`

enum class ExprKind : std::uint8_t {
  literal,
  field,
  call,        // of a function
  aggregate,   // `number` is its index in the `Stats` that it stands in
  negation,    // not
  minus,       // of one argument
  arithmetic,  // `sign`: + - * / % ^
  compare,     // `op`
  all,         // and
  any,         // or
  in,          // the first of the others
  like,        // a text, or `regex`
};

struct Expr {
  ExprKind kind = ExprKind::literal;
  char sign = 0;
  expression::Operator op = expression::Operator::equal;
  FieldId field = 0;
  std::uint32_t number = 0;
  const Function* function = nullptr;
  Value literal;
  std::optional<Period> period;  // of a literal such as 5m
  std::shared_ptr<const re2::RE2> regex;
  std::vector<ExprId> arguments;
};

/// An expression and the field that gets its value.
struct Item {
  ExprId expr = 0;
  FieldId field = 0;
};

enum class AggregateKind : std::uint8_t {
  count,
  count_distinct,
  sum,
  avg,
  min,
  max,
  stddev,
  pct,
  earliest,
  latest,
  sorts_first,
  sorts_last,
};

struct Aggregate {
  AggregateKind kind = AggregateKind::count;
  std::optional<ExprId> of;  ///< none: count(*)
  double percent = 0;        ///< of pct
};

struct Fields {
  std::vector<Item> items;
};
struct Filter {
  ExprId condition = 0;
};
struct Stats {
  std::vector<Aggregate> aggregates;
  std::vector<Item> results;  ///< their expressions hold the aggregates
  std::vector<Item> groups;
};
struct SortKey {
  ExprId expr = 0;
  bool descending = false;
};
struct Sort {
  std::vector<SortKey> keys;
};
struct Limit {
  std::size_t rows = 0;
};
struct Parse {
  ExprId from = 0;
  /// Group i of it becomes `fields[i]`; a glob is one, too.
  std::shared_ptr<const re2::RE2> regex;
  std::vector<FieldId> fields;
};
struct Dedup {
  std::vector<ExprId> keys;
};

using Command = std::variant<Fields, Filter, Stats, Sort, Limit, Parse, Dedup>;

struct Query {
  std::vector<Command> commands;
  std::vector<Expr> expressions;
  std::vector<std::string> fields;  ///< the names of all that it mentions, each once
  std::vector<FieldId> columns;     ///< what the rows show
  bool aggregated = false;          ///< it has `stats`: rows are no events

  static std::variant<Query, QueryError> parse(std::string_view text);
};

/// Whether the first word of `text` is a command of the language, or a `|` stands in it.
bool looks_like_a_query(std::string_view text);

}  // namespace aloft::console::logs::insights
