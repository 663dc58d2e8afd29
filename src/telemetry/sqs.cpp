// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/sqs.hpp>

namespace aloft {
inline namespace v0 {

XRayHeaderWithExtras sqs_trace_attribute(const Span& span) noexcept {
  TraceContext context = span.context();
  if (context.sampled == Sampled::requested) context.sampled = Sampled::undecided;
  return write_xray_header(context, span.extras());
}

IncomingTrace trace_of_message(std::string_view attribute, std::string_view header) noexcept {
  IncomingTrace incoming(HeaderFormats::xray);
  if (!attribute.empty()) incoming.take_xray(attribute);
  if (!header.empty() && !incoming.found()) incoming.take_xray(header);
  incoming.finish();
  return incoming;
}

}  // namespace v0
}  // namespace aloft
