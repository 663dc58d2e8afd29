// SPDX-License-Identifier: Apache-2.0
// One event of a log as the store hands it out, and what of it can be searched without reading it.
//
// Thread-safety: plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aloft::console::logs {

/// What an event that is a JSON object says of itself, taken out once, when it arrives; empty where
/// it says nothing, and in an event that is no JSON. Values above `kMaxColumnBytes` are left out.
template <typename Text>
struct BasicColumns {
  Text level{};       ///< as written, e.g. "ERROR"
  Text service{};     ///< "service"
  Text tenant{};      ///< "tenant_id", else "tenant"
  Text trace_id{};    ///< in X-Ray's form "1-…-…", also when 32 hex digits were written
  Text request_id{};  ///< "request_id"

  friend bool operator==(const BasicColumns&, const BasicColumns&) = default;
};
using Columns = BasicColumns<std::string>;
using ColumnViews = BasicColumns<std::string_view>;

/// Ours: a request id of 36 and a URL-like service name fit; an index entry stays short.
inline constexpr std::size_t kMaxColumnBytes = 256;

/// An event while it is looked at: the views live as long as the call that shows them.
struct LogEvent {
  /// Unique; that of a deleted event is not given again before a million others were. Grows with
  /// (timestamp, order of arrival), so it is the order of every scan, too.
  std::uint64_t id = 0;
  std::int64_t timestamp_ms = 0;
  std::int64_t ingestion_ms = 0;
  std::string_view group;
  std::string_view stream;
  std::string_view message;
  ColumnViews columns;
};

/// The same, kept.
struct StoredEvent {
  std::uint64_t id = 0;
  std::int64_t timestamp_ms = 0;
  std::int64_t ingestion_ms = 0;
  std::string group;
  std::string stream;
  std::string message;
  Columns columns;

  static StoredEvent of(const LogEvent& event) {
    const ColumnViews& of = event.columns;
    return {event.id,
            event.timestamp_ms,
            event.ingestion_ms,
            std::string(event.group),
            std::string(event.stream),
            std::string(event.message),
            {std::string(of.level), std::string(of.service), std::string(of.tenant),
             std::string(of.trace_id), std::string(of.request_id)}};
  }
  LogEvent view() const noexcept {
    return {id,
            timestamp_ms,
            ingestion_ms,
            group,
            stream,
            message,
            {columns.level, columns.service, columns.tenant, columns.trace_id, columns.request_id}};
  }
};

}  // namespace aloft::console::logs
