// SPDX-License-Identifier: Apache-2.0
// What the test of unloading and its plugin say to each other.
#pragma once

#include <aloft/telemetry/log_record.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include <memory>

namespace aloft {

struct PluginTelemetry {
  std::unique_ptr<Exporter> exporter;
  Nanoseconds shutdown_timeout{};
  Threading threading = Threading::background;
  /// By the plugin's static destructors; else it is left to the library.
  bool is_destroyed = false;
  /// With one, the plugin has logs and writes a line, too.
  std::unique_ptr<LogExporter> log_exporter{};
};
using RecordOne = void (*)(PluginTelemetry&);

}  // namespace aloft
