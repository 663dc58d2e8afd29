// SPDX-License-Identifier: Apache-2.0
// Writes log lines as JSON (format/log_line.hpp) to standard output or another descriptor: what
// Lambda, ECS, EKS and every log agent collect.
//
//   Telemetry::from_environment({.service_name = "payments",
//                                .logs = logging({.exporter = log_lines({.descriptor = 2})})});
//
// Nobody acknowledges, so that lines are *sent*. A reader that does not keep up is waited for by
// the backend alone, 20 ms in all until it does again; what it would not take is dropped
// (`send_failed`). Lines of up to 4 KiB go out whole or not at all; of a longer one a part may be
// out, which is ended before the next line begins, and another writer of the same pipe may get in
// between. Thread-safety: as every exporter, one thread at a time.
#pragma once

#include <aloft/telemetry/format/log_line.hpp>
#include <aloft/telemetry/log_record.hpp>

#include <cstddef>
#include <memory>

namespace aloft {
inline namespace v0 {

struct LogLinesOptions {
  /// Where to write; stays open and stays the caller's.
  int descriptor = 1;
  /// Longest line, its end included; 4 KiB to 1 MiB. A longer one loses fields.
  std::size_t line_limit_bytes = kDefaultLogLineBytes;
};

std::unique_ptr<LogExporter> log_lines(LogLinesOptions options = {});

}  // namespace v0
}  // namespace aloft
