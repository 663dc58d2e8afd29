// SPDX-License-Identifier: Apache-2.0
#include <aloft/testing/memory_exporter.hpp>

#include "testing/owned_value.hpp"

#include <algorithm>
#include <mutex>

namespace aloft {
inline namespace v0 {
namespace testing {
namespace {

SqlCopy copy(const SqlRecord& sql) {
  return {std::string(sql.url),
          std::string(sql.database_type),
          std::string(sql.database_version),
          std::string(sql.driver_version),
          std::string(sql.user),
          std::string(sql.preparation),
          std::string(sql.sanitized_query)};
}

SpanCopy copy(const TraceRecord& trace, const SpanRecord& span) {
  SpanCopy copied;
  copied.trace_id = trace.trace_id;
  copied.has_root = trace.has_root;
  copied.name = span.name;
  copied.id = span.id;
  copied.parent_id = span.parent_id;
  copied.kind = span.kind;
  copied.start = span.start;
  copied.duration = span.duration;
  copied.error = span.error;
  copied.throttle = span.throttle;
  copied.fault = span.fault;
  for (const AnnotationRecord& annotation : span.annotations) {
    copied.annotations.emplace_back(annotation.key, own(annotation.value));
  }
  for (const MetadataRecord& entry : span.metadata) {
    copied.metadata.emplace_back(std::string(entry.name_space) + "/" + std::string(entry.key),
                                 own(entry.value));
  }
  for (const ExceptionRecord& exception : span.exceptions) {
    copied.exceptions.push_back({std::string(exception.type), std::string(exception.message),
                                 exception.stack.size(), exception.is_cause, exception.truncated});
  }
  for (const LinkRecord& link : span.links) {
    const std::string number = std::to_string(copied.links.size()) + "/";
    copied.links.push_back({link.trace_id, link.span_id});
    for (const AnnotationRecord& attribute : link.attributes) {
      copied.link_attributes.emplace_back(number + std::string(attribute.key),
                                          own(attribute.value));
    }
  }
  copied.http_method = span.http.method;
  copied.http_url = span.http.url;
  copied.http_user_agent = span.http.user_agent;
  copied.http_client_ip = span.http.client_ip;
  copied.http_status = span.http.status;
  copied.http_content_length = span.http.content_length;
  copied.http_x_forwarded_for = span.http.x_forwarded_for;
  copied.http_traced = span.http.traced;
  copied.aws_operation = span.aws.operation;
  copied.aws_table_name = span.aws.table_name;
  copied.aws_queue_url = span.aws.queue_url;
  copied.aws_region = span.aws.region;
  copied.aws_request_id = span.aws.request_id;
  copied.aws_account_id = span.aws.account_id;
  copied.aws_retries = span.aws.retries;
  if (span.sql != nullptr) copied.sql = copy(*span.sql);
  copied.user = span.user;
  copied.sampling_rule = span.sampling_rule;
  return copied;
}

}  // namespace

struct MemoryExporter::State {
  std::mutex mutex;
  std::vector<SpanCopy> spans;
  std::vector<SpanCopy> in_progress;
  std::uint64_t batches = 0;
  Answer answer = Answer::acknowledge;

  void take(const Batch& batch, ExportReport& report) {
    const std::lock_guard lock(mutex);
    ++batches;
    for (const TraceRecord& trace : batch.traces) {
      for (const SpanRecord& span : trace.spans) spans.push_back(copy(trace, span));
    }
    for (const TraceRecord& root : batch.in_progress) {
      in_progress.push_back(copy(root, root.spans.front()));
      report.in_progress();
    }
    switch (answer) {
      case Answer::acknowledge:
        report.acknowledged(batch.span_count());
        break;
      case Answer::send:
        report.sent(batch.span_count());
        break;
      case Answer::reject:
        report.rejected(Reason::invalid, batch.span_count());
        break;
      case Answer::say_nothing:
        break;
    }
  }
};

MemoryExporter::MemoryExporter() : state_(std::make_shared<State>()) {}

std::unique_ptr<Exporter> MemoryExporter::exporter() {
  class Writer final : public Exporter {
   public:
    explicit Writer(std::shared_ptr<State> state) : state_(std::move(state)) {}
    void export_batch(const Batch& batch, ExportReport& report) noexcept override {
      state_->take(batch, report);
    }

   private:
    std::shared_ptr<State> state_;
  };
  return std::make_unique<Writer>(state_);
}

void MemoryExporter::answer(Answer answer) {
  const std::lock_guard lock(state_->mutex);
  state_->answer = answer;
}

std::vector<SpanCopy> MemoryExporter::spans() const {
  const std::lock_guard lock(state_->mutex);
  return state_->spans;
}

std::vector<SpanCopy> MemoryExporter::in_progress() const {
  const std::lock_guard lock(state_->mutex);
  return state_->in_progress;
}

SpanCopy MemoryExporter::span(std::string_view name) const {
  const std::lock_guard lock(state_->mutex);
  const auto at = std::find_if(state_->spans.begin(), state_->spans.end(),
                               [&](const SpanCopy& span) { return span.name == name; });
  return at != state_->spans.end() ? *at : SpanCopy{};
}

std::uint64_t MemoryExporter::batches() const {
  const std::lock_guard lock(state_->mutex);
  return state_->batches;
}

std::string SpanCopy::annotation(std::string_view key) const { return find(annotations, key); }
std::string SpanCopy::metadatum(std::string_view path) const { return find(metadata, path); }

}  // namespace testing
}  // namespace v0
}  // namespace aloft
