// SPDX-License-Identifier: Apache-2.0
#include "telemetry/record_reader.hpp"

#include "telemetry/naming.hpp"
#include "telemetry/pipeline.hpp"
#include "telemetry/redaction_patterns.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

/// A copy with `_` for each byte that is not allowed.
std::string_view map(Arena& arena, std::string_view text, const std::array<bool, 256>& allowed) {
  char* out = arena.take_chars(text.size());
  std::transform(text.begin(), text.end(), out,
                 [&](char c) { return allowed[static_cast<unsigned char>(c)] ? c : '_'; });
  return {out, text.size()};
}

Value default_value(Arena& arena, const DefaultEntry& entry) {
  if (const auto* text = std::get_if<std::string>(&entry.value)) {
    return arena.copy(text::cut(*text, kMaxAnnotationValueBytes));
  }
  if (const auto* integer = std::get_if<std::int64_t>(&entry.value)) return *integer;
  if (const auto* number = std::get_if<double>(&entry.value)) return *number;
  return std::get<bool>(entry.value);
}

}  // namespace

RecordReader::RecordReader(const Settings& settings, Outcomes& outcomes)
    : Cleaner(outcomes),
      settings_(settings),
      annotations_(kMaxAnnotationsPerSpan, AnnotationRecord{{}, false}) {
  // The same care for what is configured as for what is recorded, once.
  const auto keep = [this](const Value& value) -> Value {
    return value.kind() == Value::Kind::text ? Value(defaults_arena_.copy(value.text())) : value;
  };
  for (const DefaultEntry& entry : settings.default_annotations) {
    default_annotations_.push_back({map(defaults_arena_, clean(entry.key, false), kKeyBytes),
                                    keep(clean_printed(default_value(arena_, entry), entry.key))});
  }
  for (const DefaultMetadata& metadata : settings.default_metadata) {
    default_metadata_.push_back(
        {defaults_arena_.copy(clean(metadata.name_space, false)),
         defaults_arena_.copy(clean(metadata.entry.key, false)),
         keep(clean_printed(default_value(arena_, metadata.entry), metadata.entry.key))});
  }
}

void RecordReader::clear() noexcept {
  Cleaner::clear();
  traces_.clear();
}

void RecordReader::read(Block& block) {
  collect(block);
  if (slots_.empty()) return;
  spans_.clear();
  linked_traces_.clear();
  link_count_ = 0;
  for (Slot* slot : slots_) {
    read_slot(block, *slot, spans_.emplace_back());
    slot->state.store(SlotState::taken, std::memory_order_relaxed);
  }
  count_redactions(RedactionPlace::span);
  const bool has_root = block.has_root && slots_.front()->sequence == 0;
  if (has_root && block.verdict == Verdict::kept) spans_.front().sampling_rule = "tail";
  traces_.push_back({block.trace_id, has_root, arena_.copy(std::span<const SpanRecord>(spans_))});
}

void RecordReader::collect(Block& block) {
  slots_.clear();
  for (Slot* slot = block.newest.load(std::memory_order_acquire); slot != nullptr;
       slot = slot->next) {
    if (slot->state.load(std::memory_order_acquire) == SlotState::ended) slots_.push_back(slot);
  }
  std::reverse(slots_.begin(), slots_.end());
  // A parent has its number before its child; threads that raced may have linked out of order.
  const auto in_order = [](const Slot* a, const Slot* b) { return a->sequence < b->sequence; };
  if (!std::is_sorted(slots_.begin(), slots_.end(), in_order)) {
    std::sort(slots_.begin(), slots_.end(), in_order);
  }
}

