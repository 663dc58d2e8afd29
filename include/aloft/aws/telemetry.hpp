// SPDX-License-Identifier: Apache-2.0
// Telemetry by what the environment says: which wires spans and lines take, who we are to AWS,
// where we run.
//
//   auto telemetry = aws::telemetry_from_environment({.service_name = "payments"});
//   if (!telemetry) return report(telemetry.error());
//
// The wire is ALOFT_TRACES_EXPORTER:
//   xray-daemon  UDP to AWS_XRAY_DAEMON_ADDRESS, a daemon or aloft-console
//   xray         PutTraceSegments, signed, no daemon
//   otlp         OTLP/HTTP to a collector, by OTEL_EXPORTER_OTLP_*
//   xray-otlp    OTLP/HTTP to X-Ray's own endpoint, signed; needs Transaction Search
//   stdout       a line of JSON a trace
//   none         as if switched off
//   auto         what `choose_traces_wire` finds; said on stderr in one line, with the reason
//
// The files of AWS are read for xray and xray-otlp, and where `auto` has to ask where it runs; the
// region is that of the place when nothing says it. Both wires deliver in a fork's child as well.
// xray-otlp signs on the engine's thread, holds it up for 200 ms at most, and sends again what
// was refused for the clock or the credentials only at the engine's next attempt.
// Where lines go, when `TelemetryOptions::logs` is set and no exporter in code, is
// ALOFT_LOGS_EXPORTER:
//   stdout      a line of JSON each; what is not said is this
//   pretty      for people's eyes, on a terminal
//   file        JSON, to ALOFT_LOG_FILE, which turns over
//   cloudwatch  PutLogEvents, signed, no agent: docs/guides/send-logs-to-cloudwatch.md
//   none        there are none
//
// How new traces are sampled is ALOFT_SAMPLING (sampling_choice.hpp). `central` asks X-Ray on the
// wires xray and xray-otlp, signed; on the others the TCP side of AWS_XRAY_DAEMON_ADDRESS.
// With ALOFT_KEEP_ON_DISK the wires that acknowledge keep undelivered records in that folder, each
// signal a log of its own.
// Thread-safety: functions; the first blocks while it asks where it runs, at most
// `DetectOptions::timeout`.
#pragma once

#include <aloft/aws/cloudwatch_logs_wire.hpp>
#include <aloft/aws/credentials_chain.hpp>
#include <aloft/aws/detect.hpp>
#include <aloft/core/environment.hpp>
#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/telemetry/delivery/engine_options.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace aws {

enum class TracesWire : std::uint8_t { xray_daemon, xray, otlp, xray_otlp, standard_output, none };

/// As ALOFT_TRACES_EXPORTER names it, e.g. "xray-daemon".
std::string_view to_string(TracesWire wire) noexcept;

struct TracesChoice {
  TracesWire wire = TracesWire::xray_daemon;
  std::string because{};  ///< e.g. "AWS_XRAY_DAEMON_ADDRESS is set"
};

/// What ALOFT_TRACES_EXPORTER says; with `auto`, or when it is unset, the first of:
/// AWS_XRAY_DAEMON_ADDRESS is set: xray-daemon. An OTEL_EXPORTER_OTLP_ endpoint is: otlp.
/// AWS_ENDPOINT_URL_XRAY is: xray. Lambda: xray-daemon, which Lambda runs. Another place of AWS's:
/// xray. Elsewhere xray-daemon. Credentials alone never choose: a developer's machine would send
/// its traces into the account of whoever is logged in.
///
/// @param origin  asked for at most once, and only when nothing before decides: `Detected::origin`.
/// @error invalid_argument  ALOFT_TRACES_EXPORTER is another word.
Result<TracesChoice> choose_traces_wire(const Environment& environment,
                                        const std::function<std::string()>& origin);

enum class LogsWire : std::uint8_t { standard_output, pretty, file, cloudwatch, none };

/// What ALOFT_LOGS_EXPORTER says; unset: `standard_output`, which Lambda, ECS and EKS collect.
/// @error invalid_argument  it is another word.
Result<LogsWire> choose_logs_wire(const Environment& environment);

/// `options` with ALOFT_LOG_GROUP, ALOFT_LOG_STREAM, ALOFT_LOG_RETENTION_DAYS, ALOFT_LOG_KMS_KEY
/// and ALOFT_LOG_CLASS laid over them. A group that nobody names is "/aloft/" and the service.
/// @error invalid_argument  ALOFT_LOG_RETENTION_DAYS or ALOFT_LOG_CLASS is none.
Result<CloudWatchLogsOptions> with_log_environment(CloudWatchLogsOptions options,
                                                   const Environment& environment,
                                                   std::string_view service_name);

struct AwsTelemetryOptions {
  delivery::EngineOptions delivery{.name = "traces"};
  /// Of the engine and of the group, for lines to CloudWatch Logs.
  delivery::EngineOptions log_delivery{.name = "logs"};
  CloudWatchLogsOptions logs{};
  DetectOptions detect{};
  CredentialsChainOptions credentials{};
};

/// @error as Telemetry::create, Settings::load, AwsClient::create, OtlpWire::create,
///        cloudwatch_logs_wire, choose_sampling, load_sampling_manifest and CentralSampler::create.
Result<Telemetry> telemetry_from_environment(
    TelemetryOptions options = {}, AwsTelemetryOptions more = {},
    const Environment& environment = Environment::from_process(),
    Platform platform = Platform::system());

}  // namespace aws
}  // namespace v0
}  // namespace aloft
