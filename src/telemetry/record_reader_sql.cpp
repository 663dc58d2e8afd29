// SPDX-License-Identifier: Apache-2.0
// The texts of a database call; apart from the others because most spans have none.
#include "telemetry/record_reader.hpp"

#include "telemetry/database_url.hpp"
#include "telemetry/redaction_patterns.hpp"
#include "telemetry/sql_fields.hpp"

#include <algorithm>

namespace aloft {
inline namespace v0 {
namespace detail {

void RecordReader::read_sql(const Entry& entry, std::string_view key, std::string_view value,
                            SpanRecord& span) {
  if (span.sql == nullptr) span.sql = sql_ = arena_.make<SqlRecord>();
  for (const SqlField& field : kSqlFields) {
    if (field.name != key) continue;
    sql_->*field.kept =
        key == "url" ? clean_database_url(value, entry.cut) : clean(value, entry.cut);
  }
}

std::string_view RecordReader::clean_database_url(std::string_view text, bool cut) {
  const DatabaseUrl url(text, cut);
  if (cut) raise(outcomes_.values_cut);
  if (url.hidden) ++redactions_.url_userinfo;
  const std::string_view user =
      url.hidden ? redaction::label(redaction::Secret::userinfo) : url.user;
  const std::string_view parts[] = {url.scheme, user, user.empty() || url.place.empty() ? "" : "@",
                                    url.place};
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  char* const joined = arena_.take_chars(size);
  char* end = joined;
  for (const std::string_view part : parts) end = std::copy(part.begin(), part.end(), end);
  return clean({joined, size}, false);
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
