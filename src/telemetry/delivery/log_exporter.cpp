// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/delivery/log_exporter.hpp>

#include <aloft/core/json_writer.hpp>
#include <aloft/core/text.hpp>

#include "core/fork_epoch.hpp"
#include "telemetry/delivery/engine_exporter_members.hpp"

#include <memory>
#include <string>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace delivery {
namespace {

constexpr std::string_view kIdBegins = "{\"id\":\"";
constexpr std::size_t kProcessDigits = 16;

class LineEncoder {
 public:
  LineEncoder(std::size_t limit_bytes, Random& random)
      : random_(random), writer_(limit_bytes), buffer_(limit_bytes + kMinLogLineBytes) {
    writer_.identify(random_.next());
  }

  void encode(const LogBatch& batch, std::vector<Record>& records, ExportReport& report) {
    if (identified_in_ != detail::fork_epoch()) {
      identified_in_ = detail::fork_epoch();
      writer_.identify(random_.next());
    }
    records.reserve(batch.lines.size());
    for (const LogRecord& line : batch.lines) {
      buffer_.clear();
      if (!writer_.append(buffer_, batch.resource, line)) {
        report.dropped(Reason::too_large, 1);
        continue;
      }
      const std::string_view text = buffer_.view();
      records.push_back({.payload = std::string(text.substr(0, text.size() - 1)),
                         .tenant = std::string(line.tenant_id),
                         .time = line.time});
    }
  }

 private:
  Random& random_;
  std::uint32_t identified_in_ = detail::fork_epoch();
  LogLineWriter writer_;
  json::Buffer buffer_;
};

}  // namespace

template class EngineExporter<aloft::LogExporter, LogBatch>;

LogEncoder log_line_encoder(std::size_t limit_bytes, Random& random) {
  const auto encoder = std::make_shared<LineEncoder>(limit_bytes, random);
  return [encoder](const LogBatch& batch, std::vector<Record>& records, ExportReport& report) {
    encoder->encode(batch, records, report);
  };
}

std::uint64_t sequence_of(std::string_view payload) noexcept {
  if (payload.substr(0, kIdBegins.size()) != kIdBegins) return 0;
  const std::size_t at = kIdBegins.size() + kProcessDigits;
  if (payload.size() <= at || payload[at] != '-') return 0;
  const std::string_view rest = payload.substr(at + 1, 21);  // a number has 20 digits at most
  const std::size_t end = rest.find('"');
  if (end == std::string_view::npos) return 0;
  return text::parse_decimal(rest.substr(0, end)).value_or(0);
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
