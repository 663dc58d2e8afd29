// SPDX-License-Identifier: Apache-2.0
// The trace headers of a call that goes out, and of one that comes in, for whatever library carries
// them. Every adapter of this folder uses it; so does the one that you write.
//
//   for (const auto& [name, value] : OutgoingHeaders(span)) request.set(name, value);
//
//   const TraceContext parent = incoming_trace(
//       http::EdgePolicy::trust, [&](std::string_view name) { return request.find(name); });
//
// Thread-safety: plain values. Nothing allocates or throws but what `find` does.
#pragma once

#include <aloft/http/middleware/tracing.hpp>
#include <aloft/telemetry/span.hpp>
#include <aloft/telemetry/trace_context.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace integrations {

/// Lower case: HTTP/2 and gRPC take no other names, and HTTP/1.1 does not care.
inline constexpr std::string_view kXRayHeaderName = "x-amzn-trace-id";
inline constexpr std::string_view kTraceparentName = "traceparent";

/// Which headers a call sends.
enum class Propagation : std::uint8_t {
  both,
  xray,  ///< `X-Amzn-Trace-Id`
  w3c,   ///< `traceparent`
  none,  ///< for a service of strangers, who need not know our ids
};

struct OutgoingHeader {
  std::string_view name;
  std::string_view value;
};

/// The headers that make `span` the parent of what the callee records. None for a span that knows
/// no trace; a span that is not sampled sends its ids and the decision.
class OutgoingHeaders {
 public:
  explicit OutgoingHeaders(const Span& span, Propagation propagation = Propagation::both) noexcept
      : xray_(write_xray_header(span.context())), w3c_(write_traceparent(span.context())) {
    const bool xray = propagation == Propagation::both || propagation == Propagation::xray;
    const bool w3c = propagation == Propagation::both || propagation == Propagation::w3c;
    if (xray && !xray_.empty()) headers_[count_++] = {kXRayHeaderName, xray_.view()};
    if (w3c && !w3c_.empty()) headers_[count_++] = {kTraceparentName, w3c_.view()};
  }
  OutgoingHeaders(const OutgoingHeaders&) = delete;
  OutgoingHeaders& operator=(const OutgoingHeaders&) = delete;

  const OutgoingHeader* begin() const noexcept { return headers_.data(); }
  const OutgoingHeader* end() const noexcept { return headers_.data() + count_; }
  std::size_t size() const noexcept { return count_; }
  /// Whether one of them has this name; in what is sent, it replaces the caller's own.
  bool has(std::string_view name) const noexcept;

 private:
  XRayHeader xray_;
  TraceparentHeader w3c_;
  std::array<OutgoingHeader, 2> headers_{};
  std::size_t count_ = 0;
};

/// Whether two names of headers are the same one, whatever their case.
inline bool is_same_header(std::string_view left, std::string_view right) noexcept {
  const auto lower = [](char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  };
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (lower(left[i]) != lower(right[i])) return false;
  }
  return true;
}

inline bool OutgoingHeaders::has(std::string_view name) const noexcept {
  for (const OutgoingHeader& header : *this) {
    if (is_same_header(header.name, name)) return true;
  }
  return false;
}

/// What the caller of a request says of its trace, as far as the edge trusts it: X-Ray's header,
/// else W3C's. A header that cannot be read starts a new trace; its `Sampled=0` is obeyed.
/// @param find  called with a lower-case name; answers the value, or an empty text.
template <typename Find>
TraceContext incoming_trace(http::EdgePolicy edge, const Find& find) {
  TraceContext parent;
  if (edge == http::EdgePolicy::restart) return parent;
  const std::string_view xray = find(kXRayHeaderName);
  if (!xray.empty()) {
    if (read_xray_header(xray, parent) == ParseStatus::ok) return parent;
    parent.sampled = read_xray_decision(xray);
    if (parent.sampled == Sampled::no) return parent;
  }
  const std::string_view w3c = find(kTraceparentName);
  TraceContext told;
  if (!w3c.empty() && read_traceparent(w3c, told) == ParseStatus::ok) return told;
  return parent;
}

}  // namespace integrations
}  // namespace v0
}  // namespace aloft
