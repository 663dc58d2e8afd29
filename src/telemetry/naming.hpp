// SPDX-License-Identifier: Apache-2.0
// Which characters names and annotation keys may have.
// Source: X-Ray developer guide, segment documents: names are Unicode letters, digits, whitespace
// and _ . : / % & # = + \ - @; annotation keys are ASCII letters, digits and _. Read 2026-11.
#pragma once

#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace detail {

/// Bytes above ASCII are taken for letters; the service decides about rarer ones.
constexpr bool is_name_byte(char c) noexcept {
  return text::is_alnum(c) || static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view(" _.:/%&#=+\\-@").find(c) != std::string_view::npos;
}
constexpr bool is_key_byte(char c) noexcept { return text::is_alnum(c) || c == '_'; }

constexpr std::array<bool, 256> byte_table(bool (*test)(char)) {
  std::array<bool, 256> allowed{};
  for (int i = 0; i < 256; ++i) allowed[static_cast<std::size_t>(i)] = test(static_cast<char>(i));
  return allowed;
}
inline constexpr std::array<bool, 256> kNameBytes = byte_table(is_name_byte);
inline constexpr std::array<bool, 256> kKeyBytes = byte_table(is_key_byte);

inline bool all_of(std::string_view text, const std::array<bool, 256>& allowed) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return allowed[static_cast<unsigned char>(c)]; });
}

inline bool is_span_name(std::string_view name) noexcept {
  return !name.empty() && all_of(name, kNameBytes);
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
