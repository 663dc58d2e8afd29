// SPDX-License-Identifier: Apache-2.0
// What tests ask of a filter pattern: whether it matches, and where it is wrong.
#pragma once

#include "console/logs/filter_pattern.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>

namespace aloft::console::logs {

inline bool matches(std::string_view pattern, std::string_view message) {
  auto parsed = FilterPattern::read(pattern);
  if (const auto* wrong = std::get_if<expression::SyntaxError>(&parsed)) {
    ADD_FAILURE() << pattern << ": " << wrong->message << " at " << wrong->position;
    return false;
  }
  return std::get<FilterPattern>(parsed).matches(message);
}

// "message@position", or "accepted".
inline std::string mistake(std::string_view pattern) {
  auto parsed = FilterPattern::read(pattern);
  const auto* wrong = std::get_if<expression::SyntaxError>(&parsed);
  if (wrong == nullptr) return "accepted";
  return std::string(wrong->message) + "@" + std::to_string(wrong->position);
}

}  // namespace aloft::console::logs
