// SPDX-License-Identifier: Apache-2.0
// The attributes and events of one span in OTLP's words.
#pragma once

#include "telemetry/format/protobuf.hpp"

#include <aloft/telemetry/record.hpp>

namespace aloft {
inline namespace v0 {
namespace otlp {

// Fields of the message Span. Source: trace/v1/trace.proto, read 2026-11.
inline constexpr std::uint32_t kSpanAttributes = 9;
inline constexpr std::uint32_t kSpanEvents = 11;
inline constexpr std::uint32_t kSpanLinks = 13;

void write_annotations(protobuf::Writer& proto, const SpanRecord& span);
void write_http(protobuf::Writer& proto, const SpanRecord& span);
void write_aws(protobuf::Writer& proto, const SpanRecord& span);
void write_sql(protobuf::Writer& proto, const SqlRecord& sql);
void write_error(protobuf::Writer& proto, const SpanRecord& span);
void write_exceptions(protobuf::Writer& proto, const SpanRecord& span);
void write_links(protobuf::Writer& proto, std::span<const LinkRecord> links);
/// @param scratch  for the JSON of one name space; false when one is above its limit.
bool write_metadata(protobuf::Writer& proto, const SpanRecord& span, json::Buffer& scratch);

}  // namespace otlp
}  // namespace v0
}  // namespace aloft
