// SPDX-License-Identifier: Apache-2.0
// A Telemetry on manual time whose lines land in memory.
#pragma once

#include "telemetry/bench_of_one.hpp"

#include <aloft/telemetry/logging.hpp>
#include <aloft/testing/memory_log_exporter.hpp>

#include <future>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft {

inline Identity identity(std::string_view request, std::string_view tenant, std::string_view user) {
  Identity who;
  if (!request.empty()) who.request = *RequestId::parse(request);
  if (!tenant.empty()) who.tenant = *TenantId::parse(tenant);
  if (!user.empty()) who.user = *UserId::parse(user);
  return who;
}

inline std::vector<std::string> messages(const std::vector<testing::LogCopy>& lines) {
  std::vector<std::string> messages;
  for (const testing::LogCopy& line : lines) messages.push_back(line.message);
  return messages;
}

/// Hangs in its first batch until it is told to go on.
class HangingLines final : public LogExporter {
 public:
  HangingLines(std::promise<void>& entered, std::shared_future<void> go)
      : entered_(entered), go_(std::move(go)) {}
  void export_batch(const LogBatch& batch, ExportReport& report) noexcept override {
    entered_.set_value();
    go_.wait();
    report.sent(batch.lines.size());
  }

 private:
  std::promise<void>& entered_;
  std::shared_future<void> go_;
};

struct LogBench : private testing::MemoryLogExporter {
  testing::MemoryLogExporter& memory = *this;
  Bench bench;
  Telemetry& telemetry = bench.telemetry;
  Logger log;

  explicit LogBench(LogOptions options = {}, TelemetryOptions all = {})
      : bench(with(std::move(options), std::move(all))), log(telemetry.logger()) {}

  /// The lines so far.
  std::vector<testing::LogCopy> lines() {
    static_cast<void>(bench.flush());
    return memory.lines();
  }
  testing::LogCopy line(std::string_view message) {
    static_cast<void>(bench.flush());
    return memory.line(message);
  }

 private:
  TelemetryOptions with(LogOptions options, TelemetryOptions all) {
    if (!options.exporter) options.exporter = memory.exporter();
    all.logs = logging(std::move(options));
    return all;
  }
};

}  // namespace aloft
