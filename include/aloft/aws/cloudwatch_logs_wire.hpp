// SPDX-License-Identifier: Apache-2.0
// Log lines to CloudWatch Logs, without an agent: PutLogEvents as a wire of the delivery engine.
//
//   CloudWatchLogsOptions to{.group = "/aloft/payments", .retention_days = 30};
//   auto wire = cloudwatch_logs_wire(to, [=] {
//     return AwsClient::create({.service = Service::logs}, settings, credentials);
//   });
//   auto exporter = delivery::LogExporter::create({.name = "logs"}, std::move(*wire),
//                                                 delivery::log_line_encoder());
//
// A record's payload is the text of one event, its time the event's. Events of a call are put into
// the order of their time, and within a moment of their sequence (`delivery::sequence_of`); an
// event that the service rejects alone is counted alone, by what `rejectedLogEventsInfo` says. A
// call of which it is not known whether it arrived is sent again, and may be there twice: AWS
// dropped sequence tokens, so that only the `id` of a line tells the two apart.
//
// Nothing is asked before it is needed: a call that finds no stream makes it, and its group; nobody
// calls Describe. In a fork's child the wire makes another client and writes to a stream of its
// own, unless one is named.
//
// Thread-safety: as delivery::Wire.
#pragma once

#include <aloft/aws/client.hpp>
#include <aloft/core/clock.hpp>
#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/telemetry/delivery/wire.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace aws {

// Source of all limits: CloudWatch Logs API reference, PutLogEvents, CreateLogGroup and
// CreateLogStream, as botocore's model of the service has them, read 2026-11.

/// "The maximum number of log events in a batch is 10,000."
inline constexpr std::size_t kMaxEventsPerCall = 10'000;
/// "The maximum batch size is 1,048,576 bytes … the sum of all event messages in UTF-8, plus 26
/// bytes for each log event."
inline constexpr std::size_t kMaxPutBytes = 1'048'576;
inline constexpr std::size_t kEventOverheadBytes = 26;
/// What we put into a call. Clients that trusted the 26 bytes were refused: fluent-bit counts the
/// bytes of the escaped text, Vector 50 an event, AWS's agent 200. Escaping makes of a line of JSON
/// twice as much at most, so that half of the limit is within it by any of these counts.
/// Source: fluent-bit, cloudwatch_api.h; Vector, request_builder.rs; amazon-cloudwatch-agent,
/// pusher/batch.go, read 2026-11.
inline constexpr std::size_t kMaxCallEventBytes = kMaxPutBytes / 2 - 1'024;
/// "Each log event can be no larger than 1 MB." Twice these are the 1,000,000 escaped bytes that
/// fluent-bit keeps to, having tried; a line has 262,118 unless it is allowed more.
inline constexpr std::size_t kMaxEventBytes = 500'000;
/// "The time span in a single batch cannot exceed 24 hours." Less a second: times are cut to
/// milliseconds.
inline constexpr Nanoseconds kMaxEventSpan = std::chrono::hours(24) - std::chrono::seconds(1);
/// "Events older than 14 days … are rejected."
inline constexpr Nanoseconds kMaxEventAge = std::chrono::hours(24 * 14);

/// The class of a group that is made; it cannot be changed afterwards. DELIVERY is not for lines
/// that are put.
enum class LogGroupClass : std::uint8_t {
  standard,
  infrequent_access,  ///< half the price; no metric filters, no live tail
};

struct CloudWatchLogsOptions {
  /// 1 to 512 letters, digits and `. - _ / #`, not beginning with `aws/`.
  std::string group{};
  /// 1 to 512 bytes without `:` and `*`. Empty: "2026/11/27/HOST/0123456789abcdef", by the day it
  /// is made, the host and 64 random bits, one for each process.
  std::string stream{};
  /// Make what is missing. Off: lines wait until somebody has made it, as long as they may.
  bool create = true;

  // Of a group that is made here; one that exists is left as it is.
  /// 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
  /// 3288 or 3653. 0: for ever, which AWS bills by the month.
  int retention_days = 0;
  std::string kms_key_id{};  ///< the ARN of a symmetric key; at most 256 bytes
  LogGroupClass group_class = LogGroupClass::standard;
  std::vector<std::pair<std::string, std::string>> tags{};  ///< at most 50

  /// Compress bodies with gzip, as AWS's own agent does. Off: the API does not document it, and
  /// AWS bills what is ingested by the bytes before it.
  bool gzip = false;
};

/// Needs logs:PutLogEvents; to create, logs:CreateLogStream, logs:CreateLogGroup, and as they are
/// set logs:PutRetentionPolicy and logs:TagResource.
/// @param make  a client of `Service::logs`; called here, and by the first `send` in each child of
///              a fork, on its thread.
/// @error invalid_argument  an option is not what AWS takes; the message names it.
/// @error as `make`.
Result<std::unique_ptr<delivery::Wire>> cloudwatch_logs_wire(
    CloudWatchLogsOptions options, std::function<Result<AwsClient>()> make,
    Platform platform = Platform::system());

}  // namespace aws
}  // namespace v0
}  // namespace aloft
