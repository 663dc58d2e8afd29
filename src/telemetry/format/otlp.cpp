// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/format/otlp.hpp>

#include "telemetry/format/otlp_blocks.hpp"
#include "telemetry/format/protobuf.hpp"

#include <aloft/core/version.hpp>
#include <aloft/telemetry/format/otlp_names.hpp>

#include <algorithm>

namespace aloft {
inline namespace v0 {
namespace {

using protobuf::Writer;

// Fields of the messages. Source: collector/trace/v1/trace_service.proto, trace/v1/trace.proto,
// resource/v1/resource.proto, common/v1/common.proto; read 2026-11.
constexpr std::uint32_t kRequestResourceSpans = 1;
constexpr std::uint32_t kResourceSpansResource = 1;
constexpr std::uint32_t kResourceSpansScopeSpans = 2;
constexpr std::uint32_t kScopeSpansScope = 1;
constexpr std::uint32_t kScopeSpansSpans = 2;
constexpr std::uint32_t kResourceAttributes = 1;
constexpr std::uint32_t kScopeName = 1;
constexpr std::uint32_t kScopeVersion = 2;

constexpr std::uint32_t kSpanTraceId = 1;
constexpr std::uint32_t kSpanId = 2;
constexpr std::uint32_t kSpanParentId = 4;
constexpr std::uint32_t kSpanName = 5;
constexpr std::uint32_t kSpanKind = 6;
constexpr std::uint32_t kSpanStart = 7;
constexpr std::uint32_t kSpanEnd = 8;
constexpr std::uint32_t kSpanStatus = 15;
constexpr std::uint32_t kSpanFlags = 16;
constexpr std::uint32_t kStatusMessage = 2;
constexpr std::uint32_t kStatusCode = 3;

constexpr std::uint64_t kStatusError = 2;
// The W3C flag *sampled*, and OTLP's two bits about the parent: it is known whether it is remote,
// and it is.
constexpr std::uint32_t kFlagSampled = 0x001;
constexpr std::uint32_t kFlagRemoteKnown = 0x100;
constexpr std::uint32_t kFlagRemote = 0x200;

constexpr std::uint32_t kLengthType = 2;
// Everything that a header holds is bounded; a resource of a thousand attributes is not ours.
constexpr std::size_t kMaxEnvelopeBytes = std::size_t{1} << 20;

std::uint64_t kind_of(SpanKind kind) noexcept {
  switch (kind) {
    case SpanKind::internal:
      return 1;
    case SpanKind::server:
      return 2;
    case SpanKind::remote:
    case SpanKind::aws:
      break;
  }
  return 3;
}

std::uint32_t flags_of(const SpanRecord& span, bool is_root) noexcept {
  const bool remote = is_root && span.parent_id.valid();
  return kFlagSampled | kFlagRemoteKnown | (remote ? kFlagRemote : 0);
}

// A caller's fault is not an error of the server that said so. Source: semantic conventions for
// HTTP spans, "Status", read 2026-11.
bool is_error(const SpanRecord& span) noexcept {
  return span.fault || ((span.error || span.throttle) && span.kind != SpanKind::server);
}

// A child without its parent beside it.
bool is_detached(const TraceRecord& trace, const SpanRecord& span) noexcept {
  return !trace.has_root &&
         std::none_of(trace.spans.begin(), trace.spans.end(),
                      [&](const SpanRecord& other) { return other.id == span.parent_id; });
}

void write_status(Writer& proto, const SpanRecord& span) {
  if (!is_error(span)) return;
  const auto status = proto.begin(kSpanStatus);
  if (!span.exceptions.empty()) proto.text(kStatusMessage, span.exceptions[0].message);
  proto.varint(kStatusCode, kStatusError);
  proto.end(status);
}

std::string length_delimited(std::uint32_t field, std::size_t length) {
  json::Buffer buffer(32);
  const auto put = [&](std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) buffer.append(static_cast<char>(value | 0x80));
    buffer.append(static_cast<char>(value));
  };
  put(std::uint64_t{field} << 3 | kLengthType);
  put(length);
  return std::string(buffer.view());
}

}  // namespace

OtlpTraceWriter::OtlpTraceWriter(std::size_t limit_bytes)
    : buffer_(limit_bytes), metadata_(limit_bytes) {}

void OtlpTraceWriter::begin(const TraceRecord& trace) {
  trace_ = &trace;
  next_ = 0;
  too_large_ = 0;
}

std::optional<OtlpSpans> OtlpTraceWriter::next() {
  buffer_.clear();
  OtlpSpans out;
  while (next_ < trace_->spans.size()) {
    const SpanRecord& span = trace_->spans[next_];
    const bool is_root = next_ == 0 && trace_->has_root;
    if (!append(span, is_root, true)) {
      if (out.spans != 0) break;  // it comes first in the next answer
      if (!append(span, is_root, false)) {
        ++too_large_;
        ++next_;
        continue;
      }
    }
    ++out.spans;
    ++next_;
  }
  out.bytes = buffer_.view();
  if (out.spans == 0) return std::nullopt;
  return out;
}

// False, and nothing appended, when it does not fit.
bool OtlpTraceWriter::append(const SpanRecord& span, bool is_root, bool with_metadata) {
  const std::size_t before = buffer_.size();
  const std::int64_t start = span.start.time_since_epoch().count();
  Writer proto(buffer_);
  const auto entry = proto.begin(kScopeSpansSpans);
  proto.id(kSpanTraceId, trace_->trace_id.high, trace_->trace_id.low);
  proto.id(kSpanId, span.id.value);
  if (span.parent_id.valid()) proto.id(kSpanParentId, span.parent_id.value);
  proto.text(kSpanName, span.name);
  proto.varint(kSpanKind, kind_of(span.kind));
  proto.fixed64(kSpanStart, static_cast<std::uint64_t>(start));
  proto.fixed64(kSpanEnd, static_cast<std::uint64_t>(start + span.duration.count()));
  otlp::write_annotations(proto, span);
  otlp::write_http(proto, span);
  otlp::write_aws(proto, span);
  if (span.sql != nullptr) otlp::write_sql(proto, *span.sql);
  proto.text_unless_empty(otlp::kSpanAttributes, otlp::kEndUser, span.user);
  proto.text_unless_empty(otlp::kSpanAttributes, otlp::kSamplingRule, span.sampling_rule);
  otlp::write_error(proto, span);
  if (is_detached(*trace_, span)) {
    proto.attribute(otlp::kSpanAttributes, otlp::kDetached, true);
  }
  const bool whole = !with_metadata || otlp::write_metadata(proto, span, metadata_);
  otlp::write_exceptions(proto, span);
  write_status(proto, span);
  proto.fixed32(kSpanFlags, flags_of(span, is_root));
  proto.end(entry);
  const bool fits = whole && !buffer_.overflowed() && buffer_.size() - before <= kMaxOtlpSpanBytes;
  if (!fits) buffer_.truncate(before);
  return fits;
}

OtlpEnvelope::OtlpEnvelope(const Resource& resource) {
  json::Buffer buffer(kMaxEnvelopeBytes);
  Writer proto(buffer);
  const auto outer = proto.begin(kResourceSpansResource);
  proto.attribute(kResourceAttributes, otlp::kServiceName, resource.service_name);
  proto.text_unless_empty(kResourceAttributes, otlp::kServiceVersion, resource.service_version);
  proto.attribute(kResourceAttributes, otlp::kSdkName, otlp::kAloft);
  proto.attribute(kResourceAttributes, otlp::kSdkLanguage, "cpp");
  proto.attribute(kResourceAttributes, otlp::kSdkVersion, kVersion);
  proto.text_unless_empty(kResourceAttributes, otlp::kOrigin, resource.origin);
  for (const ResourceAttribute& attribute : resource.attributes) {
    proto.attribute(kResourceAttributes, attribute.key, attribute.value);
  }
  proto.end(outer);
  resource_ = buffer.view();

  buffer.clear();
  const auto scope = proto.begin(kScopeSpansScope);
  proto.text(kScopeName, otlp::kAloft);
  proto.text(kScopeVersion, kVersion);
  proto.end(scope);
  scope_ = buffer.view();
}

std::string OtlpEnvelope::open(std::size_t payload_bytes) const {
  const std::string spans =
      length_delimited(kResourceSpansScopeSpans, scope_.size() + payload_bytes) + scope_;
  std::string out =
      length_delimited(kRequestResourceSpans, resource_.size() + spans.size() + payload_bytes);
  return out.append(resource_).append(spans);
}

std::size_t OtlpEnvelope::overhead_bytes() const noexcept {
  // Two tags of a byte, two lengths of at most ten.
  return resource_.size() + scope_.size() + 22;
}

}  // namespace v0
}  // namespace aloft
