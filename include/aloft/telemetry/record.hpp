// SPDX-License-Identifier: Apache-2.0
// The neutral records that exporters and formats read: what was recorded, not how it is sent.
//
// A `TraceRecord` holds the spans of one local root that are sent together, parents before their
// children. Everything is a view into memory that lives until `export_batch` returns; all text has
// been bounded, checked and redacted before, so a format may write it as it is.
//
//   for (const TraceRecord& trace : batch.traces)
//     for (const SpanRecord& span : trace.spans) write(span.name, span.duration);
//
// Thread-safety: read-only.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/core/value.hpp>
#include <aloft/telemetry/span_kind.hpp>
#include <aloft/telemetry/trace_context.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {

struct AnnotationRecord {
  std::string_view key;  ///< 1 to 500 bytes of A-Z a-z 0-9 _
  Value value;
};

struct MetadataRecord {
  std::string_view name_space;  ///< "default" unless given
  std::string_view key;
  Value value;
  bool is_json = false;  ///< the text is a JSON value, to be written as it stands
};

/// Addresses of the calls that led to an error, innermost first; a format symbolises them.
using StackAddresses = std::span<const std::uintptr_t>;

struct ExceptionRecord {
  std::string_view type;
  std::string_view message;
  StackAddresses stack;         ///< only where the error was recorded; empty for its causes
  bool is_cause = false;        ///< what caused the exception before this one
  std::uint32_t truncated = 0;  ///< calls above the stack that were left out
};

/// A span of another trace that led to this one.
struct LinkRecord {
  TraceId trace_id;
  SpanId span_id;
  std::span<const AnnotationRecord> attributes{};  ///< of any key

  /// Whether they lead to the same span, whatever is said of them.
  friend constexpr bool operator==(const LinkRecord& a, const LinkRecord& b) noexcept {
    return a.trace_id == b.trace_id && a.span_id == b.span_id;
  }
};

struct HttpRecord {
  std::string_view method;  ///< empty when the span is no HTTP request
  std::string_view url;     ///< scheme, host and route template; never a query
  std::string_view user_agent;
  std::string_view client_ip;
  std::uint16_t status = 0;          ///< 0 when unknown
  bool x_forwarded_for = false;      ///< as `HttpRequestInfo`
  bool traced = false;               ///< as `HttpRequestInfo`
  std::int64_t content_length = -1;  ///< of the answer, in bytes; -1 when unknown
};

struct AwsRecord {
  std::string_view operation;  ///< empty when the span is no AWS call
  std::string_view table_name;
  std::string_view queue_url;
  std::string_view region;
  std::string_view account_id;
  std::string_view request_id;
  std::int32_t retries = -1;  ///< -1 when unknown
};

/// As `SqlCallInfo`.
struct SqlRecord {
  std::string_view url;  ///< without parameters and passwords
  std::string_view database_type;
  std::string_view database_version;
  std::string_view driver_version;
  std::string_view user;
  std::string_view preparation;
  std::string_view sanitized_query;
};

struct SpanRecord {
  std::string_view name;  ///< 1 to 200 bytes of the characters X-Ray allows
  SpanId id;
  SpanId parent_id;  ///< invalid for a new root
  SpanKind kind = SpanKind::internal;
  WallTime start;
  Nanoseconds duration{0};
  bool error = false;        ///< the caller's fault (4xx)
  bool throttle = false;     ///< refused by a limit (429)
  bool fault = false;        ///< our fault (5xx, exceptions)
  bool in_progress = false;  ///< only in `Batch::in_progress`: open, without a duration
  std::span<const AnnotationRecord> annotations;
  std::span<const MetadataRecord> metadata;
  std::span<const ExceptionRecord> exceptions;
  std::span<const LinkRecord> links;
  HttpRecord http;
  AwsRecord aws;
  const SqlRecord* sql = nullptr;  ///< null when the span is no database call
  std::string_view user;           ///< only on a local root
  std::string_view sampling_rule;  ///< of X-Ray, that sampled a local root; mostly empty
};

struct TraceRecord {
  TraceId trace_id;
  /// True when `spans[0]` is a local root; false when the spans belong under parents that were
  /// sent before (children that outlived or followed their root).
  bool has_root = true;
  std::span<const SpanRecord> spans;
};

/// A fact about where the service runs; `key` is a name of OpenTelemetry's semantic conventions
/// ("cloud.platform", "host.id", "aws.ecs.task.arn"), whatever the format.
struct ResourceAttribute {
  std::string key;
  std::string value;

  friend bool operator==(const ResourceAttribute&, const ResourceAttribute&) = default;
};

/// What a service runs on; text that lives as long as the process.
struct RuntimeInfo {
  std::string_view name;              ///< "C++"
  std::string_view version;           ///< of the language, e.g. "20"
  std::string_view compiler;          ///< "GCC" or "Clang"
  std::string_view compiler_version;  ///< e.g. "12.2.0"
};
/// Of the build of this library.
const RuntimeInfo& this_runtime() noexcept;

/// Who speaks: the same for every record of a `Telemetry`.
struct Resource {
  std::string service_name;
  std::string service_version{};  ///< may be empty
  std::string origin{};           ///< X-Ray's, e.g. "AWS::ECS::Container"; may be empty
  std::vector<ResourceAttribute> attributes{};
  const RuntimeInfo* runtime = &this_runtime();  ///< may be null
};

struct Batch {
  const Resource& resource;
  std::span<const TraceRecord> traces;
  /// Roots that are open still, one in each: to show, on a wire that can replace them. They are in
  /// no book, and come again in `traces` when they have ended.
  std::span<const TraceRecord> in_progress{};

  std::size_t span_count() const noexcept {
    std::size_t count = 0;
    for (const TraceRecord& trace : traces) count += trace.spans.size();
    return count;
  }
};

}  // namespace v0
}  // namespace aloft
