// SPDX-License-Identifier: Apache-2.0
// Copies of values and what a test asks of them.
#pragma once

#include <aloft/core/value.hpp>
#include <aloft/testing/memory_exporter.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace testing {

inline OwnedValue own(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::text:
      return std::string(value.text());
    case Value::Kind::integer:
      return value.integer();
    case Value::Kind::number:
      return value.number();
    case Value::Kind::boolean:
      return value.boolean();
  }
  return false;
}

inline std::string to_text(const OwnedValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* number = std::get_if<double>(&value)) return std::to_string(*number);
  return std::get<bool>(value) ? "true" : "false";
}

inline std::string find(const std::vector<std::pair<std::string, OwnedValue>>& entries,
                        std::string_view key) {
  const auto at = std::find_if(entries.begin(), entries.end(),
                               [&](const auto& entry) { return entry.first == key; });
  return at != entries.end() ? to_text(at->second) : std::string();
}

}  // namespace testing
}  // namespace v0
}  // namespace aloft
