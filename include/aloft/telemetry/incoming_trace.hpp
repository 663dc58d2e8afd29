// SPDX-License-Identifier: Apache-2.0
// Finds out of a request's headers which trace it belongs to. The tracing middleware uses it; so
// does whoever receives requests by other means.
//
//   IncomingTrace incoming(tracer.trace_headers().read);
//   for (const auto& [name, value] : request.headers) incoming.take(name, value);
//   incoming.finish();
//   Span span = tracer.start("worker", {.parent = incoming.parent()});
//   span.pass_on(incoming.extras());
//
// Of several lines of X-Ray's header the first that can be read counts; several of `traceparent`
// are none, for the standard leaves no choice between them. Where a request has both, the order of
// `HeaderFormats` decides, and the extras of the other are kept when it names the same trace.
//
// Thread-safety: one thread at a time. Nothing allocates; it keeps views into values that it was
// given until `finish`.
#pragma once

#include <aloft/telemetry/trace_context.hpp>
#include <aloft/telemetry/trace_extras.hpp>
#include <aloft/telemetry/trace_headers.hpp>

#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {

class IncomingTrace {
 public:
  explicit IncomingTrace(HeaderFormats read = HeaderFormats::xray_then_w3c) noexcept
      : formats_(read) {}

  /// Looks at one header, untrusted.
  /// @return whether it is a trace header that is read here.
  bool take(std::string_view name, std::string_view value) noexcept {
    // The length first, then a letter: most names end here, without a call.
    const auto begins = [&](char lower) { return (name[0] | 0x20) == lower; };
    if (name.size() == kXRayTraceHeader.size()) return begins('x') && take_x(name, value);
    const bool may_be_w3c =
        name.size() == kTraceparentHeader.size() || name.size() == kTracestateHeader.size();
    return may_be_w3c && begins('t') && take_t(name, value);
  }
  /// The value of an `X-Amzn-Trace-Id`, whatever it was called: a message's attribute
  /// `AWSTraceHeader`, Lambda's `Lambda-Runtime-Trace-Id`.
  void take_xray(std::string_view value) noexcept;
  /// After the last of them.
  void finish() noexcept {
    const bool xray_alone = has_xray_ && !has_tracestate_ &&
                            formats_ != HeaderFormats::w3c_then_xray && unreadable_ == 0;
    if (!xray_alone) choose();
  }

  /// Whom to continue. Without a trace when there was none, or none that could be read: then only
  /// its decision may have been found.
  const TraceContext& parent() const noexcept { return parent_; }
  /// What goes on with that trace.
  const TraceExtras& extras() const noexcept { return extras_; }
  /// Before `finish`: X-Ray's header has been read.
  bool found() const noexcept { return has_xray_; }
  /// There were trace headers, and none could be read.
  bool refused() const noexcept { return refused_; }
  /// What was left out of headers that could be read, second lines included.
  const DroppedPairs& dropped() const noexcept { return dropped_; }

 private:
  bool take_x(std::string_view name, std::string_view value) noexcept;
  bool take_t(std::string_view name, std::string_view value) noexcept;
  void choose() noexcept;
  bool read_w3c(TraceContext& out) const noexcept;

  HeaderFormats formats_;
  bool has_xray_ = false;
  bool has_tracestate_ = false;
  bool refused_ = false;
  Sampled decision_ = Sampled::undecided;  // of the first unreadable line that has one
  std::uint32_t unreadable_ = 0;           // lines of X-Ray's header before the one that was read
  std::uint32_t traceparents_ = 0;
  DroppedPairs dropped_;
  std::string_view traceparent_;
  TraceContext parent_;  // X-Ray's until `finish`
  TraceExtras extras_;
};

}  // namespace v0
}  // namespace aloft
