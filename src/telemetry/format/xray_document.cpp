// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/format/xray_document.hpp>

#include "telemetry/aws_fields.hpp"
#include "telemetry/format/exception_id.hpp"
#include "telemetry/format/json_value.hpp"
#include "telemetry/format/symbols.hpp"
#include "telemetry/sql_fields.hpp"

#include <aloft/core/text.hpp>
#include <aloft/core/version.hpp>
#include <aloft/telemetry/format/xray_resource.hpp>

#include <algorithm>

namespace aloft {
inline namespace v0 {
namespace {

constexpr std::uint32_t kNone = 0xFFFF'FFFF;
/// A number or a short text is given more room than it takes: it must be there up to the last byte.
constexpr std::size_t kReservedBytes = 64;

template <std::size_t N>
void text_unless_empty(json::Writer& json, const char (&key)[N], std::string_view text) {
  if (!text.empty()) json.key(key).text(text);
}

void write_http(json::Writer& json, const HttpRecord& http) {
  json.key("http").begin_object();
  if (!http.method.empty() || !http.url.empty()) {
    json.key("request").begin_object();
    text_unless_empty(json, "method", http.method);
    text_unless_empty(json, "url", http.url);
    text_unless_empty(json, "user_agent", http.user_agent);
    text_unless_empty(json, "client_ip", http.client_ip);
    if (http.x_forwarded_for) json.key("x_forwarded_for").boolean(true);
    if (http.traced) json.key("traced").boolean(true);
    json.end_object();
  }
  if (http.status != 0 || http.content_length >= 0) {
    json.key("response").begin_object();
    if (http.status != 0) json.key("status").integer(http.status);
    if (http.content_length >= 0) json.key("content_length").integer(http.content_length);
    json.end_object();
  }
  json.end_object();
}

void write_stack(json::Writer& json, StackAddresses stack) {
  if (stack.empty()) return;
  json.key("stack").begin_array();
  for (const std::uintptr_t address : stack) {
    const Symbol symbol = symbolise(address);
    json.begin_object();
    json.key("path").text(symbol.module);
    json.key("line").integer(0);
    json.key("label").text(symbol.label);
    json.end_object();
  }
  json.end_array();
}

void write_cause(json::Writer& json, const SpanRecord& span) {
  json.key("cause").begin_object();
  json.key("exceptions").begin_array();
  for (std::size_t i = 0; i < span.exceptions.size(); ++i) {
    const ExceptionRecord& exception = span.exceptions[i];
    json.begin_object();
    json.key("id").plain(detail::exception_id(span.id, i).text().view());
    text_unless_empty(json, "type", exception.type);
    json.key("message").text(exception.message);
    if (exception.truncated != 0) json.key("truncated").integer(exception.truncated);
    if (i + 1 < span.exceptions.size() && span.exceptions[i + 1].is_cause) {
      json.key("cause").plain(detail::exception_id(span.id, i + 1).text().view());
    }
    write_stack(json, exception.stack);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

[[gnu::noinline]] void write_aws_call(json::Writer& json, const AwsRecord& aws) {
  json.key("aws").begin_object();
#pragma GCC unroll 1
  for (const detail::AwsField& field : detail::kAwsFields) {
    const std::string_view text = aws.*field.kept;
    if (!text.empty()) json.plain_key(field.name).text(text);
  }
  if (aws.retries >= 0) json.key("retries").integer(aws.retries);
  json.end_object();
}

void write_sql(json::Writer& json, const SqlRecord& sql) {
  json.key("sql").begin_object();
  for (const detail::SqlField& field : detail::kSqlFields) {
    const std::string_view text = sql.*field.kept;
    if (!text.empty()) json.plain_key(field.name).text(text);
  }
  json.end_object();
}

[[gnu::noinline]] void write_links(json::Writer& json, std::span<const LinkRecord> links) {
  json.key("links").begin_array();
  for (const LinkRecord& link : links) {
    json.begin_object();
    json.key("trace_id").plain(link.trace_id.xray_text().view());
    json.key("id").plain(link.span_id.text().view());
    if (!link.attributes.empty()) {
      json.key("attributes").begin_object();
      for (const AnnotationRecord& attribute : link.attributes) {
        json.key(attribute.key);
        detail::write_value(json, attribute.value);
      }
      json.end_object();
    }
    json.end_object();
  }
  json.end_array();
}

}  // namespace

XRayDocumentWriter::XRayDocumentWriter(std::string_view prefix, std::size_t limit_bytes)
    : prefix_(prefix), limit_(limit_bytes), buffer_(limit_bytes + kReservedBytes) {}

void XRayDocumentWriter::begin(const Resource& resource, const TraceRecord& trace) {
  resource_ = &resource;
  trace_ = &trace;
  // The same for every trace of a telemetry; comparing costs a tenth of writing.
  if (aws_.empty() || resource.attributes != attributes_) {
    attributes_ = resource.attributes;
    const std::string members = xray_aws_members(attributes_);
    aws_ = "\"aws\":{" + members + (members.empty() ? "" : ",");
    aws_.append(R"("xray":{"sdk":"aloft for C++","sdk_version":")").append(kVersion).append("\"");
  }
  if (resource.runtime != runtime_ || resource.service_version != service_version_) {
    runtime_ = resource.runtime;
    service_version_ = resource.service_version;
    const std::string members = xray_service_members(service_version_, runtime_);
    service_ = members.empty() ? "" : "\"service\":{" + members + "}";
  }
  too_large_ = 0;
  tasks_.clear();
  const auto count = static_cast<std::uint32_t>(trace.spans.size());
  links_.assign(count, Links{kNone, kNone, kNone});
  for (std::uint32_t i = 0; i < count; ++i) {
    // Parents stand before their children, mostly just before.
    std::uint32_t parent = i;
    while (parent-- > 0 && trace.spans[parent].id != trace.spans[i].parent_id) {
    }
    if (parent == kNone) {
      tasks_.push_back(i);
    } else {
      add_child(parent, i);
    }
  }
  std::reverse(tasks_.begin(), tasks_.end());
  whole_ = tasks_.size();
}

void XRayDocumentWriter::add_child(std::uint32_t parent, std::uint32_t child) noexcept {
  Links& links = links_[parent];
  (links.first_child == kNone ? links.first_child : links_[links.last_child].next_sibling) = child;
  links.last_child = child;
}

std::optional<XRayDocument> XRayDocumentWriter::next() {
  while (!tasks_.empty()) {
    const std::uint32_t root = tasks_.back();
    tasks_.pop_back();
    buffer_.clear();
    buffer_.append(prefix_);
    json::Writer json(buffer_);
    const std::size_t spans = write(json, root, false);
    const bool is_whole = tasks_.size() < whole_;
    whole_ = std::min(whole_, tasks_.size());
    if (fits()) return XRayDocument{buffer_.view(), spans};
    if (is_whole) {
      split(root);
    } else {
      too_large_ += spans;  // only a span alone can be, and then it has no metadata any more
    }
  }
  return std::nullopt;
}

std::size_t XRayDocumentWriter::write(json::Writer& json, std::uint32_t index, bool nested) {
  json.begin_object();
  write_members(json, index, nested);
  std::size_t spans = 1;
  if (links_[index].first_child != kNone) {
    json.key("subsegments").begin_array();
    for (std::uint32_t child = links_[index].first_child;
         child != kNone && !json.buffer().overflowed(); child = links_[child].next_sibling) {
      spans += write(json, child, true);
    }
    json.end_array();
  }
  json.end_object();
  return spans;
}

/// All but its children.
void XRayDocumentWriter::write_members(json::Writer& json, std::uint32_t index, bool nested) const {
  const SpanRecord& span = trace_->spans[index];
  const bool segment = index == 0 && trace_->has_root;
  write_head(json, span, nested);
  if (!nested && !segment) json.key("type").text("subsegment");
  write_blocks(json, span, segment);
  write_annotations(json, span);
  if (links_[index].has_metadata) write_metadata(json, span);
}

void XRayDocumentWriter::write_head(json::Writer& json, const SpanRecord& span, bool nested) const {
  const std::int64_t start = span.start.time_since_epoch().count();
  if (!nested) json.key("trace_id").plain(trace_->trace_id.xray_text().view());
  json.key("id").plain(span.id.text().view());
  if (!nested && span.parent_id.valid()) json.key("parent_id").plain(span.parent_id.text().view());
  json.key("name").text(span.name);
  json.key("start_time").epoch_seconds(start);
  if (span.in_progress) {
    json.key("in_progress").boolean(true);
  } else {
    json.key("end_time").epoch_seconds(start + span.duration.count());
  }
}

void XRayDocumentWriter::write_blocks(json::Writer& json, const SpanRecord& span,
                                      bool segment) const {
  if (segment) {
    if (!service_.empty()) json.raw(service_);
    text_unless_empty(json, "user", span.user);
    text_unless_empty(json, "origin", resource_->origin);
    json.raw(aws_);
    text_unless_empty(json, "sampling_rule_name", span.sampling_rule);
    json.end_object();
    json.end_object();
  } else {
    if (span.kind == SpanKind::remote) json.key("namespace").text("remote");
    if (span.kind == SpanKind::aws) json.key("namespace").text("aws");
    if (!span.aws.operation.empty()) write_aws_call(json, span.aws);
    if (span.sql != nullptr) write_sql(json, *span.sql);
  }
  if (!span.http.method.empty() || !span.http.url.empty() || span.http.status != 0) {
    write_http(json, span.http);
  }
  if (span.error) json.key("error").boolean(true);
  if (span.throttle) json.key("throttle").boolean(true);
  if (span.fault) json.key("fault").boolean(true);
  if (!span.exceptions.empty()) write_cause(json, span);
  if (!span.links.empty()) write_links(json, span.links);
}

void XRayDocumentWriter::write_annotations(json::Writer& json, const SpanRecord& span) const {
  if (span.annotations.empty()) return;
  json.key("annotations").begin_object();
  for (const AnnotationRecord& annotation : span.annotations) {
    json.plain_key(annotation.key);
    detail::write_value(json, annotation.value);
  }
  json.end_object();
}

void XRayDocumentWriter::write_metadata(json::Writer& json, const SpanRecord& span) const {
  const auto& entries = span.metadata;
  if (entries.empty()) return;
  json.key("metadata").begin_object();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto same = [&](const MetadataRecord& entry) {
      return entry.name_space == entries[i].name_space;
    };
    const auto begin = entries.begin();
    const auto here = begin + static_cast<std::ptrdiff_t>(i);
    if (std::find_if(begin, here, same) != here) continue;  // written with its name space
    json.key(entries[i].name_space).begin_object();
    for (std::size_t j = i; j < entries.size(); ++j) {
      if (!same(entries[j])) continue;
      json.key(entries[j].key);
      if (entries[j].is_json) {
        json.raw(entries[j].value.text());
      } else {
        detail::write_value(json, entries[j].value);
      }
    }
    json.end_object();
  }
  json.end_object();
}

}  // namespace v0
}  // namespace aloft
