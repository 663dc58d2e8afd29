// SPDX-License-Identifier: Apache-2.0
// Writes log lines for people's eyes (format/pretty_line.hpp) to a terminal: what one reads while
// one develops. Programs read the lines of export/log_lines.hpp.
//
//   Telemetry::from_environment({.service_name = "payments",
//                                .logs = logging({.exporter = pretty_lines()})});
//
// The level's word has a colour where the descriptor is a terminal and `NO_COLOR` is unset. A
// terminal that somebody has stopped is waited for as `log_lines` waits for a pipe: 20 ms in all,
// then lines are dropped (`send_failed`). Thread-safety: as every exporter, one thread at a time.
#pragma once

#include <aloft/core/environment.hpp>
#include <aloft/telemetry/format/pretty_line.hpp>
#include <aloft/telemetry/log_record.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace aloft {
inline namespace v0 {

enum class LineColour : std::uint8_t { automatic, no, yes };

struct PrettyLinesOptions {
  /// Where to write; stays open and stays the caller's.
  int descriptor = 1;
  /// `yes` colours a pipe, too, and stands above `NO_COLOR`.
  LineColour colour = LineColour::automatic;
  /// Longest line, its end included; 4 KiB to 1 MiB. Of a longer one the rest is left out.
  std::size_t line_limit_bytes = kDefaultLogLineBytes;
};

std::unique_ptr<LogExporter> pretty_lines(
    PrettyLinesOptions options = {}, const Environment& environment = Environment::from_process());

}  // namespace v0
}  // namespace aloft
