// SPDX-License-Identifier: Apache-2.0
#include "console/logs/insights/functions.hpp"
#include "console/logs/insights/parser.hpp"

#include <aloft/core/text.hpp>

#include <array>
#include <utility>

namespace aloft::console::logs::insights {
namespace {

using expression::Operator;

struct AggregateName {
  std::string_view name;
  AggregateKind kind;
};
constexpr std::array<AggregateName, 12> kAggregates = {{
    {"count", AggregateKind::count},
    {"count_distinct", AggregateKind::count_distinct},
    {"sum", AggregateKind::sum},
    {"avg", AggregateKind::avg},
    {"min", AggregateKind::min},
    {"max", AggregateKind::max},
    {"stddev", AggregateKind::stddev},
    {"pct", AggregateKind::pct},
    {"earliest", AggregateKind::earliest},
    {"latest", AggregateKind::latest},
    {"sortsFirst", AggregateKind::sorts_first},
    {"sortsLast", AggregateKind::sorts_last},
}};

constexpr std::array<std::pair<std::string_view, Operator>, 6> kComparisons = {{
    {"=", Operator::equal},
    {"!=", Operator::not_equal},
    {"<=", Operator::less_or_equal},
    {">=", Operator::greater_or_equal},
    {"<", Operator::less},
    {">", Operator::greater},
}};

}  // namespace

std::optional<AggregateKind> find_aggregate(std::string_view name) noexcept {
  for (const AggregateName& one : kAggregates) {
    if (text::equals_ignoring_case(name, one.name)) return one.kind;
  }
  return std::nullopt;
}

std::nullopt_t ExpressionReader::fail(std::string_view message) {
  lexer_.fail(message);
  return std::nullopt;
}

std::nullopt_t ExpressionReader::fail(std::string_view message, std::size_t begin,
                                      std::size_t end) {
  lexer_.fail(message, begin, end);
  return std::nullopt;
}

bool ExpressionReader::enter() {
  if (++depth_ <= kMaxExpressionDepth) return true;
  return lexer_.fail("the expression is nested too deeply here");
}

FieldId ExpressionReader::field(std::string_view name) {
  for (std::size_t i = 0; i < query_.fields.size(); ++i) {
    if (query_.fields[i] == name) return static_cast<FieldId>(i);
  }
  query_.fields.emplace_back(name);
  return static_cast<FieldId>(query_.fields.size() - 1);
}

std::optional<ExprId> ExpressionReader::add(Expr expr) {
  if (query_.expressions.size() >= kMaxExpressions) return fail("the query has too many parts");
  query_.expressions.push_back(std::move(expr));
  return static_cast<ExprId>(query_.expressions.size() - 1);
}

std::optional<ExprId> ExpressionReader::join(ExprKind kind, char sign, ExprId left, ExprId right) {
  Expr expr;
  expr.kind = kind;
  expr.sign = sign;
  expr.arguments = {left, right};
  return add(std::move(expr));
}

std::optional<ExprId> ExpressionReader::read() {
  if (!enter()) return std::nullopt;
  auto out = any();
  --depth_;
  return out;
}

std::optional<ExprId> ExpressionReader::any() {
  auto left = all();
  while (left && lexer_.accept_word("or")) {
    const auto right = all();
    if (!right) return std::nullopt;
    left = join(ExprKind::any, 0, *left, *right);
  }
  return left;
}

std::optional<ExprId> ExpressionReader::all() {
  auto left = negated();
  while (left && lexer_.accept_word("and")) {
    const auto right = negated();
    if (!right) return std::nullopt;
    left = join(ExprKind::all, 0, *left, *right);
  }
  return left;
}

std::optional<ExprId> ExpressionReader::negated() {
  bool negative = false;
  while (lexer_.accept_word("not")) negative = !negative;
  const auto inner = comparison();
  if (!inner || !negative) return inner;
  Expr expr;
  expr.kind = ExprKind::negation;
  expr.arguments = {*inner};
  return add(std::move(expr));
}

std::optional<ExprId> ExpressionReader::comparison() {
  const auto left = sum();
  if (!left) return std::nullopt;
  for (const auto& [sign, op] : kComparisons) {
    if (!lexer_.accept(sign)) continue;
    const auto right = sum();
    if (!right) return std::nullopt;
    Expr expr;
    expr.kind = ExprKind::compare;
    expr.op = op;
    expr.arguments = {*left, *right};
    return add(std::move(expr));
  }
  if (lexer_.accept("=~")) return like(*left);
  const bool negative = lexer_.accept_word("not");
  if (negative || lexer_.is_word("like") || lexer_.is_word("in")) {
    return set_or_like(*left, negative);
  }
  return left;
}

std::optional<ExprId> ExpressionReader::set_or_like(ExprId left, bool negative) {
  std::optional<ExprId> inner;
  if (lexer_.accept_word("in")) {
    inner = list(left);
  } else if (lexer_.accept_word("like")) {
    inner = like(left);
  } else {
    return fail("like or in must follow not here");
  }
  if (!inner || !negative) return inner;
  Expr expr;
  expr.kind = ExprKind::negation;
  expr.arguments = {*inner};
  return add(std::move(expr));
}

std::optional<ExprId> ExpressionReader::list(ExprId left) {
  Expr expr;
  expr.kind = ExprKind::in;
  expr.arguments = {left};
  if (!lexer_.accept("[")) return fail("a list in [ ] must follow in");
  do {
    const auto one = sum();
    if (!one) return std::nullopt;
    expr.arguments.push_back(*one);
  } while (lexer_.accept(","));
  if (!lexer_.accept("]")) return fail("a comma or ] must stand here");
  return add(std::move(expr));
}

std::optional<ExprId> ExpressionReader::like(ExprId left) {
  Expr expr;
  expr.kind = ExprKind::like;
  expr.arguments = {left};
  const Token& next = lexer_.peek();
  if (next.kind == TokenKind::sign && next.text == "/") {
    expr.regex = lexer_.take_regex();
    if (!expr.regex) return std::nullopt;
  } else if (next.kind == TokenKind::text) {
    expr.literal = Value(lexer_.take().text);
  } else {
    return fail("a \"text\" or a /regular expression/ must stand here");
  }
  return add(std::move(expr));
}

std::optional<ExprId> ExpressionReader::sum() {
  auto left = product();
  while (left) {
    const char sign = lexer_.accept("+") ? '+' : lexer_.accept("-") ? '-' : '\0';
    if (sign == '\0') break;
    const auto right = product();
    if (!right) return std::nullopt;
    left = join(ExprKind::arithmetic, sign, *left, *right);
  }
  return left;
}

std::optional<ExprId> ExpressionReader::product() {
  auto left = power();
  while (left) {
    const char sign = lexer_.accept("*")   ? '*'
                      : lexer_.accept("/") ? '/'
                      : lexer_.accept("%") ? '%'
                                           : '\0';
    if (sign == '\0') break;
    const auto right = power();
    if (!right) return std::nullopt;
    left = join(ExprKind::arithmetic, sign, *left, *right);
  }
  return left;
}

std::optional<ExprId> ExpressionReader::power() {
  bool negative = false;
  while (lexer_.accept("-")) negative = !negative;
  auto out = primary();
  if (out && lexer_.accept("^")) {
    if (!enter()) return std::nullopt;
    const auto exponent = power();
    --depth_;
    if (!exponent) return std::nullopt;
    out = join(ExprKind::arithmetic, '^', *out, *exponent);
  }
  if (!out || !negative) return out;
  Expr expr;
  expr.kind = ExprKind::minus;
  expr.arguments = {*out};
  return add(std::move(expr));
}

std::optional<ExprId> ExpressionReader::primary() {
  const Token& next = lexer_.peek();
  Expr expr;
  switch (next.kind) {
    case TokenKind::number:
      expr.literal = Value(next.number);
      break;
    case TokenKind::text:
      expr.literal = Value(next.text);
      break;
    case TokenKind::period:
      return fail("a period such as 5m has no place here");
    case TokenKind::name:
      return name();
    case TokenKind::end:
      return fail("the query ends where a value must follow");
    case TokenKind::sign: {
      const std::size_t begin = next.begin;
      if (!lexer_.accept("(")) return fail("a value must stand here");
      const auto inner = read();
      if (!inner) return std::nullopt;
      if (!lexer_.accept(")")) return fail("this parenthesis is not closed", begin, begin + 1);
      return inner;
    }
  }
  lexer_.take();
  return add(std::move(expr));
}

std::optional<ExprId> ExpressionReader::name() {
  Token token = lexer_.take();
  const Token& next = lexer_.peek();
  if (!token.quoted && next.kind == TokenKind::sign && next.text == "(") return call(token);
  Expr expr;
  if (!token.quoted && (text::equals_ignoring_case(token.text, "true") ||
                        text::equals_ignoring_case(token.text, "false"))) {
    expr.literal = Value::truth(token.text.size() == 4);
    return add(std::move(expr));
  }
  // list[0] is list.0.
  while (lexer_.peek().begin == lexer_.last_end() && lexer_.accept("[")) {
    const Token index = lexer_.take();
    if (index.kind != TokenKind::number || !index.number.whole) {
      return fail("an index must stand here", index.begin, index.end);
    }
    token.text += '.' + std::to_string(*index.number.whole);
    if (!lexer_.accept("]")) return fail("] must stand here");
  }
  expr.kind = ExprKind::field;
  expr.field = field(token.text);
  return add(std::move(expr));
}

std::optional<ExprId> ExpressionReader::call(const Token& name) {
  if (const auto kind = find_aggregate(name.text)) return aggregate(name, *kind);
  Expr expr;
  expr.kind = ExprKind::call;
  expr.function = find_function(name.text);
  if (expr.function == nullptr) {
    return fail("there is no function of this name here", name.begin, name.end);
  }
  lexer_.accept("(");
  if (!enter() || !arguments(expr, name.begin)) return std::nullopt;
  --depth_;
  const std::size_t count = expr.arguments.size();
  if (count < expr.function->least || count > expr.function->most ||
      expr.period.has_value() != expr.function->period) {
    return fail("this function takes other arguments", name.begin, lexer_.last_end());
  }
  return add(std::move(expr));
}

bool ExpressionReader::arguments(Expr& expr, std::size_t begin) {
  if (lexer_.accept(")")) return true;
  do {
    if (expr.arguments.size() >= kMaxArguments) return lexer_.fail("too many arguments");
    if (lexer_.peek().kind == TokenKind::period && !expr.period) {
      expr.period = lexer_.take().period;
      break;  // nothing follows a period
    }
    const auto one = any();
    if (!one) return false;
    expr.arguments.push_back(*one);
  } while (lexer_.accept(","));
  if (lexer_.accept(")")) return true;
  if (lexer_.peek().kind == TokenKind::end) {
    return lexer_.fail("this call is not closed by )", begin, lexer_.last_end());
  }
  return lexer_.fail("a comma or ) must stand here");
}

std::optional<ExprId> ExpressionReader::aggregate(const Token& name, AggregateKind kind) {
  if (stats_ == nullptr) {
    return fail("this function stands in stats only", name.begin, name.end);
  }
  Stats* const stats = std::exchange(stats_, nullptr);  // none within another
  Aggregate out;
  out.kind = kind;
  lexer_.accept("(");
  if (!enter()) return std::nullopt;
  const bool counts = kind == AggregateKind::count;
  if (!(counts && (lexer_.accept("*") || lexer_.peek().text == ")"))) {
    out.of = any();
    if (!out.of) return std::nullopt;
  }
  if (kind == AggregateKind::pct && !percent(out)) return std::nullopt;
  if (!lexer_.accept(")")) return fail("this function takes other arguments");
  --depth_;
  stats_ = stats;
  stats->aggregates.push_back(out);
  Expr expr;
  expr.kind = ExprKind::aggregate;
  expr.number = static_cast<std::uint32_t>(stats->aggregates.size() - 1);
  return add(std::move(expr));
}

bool ExpressionReader::percent(Aggregate& aggregate) {
  if (!lexer_.accept(",")) return lexer_.fail("a comma and a percentage must follow");
  const Token token = lexer_.take();
  if (token.kind != TokenKind::number || token.number.value < 0 || token.number.value > 100) {
    return lexer_.fail("a percentage from 0 to 100 must stand here", token.begin, token.end);
  }
  aggregate.percent = token.number.value;
  return true;
}

}  // namespace aloft::console::logs::insights
