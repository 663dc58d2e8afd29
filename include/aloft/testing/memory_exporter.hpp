// SPDX-License-Identifier: Apache-2.0
// An exporter that keeps copies of what it got, and its own ledger to reconcile with the sender's.
//
//   MemoryExporter memory;
//   auto telemetry = Telemetry::create({.service_name = "test", .exporter = memory.exporter(),
//                                       .pipeline = {.threading = Threading::manual}});
//   telemetry->tracer().start("work").end();
//   telemetry->flush(1s);
//   EXPECT_EQ(memory.spans().at(0).name, "work");
//
// Thread-safety: all calls. The exporter it hands out may outlive it.
#pragma once

#include <aloft/telemetry/exporter.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace testing {

using OwnedValue = std::variant<std::string, std::int64_t, double, bool>;

struct ExceptionCopy {
  std::string type;
  std::string message;
  std::size_t frames = 0;
  bool is_cause = false;
  std::uint32_t truncated = 0;
};

struct SqlCopy {
  std::string url;
  std::string database_type;
  std::string database_version;
  std::string driver_version;
  std::string user;
  std::string preparation;
  std::string sanitized_query;
};

/// A span with all its text copied.
struct SpanCopy {
  TraceId trace_id;
  bool has_root = true;  ///< of the trace record it came in
  std::string name;
  SpanId id;
  SpanId parent_id;
  SpanKind kind = SpanKind::internal;
  WallTime start;
  Nanoseconds duration{0};
  bool error = false;
  bool throttle = false;
  bool fault = false;
  std::vector<std::pair<std::string, OwnedValue>> annotations;
  std::vector<std::pair<std::string, OwnedValue>> metadata;  ///< "name_space/key"
  std::vector<ExceptionCopy> exceptions;
  std::vector<LinkRecord> links;                                    ///< without their attributes
  std::vector<std::pair<std::string, OwnedValue>> link_attributes;  ///< "number of the link/key"
  std::string http_method;
  std::string http_url;
  std::string http_user_agent;
  std::string http_client_ip;
  int http_status = 0;
  std::int64_t http_content_length = -1;
  bool http_x_forwarded_for = false;
  bool http_traced = false;
  std::string aws_operation;
  std::string aws_table_name;
  std::string aws_queue_url;
  std::string aws_region;
  std::string aws_request_id;
  std::string aws_account_id;
  int aws_retries = -1;
  SqlCopy sql;
  std::string user;
  std::string sampling_rule;

  /// The annotation as text ("201", "true"), or "" when there is none.
  std::string annotation(std::string_view key) const;
  /// The metadata entry of "name_space/key" as text, or "" when there is none.
  std::string metadatum(std::string_view path) const;
};

class MemoryExporter {
 public:
  /// What to answer for each batch.
  enum class Answer { acknowledge, send, reject, say_nothing };

  MemoryExporter();
  /// A new exporter that writes into this memory.
  std::unique_ptr<Exporter> exporter();

  void answer(Answer answer);
  std::vector<SpanCopy> spans() const;
  /// What was told of while it was open, in its order.
  std::vector<SpanCopy> in_progress() const;
  /// The first span of this name; a default one when there is none.
  SpanCopy span(std::string_view name) const;
  std::uint64_t batches() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace testing
}  // namespace v0
}  // namespace aloft
