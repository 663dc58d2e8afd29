// SPDX-License-Identifier: Apache-2.0
// Functions of numbers and times.
#include "console/logs/insights/functions.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace aloft::console::logs::insights {
namespace {

// Numbers in, one number out; nothing when one of them is none, or when there is no such result.
template <typename Of>
Value of_number(std::span<const Value> arguments, const Of& of) {
  const auto number = arguments[0].number();
  if (!number) return {};
  const double result = of(number->value);
  return std::isfinite(result) ? Value::of(result) : Value();
}

Value absolute(const CallContext&, std::span<const Value> arguments) {
  return of_number(arguments, [](double x) { return std::abs(x); });
}
Value ceiling(const CallContext&, std::span<const Value> arguments) {
  return of_number(arguments, [](double x) { return std::ceil(x); });
}
Value floor_of(const CallContext&, std::span<const Value> arguments) {
  return of_number(arguments, [](double x) { return std::floor(x); });
}
Value logarithm(const CallContext&, std::span<const Value> arguments) {
  return of_number(arguments, [](double x) { return std::log(x); });
}
Value root(const CallContext&, std::span<const Value> arguments) {
  return of_number(arguments, [](double x) { return std::sqrt(x); });
}

Value round_to(const CallContext&, std::span<const Value> arguments) {
  double scale = 1;
  if (arguments.size() > 1) {
    const auto digits = arguments[1].number();
    if (!digits || std::abs(digits->value) > 15) return {};
    scale = std::pow(10.0, std::trunc(digits->value));
  }
  return of_number(arguments, [scale](double x) { return std::round(x * scale) / scale; });
}

// The one of all numbers that `better` prefers; what is no number is left out.
template <typename Better>
Value pick(std::span<const Value> arguments, const Better& better) {
  Value best;
  for (const Value& value : arguments) {
    const auto number = value.number();
    if (number && (best.is_null() || better(number->value, best.number()->value))) {
      best = Value(*number);
    }
  }
  return best;
}
Value greatest(const CallContext&, std::span<const Value> arguments) {
  return pick(arguments, [](double a, double b) { return a > b; });
}
Value least(const CallContext&, std::span<const Value> arguments) {
  return pick(arguments, [](double a, double b) { return a < b; });
}

Value to_number(const CallContext&, std::span<const Value> arguments) {
  const auto number = arguments[0].number();
  return number ? Value(*number) : Value();
}

// Without its fraction, within `limit`.
Value truncated(const Value& value, double limit) {
  const auto number = value.number();
  if (!number || std::abs(number->value) > limit) return {};
  if (number->whole) return Value(*number);
  return Value::of(static_cast<std::int64_t>(number->value));
}
Value to_int(const CallContext&, std::span<const Value> arguments) {
  return truncated(arguments[0], std::numeric_limits<std::int32_t>::max());
}
Value to_long(const CallContext&, std::span<const Value> arguments) {
  return truncated(arguments[0], 9.2e18);
}

std::optional<std::int64_t> milliseconds(const Value& value) {
  const auto number = value.number();
  if (!number || std::abs(number->value) > 9e15) return std::nullopt;
  return number->whole ? *number->whole : static_cast<std::int64_t>(number->value);
}

Value bin(const CallContext& context, std::span<const Value>) {
  if (!context.has_timestamp) return {};
  return Value(Time{context.period->floor(context.timestamp_ms)});
}
Value date_floor(const CallContext& context, std::span<const Value> arguments) {
  const auto ms = milliseconds(arguments[0]);
  return ms ? Value(Time{context.period->floor(*ms)}) : Value();
}
Value date_ceil(const CallContext& context, std::span<const Value> arguments) {
  const auto ms = milliseconds(arguments[0]);
  return ms ? Value(Time{context.period->ceil(*ms)}) : Value();
}
Value from_millis(const CallContext&, std::span<const Value> arguments) {
  const auto ms = milliseconds(arguments[0]);
  return ms ? Value(Time{*ms}) : Value();
}
Value to_millis(const CallContext&, std::span<const Value> arguments) {
  const auto ms = milliseconds(arguments[0]);
  return ms ? Value::of(*ms) : Value();
}
Value now(const CallContext& context, std::span<const Value>) {
  return Value::of(context.now_ms / 1000);
}
Value start_time(const CallContext& context, std::span<const Value>) {
  return Value::of(context.start_ms);
}
Value end_time(const CallContext& context, std::span<const Value>) {
  return Value::of(context.end_ms);
}
Value time_range(const CallContext& context, std::span<const Value>) {
  return Value::of(context.end_ms - context.start_ms);
}

constexpr std::array<Function, 21> kFunctions = {{
    {"abs", 1, 1, false, absolute},
    {"ceil", 1, 1, false, ceiling},
    {"floor", 1, 1, false, floor_of},
    {"greatest", 1, kMaxCallArguments, false, greatest},
    {"least", 1, kMaxCallArguments, false, least},
    {"log", 1, 1, false, logarithm},
    {"round", 1, 2, false, round_to},
    {"sqrt", 1, 1, false, root},
    {"toNumber", 1, 1, false, to_number},
    {"toDouble", 1, 1, false, to_number},
    {"toInt", 1, 1, false, to_int},
    {"toLong", 1, 1, false, to_long},
    {"bin", 0, 0, true, bin},
    {"datefloor", 1, 1, true, date_floor},
    {"dateceil", 1, 1, true, date_ceil},
    {"fromMillis", 1, 1, false, from_millis},
    {"toMillis", 1, 1, false, to_millis},
    {"now", 0, 0, false, now},
    {"queryStartTime", 0, 0, false, start_time},
    {"queryEndTime", 0, 0, false, end_time},
    {"queryTimeRange", 0, 0, false, time_range},
}};

}  // namespace

std::span<const Function> number_functions() noexcept { return kFunctions; }

}  // namespace aloft::console::logs::insights
