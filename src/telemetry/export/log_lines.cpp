// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/export/log_lines.hpp>

#include "telemetry/export/line_output.hpp"

#include <algorithm>

namespace aloft {
inline namespace v0 {
namespace {

class LogLinesExporter final : public LogExporter {
 public:
  explicit LogLinesExporter(const LogLinesOptions& options)
      : writer_(options.line_limit_bytes), output_(options.descriptor, options.line_limit_bytes) {}

  void export_batch(const LogBatch& batch, ExportReport& report) noexcept override {
    output_.put(batch, report, [&](json::Buffer& out, const LogRecord& line) {
      return writer_.append(out, batch.resource, line);
    });
  }

 private:
  LogLineWriter writer_;
  detail::LineOutput output_;
};

}  // namespace

std::unique_ptr<LogExporter> log_lines(LogLinesOptions options) {
  constexpr std::size_t kMost = std::size_t{1} << 20;
  options.line_limit_bytes = std::clamp(options.line_limit_bytes, kMinLogLineBytes, kMost);
  return std::make_unique<LogLinesExporter>(options);
}

}  // namespace v0
}  // namespace aloft
