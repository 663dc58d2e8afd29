// SPDX-License-Identifier: Apache-2.0
// Of fields with the same key in one object the last one stays: a reader of JSON may take either.
#pragma once

#include <aloft/telemetry/log_record.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace detail {

/// False where no key stands twice; true where one may. Some eight instructions a field.
inline bool may_repeat(std::span<const LogFieldRecord> fields) noexcept {
  std::uint64_t seen = 0;
  for (const LogFieldRecord& field : fields) {
    if (field.key.empty()) continue;  // of an object's end
    const auto first = static_cast<unsigned char>(field.key.front());
    const auto last = static_cast<unsigned char>(field.key.back());
    const std::uint64_t bit = std::uint64_t{1} << ((first * 7u + last + field.key.size() * 5) & 63);
    if ((seen & bit) != 0) return true;
    seen |= bit;
  }
  return false;
}

/// @return how many were left out, objects as one.
std::size_t drop_repeated(std::vector<LogFieldRecord>& fields);

}  // namespace detail
}  // namespace v0
}  // namespace aloft
