// SPDX-License-Identifier: Apache-2.0
// A value as JSON, for the formats that are.
#pragma once

#include <aloft/core/json_writer.hpp>
#include <aloft/core/value.hpp>

namespace aloft {
inline namespace v0 {
namespace detail {

inline void write_value(json::Writer& json, const Value& value) noexcept {
  switch (value.kind()) {
    case Value::Kind::text:
      json.text(value.text());
      break;
    case Value::Kind::integer:
      json.integer(value.integer());
      break;
    case Value::Kind::number:
      json.number(value.number());
      break;
    case Value::Kind::boolean:
      json.boolean(value.boolean());
      break;
  }
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
