// SPDX-License-Identifier: Apache-2.0
// The trace headers of a call that goes out, and of one that comes in, for whatever library carries
// them. Every adapter of this folder uses it; so does the one that you write.
//
//   for (const auto& [name, value] : OutgoingHeaders(span)) request.set(name, value);
//
//   Span span = start_served(tracer, "users", {.tenant = tenant},
//                            {.edge = http::EdgePolicy::trust,
//                             .traits = {.host = host, .http_method = "GET", .url_path = path}},
//                            [&](std::string_view name, const auto& take) {
//                              for (const auto& line : request.lines(name)) take(line.value());
//                            });
//
// Thread-safety: plain values. Nothing allocates or throws but what `each_line` does.
#pragma once

#include <aloft/core/text.hpp>
#include <aloft/http/middleware/tracing.hpp>
#include <aloft/telemetry/incoming_trace.hpp>
#include <aloft/telemetry/outgoing_trace.hpp>
#include <aloft/telemetry/sampler.hpp>
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

/// What an edge knows of a request before its span starts.
struct ServedRequest {
  http::EdgePolicy edge = http::EdgePolicy::restart;
  /// For the sampler: rules by host, method and path are for what is said here.
  RequestTraits traits{};
};

/// The span of a request that is answered, by what its caller says of the trace as far as the edge
/// trusts it. As the tracing middleware does: a header that cannot be read starts a new trace, its
/// `Sampled=0` is obeyed, and what the caller's trace passes on goes on.
/// @param options    `tenant` is for the sampler, too.
/// @param each_line  called with a lower-case name and a function that takes a value; hands it the
///                   value of each line of that name, in their order. They stay until this returns.
template <typename EachLine>
Span start_served(const Tracer& tracer, std::string_view name, StartOptions options,
                  const ServedRequest& request, const EachLine& each_line) {
  options.kind = SpanKind::server;
  if (request.edge == http::EdgePolicy::restart) {
    return tracer.start(name, options, request.traits);
  }
  IncomingTrace incoming(tracer.trace_headers().read);
  for (const std::string_view header : {kXRayHeaderName, kTraceparentName, kTracestateName}) {
    each_line(header, [&](std::string_view value) { incoming.take(header, value); });
  }
  incoming.finish();
  const TraceContext& caller = incoming.parent();
  const bool trusts = request.edge == http::EdgePolicy::trust;
  if (trusts) options.parent = caller;
  Span span = tracer.start(name, options, request.traits);
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
