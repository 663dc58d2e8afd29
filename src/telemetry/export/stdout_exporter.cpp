// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/export/stdout_exporter.hpp>

#include "core/harmless_write.hpp"

#include <aloft/telemetry/format/xray_document.hpp>

#include <string>

namespace aloft {
inline namespace v0 {
namespace {

/// How long a full pipe is waited for; the backend's thread, never a request's.
constexpr int kPatienceMs = 20;

class StdoutExporter final : public Exporter {
 public:
  explicit StdoutExporter(int descriptor) noexcept : descriptor_(descriptor) {}

  void export_batch(const Batch& batch, ExportReport& report) noexcept override {
    for (const TraceRecord& trace : batch.traces) {
      writer_.begin(batch.resource, trace);
      while (const auto document = writer_.next()) {
        if (write_line(document->text)) {
          report.sent(document->spans);
        } else {
          report.dropped(Reason::send_failed, document->spans);
        }
      }
      report.dropped(Reason::too_large, writer_.too_large());
    }
    for (const TraceRecord& root : batch.in_progress) {
      writer_.begin(batch.resource, root);
      const auto document = writer_.next();
      if (document && write_line(document->text)) report.in_progress();
    }
  }

 private:
  /// False when the reader is gone, or too slow even for a part of the line. A torn line is ended
  /// before the next one begins.
  bool write_line(std::string_view document) noexcept {
    line_.assign(document).push_back('\n');
    if (torn_) line_.insert(line_.begin(), '\n');
    for (std::size_t done = 0; done < line_.size();) {
      const std::size_t written = detail::harmless_write(descriptor_, line_.data() + done,
                                                         line_.size() - done, kPatienceMs);
      if (written == 0) {
        torn_ = torn_ || done != 0;
        return false;
      }
      done += written;
    }
    torn_ = false;
    return true;
  }

  int descriptor_;
  XRayDocumentWriter writer_;
  std::string line_;
  bool torn_ = false;
};

}  // namespace

std::unique_ptr<Exporter> stdout_exporter(int descriptor) {
  return std::make_unique<StdoutExporter>(descriptor);
}

}  // namespace v0
}  // namespace aloft
