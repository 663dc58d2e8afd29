// SPDX-License-Identifier: Apache-2.0
// What the tests of a process's ends share: an exporter, a sampler, and a look at what was left.
#pragma once

#include <aloft/telemetry/sampler.hpp>
#include <aloft/telemetry/telemetry.hpp>
#include <aloft/testing/memory_exporter.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace aloft {

/// Calls back for every batch, from the thread that exports.
class Calling final : public Exporter {
 public:
  explicit Calling(std::function<void()> call) : call_(std::move(call)) {}
  void export_batch(const Batch& batch, ExportReport& report) noexcept override {
    call_();
    report.acknowledged(batch.span_count());
  }

 private:
  std::function<void()> call_;
};

// A signal handler that calls exit stands above whatever it interrupted; calling shutdown from
// inside of each call is the same without the chance.
class ShutsDown final : public Sampler {
 public:
  explicit ShutsDown(std::optional<Telemetry>& telemetry) : telemetry_(telemetry) {}
  bool sample(const SamplingRequest&) const noexcept override {
    telemetry_->shutdown(std::chrono::milliseconds(1));
    return true;
  }

 private:
  std::optional<Telemetry>& telemetry_;
};

/// A thread that was left behind ends in its own time, and the next Telemetry to start looks.
inline bool is_freed(const std::weak_ptr<int>& alive) {
  for (int i = 0; i < 10'000 && !alive.expired(); ++i) {
    static_cast<void>(Telemetry::create(
        {.service_name = "next", .exporter = testing::MemoryExporter().exporter()}));
  }
  return alive.expired();
}

}  // namespace aloft
