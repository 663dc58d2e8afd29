// SPDX-License-Identifier: Apache-2.0
// What the readers of records share: every text on its way to a record is redacted here, and what
// comes again and again is remembered to be clean.
#pragma once

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
  /// What was taken out since the last call stood in `place`.
  void count_redactions(RedactionPlace place) noexcept;
  void count_found(RedactionPlace place) noexcept;
  std::string_view clean(std::string_view text, bool cut);
  std::string_view clean_often(std::string_view text, bool cut);
  std::string_view clean_unknown(std::string_view text, bool cut);
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

// For values that come again with every request, as tenants, routes and components do; ids that do
// not are longer. Inline where it runs most (docs/performance.md, `request_of_3`); elsewhere that
// would be four kilobytes of code.
[[gnu::always_inline]] inline std::string_view Cleaner::clean_often(std::string_view text,
                                                                    bool cut) {
  const bool known = !cut && text.size() <= KnownTexts::kMaxBytes && known_values_.contains(text);
  return known ? text : clean_unknown(text, cut);
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
