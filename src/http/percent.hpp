// SPDX-License-Identifier: Apache-2.0
// Percent-decoding, one byte at a time, for whoever compares or copies encoded text. Private to the
// room.
//
// Thread-safety: pure functions.
#pragma once

#include <aloft/core/text.hpp>

#include <cstddef>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace http {
namespace detail {

constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = text::to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

constexpr bool is_control(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

/// Walks the decoded bytes of `encoded`; `ok()` is false once an escape was bad.
class PercentReader {
 public:
  constexpr explicit PercentReader(std::string_view encoded) noexcept : rest_(encoded) {}

  constexpr bool done() const noexcept { return rest_.empty(); }
  constexpr bool ok() const noexcept { return ok_; }
  /// Requires `!done()`.
  constexpr char next() noexcept {
    const char c = rest_.front();
    if (c != '%') {
      rest_.remove_prefix(1);
      return c;
    }
    const int high = rest_.size() > 2 ? hex_value(rest_[1]) : -1;
    const int low = rest_.size() > 2 ? hex_value(rest_[2]) : -1;
    if (high < 0 || low < 0) {
      ok_ = false;
      rest_ = {};
      return '%';
    }
    rest_.remove_prefix(3);
    return static_cast<char>(high * 16 + low);
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace detail
}  // namespace http
}  // namespace v0
}  // namespace aloft
