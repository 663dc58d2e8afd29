// SPDX-License-Identifier: Apache-2.0
// What the exporters of all signals that go through the delivery engine have in common: they encode
// a batch, hand the records to an engine, and let it account for them.
//
//   delivery/trace_exporter.hpp   traces
//   delivery/log_exporter.hpp     log lines
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

#include <functional>
#include <memory>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace delivery {

/// @tparam Seam     the exporter that it is: `Exporter`, `LogExporter`.
/// @tparam BatchOf  what that one is given.
template <typename Seam, typename BatchOf>
class EngineExporter final : public Seam {
 public:
  /// Appends the records of a batch, each with its tenant, its time and what it stands for; says in
  /// the report what no record can hold. Called from one thread at a time; keeps no view.
  using Encoder =
      std::function<void(const BatchOf& batch, std::vector<Record>& records, ExportReport& report)>;

  /// @error invalid_argument  there is no encoder, or as `Engine::create`.
  static Result<std::unique_ptr<EngineExporter>> create(EngineOptions options,
                                                        std::unique_ptr<Wire> wire, Encoder encoder,
                                                        Platform platform = Platform::system());

  void export_batch(const BatchOf& batch, ExportReport& report) noexcept override;
  bool flush(Deadline deadline) noexcept override { return engine_.flush(deadline); }
  Accounting accounting() const noexcept override { return engine_.accounting(); }
  Accounting shutdown(Deadline deadline) noexcept override { return engine_.shutdown(deadline); }

  /// Its counters, health and dead letters.
  Engine& engine() noexcept { return engine_; }

 private:
  EngineExporter(Engine engine, Encoder encoder, bool by_hand) noexcept;

  Engine engine_;
  Encoder encoder_;
  bool by_hand_;
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
