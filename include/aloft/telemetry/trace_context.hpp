// SPDX-License-Identifier: Apache-2.0
// Which trace a piece of work belongs to, and the two headers that carry it between services:
// `X-Amzn-Trace-Id` (X-Ray) and `traceparent` (W3C).
//
// The tracer and every adapter use it. Parsing and writing touch no heap on success; a refusal is a
// `ParseStatus`, so that each reason has its own counter, and never quotes the refused bytes.
//
//   TraceContext parent;
//   if (read_xray_header(request_header, parent) == ParseStatus::ok) { … }
//   response.set("X-Amzn-Trace-Id", write_xray_header(span.context()).view());
//
// Thread-safety: plain values and pure functions.
#pragma once

#include <aloft/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace aloft {
inline namespace v0 {

/// Longest trace header that is looked at. Ours: the longest header that we write has 74 bytes, and
/// 1,024 leave room for `Self`, `Lineage` and foreign pairs.
inline constexpr std::size_t kMaxTraceHeaderBytes = 1024;

/// At most `Capacity` bytes, held in the object itself.
template <std::size_t Capacity>
struct InlineText {
  static_assert(Capacity < 65'536);
  char bytes[Capacity];
  std::conditional_t<(Capacity < 256), std::uint8_t, std::uint16_t> size = 0;

  constexpr std::string_view view() const noexcept { return {bytes, size}; }
  constexpr bool empty() const noexcept { return size == 0; }
};

/// 128 bits, all zero when unknown. The top 32 are the epoch second in ids made by X-Ray and by us.
struct TraceId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  constexpr bool valid() const noexcept { return (high | low) != 0; }
  constexpr std::uint32_t epoch_seconds() const noexcept {
    return static_cast<std::uint32_t>(high >> 32U);
  }
  /// "1-67891233-abcdef012345678912345678".
  InlineText<35> xray_text() const noexcept;
  /// "67891233abcdef012345678912345678".
  InlineText<32> w3c_text() const noexcept;

  /// Exactly the form of `xray_text`, in either case; nothing when it is another or all zero.
  static std::optional<TraceId> parse_xray(std::string_view text) noexcept;
  /// Exactly the form of `w3c_text`, lower case only; nothing when it is another or all zero.
  static std::optional<TraceId> parse_w3c(std::string_view text) noexcept;

  friend constexpr bool operator==(const TraceId&, const TraceId&) = default;
};

/// 64 bits, zero when unknown.
struct SpanId {
  std::uint64_t value = 0;

  constexpr bool valid() const noexcept { return value != 0; }
  /// "53995c3f42cd8ad8".
  InlineText<16> text() const noexcept;
  /// Exactly 16 hex digits in either case; nothing when it is anything else or all zero.
  static std::optional<SpanId> parse(std::string_view text) noexcept;

  friend constexpr bool operator==(const SpanId&, const SpanId&) = default;
};

/// What upstream decided about recording.
enum class Sampled : std::uint8_t {
  undecided,  ///< nothing was said: decide here
  no,         ///< final: obey
  yes,        ///< final: obey
  requested,  ///< `?`: decide here and tell the caller in the response header
};

/// The trace, the caller's span and its decision. Copied by value everywhere.
struct TraceContext {
  TraceId trace_id;
  SpanId span_id;  ///< the parent for whoever reads it; invalid when the header had only `Root`
  Sampled sampled = Sampled::undecided;

  friend constexpr bool operator==(const TraceContext&, const TraceContext&) = default;
};
static_assert(sizeof(TraceContext) <= 32 && std::is_trivially_copyable_v<TraceContext>);

/// How reading a header ended: `ok`, or one counter per reason of refusal.
enum class ParseStatus : std::uint8_t {
  ok,
  too_long,           ///< more than `kMaxTraceHeaderBytes`
  control_character,  ///< CR, LF, NUL or another control byte, tabs excepted
  missing_root,       ///< no `Root` pair
  malformed_root,     ///< no `Root` is `1-` 8 hex `-` 24 hex
  zero_id,            ///< an id of all zeros
  malformed,          ///< `traceparent` has another shape, or upper-case hex digits
  invalid_version,    ///< `traceparent` of version ff
};
inline constexpr std::size_t kParseStatusCount = 8;

/// What was left out of headers that could be read; the caller adds it up.
struct DroppedPairs {
  /// A `Root`, `Parent` or `Sampled` with a value that says nothing; of the extras, what no header
  /// may have (a whole `tracestate` counts once).
  std::uint32_t malformed = 0;
  std::uint32_t repeated = 0;    ///< one more after the value that was taken
  std::uint32_t over_limit = 0;  ///< extra pairs, or members of `tracestate`, above their limits
  constexpr std::uint32_t total() const noexcept { return malformed + repeated + over_limit; }
};

/// The name of `status` as it appears in counters, e.g. "malformed_root".
std::string_view to_string(ParseStatus status) noexcept;

/// Reads `Root=1-…;Parent=…;Sampled=1`: keys in any case and order, blanks around keys and values;
/// `Self`, unknown and empty pairs ignored (`telemetry/trace_extras.hpp` keeps the unknown). The
/// first well-formed value of a key wins: a `Parent` of another shape or of zeros is dropped and
/// the `Root` kept, a `Sampled` other than 0, 1 and ? is undecided. Only a header without a
/// well-formed `Root` is refused.
///
/// @param header   The value of the header, untrusted.
/// @param out      Written only when the answer is `ok`.
/// @param dropped  Raised only when the answer is `ok`.
/// Never allocates. Instructions (g++ 12 -O3, callgrind): 138 for the form that X-Ray itself
/// writes, 694 for the longer one of a load balancer.
/// Source: X-Ray developer guide, "Tracing header", read 2026-11.
ParseStatus read_xray_header(std::string_view header, TraceContext& out,
                             DroppedPairs& dropped) noexcept;
ParseStatus read_xray_header(std::string_view header, TraceContext& out) noexcept;

/// The decision in a header that was refused for its `Root`: the first well-formed `Sampled`. An
/// X-Ray SDK that obeys `Sampled=0` hands on a root that nobody can follow, from Python
/// `Root=dummy;…;Sampled=0`, from others zeros: the trace ends there, its decision does not.
/// Source: the X-Ray SDK for Python 0.95, seen on the wire 2026-11.
Sampled read_xray_decision(std::string_view header) noexcept;

/// Reads a W3C `traceparent`; higher versions are read as far as version 00 defines them.
/// Never allocates; 186 instructions.
/// Source: W3C Trace Context, "traceparent header" and "Versioning of traceparent", read 2026-11.
ParseStatus read_traceparent(std::string_view header, TraceContext& out) noexcept;

/// The same as values, for code that is not on the request path.
/// @error invalid_argument  the reason, without the bytes.
Result<TraceContext> parse_xray_header(std::string_view header) noexcept;
Result<TraceContext> parse_traceparent(std::string_view header) noexcept;

using XRayHeader = InlineText<74>;
using TraceparentHeader = InlineText<55>;

/// "Root=1-…;Parent=…;Sampled=1": without `Parent` when there is no span, without `Sampled` when
/// nothing was decided, empty when there is no trace. Ids of all zeros are never sent.
XRayHeader write_xray_header(const TraceContext& context) noexcept;

/// "00-…-…-01", or empty when there is no trace or no span. Also empty while nothing is decided:
/// the format has no word for that, and flag 0 would tell everybody downstream to drop.
TraceparentHeader write_traceparent(const TraceContext& context) noexcept;

}  // namespace v0
}  // namespace aloft
