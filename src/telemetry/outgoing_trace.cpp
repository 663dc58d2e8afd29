// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/outgoing_trace.hpp>

namespace aloft {
inline namespace v0 {

OutgoingTrace::OutgoingTrace(const Span& span, HeaderFormats written) noexcept {
  const TraceExtras& extras = span.extras();
  if (has_xray(written)) xray_ = write_xray_header(span.context(), extras);
  if (!has_w3c(written)) return;
  traceparent_ = write_traceparent(span.context());
  if (!traceparent_.empty()) tracestate_ = extras.tracestate();
}

}  // namespace v0
}  // namespace aloft
