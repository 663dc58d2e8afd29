// SPDX-License-Identifier: Apache-2.0
// Traces through the delivery engine: an `Exporter` that encodes a batch, keeps the records, and
// settles their spans later, in its own accounting.
//
//   auto exporter = delivery::TraceExporter::create({.name = "xray"}, std::move(wire),
//                                                   delivery::xray_encoder(), platform);
//   if (!exporter) return exporter.error();
//   auto telemetry = Telemetry::create({.exporter = std::move(*exporter)}, platform);
//
// With `Threading::manual`, each `export_batch` does a round of the engine as well, so that
// `Telemetry::poll` moves both.
//
// Thread-safety: as every exporter; `engine()` from any thread.
#pragma once

#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/telemetry/delivery/engine.hpp>
#include <aloft/telemetry/exporter.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace delivery {

/// Appends the records of a batch, each with its tenant, its time and the number of its spans; says
/// in the report what no record can hold. Called from one thread at a time; keeps no view.
using TraceEncoder =
    std::function<void(const Batch& batch, std::vector<Record>& records, ExportReport& report)>;

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

class TraceExporter final : public Exporter {
 public:
  /// @error invalid_argument  there is no encoder, or as `Engine::create`.
  static Result<std::unique_ptr<TraceExporter>> create(EngineOptions options,
                                                       std::unique_ptr<Wire> wire,
                                                       TraceEncoder encoder,
                                                       Platform platform = Platform::system());

  void export_batch(const Batch& batch, ExportReport& report) noexcept override;
  bool flush(Deadline deadline) noexcept override { return engine_.flush(deadline); }
  Accounting accounting() const noexcept override { return engine_.accounting(); }
  Accounting shutdown(Deadline deadline) noexcept override { return engine_.shutdown(deadline); }

  /// Its counters, health and dead letters.
  Engine& engine() noexcept { return engine_; }

 private:
  TraceExporter(Engine engine, TraceEncoder encoder, bool by_hand) noexcept;

  Engine engine_;
  TraceEncoder encoder_;
  bool by_hand_;
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
