// SPDX-License-Identifier: Apache-2.0
// Members of an object of JSON, as forgiving as documents must be read: one of the wrong type is
// as if it were absent.
//
// Thread-safety: pure functions; texts view the parser's memory.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace aloft::console::xray {

inline std::string_view text_of(simdjson::dom::object object, std::string_view key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

inline bool flag_of(simdjson::dom::object object, std::string_view key) {
  bool flag = false;
  return object[key].get(flag) == simdjson::SUCCESS && flag;
}

inline std::optional<simdjson::dom::object> object_of(simdjson::dom::object object,
                                                      std::string_view key) {
  simdjson::dom::object inner;
  if (object[key].get(inner) != simdjson::SUCCESS) return std::nullopt;
  return inner;
}

inline std::optional<simdjson::dom::array> array_of(simdjson::dom::object object,
                                                    std::string_view key) {
  simdjson::dom::array inner;
  if (object[key].get(inner) != simdjson::SUCCESS) return std::nullopt;
  return inner;
}

}  // namespace aloft::console::xray
