// SPDX-License-Identifier: Apache-2.0
// What the readers of records share: every text on its way to a record is redacted here, and what
// comes again and again is remembered to be clean.
#pragma once

#include <aloft/core/text.hpp>
#include <aloft/core/value.hpp>
#include <aloft/telemetry/redactor.hpp>

#include "telemetry/arena.hpp"
#include "telemetry/counters.hpp"
#include "telemetry/known_texts.hpp"

#include <cstdint>
#include <cstring>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace detail {

/// The eight bytes of a scalar.
inline std::uint64_t bits_of(std::string_view bytes) noexcept {
  std::uint64_t bits = 0;
  if (bytes.size() == sizeof bits) std::memcpy(&bits, bytes.data(), sizeof bits);
  return bits;
}

/// @param kind  as in `Value::Kind`, not of a text.
inline Value scalar_value(int kind, std::string_view bytes) noexcept {
  return Value::from_bits(static_cast<Value::Kind>(kind), bits_of(bytes));
}

class Cleaner {
 protected:
  explicit Cleaner(Outcomes& outcomes) noexcept : outcomes_(outcomes) {}

  /// Forgets what was cleaned.
  void clear() noexcept {
    arena_.clear();
    scratch_.clear();
  }
  void count_redactions() noexcept;
  std::string_view clean(std::string_view text, bool cut);
  Value clean_scalar(int kind, std::string_view bytes);
  /// A value whose key may be the word that makes it a secret.
  Value clean_under(std::string_view key, int kind, std::string_view bytes, bool cut);
  Value clean_printed(const Value& value, std::string_view key);

  Outcomes& outcomes_;
  KnownTexts known_values_;
  Redactor redactor_;
  RedactionScratch scratch_;
  RedactionCounts redactions_;  // since they were counted
  Arena arena_;
};

// Inline, for they run for every value (docs/performance.md, `request_of_3`).
inline std::string_view Cleaner::clean(std::string_view text, bool cut) {
  if (cut) {
    raise(outcomes_.values_cut);
    return redactor_.redact(text::whole(text), scratch_, redactions_, TextEnd::cut);
  }
  // Tenants, routes and components come again with every request; ids that do not are longer.
  if (text.size() <= KnownTexts::kMaxBytes && known_values_.contains(text)) return text;
  const std::string_view safe = redactor_.redact(text, scratch_, redactions_);
  if (safe == text) known_values_.insert(text);
  return safe;
}

inline Value Cleaner::clean_scalar(int kind, std::string_view bytes) {
  const Value value = scalar_value(kind, bytes);
  // Fewer than twelve digits are part of no card number that we know (13 to 19 digits).
  constexpr double kTwelveDigits = 1e11;
  const bool may_be_card = (value.kind() == Value::Kind::integer &&
                            static_cast<double>(value.integer()) >= kTwelveDigits) ||
                           (value.kind() == Value::Kind::number && value.number() >= kTwelveDigits);
  return may_be_card ? clean_printed(value, {}) : value;
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
