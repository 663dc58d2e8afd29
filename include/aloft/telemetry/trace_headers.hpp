// SPDX-License-Identifier: Apache-2.0
// Which trace headers a service reads and writes, and what they are called.
//
//   auto telemetry = Telemetry::create({.trace_headers = {.read = HeaderFormats::w3c_then_xray,
//                                                         .written = HeaderFormats::w3c}});
//
// X-Ray's is `X-Amzn-Trace-Id`; W3C's are `traceparent` and `tracestate`. By default both are read,
// X-Ray's first because load balancers and Lambda speak nothing else, and both are written.
//
// Thread-safety: plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace aloft {
inline namespace v0 {

inline constexpr std::string_view kXRayTraceHeader = "X-Amzn-Trace-Id";
inline constexpr std::string_view kTraceparentHeader = "traceparent";
inline constexpr std::string_view kTracestateHeader = "tracestate";

enum class HeaderFormats : std::uint8_t {
  xray_then_w3c,  ///< both; X-Ray's where a request has both
  w3c_then_xray,  ///< both; W3C's where a request has both
  xray,
  w3c,
  none,
};

constexpr bool has_xray(HeaderFormats formats) noexcept {
  return formats != HeaderFormats::w3c && formats != HeaderFormats::none;
}
constexpr bool has_w3c(HeaderFormats formats) noexcept {
  return formats != HeaderFormats::xray && formats != HeaderFormats::none;
}

/// Aligned as a whole, so that clang reads it in one piece without libatomic.
struct alignas(2) TraceHeaders {
  /// Also decides whether a response tells the trace: it does where X-Ray's header is read.
  HeaderFormats read = HeaderFormats::xray_then_w3c;
  HeaderFormats written = HeaderFormats::xray_then_w3c;  ///< their order says nothing here
  friend constexpr bool operator==(const TraceHeaders&, const TraceHeaders&) = default;
};

/// "xray,w3c", the preferred first; "none"; `tracecontext`, OpenTelemetry's word for `w3c`, is
/// taken, too. Unknown words are skipped; nothing when no known one is left.
std::optional<HeaderFormats> parse_header_formats(std::string_view list) noexcept;
/// Whether `list` has a word, and each of them is known.
bool are_header_formats(std::string_view list) noexcept;

}  // namespace v0
}  // namespace aloft
