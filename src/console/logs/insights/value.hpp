// SPDX-License-Identifier: Apache-2.0
// What a field of a row is: nothing, a number, a text, a truth, a time.
//
// A text may be borrowed from the event that is looked at; `own` makes it last. A text that is a
// number behaves as one where numbers are meant: what is read out of lines is always text.
//
// Thread-safety: plain values.
#pragma once

#include "console/logs/pattern/condition.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace aloft::console::logs::insights {

using pattern::Number;

/// Milliseconds since the epoch.
struct Time {
  std::int64_t ms = 0;
};

class Value {
 public:
  Value() = default;
  Value(Number number) : held_(number) {}
  Value(Time time) : held_(time) {}
  Value(std::string text) : held_(std::move(text)) {}
  static Value borrowed(std::string_view text) {
    Value value;
    value.held_ = text;
    return value;
  }
  static Value truth(bool truth) {
    Value value;
    value.held_ = truth;
    return value;
  }
  static Value of(double number) { return Value(Number{number, std::nullopt}); }
  static Value of(std::int64_t whole) { return Value(Number{static_cast<double>(whole), whole}); }

  bool is_null() const noexcept { return std::holds_alternative<std::monostate>(held_); }
  bool is_text() const noexcept {
    return std::holds_alternative<std::string>(held_) ||
           std::holds_alternative<std::string_view>(held_);
  }
  /// A number, a time's milliseconds, 0 or 1, or the number that a text is.
  std::optional<Number> number() const noexcept;
  /// As it is shown: "1.5", "2026-11-27 20:00:00.000", "1" for true; empty for nothing.
  std::string shown() const;
  /// As `shown`, without a copy where it is a text; `room` holds it otherwise.
  std::string_view view(std::string& room) const;
  /// Of a truth beside a text that is "true" or "false": whether they are the same.
  std::optional<bool> truth_beside(const Value& text) const noexcept;
  /// False for nothing, false, 0, and an empty text.
  bool holds() const noexcept;
  void own() {
    if (const auto* text = std::get_if<std::string_view>(&held_)) held_ = std::string(*text);
  }
  /// What it takes of memory, about.
  std::size_t bytes() const noexcept;

 private:
  std::variant<std::monostate, Number, std::string, std::string_view, bool, Time> held_;
};

/// Equal as `=` has it: two texts byte by byte, otherwise as numbers where both are, else as shown.
/// Nothing equals nothing else, nor itself.
bool equal(const Value& a, const Value& b);
/// Less, equal, greater, as numbers where both are, else as texts; nothing with null.
std::optional<int> compare(const Value& a, const Value& b);
/// The order of `sort`: nothing, then texts in natural order, then numbers.
/// Source: "sort", CloudWatch Logs user guide, read 2026-11.
int sort_order(const Value& a, const Value& b);

}  // namespace aloft::console::logs::insights
