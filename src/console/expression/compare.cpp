// SPDX-License-Identifier: Apache-2.0
#include "console/expression/compare.hpp"

#include <cstring>

namespace aloft::console::expression {
namespace {

// memmem and not string_view::find: it is linear (two-way search), that one is quadratic in "aaa…".
bool contains(std::string_view text, std::string_view part) noexcept {
  if (part.empty()) return true;
  return !text.empty() && memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

}  // namespace

bool is_order(Operator op) noexcept {
  return op >= Operator::less && op <= Operator::greater_or_equal;
}

bool is_part(Operator op) noexcept { return op >= Operator::contains; }

bool compare_texts(std::string_view found, Operator op, std::string_view wanted) noexcept {
  switch (op) {
    case Operator::equal:
      return found == wanted;
    case Operator::not_equal:
      return found != wanted;
    case Operator::contains:
      return contains(found, wanted);
    case Operator::begins_with:
      return found.substr(0, wanted.size()) == wanted;
    case Operator::ends_with:
      return found.size() >= wanted.size() && found.substr(found.size() - wanted.size()) == wanted;
    default:
      return false;
  }
}

namespace {

template <typename T>
bool compare_ordered(T found, Operator op, T wanted) noexcept {
  switch (op) {
    case Operator::equal:
      return found == wanted;
    case Operator::not_equal:
      return found != wanted;
    case Operator::less:
      return found < wanted;
    case Operator::less_or_equal:
      return found <= wanted;
    case Operator::greater:
      return found > wanted;
    case Operator::greater_or_equal:
      return found >= wanted;
    default:
      return false;
  }
}

}  // namespace

bool compare_numbers(double found, Operator op, double wanted) noexcept {
  return compare_ordered(found, op, wanted);
}

bool compare_whole_numbers(std::int64_t found, Operator op, std::int64_t wanted) noexcept {
  return compare_ordered(found, op, wanted);
}

}  // namespace aloft::console::expression
