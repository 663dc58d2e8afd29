// SPDX-License-Identifier: Apache-2.0
// A trace in a message of Amazon SQS: its system attribute `AWSTraceHeader`, a text in the form of
// `X-Amzn-Trace-Id`. It counts neither as one of a message's ten attributes nor to its size.
//
//   // The sender: MessageSystemAttributes of SendMessage, DataType String. Left out when empty.
//   const XRayHeaderWithExtras value = sqs_trace_attribute(send);
//
//   // The receiver: ask for it by MessageSystemAttributeNames; under Lambda it is in `attributes`.
//   const IncomingTrace message = trace_of_message(attributes["AWSTraceHeader"]);
//   Span span = tracer.start("worker", {.parent = message.parent()});
//   span.pass_on(message.extras());
//
// A span that works on a batch continues none of its messages: it links to each of them.
//
// Source: X-Ray developer guide, "Amazon SQS and AWS X-Ray"; SQS API, MessageSystemAttributes;
// both read 2026-11.
// Thread-safety: pure functions. Nothing allocates.
#pragma once

#include <aloft/telemetry/incoming_trace.hpp>
#include <aloft/telemetry/span.hpp>
#include <aloft/telemetry/trace_extras.hpp>

#include <string_view>

namespace aloft {
inline namespace v0 {

inline constexpr std::string_view kSqsTraceAttribute = "AWSTraceHeader";

/// What to send with a message; the receiver's parent is `span`. In X-Ray's form whatever headers
/// are configured, for SQS takes no other, and without the question `?`, which nobody could answer.
/// Empty when there is no trace: SQS refuses a message whose attribute is malformed.
XRayHeaderWithExtras sqs_trace_attribute(const Span& span) noexcept;

/// The trace of a message.
/// @param attribute  The value of `AWSTraceHeader`, empty when it has none.
/// @param header     That of a header `X-Amzn-Trace-Id` of the request that brought the message, as
///                   the daemon of Elastic Beanstalk's workers sends one; the attribute wins.
IncomingTrace trace_of_message(std::string_view attribute, std::string_view header = {}) noexcept;

}  // namespace v0
}  // namespace aloft
