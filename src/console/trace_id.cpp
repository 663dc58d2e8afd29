// SPDX-License-Identifier: Apache-2.0
#include "console/trace_id.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>

namespace aloft::console {
namespace {

// The value of a hex digit, or -1.
int digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = text::to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

std::optional<TraceId> TraceId::parse(std::string_view text) noexcept {
  if (text.size() != kTraceIdLength || text[0] != '1' || text[1] != '-' || text[10] != '-') {
    return std::nullopt;
  }
  TraceId id;
  std::size_t at = 0;
  for (std::size_t i = 2; i < kTraceIdLength; i += i == 8 ? 3 : 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    id.bytes_[at++] = static_cast<char>(high * 16 + low);
  }
  return id;
}

std::optional<TraceId> TraceId::from_bytes(std::string_view bytes) noexcept {
  TraceId id;
  if (bytes.size() != id.bytes_.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), id.bytes_.begin());
  return id;
}

std::string TraceId::text() const {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "1-";
  for (std::size_t i = 0; i < bytes_.size(); ++i) {
    if (i == 4) out += '-';
    const auto byte = static_cast<unsigned char>(bytes_[i]);
    out += kHex[byte >> 4U];
    out += kHex[byte & 15U];
  }
  return out;
}

std::optional<std::uint64_t> parse_segment_id(std::string_view text) noexcept {
  if (text.size() != 16) return std::nullopt;
  return text::parse_hex(text);
}

}  // namespace aloft::console
