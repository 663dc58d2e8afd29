// SPDX-License-Identifier: Apache-2.0
#include "console/logs/insights/aggregator.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

namespace aloft::console::logs::insights {
namespace {

// What a set takes for each of its elements, about.
constexpr std::size_t kDistinctBytes = 40;

}  // namespace

std::size_t Aggregator::add(const Value& value, std::int64_t timestamp_ms) {
  if (of_.kind == AggregateKind::count) {
    if (!of_.of || !value.is_null()) ++count_;
    return 0;
  }
  if (value.is_null()) return 0;
  switch (of_.kind) {
    case AggregateKind::count_distinct:
      return add_distinct(value);
    case AggregateKind::min:
      return picked_.is_null() || *compare(value, picked_) < 0 ? keep(value) : 0;
    case AggregateKind::max:
      return picked_.is_null() || *compare(value, picked_) > 0 ? keep(value) : 0;
    case AggregateKind::sorts_first:
      return picked_.is_null() || sort_order(value, picked_) < 0 ? keep(value) : 0;
    case AggregateKind::sorts_last:
      return picked_.is_null() || sort_order(value, picked_) > 0 ? keep(value) : 0;
    case AggregateKind::earliest:
    case AggregateKind::latest: {
      const bool earlier = of_.kind == AggregateKind::earliest;
      const bool better = earlier ? timestamp_ms < picked_ms_ : timestamp_ms > picked_ms_;
      if (!picked_.is_null() && !better) return 0;
      picked_ms_ = timestamp_ms;
      return keep(value);
    }
    default:
      break;
  }
  const auto number = value.number();
  if (!number) return 0;
  ++count_;
  sum_ += number->value;
  const double before = number->value - mean_;
  mean_ += before / static_cast<double>(count_);
  squares_ += before * (number->value - mean_);
  if (of_.kind != AggregateKind::pct) return 0;
  numbers_.push_back(number->value);
  return sizeof(double);
}

std::size_t Aggregator::keep(const Value& value) {
  const std::size_t before = picked_.bytes();
  picked_ = value;
  picked_.own();
  return std::max(picked_.bytes(), before) - before;
}

// By hash: two values in a quintillion are taken for one.
std::size_t Aggregator::add_distinct(const Value& value) {
  std::string room;
  const bool fresh = distinct_.insert(std::hash<std::string_view>()(value.view(room))).second;
  return fresh ? kDistinctBytes : 0;
}

Value Aggregator::percentile() {
  if (numbers_.empty()) return {};
  const double rank = std::ceil(of_.percent / 100 * static_cast<double>(numbers_.size()));
  const auto index = static_cast<std::ptrdiff_t>(std::max(rank, 1.0)) - 1;
  std::nth_element(numbers_.begin(), numbers_.begin() + index, numbers_.end());
  return Value::of(numbers_[static_cast<std::size_t>(index)]);
}

Value Aggregator::result() {
  switch (of_.kind) {
    case AggregateKind::count:
      return Value::of(static_cast<std::int64_t>(count_));
    case AggregateKind::count_distinct:
      return Value::of(static_cast<std::int64_t>(distinct_.size()));
    case AggregateKind::sum:
      return count_ == 0 ? Value() : Value::of(sum_);
    case AggregateKind::avg:
      return count_ == 0 ? Value() : Value::of(sum_ / static_cast<double>(count_));
    case AggregateKind::stddev:
      return count_ == 0 ? Value() : Value::of(std::sqrt(squares_ / static_cast<double>(count_)));
    case AggregateKind::pct:
      return percentile();
    default:
      return picked_;
  }
}

}  // namespace aloft::console::logs::insights
