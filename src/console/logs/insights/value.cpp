// SPDX-License-Identifier: Apache-2.0
#include "console/logs/insights/value.hpp"

#include "console/logs/insights/period.hpp"

#include <aloft/core/text.hpp>

#include <charconv>
#include <cmath>

namespace aloft::console::logs::insights {
namespace {

// Whole numbers up to here print without an exponent, as people write them.
constexpr double kMaxPlain = 1e15;

std::string shown_number(const Number& number) {
  char buffer[64];
  char* const end = buffer + sizeof buffer;
  const bool plain = std::isfinite(number.value) && std::abs(number.value) < kMaxPlain &&
                     number.value == std::floor(number.value);
  const auto done = number.whole ? std::to_chars(buffer, end, *number.whole)
                    : plain      ? std::to_chars(buffer, end, std::llround(number.value))
                                 : std::to_chars(buffer, end, number.value);
  return {buffer, done.ptr};
}

int sign(bool less, bool greater) noexcept { return less ? -1 : static_cast<int>(greater); }

// Of whole numbers beside others no difference beyond their doubles is asked: it would be no order
// (a long id, one and a half less, one less). What is not a number stands last.
int number_order(const Number& a, const Number& b) noexcept {
  if (std::isnan(a.value) || std::isnan(b.value)) {
    return sign(!std::isnan(a.value), !std::isnan(b.value));
  }
  if (const int order = sign(a.value<b.value, a.value> b.value); order != 0) return order;
  if (!a.whole || !b.whole) return sign(b.whole.has_value(), a.whole.has_value());
  return sign(*a.whole<*b.whole, *a.whole> * b.whole);
}

// Takes the run of digits, or of others, at the beginning of `text`.
std::string_view take_run(std::string_view& text) noexcept {
  const bool digits = text::is_digit(text.front());
  std::size_t size = 1;
  while (size < text.size() && text::is_digit(text[size]) == digits) ++size;
  const std::string_view run = text.substr(0, size);
  text.remove_prefix(size);
  return run;
}

// "It orders non-numeric portions by their Unicode values, and numeric portions by their length
// first and then by their numerical value."
int natural_order(std::string_view a, std::string_view b) noexcept {
  while (!a.empty() && !b.empty()) {
    const std::string_view x = take_run(a);
    const std::string_view y = take_run(b);
    const bool digits = text::is_digit(x.front()) && text::is_digit(y.front());
    if (digits && x.size() != y.size()) return sign(x.size() < y.size(), true);
    if (const int order = x.compare(y); order != 0) return order < 0 ? -1 : 1;
  }
  return sign(a.size() < b.size(), a.size() > b.size());
}

}  // namespace

std::optional<Number> Value::number() const noexcept {
  if (const auto* number = std::get_if<Number>(&held_)) return *number;
  if (const auto* time = std::get_if<Time>(&held_)) {
    return Number{static_cast<double>(time->ms), time->ms};
  }
  if (const auto* truth = std::get_if<bool>(&held_)) return Number{*truth ? 1.0 : 0.0, *truth};
  if (const auto* text = std::get_if<std::string>(&held_)) return Number::parse(*text);
  if (const auto* text = std::get_if<std::string_view>(&held_)) return Number::parse(*text);
  return std::nullopt;
}

std::string_view Value::view(std::string& room) const {
  if (const auto* text = std::get_if<std::string>(&held_)) return *text;
  if (const auto* text = std::get_if<std::string_view>(&held_)) return *text;
  if (const auto* number = std::get_if<Number>(&held_)) {
    room = shown_number(*number);
  } else if (const auto* time = std::get_if<Time>(&held_)) {
    room = shown_time(time->ms);
  } else if (const auto* truth = std::get_if<bool>(&held_)) {
    room = *truth ? "1" : "0";
  } else {
    room.clear();
  }
  return room;
}

// What JSON has as true is text here.
std::optional<bool> Value::truth_beside(const Value& text) const noexcept {
  const auto* truth = std::get_if<bool>(&held_);
  if (truth == nullptr || !text.is_text()) return std::nullopt;
  std::string room;
  const std::string_view written = text.view(room);
  if (text::equals_ignoring_case(written, "true")) return *truth;
  if (text::equals_ignoring_case(written, "false")) return !*truth;
  return std::nullopt;
}

std::string Value::shown() const {
  std::string room;
  return std::string(view(room));
}

bool Value::holds() const noexcept {
  if (const auto* truth = std::get_if<bool>(&held_)) return *truth;
  if (const auto* text = std::get_if<std::string>(&held_)) return !text->empty();
  if (const auto* text = std::get_if<std::string_view>(&held_)) return !text->empty();
  const auto value = number();
  return value && value->value != 0;
}

std::size_t Value::bytes() const noexcept {
  const auto* text = std::get_if<std::string>(&held_);
  return sizeof(Value) + (text == nullptr ? 0 : text->capacity());
}

bool equal(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return false;
  if (!a.is_text() || !b.is_text()) {
    if (const auto truth = a.truth_beside(b)) return *truth;
    if (const auto truth = b.truth_beside(a)) return *truth;
    const auto x = a.number();
    const auto y = b.number();
    if (x && y) return pattern::compare(*x, expression::Operator::equal, *y);
  }
  std::string room_a;
  std::string room_b;
  return a.view(room_a) == b.view(room_b);
}

std::optional<int> compare(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return std::nullopt;
  const auto x = a.number();
  const auto y = b.number();
  if (x && y) {
    return sign(pattern::compare(*x, expression::Operator::less, *y),
                pattern::compare(*x, expression::Operator::greater, *y));
  }
  std::string room_a;
  std::string room_b;
  const int order = a.view(room_a).compare(b.view(room_b));
  return sign(order<0, order> 0);
}

int sort_order(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return sign(!b.is_null(), !a.is_null());
  const auto x = a.number();
  const auto y = b.number();
  if (x.has_value() != y.has_value()) return x ? 1 : -1;
  std::string room_a;
  std::string room_b;
  if (!x) return natural_order(a.view(room_a), b.view(room_b));
  if (const int order = number_order(*x, *y); order != 0) return order;
  // 01 stands before 1.
  const int order = a.view(room_a).compare(b.view(room_b));
  return sign(order<0, order> 0);
}

}  // namespace aloft::console::logs::insights
