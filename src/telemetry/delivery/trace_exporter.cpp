// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/delivery/trace_exporter.hpp>

#include <aloft/telemetry/format/xray_document.hpp>

#include "telemetry/delivery/engine_exporter_members.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace delivery {
namespace {

constexpr std::string_view kTenantKey = "tenant_id";

void encode(XRayDocumentWriter& writer, const Batch& batch, std::vector<Record>& records,
            ExportReport& report) {
  for (const TraceRecord& trace : batch.traces) {
    const std::string_view tenant = tenant_of(trace);
    const WallTime time = time_of(trace);
    writer.begin(batch.resource, trace);
    std::size_t documents = 0;
    while (const auto document = writer.next()) {
      records.push_back({.payload = std::string(document->text),
                         .tenant = std::string(tenant),
                         .count = static_cast<std::uint32_t>(document->spans),
                         .time = time});
      ++documents;
    }
    if (documents > 1 && trace.has_root) report.split();
    report.dropped(Reason::too_large, writer.too_large());
  }
}

}  // namespace

std::string_view tenant_of(const TraceRecord& trace) noexcept {
  if (trace.spans.empty()) return {};
  for (const AnnotationRecord& annotation : trace.spans.front().annotations) {
    if (annotation.key == kTenantKey && annotation.value.kind() == Value::Kind::text) {
      return annotation.value.text();
    }
  }
  return {};
}

WallTime time_of(const TraceRecord& trace) noexcept {
  if (trace.spans.empty()) return {};
  const auto oldest =
      std::min_element(trace.spans.begin(), trace.spans.end(),
                       [](const SpanRecord& a, const SpanRecord& b) { return a.start < b.start; });
  return oldest->start;
}

TraceEncoder xray_encoder() {
  const auto writer =
      std::make_shared<XRayDocumentWriter>(std::string_view(), kMaxXRayDocumentBytes);
  return [writer](const Batch& batch, std::vector<Record>& records, ExportReport& report) {
    encode(*writer, batch, records, report);
  };
}

template class EngineExporter<Exporter, Batch>;

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
