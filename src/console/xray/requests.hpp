// SPDX-License-Identifier: Apache-2.0
// The bodies of the X-Ray operations, each parsed once into a type that cannot be wrong. What is
// wrong with a body comes back as a sentence that quotes nothing of it.
//
//   auto parsed = TraceSummariesRequest::parse(request.body);
//   if (const auto* wrong = std::get_if<BadRequest>(&parsed)) return invalid(wrong->message);
//
// Members that the model does not know are welcome; a known one of the wrong type is refused.
//
// Source: X-Ray service model, botocore 1.43, read 2026-11.
// Thread-safety: pure functions, plain values.
#pragma once

#include "console/bad_request.hpp"
#include "console/store/reader.hpp"
#include "console/trace_id.hpp"
#include "console/xray/filter.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace aloft::console::xray {

/// Source: "Exceeding maximum segment count: 50", the service's own error (2026-11).
inline constexpr std::size_t kMaxPutDocuments = 50;
/// Source: "Exceeding maximum query size: 5", the service's own error (2026-11).
inline constexpr std::size_t kMaxTraceIds = 5;

struct TimeRange {
  std::int64_t start_us = 0;
  std::int64_t end_us = 0;  ///< not before the start
};

struct PutSegmentsRequest {
  std::vector<std::string> documents;

  static std::variant<PutSegmentsRequest, BadRequest> parse(std::string_view body);
};

struct TelemetryRequest {
  std::size_t records = 0;

  static std::variant<TelemetryRequest, BadRequest> parse(std::string_view body);
};

struct TraceSummariesRequest {
  TimeRange range;
  /// By the second that the trace id carries; otherwise by when the trace started.
  bool by_trace_id = true;
  Filter filter;
  std::optional<Cursor> before;      ///< where to go on, when not by trace id
  std::optional<TraceId> before_id;  ///< the same, when by trace id

  static std::variant<TraceSummariesRequest, BadRequest> parse(std::string_view body);
};

/// BatchGetTraces and GetTraceGraph.
struct TraceIdsRequest {
  std::vector<TraceId> ids;              ///< as asked, at most five, each once
  std::vector<std::string> unknown_ids;  ///< of the right length, but no trace ids

  static std::variant<TraceIdsRequest, BadRequest> parse(std::string_view body);
};

struct ServiceGraphRequest {
  TimeRange range;

  static std::variant<ServiceGraphRequest, BadRequest> parse(std::string_view body);
};

/// "2026-11-26T16:34:44Z", with a fraction or an offset if there is one, as microseconds since the
/// epoch; nothing when it is no such time, or before the epoch.
std::optional<std::int64_t> parse_iso_time(std::string_view text) noexcept;

}  // namespace aloft::console::xray
