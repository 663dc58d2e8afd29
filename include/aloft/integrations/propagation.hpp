// SPDX-License-Identifier: Apache-2.0
// The trace headers of a call that goes out, and of one that comes in, for whatever library carries
// them. Every adapter of this folder uses it; so does the one that you write.
//
//   for (const auto& [name, value] : OutgoingHeaders(span)) request.set(name, value);
//
//   Span span = start_served(tracer, "users", {}, http::EdgePolicy::trust,
//                            [&](std::string_view name) { return request.find(name); });
//
// Thread-safety: plain values. Nothing allocates or throws but what `find` does.
#pragma once

#include <aloft/core/text.hpp>
#include <aloft/http/middleware/tracing.hpp>
#include <aloft/telemetry/incoming_trace.hpp>
#include <aloft/telemetry/outgoing_trace.hpp>
#include <aloft/telemetry/span.hpp>
#include <aloft/telemetry/trace_context.hpp>
#include <aloft/telemetry/tracer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace integrations {

/// Lower case: HTTP/2 and gRPC take no other names, and HTTP/1.1 does not care.
inline constexpr std::string_view kXRayHeaderName = "x-amzn-trace-id";
inline constexpr std::string_view kTraceparentName = kTraceparentHeader;
inline constexpr std::string_view kTracestateName = kTracestateHeader;

/// Which headers a call sends.
enum class Propagation : std::uint8_t {
  configured,  ///< what `TelemetryOptions::trace_headers` says; both formats by default
  xray,        ///< `X-Amzn-Trace-Id`
  w3c,         ///< `traceparent` and `tracestate`
  none,        ///< for a service of strangers, who need not know our ids
};

struct OutgoingHeader {
  std::string_view name;
  std::string_view value;
};

/// The headers that make `span` the parent of what the callee records, with what the trace passes
/// on (`Lineage`, `tracestate`). None for a span that knows no trace; a span that is not sampled
/// sends its ids and the decision. Must not outlive the span.
class OutgoingHeaders {
 public:
  explicit OutgoingHeaders(const Span& span,
                           Propagation propagation = Propagation::configured) noexcept
      : trace_(span, formats_of(span, propagation)) {
    add(kXRayHeaderName, trace_.xray());
    add(kTraceparentName, trace_.traceparent());
    add(kTracestateName, trace_.tracestate());
  }
  OutgoingHeaders(const OutgoingHeaders&) = delete;
  OutgoingHeaders& operator=(const OutgoingHeaders&) = delete;

  const OutgoingHeader* begin() const noexcept { return headers_.data(); }
  const OutgoingHeader* end() const noexcept { return headers_.data() + count_; }
  std::size_t size() const noexcept { return count_; }
  /// Whether a header of the caller's is in the way: any that tells a trace, in whatever format,
  /// once one of ours is sent. Two that tell different ones are worse than none.
  bool replaces(std::string_view name) const noexcept;

 private:
  static HeaderFormats formats_of(const Span& span, Propagation propagation) noexcept {
    switch (propagation) {
      case Propagation::configured:
        break;
      case Propagation::xray:
        return HeaderFormats::xray;
      case Propagation::w3c:
        return HeaderFormats::w3c;
      case Propagation::none:
        return HeaderFormats::none;
    }
    return span.trace_headers().written;
  }
  void add(std::string_view name, std::string_view value) noexcept {
    if (!value.empty()) headers_[count_++] = {name, value};
  }

  OutgoingTrace trace_;
  std::array<OutgoingHeader, 3> headers_{};
  std::size_t count_ = 0;
};

inline bool OutgoingHeaders::replaces(std::string_view name) const noexcept {
  if (count_ == 0) return false;
  return text::equals_ignoring_case(name, kXRayHeaderName) ||
         text::equals_ignoring_case(name, kTraceparentName) ||
         text::equals_ignoring_case(name, kTracestateName);
}

/// The span of a request that is answered, by what its caller says of the trace as far as the edge
/// trusts it. As the tracing middleware does: a header that cannot be read starts a new trace, its
/// `Sampled=0` is obeyed, and what the caller's trace passes on goes on.
/// @param find  called with a lower-case name; answers the value, or an empty text.
template <typename Find>
Span start_served(const Tracer& tracer, std::string_view name, StartOptions options,
                  http::EdgePolicy edge, const Find& find) {
  options.kind = SpanKind::server;
  if (edge == http::EdgePolicy::restart) return tracer.start(name, options);
  IncomingTrace incoming(tracer.trace_headers().read);
  for (const std::string_view header : {kXRayHeaderName, kTraceparentName, kTracestateName}) {
    const std::string_view value = find(header);
    if (!value.empty()) incoming.take(header, value);
  }
  incoming.finish();
  const TraceContext& caller = incoming.parent();
  const bool trusts = edge == http::EdgePolicy::trust;
  if (trusts) options.parent = caller;
  Span span = tracer.start(name, options);
  if (trusts) {
    if (!incoming.extras().empty()) span.pass_on(incoming.extras());
  } else if (caller.trace_id.valid() && caller.span_id.valid()) {
    span.link(caller);
  }
  return span;
}

}  // namespace integrations
}  // namespace v0
}  // namespace aloft
