// SPDX-License-Identifier: Apache-2.0
#include "telemetry/format/otlp_blocks.hpp"

#include "telemetry/format/symbols.hpp"
#include "telemetry/format/url_parts.hpp"
#include "telemetry/sql_fields.hpp"

#include <aloft/telemetry/format/otlp_names.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace otlp {
namespace {

// Members of Span.Event. Source: trace/v1/trace.proto, read 2026-11.
constexpr std::uint32_t kEventTime = 1;
constexpr std::uint32_t kEventName = 2;
constexpr std::uint32_t kEventAttributes = 3;

// Members of Span.Link. Source: trace/v1/trace.proto, read 2026-11.
constexpr std::uint32_t kLinkTraceId = 1;
constexpr std::uint32_t kLinkSpanId = 2;
constexpr std::uint32_t kLinkAttributes = 4;

/// Where a call goes.
void write_server(protobuf::Writer& proto, const detail::UrlParts& parts) {
  proto.text_unless_empty(kSpanAttributes, kServerAddress, parts.host);
  if (parts.port != 0) proto.attribute(kSpanAttributes, kServerPort, parts.port);
}

// Source: semantic conventions, `db.system.name`, read 2026-11; a type that is not listed goes out
// in lower case, with `_` for each blank.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kDatabases = {{
    {"PostgreSQL", "postgresql"},
    {"MySQL", "mysql"},
    {"MariaDB", "mariadb"},
    {"SQLite", "sqlite"},
    {"Oracle", "oracle.db"},
    {"Microsoft SQL Server", "microsoft.sql_server"},
    {"SQL Server", "microsoft.sql_server"},
    {"Amazon Redshift", "aws.redshift"},
}};

std::string database_name(std::string_view type) {
  if (type.empty()) return "other_sql";
  for (const auto& [known, name] : kDatabases) {
    if (text::equals_ignoring_case(known, type)) return std::string(name);
  }
  std::string name(type);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c == ' ' ? '_' : text::to_lower(c); });
  return name;
}

std::string stack_text(StackAddresses stack) {
  std::string out;
  for (std::size_t i = 0; i < stack.size(); ++i) {
    const Symbol symbol = symbolise(stack[i]);
    if (i != 0) out += '\n';
    out.append("#").append(std::to_string(i)).append(" ").append(symbol.label);
    out.append(" from ").append(symbol.module);
  }
  return out;
}

void write_json_value(json::Writer& json, const Value& value) {
  switch (value.kind()) {
    case Value::Kind::text:
      json.text(value.text());
      return;
    case Value::Kind::integer:
      json.integer(value.integer());
      return;
    case Value::Kind::boolean:
      json.boolean(value.boolean());
      return;
    case Value::Kind::number:
      break;
  }
  char digits[40];
  char* end = std::to_chars(digits, digits + sizeof digits - 2, value.number()).ptr;
  // So that a number of no fraction stays a number, and does not come back as an integer.
  if (std::all_of(digits, end, [](char c) { return text::is_digit(c) || c == '-'; })) {
    *end++ = '.';
    *end++ = '0';
  }
  const std::string_view text(digits, static_cast<std::size_t>(end - digits));
  if (text::is_alpha(text.back())) {  // infinite, or none at all
    json.null();
  } else {
    json.raw(text);
  }
}

}  // namespace

void write_annotations(protobuf::Writer& proto, const SpanRecord& span) {
  if (span.annotations.empty()) return;
  for (const AnnotationRecord& annotation : span.annotations) {
    proto.attribute(kSpanAttributes, annotation.key, annotation.value);
  }
  proto.attribute(kSpanAttributes, kAnnotationKeys, span.annotations.size(),
                  [&](std::size_t i) { return span.annotations[i].key; });
}

void write_http(protobuf::Writer& proto, const SpanRecord& span) {
  const HttpRecord& http = span.http;
  proto.text_unless_empty(kSpanAttributes, kHttpMethod, http.method);
  if (!http.url.empty()) {
    const detail::UrlParts parts = detail::split_url(http.url);
    const bool server = span.kind == SpanKind::server;
    // Of a server the path is its route's template: what was really asked is not recorded.
    if (server) {
      proto.text_unless_empty(kSpanAttributes, kHttpRoute, parts.path);
      proto.text_unless_empty(kSpanAttributes, kUrlScheme, parts.scheme);
    }
    if (!server || !parts.exact) proto.attribute(kSpanAttributes, kUrlFull, http.url);
    write_server(proto, parts);
  }
  proto.text_unless_empty(kSpanAttributes, kUserAgent, http.user_agent);
  proto.text_unless_empty(kSpanAttributes, kClientAddress, http.client_ip);
  if (http.x_forwarded_for) proto.attribute(kSpanAttributes, kForwardedFor, true);
  if (http.traced) proto.attribute(kSpanAttributes, kTraced, true);
  if (http.status != 0) proto.attribute(kSpanAttributes, kHttpStatus, http.status);
  if (http.content_length >= 0) {
    proto.attribute(kSpanAttributes, kHttpResponseBytes, http.content_length);
  }
}

