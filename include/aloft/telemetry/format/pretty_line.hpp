// SPDX-License-Identifier: Apache-2.0
// A log line for people's eyes:
//
//   09:30:00.123Z WARN  issuer: issuer slow  took=1.2 card.brand=visa  tenant=acme trace=c6d80b97
//
// Time of day in UTC, level, logger, message, fields (those of objects with their path), ids, the
// last eight digits of the trace's id, and the place in the source. It is not meant to be parsed.
//
// What it writes cannot take over a terminal, or pass for another line: control characters, those
// that turn the direction of text, and bytes that are no UTF-8 are shown as escapes; each further
// line of a text with several begins with `    | `.
//
// Thread-safety: none; one writer a thread.
#pragma once

#include <aloft/core/json_writer.hpp>
#include <aloft/telemetry/format/log_line.hpp>
#include <aloft/telemetry/log_record.hpp>

#include <cstddef>
#include <string_view>

namespace aloft {
inline namespace v0 {

class PrettyLineWriter {
 public:
  enum class Colour : bool { no, yes };

  /// @param limit_bytes  at least kMinLogLineBytes; longest line, its end included. Of a longer one
  ///                     the rest is left out, and `…` says so.
  explicit PrettyLineWriter(std::size_t limit_bytes = kDefaultLogLineBytes,
                            Colour colour = Colour::no) noexcept;

  /// Appends the line and its end to `out`; false, and nothing is appended, when there is no room.
  bool append(json::Buffer& out, const LogRecord& line) noexcept;
  /// The same without time, level and logger, and without an end: for those who write these
  /// themselves.
  bool append_text(json::Buffer& out, const LogRecord& line) noexcept;

 private:
  enum class Parts : bool { text, all };
  bool append(json::Buffer& out, const LogRecord& line, Parts parts) noexcept;

  std::size_t limit_bytes_;
  Colour colour_;
};

}  // namespace v0
}  // namespace aloft
