// SPDX-License-Identifier: Apache-2.0
// Card numbers in pieces over fields that follow one another, or members of an object:
// {"pan1", "4111"}, {"pan2", "1111"}, …
//
// Small numbers beside each other are what most lines have, so they must be divided as cards are,
// have the check digit, and be told to belong together: by keys that differ in a number only, or by
// being texts, which counts and sizes are not.
#include "telemetry/logs/reader.hpp"
#include "telemetry/redaction_patterns.hpp"

#include <algorithm>
#include <charconv>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

/// The digits of a piece; those of a number are written to `room`.
std::string_view digits_of(const Value& value, char (&room)[24]) noexcept {
  if (value.kind() == Value::Kind::text) return value.text();
  if (value.kind() != Value::Kind::integer || value.integer() < 0) return {};
  const char* const end = std::to_chars(room, room + sizeof room, value.integer()).ptr;
  return {room, static_cast<std::size_t>(end - room)};
}

/// `pan1` and `pan2`, `digits_1` and `digits_12`.
bool are_numbered_alike(std::string_view a, std::string_view b) noexcept {
  while (!a.empty() && text::is_digit(a.back())) a.remove_suffix(1);
  const bool has_number = !b.empty() && text::is_digit(b.back());
  while (!b.empty() && text::is_digit(b.back())) b.remove_suffix(1);
  return has_number && !a.empty() && a == b;
}

}  // namespace

void LogReader::hide_pieces() noexcept {
  constexpr std::size_t kFewestDigits = 4;  // of the first of texts under unlike keys
  for (std::size_t first = 0; first + 1 < pieces_.size(); ++first) {
    redaction::Pieces pieces;
    bool is_numbered = true;
    bool is_text = true;
    for (std::size_t i = first; i < pieces_.size() && i - first < redaction::kMaxCardDigits; ++i) {
      const LogFieldRecord& field = fields_[pieces_[i]];
      char room[24];
      const std::string_view digits = digits_of(field.value, room);
      if (i != first) {
        if (pieces_[i] != pieces_[i - 1] + 1) break;
        is_numbered = is_numbered && are_numbered_alike(fields_[pieces_[i - 1]].key, field.key);
      }
      is_text = is_text && field.value.kind() == Value::Kind::text &&
                (i != first || digits.size() >= kFewestDigits);
      if ((i != first && !is_numbered && !is_text) || !pieces.add(digits)) break;
      if (i == first || !pieces.are_card_number()) continue;
      for (std::size_t piece = first; piece <= i; ++piece) {
        fields_[pieces_[piece]].value = redaction::label(SensitiveClass::pan);
      }
      ++redactions_.card;
      first = i;
      break;
    }
  }
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
