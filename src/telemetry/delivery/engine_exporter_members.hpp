// SPDX-License-Identifier: Apache-2.0
// The members of EngineExporter, for the sources that instantiate it: one a signal.
#pragma once

#include <aloft/telemetry/delivery/engine_exporter.hpp>

#include <cstdint>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace delivery {

template <typename Seam, typename BatchOf>
Result<std::unique_ptr<EngineExporter<Seam, BatchOf>>> EngineExporter<Seam, BatchOf>::create(
    EngineOptions options, std::unique_ptr<Wire> wire, Encoder encoder, Platform platform) {
  if (!encoder) {
    return fail(ErrorCode::invalid_argument, "the exporter got no encoder",
                "give it one, e.g. delivery::xray_encoder()");
  }
  const bool by_hand = options.threading == Threading::manual;
  Result<Engine> engine = Engine::create(std::move(options), std::move(wire), platform);
  if (!engine) return unexpected(std::move(engine).error());
  return std::unique_ptr<EngineExporter>(
      new EngineExporter(std::move(*engine), std::move(encoder), by_hand));
}

template <typename Seam, typename BatchOf>
EngineExporter<Seam, BatchOf>::EngineExporter(Engine engine, Encoder encoder, bool by_hand) noexcept
    : engine_(std::move(engine)), encoder_(std::move(encoder)), by_hand_(by_hand) {}

template <typename Seam, typename BatchOf>
void EngineExporter<Seam, BatchOf>::export_batch(const BatchOf& batch,
                                                 ExportReport& report) noexcept {
  std::vector<Record> records;
  encoder_(batch, records, report);
  std::uint64_t items = 0;
  for (const Record& record : records) items += record.count;
  report.taken(items);
  engine_.offer(std::move(records));
  if (by_hand_) engine_.poll();
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
