// SPDX-License-Identifier: Apache-2.0
#include "telemetry/logs/reader.hpp"

#include <aloft/core/text.hpp>

#include "telemetry/logs/levels.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

const LogLine* context_line(const LogIndex& place) noexcept {
  return reinterpret_cast<const LogLine*>(place.chunk->data() +
                                          std::size_t{place.line->context_at} * 8);
}

/// Whether all of an object under such a key is what the key tells: `password`, not `card`, whose
/// members are told apart by their own keys and shapes.
bool hides_objects(KeyClass key) noexcept {
  return key.sensitive_class != SensitiveClass::none &&
         (key.shape == ValueShape::any || key.shape == ValueShape::token ||
          key.shape == ValueShape::signature || key.shape == ValueShape::line);
}

/// Whether one of the fields is called so; members of objects are none.
bool has_field(std::span<const LogFieldRecord> fields, std::string_view key) noexcept {
  int depth = 0;
  for (const LogFieldRecord& field : fields) {
    if (field.shape == LogFieldRecord::Shape::object_end) {
      --depth;
    } else if (depth == 0 && field.key == key) {
      return true;
    }
    if (field.shape == LogFieldRecord::Shape::object_begin) ++depth;
  }
  return false;
}

}  // namespace

LogReader::LogReader(const LogLevels& names, const RedactionPolicies& policies, Outcomes& outcomes)
    : Cleaner(outcomes), names_(names), policies_(policies), everybodys_(policies.of({})) {}

void LogReader::clear() noexcept {
  Cleaner::clear();
  lines_.clear();
  known_contexts_.fill({});
}

const LogReader::Context& LogReader::context_of(const LogIndex& place) {
  if (place.line->context_at == kNoContext) return no_context_;
  const LogLine* const at = context_line(place);
  Known& known =
      known_contexts_[(reinterpret_cast<std::uintptr_t>(at) >> 3) % known_contexts_.size()];
  if (known.at != at) {
    known = {at, no_context_};
    const char* const begin = reinterpret_cast<const char*>(at + 1);
    read_entries(begin, begin + at->entry_bytes, known.context);
  }
  return known.context;
}

void LogReader::read(const LogIndex& place, std::uint64_t sequence) {
  const LogLine& line = *place.line;
  const Context& context = context_of(place);
  const char* at = reinterpret_cast<const char*>(&line + 1);
  const std::string_view message(at, line.message_bytes);
  at += line.message_bytes;
  const std::string_view named(at, line.site.file_bytes);
  const std::string_view file = line.site.is_literal || named.empty() ? named : clean(named, false);
  at += line.site.file_bytes;
  Context own = context;
  own.fields = {};
  read_entries(at, at + line.entry_bytes, own);
  LogRecord& record = lines_.emplace_back();  // in its place, as `add_field`
  record.time = WallTime(Nanoseconds(line.wall_ns));
  record.sequence = sequence;
  record.level = line.level;
  record.logger = names_.name(line.stamp.name);
  record.message =
      line.site.is_literal ? message : clean_text(message, line.site.is_cut, *own.redactor);
  record.request_id = own.request_id;
  record.tenant_id = own.tenant_id;
  record.user_id = own.user_id;
  record.trace_id = own.trace_id;
  record.span_id = own.span_id;
  record.file = file;
  record.line = file.empty() ? 0 : line.site.line;
  record.fields = join(context.fields, own.fields);
  record.held_back = line.held_back;
  count_redactions();
}

/// A line's own field stands for that of its context with the same key.
std::span<const LogFieldRecord> LogReader::join(std::span<const LogFieldRecord> outer,
                                                std::span<const LogFieldRecord> own) {
  if (outer.empty()) return own;
  if (own.empty()) return outer;
  fields_.clear();
  int depth = 0;
  bool left_out = false;
  for (const LogFieldRecord& field : outer) {
    if (field.shape == LogFieldRecord::Shape::object_end) --depth;
    if (depth == 0 && field.shape != LogFieldRecord::Shape::object_end) {
      left_out = has_field(own, field.key);
    }
    if (!left_out) fields_.push_back(field);
    if (field.shape == LogFieldRecord::Shape::object_begin) ++depth;
  }
  fields_.insert(fields_.end(), own.begin(), own.end());
  return arena_.copy(std::span<const LogFieldRecord>(fields_));
}

