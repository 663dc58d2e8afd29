// SPDX-License-Identifier: Apache-2.0
// Logs as a part of a `Telemetry`: what they go to, from which level on, and who may say more.
//
//   auto telemetry = Telemetry::from_environment({.service_name = "payments", .logs = logging()});
//   Logger log = telemetry->logger();
//   log.info("ready", {"port", 8080});      // a line of JSON on standard output
//
// They share the thread of the traces, and their end: `flush`, `shutdown`, fork, exit. The books
// of lines are their own (`Telemetry::log_accounting`). `AWS_XRAY_SDK_ENABLED=false` leaves them
// on, `ALOFT_ENABLED=false` does not. A program that does not call `logging` does not link it.
//
// Levels: `LogOptions::levels` and `ALOFT_LOG_LEVEL` at the start; while running
// `Telemetry::set_log_level`, by code of the service alone: there is no signal, file or port that
// changes them. Each change writes a line of its own.
//
// Thread-safety: values.
#pragma once

#include <aloft/telemetry/log_level.hpp>
#include <aloft/telemetry/log_limit.hpp>
#include <aloft/telemetry/log_record.hpp>
#include <aloft/telemetry/log_setup.hpp>
#include <aloft/telemetry/logger.hpp>
#include <aloft/telemetry/redaction_policy.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {

struct LogOptions {
  /// A level, then `NAME=LEVEL` of loggers with one of their own, e.g. "warn,ledger=debug"; what is
  /// not said is "info". `ALOFT_LOG_LEVEL`, and `TelemetryOptions::log_levels`, are laid over it.
  std::string levels = "info";
  /// From this level on a line says in which file and line it was written.
  LogLevel location_from = LogLevel::warn;
  /// Memory for lines until they are exported; 2 MiB to 1 GiB, touched as needed. When half of it
  /// is taken, `debug` is dropped; at three quarters `info`; the rest is for `warn` and `error`.
  std::size_t queue_limit_bytes = 4u << 20;
  /// What becomes of secrets and personal data in lines, for each tenant: erased, unless told
  /// (telemetry/redaction_policy.hpp).
  RedactionPolicies redaction{};
  /// Replaces JSON lines on standard output (telemetry/export/log_lines.hpp) when set.
  std::unique_ptr<LogExporter> exporter{};
};

std::unique_ptr<Logging> logging(LogOptions options = {});

/// What else is counted of lines; not part of the identity.
struct LogCounters {
  std::uint64_t fields_dropped = 0;  ///< no room, or too deep in objects
  std::uint64_t values_cut = 0;      ///< messages and values longer than 12,288 bytes
  std::uint64_t redacted = 0;        ///< pieces of text replaced by the redactor
  std::uint64_t user_ids_dropped = 0;
  std::uint64_t held_back = 0;  ///< lines, by limits and samples; not in the books
  std::uint64_t wakeups = 0;    ///< times a logging thread woke the backend
};

}  // namespace v0
}  // namespace aloft
