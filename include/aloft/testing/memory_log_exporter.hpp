// SPDX-License-Identifier: Apache-2.0
// A sink of log lines that keeps copies of what it got.
//
//   MemoryLogExporter memory;
//   auto telemetry = Telemetry::create({.service_name = "test", .traces = false,
//                                       .logs = logging({.exporter = memory.exporter()}), …});
//   telemetry->logger().info("ready", {"port", 8080});
//   telemetry->flush(1s);
//   EXPECT_EQ(memory.lines().at(0).field("port"), "8080");
//
// Thread-safety: all calls. The exporter it hands out may outlive it.
#pragma once

#include <aloft/telemetry/log_record.hpp>
#include <aloft/testing/memory_exporter.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace testing {

struct LogCopy {
  WallTime time;
  std::uint64_t sequence = 0;
  LogLevel level = LogLevel::info;
  std::string logger;
  std::string message;
  std::string request_id;
  std::string tenant_id;
  std::string user_id;
  TraceId trace_id;
  SpanId span_id;
  std::string file;
  std::uint32_t line = 0;
  /// Members of objects as "error.code".
  std::vector<std::pair<std::string, OwnedValue>> fields;
  std::uint32_t held_back = 0;

  /// The field as text ("8080", "true"), or "" when there is none.
  std::string field(std::string_view key) const;
};

class MemoryLogExporter {
 public:
  using Answer = MemoryExporter::Answer;

  MemoryLogExporter();
  /// A new exporter that writes into this memory.
  std::unique_ptr<LogExporter> exporter();

  void answer(Answer answer);
  std::vector<LogCopy> lines() const;
  /// The first line of this message; a default one when there is none.
  LogCopy line(std::string_view message) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace testing
}  // namespace v0
}  // namespace aloft
