// SPDX-License-Identifier: Apache-2.0
// The headers of a request, a line each: whatever is kept of them is bounded, printable, and the
// same when it is written, sent to ourselves and read again.
#include <aloft/telemetry/incoming_trace.hpp>

#include <algorithm>
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

IncomingTrace read(std::string_view text, HeaderFormats formats) {
  IncomingTrace incoming(formats);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) {
      incoming.take(line.substr(0, colon), line.substr(colon + 1));
    }
  }
  incoming.finish();
  return incoming;
}

void check(const IncomingTrace& incoming) {
  const TraceExtras& extras = incoming.extras();
  require(extras.pairs().size() <= kMaxExtraPairsBytes);
  require(extras.tracestate().size() <= kMaxTracestateBytes);
  for (const std::string_view text : {extras.pairs(), extras.tracestate()}) {
    require(std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; }));
  }
  const auto commas = std::count(extras.tracestate().begin(), extras.tracestate().end(), ',');
  require(static_cast<std::size_t>(commas) < kMaxTracestateMembers);
  if (!incoming.parent().trace_id.valid()) return require(extras.empty());

  const XRayHeaderWithExtras written = write_xray_header(incoming.parent(), extras);
  TraceContext context;
  TraceExtras again;
  DroppedPairs dropped;
  require(read_xray_header(written.view(), context, dropped, again) == ParseStatus::ok);
  again.add_tracestate(extras.tracestate(), dropped);
  require(context == incoming.parent() && dropped.total() == 0);
  require(again.pairs() == extras.pairs() && again.tracestate() == extras.tracestate());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const HeaderFormats formats : {HeaderFormats::xray_then_w3c, HeaderFormats::w3c_then_xray,
                                      HeaderFormats::xray, HeaderFormats::w3c}) {
    check(read(text, formats));
  }
  (void)parse_header_formats(text);
  return 0;
}
