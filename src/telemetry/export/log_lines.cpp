// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/export/log_lines.hpp>

#include "core/harmless_write.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace {

/// How long a full pipe is waited for, in steps; the backend's thread, never a request's.
constexpr int kPatienceMs = 20;
constexpr int kWaitMs = 5;
/// Lines are formatted a quarter of a megabyte at a time.
constexpr std::size_t kBufferBytes = std::size_t{1} << 18;
constexpr std::size_t kMaxLines = 4'096;

class LogLinesExporter final : public LogExporter {
 public:
  explicit LogLinesExporter(const LogLinesOptions& options)
      : descriptor_(options.descriptor),
        writer_(options.line_limit_bytes),
        buffer_(kBufferBytes + options.line_limit_bytes) {
    ends_.reserve(kMaxLines);
  }

  void export_batch(const LogBatch& batch, ExportReport& report) noexcept override {
    for (const LogRecord& line : batch.lines) {
      if (!writer_.append(buffer_, batch.resource, line)) {
        report.dropped(Reason::too_large, 1);
        continue;
      }
      ends_.push_back(buffer_.size());
      if (buffer_.size() >= kBufferBytes || ends_.size() == ends_.capacity()) write(report);
    }
    write(report);
    if (!waited_ && report.dropped_counts()[Reason::send_failed] == 0) patience_ms_ = kPatienceMs;
    waited_ = false;
  }

 private:
  /// Piece by piece, each as many whole lines as fit into what a pipe takes at once, so that lines
  /// of other writers do not get between.
  void write(ExportReport& report) noexcept {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < ends_.size();) {
      std::size_t next = i + 1;
      while (next < ends_.size() && ends_[next] - begin <= detail::kHarmlessBytes) ++next;
      const std::size_t bytes = ends_[next - 1] - begin;
      const std::size_t done = write_piece(buffer_.view().substr(begin, bytes));
      std::size_t sent = next - i;
      if (done < bytes) {
        sent = 0;
        while (ends_[i + sent] - begin <= done) ++sent;
      }
      report.sent(sent);
      report.dropped(Reason::send_failed, next - i - sent);
      begin = ends_[next - 1];
      i = next;
    }
    buffer_.clear();
    ends_.clear();
  }

  std::size_t write_piece(std::string_view lines) noexcept {
    if (torn_ && write_some("\n") == 1) torn_ = false;
    std::size_t done = 0;
    while (!torn_ && done < lines.size()) {
      const std::size_t written = write_some(lines.substr(done));
      if (written == 0) break;
      done += written;
    }
    // A line of which a part is out is ended before the next one begins.
    if (done != 0) torn_ = lines[done - 1] != '\n';
    return done;
  }

  /// Waits for a reader that does not keep up only as long as there is patience left, which is for
  /// all that is written until one batch has gone out without a wait.
  std::size_t write_some(std::string_view bytes) noexcept {
    std::size_t written = detail::harmless_write(descriptor_, bytes.data(), bytes.size(), 0);
    while (written == 0 && patience_ms_ > 0) {
      waited_ = true;
      patience_ms_ -= kWaitMs;
      written = detail::harmless_write(descriptor_, bytes.data(), bytes.size(), kWaitMs);
    }
    return written;
  }

  int descriptor_;
  LogLineWriter writer_;
  json::Buffer buffer_;
  std::vector<std::size_t> ends_;  // of the lines in it
  int patience_ms_ = kPatienceMs;
  bool waited_ = false;  // in this batch
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
