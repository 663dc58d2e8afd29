// SPDX-License-Identifier: Apache-2.0
// The writing half of trace contexts: ids as text, and the two headers.
#include <aloft/telemetry/trace_context.hpp>

#include <aloft/core/text.hpp>
#include <aloft/telemetry/trace_extras.hpp>

#include <cstring>

namespace aloft {
inline namespace v0 {
namespace {

template <std::size_t Capacity>
void append(InlineText<Capacity>& text, std::string_view more) noexcept {
  std::memcpy(text.bytes + text.size, more.data(), more.size());
  text.size = static_cast<decltype(text.size)>(text.size + more.size());
}

template <std::size_t Capacity>
void append_hex(InlineText<Capacity>& text, std::uint64_t value) noexcept {
  text::write_hex(value, text.bytes + text.size);
  text.size = static_cast<decltype(text.size)>(text.size + 16);
}

// Sixteen digits are written at 0, then the last eight move by one to make room for the dash.
template <std::size_t Capacity>
void append_xray_id(InlineText<Capacity>& text, const TraceId& id) noexcept {
  append(text, "1-");
  char* digits = text.bytes + text.size;
  text::write_hex(id.high, digits);
  std::memmove(digits + 9, digits + 8, 8);
  digits[8] = '-';
  text.size = static_cast<decltype(text.size)>(text.size + 17);
  append_hex(text, id.low);
}

template <std::size_t Capacity>
[[gnu::always_inline]] inline void append_context(InlineText<Capacity>& header,
                                                  const TraceContext& context) noexcept {
  append(header, "Root=");
  append_xray_id(header, context.trace_id);
  if (context.span_id.valid()) {
    append(header, ";Parent=");
    append_hex(header, context.span_id.value);
  }
  switch (context.sampled) {
    case Sampled::undecided:
      break;
    case Sampled::no:
      append(header, ";Sampled=0");
      break;
    case Sampled::yes:
      append(header, ";Sampled=1");
      break;
    case Sampled::requested:
      append(header, ";Sampled=?");
      break;
  }
}

}  // namespace

InlineText<35> TraceId::xray_text() const noexcept {
  InlineText<35> text;
  append_xray_id(text, *this);
  return text;
}

InlineText<32> TraceId::w3c_text() const noexcept {
  InlineText<32> text;
  append_hex(text, high);
  append_hex(text, low);
  return text;
}

InlineText<16> SpanId::text() const noexcept {
  InlineText<16> text;
  append_hex(text, value);
  return text;
}

XRayHeader write_xray_header(const TraceContext& context) noexcept {
  XRayHeader header;
  if (context.trace_id.valid()) append_context(header, context);
  return header;
}

XRayHeaderWithExtras write_xray_header(const TraceContext& context,
                                       const TraceExtras& extras) noexcept {
  XRayHeaderWithExtras header;
  if (!context.trace_id.valid()) return header;
  append_context(header, context);
  if (!extras.pairs().empty()) {
    append(header, ";");
    append(header, extras.pairs());
  }
  return header;
}

TraceparentHeader write_traceparent(const TraceContext& context) noexcept {
  TraceparentHeader header;
  const bool decided = context.sampled == Sampled::yes || context.sampled == Sampled::no;
  if (!decided || !context.trace_id.valid() || !context.span_id.valid()) return header;
  append(header, "00-");
  append_hex(header, context.trace_id.high);
  append_hex(header, context.trace_id.low);
  append(header, "-");
  append_hex(header, context.span_id.value);
  append(header, context.sampled == Sampled::yes ? "-01" : "-00");
  return header;
}

}  // namespace v0
}  // namespace aloft
