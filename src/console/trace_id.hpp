// SPDX-License-Identifier: Apache-2.0
// The ids of X-Ray as numbers: a trace id is `1-` 8 hex digits (epoch seconds) `-` 24 hex digits.
//
// Thread-safety: plain value.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace aloft::console {

/// Source: "AWS X-Ray segment documents", trace_id, read 2026-11.
inline constexpr std::size_t kTraceIdLength = 35;

class TraceId {
 public:
  TraceId() = default;
  /// Nothing unless `text` is exactly a trace id; hex digits of either case.
  static std::optional<TraceId> parse(std::string_view text) noexcept;
  /// From the 16 bytes of `bytes()`, e.g. out of the store.
  static std::optional<TraceId> from_bytes(std::string_view bytes) noexcept;

  /// Canonical text, lower case.
  std::string text() const;
  std::string_view bytes() const noexcept { return {bytes_.data(), bytes_.size()}; }
  std::size_t hash() const noexcept { return std::hash<std::string_view>{}(bytes()); }

  friend bool operator==(const TraceId&, const TraceId&) = default;

 private:
  std::array<char, 16> bytes_{};
};

struct TraceIdHash {
  std::size_t operator()(const TraceId& id) const noexcept { return id.hash(); }
};

/// A segment's id: exactly 16 hex digits of either case.
std::optional<std::uint64_t> parse_segment_id(std::string_view text) noexcept;

}  // namespace aloft::console
