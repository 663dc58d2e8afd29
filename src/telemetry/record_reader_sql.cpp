// SPDX-License-Identifier: Apache-2.0
// Database calls, users and links; apart from the others because most spans have none.
#include "telemetry/record_reader.hpp"

#include "telemetry/database_url.hpp"
#include "telemetry/redaction_patterns.hpp"
#include "telemetry/sql_fields.hpp"

#include <algorithm>
#include <cstring>

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

void RecordReader::read_user(std::string_view id, SpanRecord& span) {
  const std::string_view safe = redactor_.safe_user_id(id, redactions_);
  if (safe.empty()) return;
  span.user = clean(safe, false);
  add_annotation("user_id", span.user);
}

void RecordReader::read_link(std::string_view bytes) {
  LinkRecord link;
  if (bytes.size() != sizeof link) return;
  std::memcpy(&link, bytes.data(), sizeof link);
  if (std::find(links_.begin(), links_.end(), link) != links_.end()) return;  // the same again
  const auto& traces = linked_traces_;
  const bool is_new = std::find(traces.begin(), traces.end(), link.trace_id) == traces.end();
  if (link_count_ == kMaxLinks || (is_new && traces.size() == kMaxLinkedTraces)) {
    raise(outcomes_.links_dropped);
    return;
  }
  if (is_new) linked_traces_.push_back(link.trace_id);
  links_.push_back(link);
  ++link_count_;
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
