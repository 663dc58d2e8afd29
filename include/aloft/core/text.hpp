// SPDX-License-Identifier: Apache-2.0
// The few text helpers that every parser of outside bytes needs: ASCII only, locale-proof.
//
// Thread-safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace text {

constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_alnum(char c) noexcept { return is_alpha(c) || is_digit(c); }

/// Equal, ignoring ASCII case.
bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;
/// Without blanks and tabs at both ends.
std::string_view trim(std::string_view text) noexcept;
/// `text` cut to at most `limit_bytes`, never inside a UTF-8 sequence.
std::string_view cut(std::string_view text, std::size_t limit_bytes) noexcept;
/// `text` without an incomplete UTF-8 sequence at its end, as a cut by bytes leaves it.
std::string_view whole(std::string_view text) noexcept;
/// How many bytes the well-formed UTF-8 sequence at the start of `text` has, 0 when there is none.
/// Source: Unicode 15, table 3-7.
std::size_t utf8_length(std::string_view text) noexcept;
/// A decimal number without sign, or nothing (also when it does not fit).
std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept;
/// The value of 1 to 16 hex digits, or nothing.
std::optional<std::uint64_t> parse_hex(std::string_view text) noexcept;
/// Writes 16 lower-case hex digits; `out` must have room for them.
void write_hex(std::uint64_t value, char* out) noexcept;

}  // namespace text
}  // namespace v0
}  // namespace aloft