void write_aws(protobuf::Writer& proto, const SpanRecord& span) {
  const AwsRecord& aws = span.aws;
  if (span.kind != SpanKind::aws && aws.operation.empty()) return;
  proto.attribute(kSpanAttributes, kRpcSystem, kAwsApi);
  proto.attribute(kSpanAttributes, kRpcService, span.name);
  proto.text_unless_empty(kSpanAttributes, kRpcMethod, aws.operation);
  proto.text_unless_empty(kSpanAttributes, kCloudRegion, aws.region);
  proto.text_unless_empty(kSpanAttributes, kAwsRequestId, aws.request_id);
  proto.text_unless_empty(kSpanAttributes, kAwsQueueUrl, aws.queue_url);
  proto.text_unless_empty(kSpanAttributes, kAwsAccount, aws.account_id);
  if (aws.retries >= 0) proto.attribute(kSpanAttributes, kAwsRetries, aws.retries);
  if (!aws.table_name.empty()) {
    proto.attribute(kSpanAttributes, kAwsTableNames, 1,
                    [&](std::size_t) { return aws.table_name; });
  }
}

void write_sql(protobuf::Writer& proto, const SqlRecord& sql) {
  const detail::UrlParts parts = detail::split_url(sql.url);
  proto.attribute(kSpanAttributes, kDbSystem, database_name(sql.database_type));
  write_server(proto, parts);
  if (parts.path.size() > 1) {
    proto.attribute(kSpanAttributes, kDbNamespace, parts.path.substr(1));
  }
  proto.text_unless_empty(kSpanAttributes, kDbQuery, sql.sanitized_query);
  for (const detail::SqlField& field : detail::kSqlFields) {
    const std::string_view text = sql.*field.kept;
    if (text.empty() || field.kept == &SqlRecord::sanitized_query) continue;
    proto.attribute(kSpanAttributes, std::string(kSqlPrefix).append(field.name), text);
  }
}

void write_error(protobuf::Writer& proto, const SpanRecord& span) {
  if (!span.error && !span.throttle && !span.fault) return;
  if (!span.exceptions.empty() && !span.exceptions[0].type.empty()) {
    proto.attribute(kSpanAttributes, kErrorType, span.exceptions[0].type);
  } else if (span.http.status >= 400) {
    proto.attribute(kSpanAttributes, kErrorType, std::to_string(span.http.status));
  }
  if (span.error) proto.attribute(kSpanAttributes, kError, true);
  if (span.throttle) proto.attribute(kSpanAttributes, kThrottle, true);
  if (span.fault) proto.attribute(kSpanAttributes, kFault, true);
}

void write_exceptions(protobuf::Writer& proto, const SpanRecord& span) {
  const WallTime end = span.start + span.duration;
  for (const ExceptionRecord& exception : span.exceptions) {
    const auto event = proto.begin(kSpanEvents);
    // When it was recorded is not: the end of the span is the latest it can have been.
    proto.fixed64(kEventTime, static_cast<std::uint64_t>(end.time_since_epoch().count()));
    proto.text(kEventName, kExceptionEvent);
    proto.text_unless_empty(kEventAttributes, kExceptionType, exception.type);
    proto.attribute(kEventAttributes, kExceptionMessage, exception.message);
    if (!exception.stack.empty()) {
      proto.attribute(kEventAttributes, kExceptionStack, stack_text(exception.stack));
    }
    if (exception.truncated != 0) {
      proto.attribute(kEventAttributes, kExceptionTruncated, exception.truncated);
    }
    if (exception.is_cause) proto.attribute(kEventAttributes, kExceptionIsCause, true);
    proto.end(event);
  }
}

void write_links(protobuf::Writer& proto, std::span<const LinkRecord> links) {
  for (const LinkRecord& link : links) {
    const auto entry = proto.begin(kSpanLinks);
    proto.id(kLinkTraceId, link.trace_id.high, link.trace_id.low);
    proto.id(kLinkSpanId, link.span_id.value);
    for (const AnnotationRecord& attribute : link.attributes) {
      proto.attribute(kLinkAttributes, attribute.key, attribute.value);
    }
    proto.end(entry);
  }
}

bool write_metadata(protobuf::Writer& proto, const SpanRecord& span, json::Buffer& scratch) {
  const auto& entries = span.metadata;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto same = [&](const MetadataRecord& entry) {
      return entry.name_space == entries[i].name_space;
    };
    const auto here = entries.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find_if(entries.begin(), here, same) != here) continue;  // written with its name space
    scratch.clear();
    json::Writer json(scratch);
    json.begin_object();
    for (std::size_t j = i; j < entries.size(); ++j) {
      if (!same(entries[j])) continue;
      json.key(entries[j].key);
      if (entries[j].is_json) {
        json.raw(entries[j].value.text());
      } else {
        write_json_value(json, entries[j].value);
      }
    }
    json.end_object();
    if (scratch.overflowed()) return false;
    proto.attribute(kSpanAttributes, std::string(kMetadataPrefix).append(entries[i].name_space),
                    scratch.view());
  }
  return true;
}

}  // namespace otlp
}  // namespace v0
}  // namespace aloft
