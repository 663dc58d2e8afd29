// SPDX-License-Identifier: Apache-2.0
// Log lines through the delivery engine: a `LogExporter` that encodes each line into a record,
// keeps it, and settles it later, in its own accounting.
//
//   auto exporter = delivery::LogExporter::create({.name = "logs"}, std::move(wire),
//                                                 delivery::log_line_encoder(), platform);
//   if (!exporter) return exporter.error();
//   auto telemetry = Telemetry::create(
//       {.logs = logging({.exporter = std::move(*exporter)})}, platform);
//
// A record is the JSON of format/log_line.hpp with an `id` that no other line has: whoever reads
// what was delivered twice finds the two by it. It has the line's time and its tenant, so that one
// tenant's flood is its own.
//
// Thread-safety: as every exporter; `engine()` from any thread.
#pragma once

#include <aloft/core/platform.hpp>
#include <aloft/telemetry/delivery/engine_exporter.hpp>
#include <aloft/telemetry/format/log_line.hpp>
#include <aloft/telemetry/log_record.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace delivery {

using LogExporter = EngineExporter<aloft::LogExporter, LogBatch>;
using LogEncoder = LogExporter::Encoder;
extern template class EngineExporter<aloft::LogExporter, LogBatch>;

/// Longest record of a line by default: what CloudWatch Logs took until it took 1 MB, and what its
/// emulators and older endpoints still do: 256 KB less 26 bytes an event.
/// Source: aws-logging-dotnet, AWSLoggerCore.cs, `MAX_MESSAGE_SIZE_IN_BYTES`, read 2026-11.
inline constexpr std::size_t kDefaultLogRecordBytes = 262'144 - 26;

/// Each line a record. The ids begin with 64 bits of `random`, drawn when it is made and in each
/// child of a fork. One for each exporter: copies share memory.
/// @param limit_bytes  at least kMinLogLineBytes; a longer line loses fields and says so.
LogEncoder log_line_encoder(std::size_t limit_bytes = kDefaultLogRecordBytes,
                            Random& random = Random::system());

/// The number at the end of a record's `id`, which tells the order of lines of one process; 0 when
/// it is not a record of `log_line_encoder`. Bytes from outside: a disk may have held them.
std::uint64_t sequence_of(std::string_view payload) noexcept;

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
