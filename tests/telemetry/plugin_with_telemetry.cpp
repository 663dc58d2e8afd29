// SPDX-License-Identifier: Apache-2.0
// A library that links Aloft statically and owns a Telemetry; the program gives it its exporter.
#include "telemetry/plugin_with_telemetry.hpp"

#include <aloft/telemetry/logger.hpp>
#include <aloft/telemetry/logging.hpp>

#include <new>
#include <optional>
#include <utility>

namespace aloft {
namespace {

std::optional<Telemetry> destroyed;
alignas(Telemetry) unsigned char kept[sizeof(Telemetry)];

}  // namespace

extern "C" [[gnu::visibility("default")]] void aloft_test_record_one(PluginTelemetry& wanted) {
  const bool has_logs = wanted.log_exporter != nullptr;
  auto created = Telemetry::create(
      {.service_name = "plugin",
       .exporter = std::move(wanted.exporter),
       .logs = has_logs ? logging({.exporter = std::move(wanted.log_exporter)}) : nullptr,
       .pipeline = {.shutdown_timeout = wanted.shutdown_timeout, .threading = wanted.threading}});
  Telemetry& mine = wanted.is_destroyed ? destroyed.emplace(std::move(*created))
                                        : *new (kept) Telemetry(std::move(*created));
  mine.tracer().start("one").end();
  mine.logger().info("one");
}

}  // namespace aloft
