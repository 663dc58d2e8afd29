// SPDX-License-Identifier: Apache-2.0
#include "console/logs/insights/evaluator.hpp"

#include "console/expression/compare.hpp"

#include <re2/re2.h>

#include <array>
#include <cmath>
#include <string>

namespace aloft::console::logs::insights {
namespace {

using expression::Operator;

// Whole numbers stay whole where they can.
std::optional<std::int64_t> whole_result(char sign, std::int64_t a, std::int64_t b) noexcept {
  std::int64_t out = 0;
  switch (sign) {
    case '+':
      return __builtin_add_overflow(a, b, &out) ? std::nullopt : std::optional(out);
    case '-':
      return __builtin_sub_overflow(a, b, &out) ? std::nullopt : std::optional(out);
    case '*':
      return __builtin_mul_overflow(a, b, &out) ? std::nullopt : std::optional(out);
    default:
      return std::nullopt;
  }
}

double result(char sign, double a, double b) noexcept {
  switch (sign) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return std::fmod(a, b);
    default:
      return std::pow(a, b);
  }
}

}  // namespace

Value Evaluator::value(ExprId id, const Subject& subject) const {
  const Expr& expr = query_.expressions[id];
  switch (expr.kind) {
    case ExprKind::literal:
      return expr.literal;
    case ExprKind::field:
      return subject.row.get(expr.field, subject.event);
    case ExprKind::call:
      return call(expr, subject);
    case ExprKind::aggregate:
      return subject.aggregates[expr.number];
    case ExprKind::negation:
      return Value::truth(!holds(expr.arguments[0], subject));
    case ExprKind::minus: {
      const auto number = value(expr.arguments[0], subject).number();
      if (!number) return {};
      const auto whole = number->whole ? whole_result('-', 0, *number->whole) : std::nullopt;
      return Value(Number{-number->value, whole});
    }
    case ExprKind::arithmetic:
      return arithmetic(expr, subject);
    case ExprKind::compare:
      return Value::truth(compares(expr, subject));
    case ExprKind::all:
      return Value::truth(holds(expr.arguments[0], subject) && holds(expr.arguments[1], subject));
    case ExprKind::any:
      return Value::truth(holds(expr.arguments[0], subject) || holds(expr.arguments[1], subject));
    case ExprKind::in:
      return Value::truth(is_in(expr, subject));
    case ExprKind::like:
      return Value::truth(is_like(expr, subject));
  }
  return {};
}

Value Evaluator::call(const Expr& expr, const Subject& subject) const {
  std::array<Value, kMaxArguments> arguments;
  for (std::size_t i = 0; i < expr.arguments.size(); ++i) {
    arguments[i] = value(expr.arguments[i], subject);
  }
  const CallContext context{subject.row.timestamp_ms, subject.row.has_timestamp,
                            window_.now_ms,           window_.start_ms,
                            window_.end_ms,           expr.period};
  return expr.function->body(context, std::span(arguments).first(expr.arguments.size()));
}

Value Evaluator::arithmetic(const Expr& expr, const Subject& subject) const {
  const auto a = value(expr.arguments[0], subject).number();
  const auto b = value(expr.arguments[1], subject).number();
  if (!a || !b) return {};
  const double out = result(expr.sign, a->value, b->value);
  if (!std::isfinite(out)) return {};
  std::optional<std::int64_t> whole;
  if (a->whole && b->whole) whole = whole_result(expr.sign, *a->whole, *b->whole);
  return Value(Number{out, whole});
}

bool Evaluator::compares(const Expr& expr, const Subject& subject) const {
  const Value a = value(expr.arguments[0], subject);
  const Value b = value(expr.arguments[1], subject);
  if (expr.op == Operator::equal) return equal(a, b);
  if (expr.op == Operator::not_equal) return !equal(a, b);
  const auto order = compare(a, b);
  if (!order) return false;
  switch (expr.op) {
    case Operator::less:
      return *order < 0;
    case Operator::less_or_equal:
      return *order <= 0;
    case Operator::greater:
      return *order > 0;
    default:
      return *order >= 0;
  }
}

bool Evaluator::is_in(const Expr& expr, const Subject& subject) const {
  const Value wanted = value(expr.arguments[0], subject);
  for (std::size_t i = 1; i < expr.arguments.size(); ++i) {
    if (equal(wanted, value(expr.arguments[i], subject))) return true;
  }
  return false;
}

bool Evaluator::is_like(const Expr& expr, const Subject& subject) const {
  const Value found = value(expr.arguments[0], subject);
  if (found.is_null()) return false;
  std::string room;
  const std::string_view text = found.view(room);
  if (expr.regex) {
    return goes_on() && RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *expr.regex);
  }
  std::string room_of_part;
  return expression::compare_texts(text, Operator::contains, expr.literal.view(room_of_part));
}

}  // namespace aloft::console::logs::insights
