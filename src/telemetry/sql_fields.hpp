// SPDX-License-Identifier: Apache-2.0
// The members of X-Ray's `sql` block: one table for who records, who reads and who writes them.
#pragma once

#include <aloft/telemetry/record.hpp>
#include <aloft/telemetry/span.hpp>

#include <cstddef>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace detail {

struct SqlField {
  std::string_view name;  // in the document, and as the key of an entry
  std::string_view SqlCallInfo::*given;
  std::string_view SqlRecord::*kept;
  std::size_t limit_bytes;
};

inline constexpr SqlField kSqlFields[] = {
    {"url", &SqlCallInfo::url, &SqlRecord::url, kMaxAnnotationValueBytes},
    {"database_type", &SqlCallInfo::database_type, &SqlRecord::database_type, kMaxNameBytes},
    {"database_version", &SqlCallInfo::database_version, &SqlRecord::database_version,
     kMaxNameBytes},
    {"driver_version", &SqlCallInfo::driver_version, &SqlRecord::driver_version, kMaxNameBytes},
    {"user", &SqlCallInfo::user, &SqlRecord::user, kMaxNameBytes},
    {"preparation", &SqlCallInfo::preparation, &SqlRecord::preparation, kMaxNameBytes},
    {"sanitized_query", &SqlCallInfo::sanitized_query, &SqlRecord::sanitized_query,
     kMaxSqlQueryBytes},
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
