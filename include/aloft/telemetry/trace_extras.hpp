// SPDX-License-Identifier: Apache-2.0
// What a trace carries from service to service beside its ids: `Lineage` and foreign pairs of
// `X-Amzn-Trace-Id`, and W3C's `tracestate`. We neither make nor read any of it; it goes on as it
// came, bounded and checked, with every call that belongs to the trace.
//
//   TraceExtras extras;
//   read_xray_header(header, parent, dropped, extras);
//   Span span = tracer.start("payments", {.parent = parent});
//   span.pass_on(extras);                                        // also where nothing is sampled
//   … write_xray_header(child.context(), child.extras()) …      // of a child, on any thread
//
// `Lineage` is how Lambda finds calls that go in circles: who drops it switches that guard off.
// `Self`, which a load balancer adds for itself, is never kept.
//
// Thread-safety: plain values. Nothing allocates.
#pragma once

#include <aloft/telemetry/trace_context.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {

namespace detail {
class PairReader;
}

/// Of all pairs with the `;` between them. Source: aws-xray-sdk-node, utils.js, read 2026-11: it
/// keeps as many; no other SDK has a limit.
inline constexpr std::size_t kMaxExtraPairsBytes = 256;
/// Source: W3C Trace Context, "tracestate limits" and "list", read 2026-11.
inline constexpr std::size_t kMaxTracestateBytes = 512;
inline constexpr std::size_t kMaxTracestateMembers = 32;

class TraceExtras {
 public:
  // Left uninitialised beyond what is used: most requests have none.
  TraceExtras() noexcept {}
  TraceExtras(const TraceExtras& other) noexcept { *this = other; }
  TraceExtras& operator=(const TraceExtras& other) noexcept;
  ~TraceExtras() = default;

  /// "Lineage=1:a87bd80c:0;CalledFrom=app", in the order in which they came.
  std::string_view pairs() const noexcept { return {pairs_, pairs_bytes_}; }
  /// "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE".
  std::string_view tracestate() const noexcept { return {tracestate_, tracestate_bytes_}; }
  bool empty() const noexcept { return (pairs_bytes_ | tracestate_bytes_) == 0; }

  /// Keeps `key=value` as the last pair. What is no printable ASCII, a second `Root`, `Parent`,
  /// `Sampled` or `Self`, or above the limit of the pairs together, is dropped whole and counted.
  void add_pair(std::string_view key, std::string_view value, DroppedPairs& dropped) noexcept;
  /// Appends the members of one line of `tracestate`. A line with a member of another shape, or a
  /// key that is there already, drops the whole tracestate, once and for all; above the limits,
  /// members of more than 128 bytes go first, then the last ones. All of it is counted.
  /// Source: W3C Trace Context, "tracestate header" and "limits", read 2026-11.
  void add_tracestate(std::string_view line, DroppedPairs& dropped) noexcept;

  void clear_pairs() noexcept { pairs_bytes_ = 0; }
  void clear_tracestate() noexcept;

 private:
  friend class detail::PairReader;

  /// Of a pair that was taken apart at its separators.
  void keep(std::string_view key, std::string_view value, DroppedPairs& dropped) noexcept;
  void add_member(std::string_view member, DroppedPairs& dropped) noexcept;
  void remove_long_members(DroppedPairs& dropped) noexcept;
  bool has_member(std::string_view key) const noexcept;
  bool has_room(std::string_view member) const noexcept;

  std::uint16_t pairs_bytes_ = 0;
  std::uint16_t tracestate_bytes_ = 0;
  std::uint8_t members_ = 0;
  bool full_ = false;  // a member was dropped from the end
  bool bad_ = false;
  char pairs_[kMaxExtraPairsBytes];
  char tracestate_[kMaxTracestateBytes];
};

/// As `read_xray_header` without extras, and keeps what else the header has.
/// @param extras  Its pairs are replaced when the answer is `ok`, and else empty.
ParseStatus read_xray_header(std::string_view header, TraceContext& out, DroppedPairs& dropped,
                             TraceExtras& extras) noexcept;

using XRayHeaderWithExtras = InlineText<74 + 1 + kMaxExtraPairsBytes>;

/// "Root=1-…;Parent=…;Sampled=1;Lineage=…"; empty when there is no trace.
XRayHeaderWithExtras write_xray_header(const TraceContext& context,
                                       const TraceExtras& extras) noexcept;

}  // namespace v0
}  // namespace aloft
