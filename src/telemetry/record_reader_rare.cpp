// SPDX-License-Identifier: Apache-2.0
// What most spans have none of: errors, calls of AWS and of databases, users, links; and roots that
// are open.
#include "telemetry/record_reader.hpp"

#include "telemetry/aws_fields.hpp"
#include "telemetry/database_url.hpp"
#include "telemetry/redaction_patterns.hpp"
#include "telemetry/sql_fields.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace aloft {
inline namespace v0 {
namespace detail {

void RecordReader::read_open(const Block& block) {
  const Slot& root = root_of(block);
  if (root.state.load(std::memory_order_acquire) != SlotState::open) return;
  Entry entry;  // the first one is the name
  const char* const at = reinterpret_cast<const char*>(&root.first + 1);
  std::memcpy(&entry, at, sizeof entry);
  spans_.clear();
  SpanRecord& span = spans_.emplace_back();
  read_entry(entry, at + sizeof entry, span);
  span.id = root.id;
  span.parent_id = root.parent;
  span.kind = root.kind;
  span.start = block.start.wall;
  span.in_progress = true;
  count_redactions(RedactionPlace::span);
  traces_.push_back({block.trace_id, true, arena_.copy(std::span<const SpanRecord>(spans_))});
}

void RecordReader::read_exception(const Entry& entry, std::string_view type,
                                  std::string_view message) {
  const bool is_cause = entry.type == EntryType::cause;
  if (!is_cause) {
    // The same error set again on its way up is one error, causes and stack included.
    repeated_ = std::any_of(exceptions_.begin(), exceptions_.end(), [&](const auto& other) {
      return other.type == type && other.message == message;
    });
  }
  wants_stack_ = !is_cause && !repeated_;
  if (!repeated_) exceptions_.push_back({type, message, {}, is_cause && !exceptions_.empty()});
}

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

void RecordReader::read_aws(const Entry& entry, std::string_view value, AwsRecord& aws) {
  if (entry.type == EntryType::aws_retries) {
    std::memcpy(&aws.retries, value.data(), sizeof aws.retries);
    return;
  }
  for (const AwsField& field : kAwsFields) {
    if (field.type != entry.type) continue;
    aws.*field.kept = entry.type == EntryType::aws_queue_url ? clean_url(value, entry.cut)
                                                             : clean(value, entry.cut);
  }
}

void RecordReader::read_link(std::string_view bytes) {
  LinkIds ids;
  wants_attributes_ = false;
  if (bytes.size() != sizeof ids) return;
  std::memcpy(&ids, bytes.data(), sizeof ids);
  const LinkRecord link{ids.trace_id, ids.span_id};
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
  wants_attributes_ = true;
}

void RecordReader::read_link_attribute(const Entry& entry, std::string_view key,
                                       std::string_view value) {
  if (!wants_attributes_) return;
  std::span<const AnnotationRecord>& all = links_.back().attributes;
  if (all.size() == kMaxLinkAttributes) {
    raise(outcomes_.annotations_dropped);
    return;
  }
  if (all.empty()) link_attributes_ = arena_.make_room<AnnotationRecord>(kMaxLinkAttributes);
  const int kind = static_cast<int>(entry.type) - static_cast<int>(EntryType::link_attribute_text);
  new (link_attributes_ + all.size())
      AnnotationRecord{clean(key, false), clean_under(key, kind, value, entry.cut)};
  all = {link_attributes_, all.size() + 1};
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
