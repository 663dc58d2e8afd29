// SPDX-License-Identifier: Apache-2.0
// The neutral records of log lines that exporters and formats read, and the seam for a new sink.
//
// As for spans (telemetry/record.hpp, telemetry/exporter.hpp): views that live until the call
// returns, bounded, checked and redacted before. Lines come in the order of their time.
//
//   class Sink final : public LogExporter {
//     void export_batch(const LogBatch& batch, ExportReport& report) noexcept override {
//       for (const LogRecord& line : batch.lines) write(line.level, line.message);
//       report.sent(batch.lines.size());
//     }
//   };
//
// Thread-safety: records are read-only; an exporter is called from one thread at a time.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/core/value.hpp>
#include <aloft/telemetry/accounting.hpp>
#include <aloft/telemetry/exporter.hpp>
#include <aloft/telemetry/log_level.hpp>
#include <aloft/telemetry/record.hpp>
#include <aloft/telemetry/trace_context.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace aloft {
inline namespace v0 {

/// A field, or an edge of an object: between its begin and its end stand its members.
struct LogFieldRecord {
  enum class Shape : std::uint8_t { value, object_begin, object_end };

  std::string_view key;  ///< as `LogKey`; empty for an end
  Value value = false;   ///< of a value
  Shape shape = Shape::value;
};

struct LogRecord {
  WallTime time;
  std::uint64_t sequence = 0;  ///< of the lines of this Telemetry, from 1: no two have the same
  LogLevel level = LogLevel::info;
  std::string_view logger;  ///< empty for the one without a name
  std::string_view message;
  std::string_view request_id;  ///< empty when unknown, as all ids
  std::string_view tenant_id;
  std::string_view user_id;
  TraceId trace_id;  ///< invalid when the line is in no trace
  SpanId span_id;
  std::string_view file;   ///< name of the source file, without folders; mostly empty
  std::uint32_t line = 0;  ///< in it
  std::span<const LogFieldRecord> fields;
  std::uint32_t held_back = 0;  ///< lines that its call site did not write before this one
};

struct LogBatch {
  const Resource& resource;
  std::span<const LogRecord> lines;
};

/// As `Exporter`, with lines for spans.
class LogExporter {
 public:
  virtual ~LogExporter() = default;
  virtual void export_batch(const LogBatch& batch, ExportReport& report) noexcept = 0;
  virtual bool flush(Deadline) noexcept { return true; }
  virtual Accounting accounting() const noexcept { return {}; }
  virtual Accounting shutdown(Deadline deadline) noexcept {
    static_cast<void>(flush(deadline));
    return accounting();
  }
};

}  // namespace v0
}  // namespace aloft
