// SPDX-License-Identifier: Apache-2.0
#include <aloft/testing/memory_log_exporter.hpp>

#include "testing/owned_value.hpp"

#include <mutex>

namespace aloft {
inline namespace v0 {
namespace testing {
namespace {

LogCopy copy(const LogRecord& line) {
  LogCopy copied{line.time,
                 line.sequence,
                 line.level,
                 std::string(line.logger),
                 std::string(line.message),
                 std::string(line.request_id),
                 std::string(line.tenant_id),
                 std::string(line.user_id),
                 line.trace_id,
                 line.span_id,
                 std::string(line.file),
                 line.line,
                 {},
                 line.held_back};
  std::vector<std::string> path;
  for (const LogFieldRecord& field : line.fields) {
    if (field.shape == LogFieldRecord::Shape::object_end) {
      path.pop_back();
      continue;
    }
    const std::string before = path.empty() ? std::string() : path.back();
    if (field.shape == LogFieldRecord::Shape::object_begin) {
      path.push_back(before + std::string(field.key) + ".");
    } else {
      copied.fields.emplace_back(before + std::string(field.key), own(field.value));
    }
  }
  return copied;
}

}  // namespace

std::string LogCopy::field(std::string_view key) const { return find(fields, key); }

struct MemoryLogExporter::State {
  std::mutex mutex;
  std::vector<LogCopy> lines;
  Answer answer = Answer::acknowledge;

  void take(const LogBatch& batch, ExportReport& report) {
    const std::lock_guard lock(mutex);
    for (const LogRecord& line : batch.lines) lines.push_back(copy(line));
    switch (answer) {
      case Answer::acknowledge:
        report.acknowledged(batch.lines.size());
        break;
      case Answer::send:
        report.sent(batch.lines.size());
        break;
      case Answer::reject:
        report.rejected(Reason::invalid, batch.lines.size());
        break;
      case Answer::say_nothing:
        break;
    }
  }
};

MemoryLogExporter::MemoryLogExporter() : state_(std::make_shared<State>()) {}

std::unique_ptr<LogExporter> MemoryLogExporter::exporter() {
  class Writer final : public LogExporter {
   public:
    explicit Writer(std::shared_ptr<State> state) : state_(std::move(state)) {}
    void export_batch(const LogBatch& batch, ExportReport& report) noexcept override {
      state_->take(batch, report);
    }

   private:
    std::shared_ptr<State> state_;
  };
  return std::make_unique<Writer>(state_);
}

void MemoryLogExporter::answer(Answer answer) {
  const std::lock_guard lock(state_->mutex);
  state_->answer = answer;
}

std::vector<LogCopy> MemoryLogExporter::lines() const {
  const std::lock_guard lock(state_->mutex);
  return state_->lines;
}

LogCopy MemoryLogExporter::line(std::string_view message) const {
  const std::lock_guard lock(state_->mutex);
  const auto at = std::find_if(state_->lines.begin(), state_->lines.end(),
                               [&](const LogCopy& line) { return line.message == message; });
  return at != state_->lines.end() ? *at : LogCopy{};
}

}  // namespace testing
}  // namespace v0
}  // namespace aloft
