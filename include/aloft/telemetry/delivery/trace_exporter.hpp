// SPDX-License-Identifier: Apache-2.0
// Traces through the delivery engine: an `Exporter` that encodes a batch, keeps the records, and
// settles their spans later, in its own accounting.
//
//   auto exporter = delivery::TraceExporter::create({.name = "xray"}, std::move(wire),
//                                                   delivery::xray_encoder(), platform);
//   if (!exporter) return exporter.error();
//   auto telemetry = Telemetry::create({.exporter = std::move(*exporter)}, platform);
//
// Thread-safety: as every exporter; `engine()` from any thread.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/telemetry/delivery/engine_exporter.hpp>
#include <aloft/telemetry/exporter.hpp>
#include <aloft/telemetry/record.hpp>

#include <cstddef>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace delivery {

using TraceExporter = EngineExporter<Exporter, Batch>;
using TraceEncoder = TraceExporter::Encoder;

/// Whose trace it is: the annotation `tenant_id` of its first span, or "".
std::string_view tenant_of(const TraceRecord& trace) noexcept;
/// When the oldest span of the trace began.
WallTime time_of(const TraceRecord& trace) noexcept;

/// Source: "Segment documents", X-Ray developer guide, read 2026-11: 64 kB. Read as the smaller of
/// its two meanings, since a document above it is refused.
inline constexpr std::size_t kMaxXRayDocumentBytes = 64'000;

/// Each X-Ray document a record, as PutTraceSegments takes them. One for each exporter: copies
/// share memory.
TraceEncoder xray_encoder();

extern template class EngineExporter<Exporter, Batch>;

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
