// SPDX-License-Identifier: Apache-2.0
#include "telemetry/cleaner.hpp"

#include <aloft/core/text.hpp>

#include "telemetry/redaction_patterns.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <string>

namespace aloft {
inline namespace v0 {
namespace detail {

void Cleaner::count_redactions(RedactionPlace place) noexcept {
  if (redactions_.total() != 0) count_found(place);
}

[[gnu::cold]] void Cleaner::count_found(RedactionPlace place) noexcept {
  const std::uint64_t users = redactions_.email_user + redactions_.phone_user;
  outcomes_.redactions.add(place, redactions_);
  raise(outcomes_.user_ids_dropped, users);
  raise(outcomes_.redacted, redactions_.total() - users);
  redactions_ = {};
}

std::string_view Cleaner::clean(std::string_view text, bool cut) { return clean_often(text, cut); }

std::string_view Cleaner::clean_unknown(std::string_view text, bool cut) {
  if (cut) {
    raise(outcomes_.values_cut);
    return redactor_.redact(text::whole(text), scratch_, redactions_, TextEnd::cut);
  }
  const std::string_view safe = redactor_.redact(text, scratch_, redactions_);
  if (safe == text) known_values_.insert(text);
  return safe;
}

Value Cleaner::clean_scalar(int kind, std::string_view bytes) {
  const Value value = scalar_value(kind, bytes);
  // Fewer than twelve digits are part of no card number that we know (13 to 19 digits).
  constexpr double kTwelveDigits = 1e11;
  constexpr double kTwentyDigits = 1e19;
  const double size =
      std::fabs(value.kind() == Value::Kind::integer  ? static_cast<double>(value.integer())
                : value.kind() == Value::Kind::number ? value.number()
                                                      : 0);
  const bool may_be_card = size >= kTwelveDigits && size < kTwentyDigits;
  return may_be_card ? clean_printed(value, {}) : value;
}

Value Cleaner::clean_under(std::string_view key, int kind, std::string_view bytes, bool cut) {
  if (!redaction::is_sensitive_key(key)) {
    return kind == 0 ? Value(clean(bytes, cut)) : clean_scalar(kind, bytes);
  }
  return clean_printed(
      kind == 0 ? Value(cut ? text::whole(bytes) : bytes) : scalar_value(kind, bytes), key);
}

Value Cleaner::clean_printed(const Value& value, std::string_view key) {
  // As the redactor meets it in text: `key=value`, or the digits alone.
  std::string printed(key);
  if (!key.empty()) printed += '=';
  const std::size_t before = printed.size();
  char digits[32];
  switch (value.kind()) {
    case Value::Kind::text:
      printed += value.text();
      break;
    case Value::Kind::integer:
      printed.append(digits, std::to_chars(digits, digits + sizeof digits, value.integer()).ptr);
      break;
    case Value::Kind::number:
      if (std::fabs(value.number()) >= 1e19) {
        printed.append(digits, std::to_chars(digits, digits + sizeof digits, value.number()).ptr);
      } else {
        printed.append(digits, std::to_chars(digits, digits + sizeof digits, value.number(),
                                             std::chars_format::fixed, 0)
                                   .ptr);
      }
      break;
    case Value::Kind::boolean:
      return value;
  }
  const std::string_view safe = redactor_.redact(printed, scratch_, redactions_);
  if (safe == printed) return value.kind() == Value::Kind::text ? arena_.copy(value.text()) : value;
  std::string_view shown = safe.substr(std::min(before, safe.size()));
  // In text a secret ends at a blank or a quotation mark; a value under its key is all of it.
  const std::size_t label = key.empty() ? 0 : redaction::label_at(shown, 0);
  if (label != 0) shown = shown.substr(0, label);
  return arena_.copy(shown);
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