void LogReader::read_entries(const char* at, const char* end, Context& into) {
  fields_.clear();
  int hidden_depth = 0;
  while (at != end) {
    LogEntry entry;
    std::memcpy(&entry, at, sizeof entry);
    const std::string_view key(at + sizeof entry, entry.key_bytes);
    const std::string_view value(key.data() + key.size(), entry.value_bytes);
    at = value.data() + value.size();
    switch (entry.type) {
      case LogEntryType::text:
      case LogEntryType::integer:
      case LogEntryType::number:
      case LogEntryType::boolean:
        if (hidden_depth == 0) add_field({entry, key, value}, *into.redactor);
        break;
      case LogEntryType::object_begin:
        if (hidden_depth == 0 && hides_objects(classify_key(key))) {
          const Value label = into.redactor->redact_typed(
              {classify_key(key).sensitive_class, false, "object"}, scratch_, redactions_);
          fields_.push_back({clean_key(key), label});
          hidden_depth = 1;
        } else if (hidden_depth != 0) {
          ++hidden_depth;
        } else {
          fields_.push_back({clean_key(key), false, LogFieldRecord::Shape::object_begin});
        }
        break;
      case LogEntryType::object_end:
        if (hidden_depth == 0) fields_.push_back({{}, false, LogFieldRecord::Shape::object_end});
        if (hidden_depth != 0) --hidden_depth;
        break;
      case LogEntryType::request_id:
        into.request_id = clean(value, false);
        break;
      case LogEntryType::tenant_id:
        // Raw for the policy, which is whose it is; identities stand before all fields.
        into.redactor = &policies_.of(value);
        into.tenant_id = clean(value, false);
        break;
      case LogEntryType::user_id:
        into.user_id = redactor_.safe_user_id(clean(value, false), redactions_);
        break;
      case LogEntryType::place: {
        LogPlace place;
        std::memcpy(&place, value.data(), sizeof place);
        into.trace_id = {place.trace_high, place.trace_low};
        into.span_id = {place.span};
        break;
      }
    }
  }
  into.fields = arena_.copy(std::span<const LogFieldRecord>(fields_));
}

/// A key that was made while the program ran may be a secret itself. Remembered are those that are
/// none, and announce none.
std::string_view LogReader::clean_key(std::string_view key) {
  return known_keys_.contains(key) ? key : clean_unknown_key(key);
}

std::string_view LogReader::clean_unknown_key(std::string_view key) {
  if (redactor_.redact(key, scratch_, redactions_) != key) return "redacted_key";
  if (classify_key(key) == KeyClass{}) known_keys_.insert(key);
  return key;
}

/// Written where it stays, member by member: a record that is put together elsewhere and copied by
/// sixteen bytes makes each copy wait for the stores before it, a fifth of the backend's time.
inline void LogReader::add_field(const RawField& raw, const PolicyRedactor& redactor) {
  const bool known = known_keys_.contains(raw.key);
  LogFieldRecord& field = fields_.emplace_back();
  field.key = known ? raw.key : clean_unknown_key(raw.key);
  clean_field(field.value, raw, known, redactor);
}

/// What was found clean under everybody's policy is not looked at again under it; under that of a
/// tenant everything is.
std::string_view LogReader::clean_text(std::string_view text, bool cut,
                                       const PolicyRedactor& redactor) {
  const bool is_short = !cut && text.size() <= KnownTexts::kMaxBytes && &redactor == &everybodys_;
  if (is_short && known_values_.contains(text)) return text;
  if (cut) {
    raise(outcomes_.values_cut);
    return redactor.redact(text::whole(text), scratch_, redactions_, TextEnd::cut);
  }
  const std::string_view safe = redactor.redact(text, scratch_, redactions_);
  if (is_short && safe == text) known_values_.insert(text);
  return safe;
}

inline void LogReader::clean_field(Value& into, const RawField& raw, bool known_key,
                                   const PolicyRedactor& redactor) {
  const LogEntry& entry = raw.entry;
  const auto said = static_cast<SensitiveClass>(entry.flags.sensitive_class);
  const auto value = [&] {
    return entry.type == LogEntryType::text ? Value(raw.bytes)
                                            : scalar_value(static_cast<int>(entry.type), raw.bytes);
  };
  if (said != SensitiveClass::none) [[unlikely]] {
    into =
        redactor.redact_typed({said, entry.flags.hash_asked != 0, value()}, scratch_, redactions_);
    return;
  }
  if (!known_key) [[unlikely]] {
    const KeyClass of_key = classify_key(raw.key);
    if (of_key != KeyClass{}) {
      if (entry.flags.is_special != 0) raise(outcomes_.values_cut);
      into = redactor.redact_field(of_key, value(), scratch_, redactions_,
                                   entry.flags.is_special != 0 ? TextEnd::cut : TextEnd::complete);
      return;
    }
  }
  // Fewer than seven digits are no telephone number and no part of a card.
  constexpr std::int64_t kSevenDigits = 1'000'000;
  bool is_small = false;
  switch (entry.type) {
    case LogEntryType::text:
      into = clean_text(raw.bytes, entry.flags.is_special != 0, redactor);
      return;
    case LogEntryType::integer: {
      const auto number = static_cast<std::int64_t>(bits_of(raw.bytes));
      into = number;
      is_small = number > -kSevenDigits && number < kSevenDigits;
      break;
    }
    case LogEntryType::number: {
      const auto number = std::bit_cast<double>(bits_of(raw.bytes));
      into = number;
      is_small = number > -kSevenDigits && number < kSevenDigits;
      break;
    }
    default:
      into = bits_of(raw.bytes) != 0;
      return;
  }
  if (!is_small) into = redactor.redact_field({}, into, scratch_, redactions_);
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
