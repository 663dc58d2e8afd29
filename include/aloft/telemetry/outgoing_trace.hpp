// SPDX-License-Identifier: Apache-2.0
// The headers that make another service continue a trace. `ServiceClient` writes them by itself;
// this is for clients of other libraries.
//
//   OutgoingTrace(call).each([&](std::string_view name, std::string_view value) {
//     request.set_header(name, value);                          // replaces one that is there
//   });
//
// A span that records nothing has them, too: the next service must obey the same decision. One that
// passes a trace through says nothing that was not said to it, so that no decision is made up.
//
// Thread-safety: plain values; they must not outlive the span.
#pragma once

#include <aloft/telemetry/span.hpp>
#include <aloft/telemetry/trace_extras.hpp>
#include <aloft/telemetry/trace_headers.hpp>

#include <string_view>

namespace aloft {
inline namespace v0 {

class OutgoingTrace {
 public:
  /// In the formats of its telemetry.
  explicit OutgoingTrace(const Span& span) noexcept
      : OutgoingTrace(span, span.trace_headers().written) {}
  OutgoingTrace(const Span& span, HeaderFormats written) noexcept;

  /// The value of `X-Amzn-Trace-Id`, and of an attribute `AWSTraceHeader` of a message in SQS;
  /// empty when there is none.
  std::string_view xray() const noexcept { return xray_.view(); }
  /// Empty also while nothing is decided, which W3C has no word for.
  std::string_view traceparent() const noexcept { return traceparent_.view(); }
  /// Only beside a traceparent.
  std::string_view tracestate() const noexcept { return tracestate_; }

  /// Calls `set(name, value)` for each that is there.
  template <typename Set>
  void each(Set&& set) const {
    if (!xray_.empty()) set(kXRayTraceHeader, xray());
    if (!traceparent_.empty()) set(kTraceparentHeader, traceparent());
    if (!tracestate_.empty()) set(kTracestateHeader, tracestate());
  }

 private:
  XRayHeaderWithExtras xray_;
  TraceparentHeader traceparent_;
  std::string_view tracestate_;
};

}  // namespace v0
}  // namespace aloft