void RecordReader::read_slot(const Block& block, const Slot& slot, SpanRecord& span) {
  span.id = slot.id;
  span.parent_id = slot.parent;
  span.kind = slot.kind;
  span.start = block.start.wall + Nanoseconds(slot.start_ns);
  span.duration = Nanoseconds(std::max<std::int64_t>(0, slot.end_ns - slot.start_ns));
  const std::uint16_t status = slot.http_status;
  span.error = slot.error || (status >= 400 && status < 500);
  span.throttle = slot.throttle || status == 429;
  span.fault = slot.fault || status >= 500;
  span.http.status = status;
  span.http.traced = (slot.http_flags & kTraced) != 0;
  span.http.x_forwarded_for = (slot.http_flags & kForwardedFor) != 0;
  annotation_count_ = 0;
  seen_keys_ = 0;
  metadata_.clear();
  exceptions_.clear();
  links_.clear();
  repeated_ = false;
  for (const Extent* extent = &slot.first; extent != nullptr; extent = extent->next) {
    const char* at = reinterpret_cast<const char*>(extent + 1);
    const char* const end = at + extent->used;
    while (at != end) {
      Entry entry;
      std::memcpy(&entry, at, sizeof entry);
      at += sizeof entry;
      read_entry(entry, at, span);
      at += entry.name_space_bytes + entry.key_bytes + entry.value_bytes;
    }
  }
  if (slot.sequence == 0 && block.has_root) add_defaults();
  if (span.error || span.fault) add_annotation("error", true);
  span.annotations =
      arena_.copy(std::span<const AnnotationRecord>(annotations_.data(), annotation_count_));
  span.metadata = arena_.copy(std::span<const MetadataRecord>(metadata_));
  span.exceptions = arena_.copy(std::span<const ExceptionRecord>(exceptions_));
  span.links = arena_.copy(std::span<const LinkRecord>(links_));
}

void RecordReader::add_annotation(std::string_view key, const Value& value) {
  if (key.empty()) {
    raise(outcomes_.annotations_dropped);
    return;
  }
  // A bit for each length and first letter: a new bit means a new key, without a search.
  const std::uint64_t bit = std::uint64_t{1}
                            << ((key.size() * 7 + static_cast<unsigned char>(key[0])) & 63);
  const bool maybe_again = (seen_keys_ & bit) != 0;
  seen_keys_ |= bit;
  if (maybe_again) [[unlikely]] {
    for (std::size_t i = 0; i < annotation_count_; ++i) {
      if (annotations_[i].key == key) {
        annotations_[i].value = value;
        return;
      }
    }
  }
  // The last place is kept for `error`, which we add ourselves.
  if (annotation_count_ == kMaxAnnotationsPerSpan - 1 && key != "error") {
    raise(outcomes_.annotations_dropped);
    return;
  }
  annotations_[annotation_count_++] = {key, value};
}

void RecordReader::read_entry(const Entry& entry, const char* at, SpanRecord& span) {
  const std::string_view name_space(at, entry.name_space_bytes);
  const std::string_view key(at + entry.name_space_bytes, entry.key_bytes);
  const std::string_view value(key.data() + key.size(), entry.value_bytes);
  switch (entry.type) {
    case EntryType::name:
      span.name = clean_name(value, entry.cut);
      break;
    case EntryType::annotation_text:
    case EntryType::annotation_integer:
    case EntryType::annotation_number:
    case EntryType::annotation_boolean: {
      const int kind = static_cast<int>(entry.type) - static_cast<int>(EntryType::annotation_text);
      if (known_keys_.contains(key)) [[likely]] {
        add_annotation(
            key, kind == 0 ? Value(clean_often(value, entry.cut)) : clean_scalar(kind, value));
      } else {
        add_annotation(clean_new_key(key), clean_under(key, kind, value, entry.cut));
      }
      break;
    }
    case EntryType::metadata_text:
    case EntryType::metadata_integer:
    case EntryType::metadata_number:
    case EntryType::metadata_boolean: {
      const int kind = static_cast<int>(entry.type) - static_cast<int>(EntryType::metadata_text);
      add_metadata(clean(name_space, false), clean(key, false),
                   clean_under(key, kind, value, entry.cut));
      break;
    }
    case EntryType::metadata_json:
      if (const auto read = json_reader.load(std::memory_order_relaxed)) {
        read(*this, {name_space, key, value}, entry.cut);
      }
      break;
    case EntryType::error:
    case EntryType::cause:
      read_exception(entry, clean(key, false), clean(value, entry.cut));
      break;
    case EntryType::stack:
      if (wants_stack_) {
        const char* bytes = arena_.copy(value).data();
        exceptions_.back().stack = {reinterpret_cast<const std::uintptr_t*>(bytes),
                                    value.size() / sizeof(std::uintptr_t)};
        if (!key.empty()) std::memcpy(&exceptions_.back().truncated, key.data(), key.size());
        wants_stack_ = false;
      }
      break;
    case EntryType::http_method:
      span.http.method = clean(value, entry.cut);
      break;
    case EntryType::http_url:
      span.http.url = clean_url(value, entry.cut);
      break;
    case EntryType::http_user_agent:
      span.http.user_agent = clean(value, entry.cut);
      break;
    case EntryType::http_client_ip:
      span.http.client_ip = clean(value, entry.cut);
      break;
    case EntryType::http_content_length:
      span.http.content_length = static_cast<std::int64_t>(bits_of(value));
      break;
    case EntryType::aws_operation:
    case EntryType::aws_table_name:
    case EntryType::aws_queue_url:
    case EntryType::aws_region:
    case EntryType::aws_account_id:
    case EntryType::aws_request_id:
    case EntryType::aws_retries:
      read_aws(entry, value, span.aws);
      break;
    case EntryType::sql:
      read_sql(entry, key, value, span);
      break;
    case EntryType::sampling_rule:
      span.sampling_rule = clean(value, false);
      break;
    case EntryType::request_id:
      add_annotation("request_id", clean(value, false));
      break;
    case EntryType::tenant_id:
      add_annotation("tenant_id", clean(value, false));
      break;
    case EntryType::user_id:
      read_user(value, span);
      break;
    case EntryType::link:
      read_link(value);
      break;
    case EntryType::link_attribute_text:
    case EntryType::link_attribute_integer:
    case EntryType::link_attribute_number:
    case EntryType::link_attribute_boolean:
      read_link_attribute(entry, key, value);
      break;
  }
}

