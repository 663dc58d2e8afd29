// SPDX-License-Identifier: Apache-2.0
// A log line as one line of JSON: what stands on standard output, in a file, and in an event of
// CloudWatch Logs.
//
//   {"timestamp":"2026-11-27T09:30:00.123456Z","level":"WARN","message":"issuer slow",
//    "service":"payments","logger":"issuer","request_id":"r-1","tenant_id":"acme",
//    "user_id":"u-7","trace_id":"1-6921…","span_id":"0f3c…","fields":{"took":1.2},
//    "location":"issuer.cpp:42"}
//
// In one line, without blanks, and only what is known; `trace_id` is written as X-Ray writes it, by
// which its console finds the lines of a trace. A line that was too long says `"truncated":true`:
// fields are left out from the end until it fits.
//
// Thread-safety: none; one writer a thread.
#pragma once

#include <aloft/core/json_writer.hpp>
#include <aloft/telemetry/log_record.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {

/// Least limit of a line: ids, names and a short message always fit.
inline constexpr std::size_t kMinLogLineBytes = 4'096;
/// Longest line, its end included. Docker's own drivers tear longer ones apart.
/// Source: moby, daemon/logger/copier.go, `defaultBufSize` 16 KiB, read 2026-11.
inline constexpr std::size_t kDefaultLogLineBytes = 16'384;

class LogLineWriter {
 public:
  /// @param limit_bytes  at least kMinLogLineBytes; longest line, its end included.
  explicit LogLineWriter(std::size_t limit_bytes = kDefaultLogLineBytes) noexcept;

  /// From now on each line begins with an `id` that no other has: `"id":"<process>-<sequence>"`.
  /// @param process  64 bits of this process alone; a fork's child has others.
  void identify(std::uint64_t process) noexcept;
  /// Appends the line and its end to `out`; false, and nothing is appended, when there is no room.
  bool append(json::Buffer& out, const Resource& resource, const LogRecord& line) noexcept;

 private:
  enum class Shortened : bool { no, yes };

  void put(json::Buffer& out, const Resource& resource, const LogRecord& line,
           std::string_view message, Shortened shortened) noexcept;
  void put_id(json::Writer& json, std::uint64_t sequence) const noexcept;
  static void put_location(json::Writer& json, const LogRecord& line) noexcept;
  void put_time(json::Writer& json, WallTime time) noexcept;
  static bool put_fields(json::Writer& json, const LogRecord& line, std::size_t limit) noexcept;

  std::size_t limit_bytes_;
  char process_[16] = {};  // in hex; the first is 0 when lines have no id
  // Lines of one batch are mostly of the same second.
  std::int64_t second_ = -1;
  char second_text_[19] = {};
};

}  // namespace v0
}  // namespace aloft
