// SPDX-License-Identifier: Apache-2.0
// Whatever is read can be written, is read back as the same value, and is written the same again.
#include <aloft/telemetry/trace_context.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace aloft;

void require(bool fact) {
  if (!fact) std::abort();
}

/// Empty pairs in front and second values behind change nothing.
void check_leniency(const std::string& text, const TraceContext& context) {
  const std::string longer =
      ";=; = ;Root=;" + text + ";Root=1-00000007-000000000000000000000007;Sampled=x;";
  if (longer.size() > kMaxTraceHeaderBytes) return;
  TraceContext again;
  DroppedPairs dropped;
  require(read_xray_header(longer, again, dropped) == ParseStatus::ok);
  require(again == context);
  require(dropped.repeated >= 1 && dropped.total() >= 2);
}

void check_xray(std::string_view text) {
  const TraceContext untouched{TraceId{1, 2}, SpanId{3}, Sampled::requested};
  TraceContext context = untouched;
  if (read_xray_header(text, context) != ParseStatus::ok) {
    require(context == untouched);
    require(!parse_xray_header(text).has_value());
    (void)read_xray_decision(text);
    return;
  }
  require(context.trace_id.valid());
  require(read_xray_decision(text) == context.sampled);
  check_leniency(std::string(text), context);
  const XRayHeader written = write_xray_header(context);
  TraceContext again;
  require(read_xray_header(written.view(), again) == ParseStatus::ok);
  require(again == context);
  require(write_xray_header(again).view() == written.view());
  require(TraceId::parse_xray(context.trace_id.xray_text().view()) == context.trace_id);
}

void check_traceparent(std::string_view text) {
  TraceContext context;
  if (read_traceparent(text, context) != ParseStatus::ok) {
    require(!parse_traceparent(text).has_value());
    return;
  }
  require(context.trace_id.valid() && context.span_id.valid());
  const TraceparentHeader written = write_traceparent(context);
  require(written.size == 55);
  TraceContext again;
  require(read_traceparent(written.view(), again) == ParseStatus::ok);
  require(again == context);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_xray(text);
  check_traceparent(text);
  return 0;
}
