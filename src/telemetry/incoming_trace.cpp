// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/incoming_trace.hpp>

#include <aloft/core/text.hpp>

namespace aloft {
inline namespace v0 {

bool IncomingTrace::take_x(std::string_view name, std::string_view value) noexcept {
  if (!has_xray(formats_) || !text::equals_ignoring_case(name, kXRayTraceHeader)) return false;
  take_xray(value);
  return true;
}

bool IncomingTrace::take_t(std::string_view name, std::string_view value) noexcept {
  if (!has_w3c(formats_)) return false;
  if (text::equals_ignoring_case(name, kTraceparentHeader)) {
    traceparent_ = value;
    ++traceparents_;
    return true;
  }
  if (!text::equals_ignoring_case(name, kTracestateHeader)) return false;
  extras_.add_tracestate(value, dropped_);
  has_tracestate_ = true;
  return true;
}

void IncomingTrace::take_xray(std::string_view value) noexcept {
  if (has_xray_) {
    ++dropped_.repeated;
  } else if (read_xray_header(value, parent_, dropped_, extras_) == ParseStatus::ok) {
    has_xray_ = true;
  } else {
    ++unreadable_;
    if (decision_ == Sampled::undecided) decision_ = read_xray_decision(value);
  }
}

bool IncomingTrace::read_w3c(TraceContext& out) const noexcept {
  return traceparents_ == 1 && read_traceparent(traceparent_, out) == ParseStatus::ok;
}

void IncomingTrace::choose() noexcept {
  const bool prefers_w3c = formats_ == HeaderFormats::w3c_then_xray;
  // Beside X-Ray's it is looked at only for its own sake, or to learn whose the tracestate is.
  TraceContext w3c;
  const bool is_asked = !has_xray_ || prefers_w3c || has_tracestate_;
  const bool has_w3c = is_asked && read_w3c(w3c);
  const bool takes_w3c = has_w3c && (prefers_w3c || !has_xray_);
  const bool same = has_xray_ && has_w3c && w3c.trace_id == parent_.trace_id;
  if (has_xray_ || has_w3c) {
    dropped_.malformed += unreadable_;
    dropped_.malformed += prefers_w3c && !has_w3c && traceparents_ != 0 ? 1 : 0;
  } else {
    refused_ = unreadable_ + traceparents_ != 0;
    // A new trace begins, but recorded or not as the caller said.
    parent_.sampled = decision_;
  }
  // What stood beside another trace does not belong to this one.
  if (takes_w3c && !same) extras_.clear_pairs();
  if (has_tracestate_ && !takes_w3c && !same) extras_.clear_tracestate();
  if (takes_w3c) parent_ = w3c;
}

}  // namespace v0
}  // namespace aloft