void RecordReader::add_metadata(std::string_view name_space, std::string_view key,
                                const Value& value) {
  const auto same =
      std::find_if(metadata_.begin(), metadata_.end(), [&](const MetadataRecord& other) {
        return other.key == key && other.name_space == name_space;
      });
  if (same != metadata_.end()) {
    same->value = value;
    same->is_json = false;
  } else if (metadata_.size() < kMaxMetadataPerSpan) {
    metadata_.push_back({name_space, key, value});
  } else {
    raise(outcomes_.annotations_dropped);
  }
}

void RecordReader::add_defaults() {
  for (const AnnotationRecord& annotation : default_annotations_) {
    AnnotationRecord* const end = annotations_.data() + annotation_count_;
    const bool own = std::any_of(annotations_.data(), end, [&](const AnnotationRecord& other) {
      return other.key == annotation.key;
    });
    if (!own) add_annotation(annotation.key, annotation.value);
  }
  for (const MetadataRecord& entry : default_metadata_) {
    const bool own =
        std::any_of(metadata_.begin(), metadata_.end(), [&](const MetadataRecord& other) {
          return other.key == entry.key && other.name_space == entry.name_space;
        });
    if (!own) metadata_.push_back(entry);
  }
}

std::string_view RecordReader::clean_url(std::string_view url, bool cut) {
  return redactor_.redact_url(clean(url, cut), UrlPath::route_template, scratch_, redactions_);
}

std::string_view RecordReader::clean_name(std::string_view name, bool cut) {
  if (!cut && known_names_.contains(name)) [[likely]]
    return name;
  const std::string_view raw = name;
  name = clean(name, cut);
  const bool allowed = all_of(name, kNameBytes);
  if (allowed && !cut && !name.empty()) {
    if (name == raw) known_names_.insert(name);
    return name;
  }
  raise(outcomes_.names_cut);
  if (name.empty()) return "unnamed";
  return allowed ? name : map(arena_, name, kNameBytes);
}

std::string_view RecordReader::clean_new_key(std::string_view key) {
  const std::string_view safe = clean(key, false);
  if (all_of(safe, kKeyBytes)) {
    // A known key promises more than its letters: its values need no look at the key.
    if (safe == key && !redaction::is_sensitive_key(key)) known_keys_.insert(key);
    return safe;
  }
  raise(outcomes_.keys_mapped);
  return map(arena_, safe, kKeyBytes);
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
