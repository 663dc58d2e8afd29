// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/export/log_lines.hpp>

#include "core/harmless_write.hpp"

#include <algorithm>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace {

/// How long a full pipe is waited for; the backend's thread, never a request's.
constexpr int kPatienceMs = 20;
/// Lines are formatted a quarter of a megabyte at a time.
constexpr std::size_t kBufferBytes = std::size_t{1} << 18;

class LogLinesExporter final : public LogExporter {
 public:
  explicit LogLinesExporter(const LogLinesOptions& options) noexcept
      : descriptor_(options.descriptor),
        writer_(options.line_limit_bytes),
        buffer_(kBufferBytes + options.line_limit_bytes) {}

  void export_batch(const LogBatch& batch, ExportReport& report) noexcept override {
    for (const LogRecord& line : batch.lines) {
      if (!writer_.append(buffer_, batch.resource, line)) {
        report.dropped(Reason::too_large, 1);
        continue;
      }
      if (buffer_.size() >= kBufferBytes) write(report);
    }
    write(report);
  }

 private:
  /// Piece by piece, each as many whole lines as fit into what a pipe takes at once, so that lines
  /// of other writers do not get between. A reader that has stalled is not waited for again.
  void write(ExportReport& report) noexcept {
    int patience_ms = kPatienceMs;
    std::string_view rest = buffer_.view();
    while (!rest.empty()) {
      const std::string_view lines = rest.substr(0, whole_lines(rest));
      rest.remove_prefix(lines.size());
      const std::size_t written = write_piece(lines, patience_ms);
      report.sent(count_lines(lines.substr(0, written)));
      if (written == lines.size()) continue;
      report.dropped(Reason::send_failed, count_lines(lines.substr(written)));
      patience_ms = 0;
    }
    buffer_.clear();
  }

  static std::uint64_t count_lines(std::string_view lines) noexcept {
    return static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
  }

  static std::size_t whole_lines(std::string_view lines) noexcept {
    if (lines.size() <= detail::kHarmlessBytes) return lines.size();
    const std::size_t last = lines.rfind('\n', detail::kHarmlessBytes - 1);
    return last != std::string_view::npos ? last + 1 : lines.find('\n') + 1;
  }

  std::size_t write_piece(std::string_view lines, int patience_ms) noexcept {
    if (torn_ && detail::harmless_write(descriptor_, "\n", 1, patience_ms) == 1) torn_ = false;
    std::size_t done = 0;
    while (!torn_ && done < lines.size()) {
      const std::size_t written = detail::harmless_write(descriptor_, lines.data() + done,
                                                         lines.size() - done, patience_ms);
      if (written == 0) break;
      done += written;
    }
    // A line of which a part is out is ended before the next one begins.
    if (done != 0) torn_ = lines[done - 1] != '\n';
    return done;
  }

  int descriptor_;
  LogLineWriter writer_;
  json::Buffer buffer_;
  bool torn_ = false;
};

}  // namespace

std::unique_ptr<LogExporter> log_lines(LogLinesOptions options) {
  constexpr std::size_t kMost = std::size_t{1} << 20;
  options.line_limit_bytes = std::clamp(options.line_limit_bytes, kMinLogLineBytes, kMost);
  return std::make_unique<LogLinesExporter>(options);
}

}  // namespace v0
}  // namespace aloft
