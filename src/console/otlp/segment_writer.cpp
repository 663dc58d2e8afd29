// SPDX-License-Identifier: Apache-2.0
#include "console/otlp/segment_writer.hpp"

#include "console/datagram.hpp"
#include "telemetry/format/exception_id.hpp"

#include <aloft/core/text.hpp>
#include <aloft/telemetry/format/otlp_names.hpp>
#include <aloft/telemetry/trace_context.hpp>

#include <algorithm>

namespace aloft::console::otlp {
namespace {

namespace dom = simdjson::dom;
namespace names = aloft::otlp;

// Ours: what the page shows of a stack; documents have a limit for the rest.
constexpr std::size_t kMaxFrames = 100;
// Ours: X-Ray indexes 50 annotations of a trace.
constexpr std::size_t kMaxKeys = 200;
// Ours: metadata nests as deep as the console's documents allow beside the spans.
constexpr std::size_t kMaxMetadataDepth = 24;
constexpr std::string_view kNameMember = "otel.span.name";

template <std::size_t N>
void text_unless_empty(json::Writer& json, const char (&key)[N], std::string_view text) {
  if (!text.empty()) json.key(key).text(text);
}

void write_members(json::Writer& json, const Attributes& members);

void write_value(json::Writer& json, const AnyValue& value) {
  switch (value.kind) {
    case AnyValue::Kind::none:
      json.null();
      return;
    case AnyValue::Kind::text:
      json.text(value.text);
      return;
    case AnyValue::Kind::boolean:
      json.boolean(value.boolean);
      return;
    case AnyValue::Kind::integer:
      json.integer(value.integer);
      return;
    case AnyValue::Kind::number:
      json.number(value.number);
      return;
    case AnyValue::Kind::array:
      json.begin_array();
      for (const AnyValue& item : value.items) write_value(json, item);
      json.end_array();
      return;
    case AnyValue::Kind::map:
      write_members(json, value.members);
      return;
    case AnyValue::Kind::bytes:
      break;
  }
  json.text("(" + std::to_string(value.text.size()) + " bytes)");
}

void write_members(json::Writer& json, const Attributes& members) {
  json.begin_object();
  for (const Attribute& member : members) {
    json.key(member.key);
    write_value(json, member.value);
  }
  json.end_object();
}

// Parsed and written again: then numbers look the same whoever wrote them.
void write_json(json::Writer& json, const dom::element& element) {
  dom::array array;
  dom::object object;
  std::int64_t integer = 0;
  double number = 0;
  bool truth = false;
  std::string_view text;
  if (element.get(object) == simdjson::SUCCESS) {
    json.begin_object();
    for (const auto& [key, value] : object) {
      json.key(key);
      write_json(json, value);
    }
    json.end_object();
  } else if (element.get(array) == simdjson::SUCCESS) {
    json.begin_array();
    for (const dom::element item : array) write_json(json, item);
    json.end_array();
  } else if (element.get(text) == simdjson::SUCCESS) {
    json.text(text);
  } else if (element.get(integer) == simdjson::SUCCESS) {
    json.integer(integer);
  } else if (element.get(number) == simdjson::SUCCESS) {
    json.number(number);
  } else if (element.get(truth) == simdjson::SUCCESS) {
    json.boolean(truth);
  } else {
    json.null();
  }
}

void write_http(json::Writer& json, const HttpFacts& http) {
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

// Aloft's lines are "#0 label from module"; of any other language the line is the label.
void write_frame(json::Writer& json, std::string_view line) {
  std::string_view label = text::trim(line);
  std::string_view path;
  constexpr std::string_view kFrom = " from ";
  const std::size_t space = label.find(' ');
  const std::size_t from = label.rfind(kFrom);
  if (label.front() == '#' && space != std::string_view::npos && from != std::string_view::npos &&
      from >= space && space > 1 &&
      std::all_of(label.begin() + 1, label.begin() + static_cast<std::ptrdiff_t>(space),
                  text::is_digit)) {
    path = label.substr(from + kFrom.size());
    label = label.substr(space + 1, from - space - 1);
  }
  json.begin_object();
  json.key("path").text(path);
  json.key("line").integer(0);
  json.key("label").text(label);
  json.end_object();
}

void write_stack(json::Writer& json, std::string_view stack) {
  if (stack.empty()) return;
  json.key("stack").begin_array();
  for (std::size_t frames = 0; !stack.empty() && frames < kMaxFrames;) {
    const std::size_t end = std::min(stack.find('\n'), stack.size());
    const std::string_view line = stack.substr(0, end);
    stack.remove_prefix(std::min(end + 1, stack.size()));
    if (text::trim(line).empty()) continue;
    write_frame(json, line);
    ++frames;
  }
  json.end_array();
}

bool is_cause(const Event& event) noexcept {
  const AnyValue* const value = find(event.attributes, names::kExceptionIsCause);
  return value != nullptr && value->boolean;
}

void write_id(json::Writer& json, std::uint64_t span, std::size_t index) {
  json.plain(detail::exception_id({span}, index).text().view());
}

// The events *exception*, or else the status of a span that failed without any.
void write_cause(json::Writer& json, const Span& span) {
  std::vector<const Event*> exceptions;
  for (const Event& event : span.events) {
    if (event.name == names::kExceptionEvent) exceptions.push_back(&event);
  }
  const bool status_only = exceptions.empty() && span.failed && !span.status_message.empty();
  if (exceptions.empty() && !status_only) return;
  json.key("cause").begin_object();
  json.key("exceptions").begin_array();
  if (status_only) {
    json.begin_object();
    json.key("id");
    write_id(json, span.id, 0);
    text_unless_empty(json, "type", find_text(span.attributes, names::kErrorType));
    json.key("message").text(span.status_message);
    json.end_object();
  }
  for (std::size_t i = 0; i < exceptions.size(); ++i) {
    const Attributes& facts = exceptions[i]->attributes;
    json.begin_object();
    json.key("id");
    write_id(json, span.id, i);
    text_unless_empty(json, "type", find_text(facts, names::kExceptionType));
    json.key("message").text(find_text(facts, names::kExceptionMessage));
    const AnyValue* const truncated = find(facts, names::kExceptionTruncated);
    if (truncated != nullptr && truncated->integer > 0) {
      json.key("truncated").integer(truncated->integer);
    }
    if (i + 1 < exceptions.size() && is_cause(*exceptions[i + 1])) {
      json.key("cause");
      write_id(json, span.id, i + 1);
    }
    write_stack(json, find_text(facts, names::kExceptionStack));
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_links(json::Writer& json, const Span& span) {
  if (span.links.empty()) return;
  json.key("links").begin_array();
  for (const Link& link : span.links) {
    json.begin_object();
    json.key("trace_id").plain(aloft::TraceId{link.trace_high, link.trace_low}.xray_text().view());
    json.key("id").plain(SpanId{link.id}.text().view());
    if (!link.attributes.empty()) write_members(json.key("attributes"), link.attributes);
    json.end_object();
  }
  json.end_array();
}

void write_segment(json::Writer& json, const SpanFacts& facts, const Sender& sender) {
  if (!sender.service_members.empty()) {
    json.key("service").begin_object();
    json.raw(sender.service_members);
    json.end_object();
  }
  text_unless_empty(json, "user", facts.user);
  text_unless_empty(json, "origin", sender.origin);
  json.key("aws").begin_object();
  if (!sender.aws_members.empty()) json.raw(sender.aws_members);
  json.key("xray").begin_object();
  json.key("sdk").text(sender.sdk);
  if (!sender.sdk_version.empty()) json.key("sdk_version").text(sender.sdk_version);
  text_unless_empty(json, "sampling_rule_name", facts.sampling_rule);
  json.end_object();
  json.end_object();
}

void write_call(json::Writer& json, const SpanFacts& facts) {
  if (!facts.name_space.empty()) json.key("namespace").text(facts.name_space);
  if (!facts.aws.operation.empty()) {
    json.key("aws").begin_object();
    json.key("operation").text(facts.aws.operation);
    text_unless_empty(json, "table_name", facts.aws.table_name);
    text_unless_empty(json, "queue_url", facts.aws.queue_url);
    text_unless_empty(json, "region", facts.aws.region);
    text_unless_empty(json, "account_id", facts.aws.account_id);
    text_unless_empty(json, "request_id", facts.aws.request_id);
    if (facts.aws.retries >= 0) json.key("retries").integer(facts.aws.retries);
    json.end_object();
  }
  if (!facts.sql.any) return;
  json.key("sql").begin_object();
  text_unless_empty(json, "url", facts.sql.url);
  text_unless_empty(json, "database_type", facts.sql.database_type);
  text_unless_empty(json, "database_version", facts.sql.database_version);
  text_unless_empty(json, "driver_version", facts.sql.driver_version);
  text_unless_empty(json, "user", facts.sql.user);
  text_unless_empty(json, "preparation", facts.sql.preparation);
  text_unless_empty(json, "sanitized_query", facts.sql.sanitized_query);
  json.end_object();
}

bool is_scalar(const AnyValue& value) noexcept {
  return value.kind != AnyValue::Kind::none && value.kind != AnyValue::Kind::array &&
         value.kind != AnyValue::Kind::map && value.kind != AnyValue::Kind::bytes;
}

// X-Ray's keys have letters, digits and `_`.
std::string annotation_key(std::string_view key) {
  std::string out(key);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return !text::is_alnum(c); }, '_');
  return out;
}

bool is_annotation(const Span& span, std::string_view key) noexcept {
  const AnyValue* const keys = find(span.attributes, names::kAnnotationKeys);
  if (keys == nullptr) return false;
  const auto end =
      keys->items.begin() + static_cast<std::ptrdiff_t>(std::min(keys->items.size(), kMaxKeys));
  return std::any_of(keys->items.begin(), end,
                     [&](const AnyValue& item) { return item.text == key; });
}

void write_annotations(json::Writer& json, const Span& span) {
  const AnyValue* const keys = find(span.attributes, names::kAnnotationKeys);
  if (keys == nullptr || keys->items.empty()) return;
  json.key("annotations").begin_object();
  for (std::size_t i = 0; i < std::min(keys->items.size(), kMaxKeys); ++i) {
    const AnyValue& key = keys->items[i];
    const AnyValue* const value = find(span.attributes, key.text);
    if (!key.is_text() || value == nullptr || !is_scalar(*value)) continue;
    json.plain_key(annotation_key(key.text));
    write_value(json, *value);
  }
  json.end_object();
}

bool is_metadata(std::string_view key) noexcept {
  return key.substr(0, names::kMetadataPrefix.size()) == names::kMetadataPrefix;
}

}  // namespace

void SegmentWriter::open(json::Writer& json, const Span& span, const Sender& sender, bool nested,
                         Metadata metadata) {
  const SpanFacts facts = facts_of(span, sender);
  json.begin_object();
  if (!nested) {
    const aloft::TraceId trace{span.trace_high, span.trace_low};
    json.key("trace_id").plain(trace.xray_text().view());
  }
  json.key("id").plain(SpanId{span.id}.text().view());
  if (!nested && span.parent != 0) json.key("parent_id").plain(SpanId{span.parent}.text().view());
  json.key("name").text(facts.name);
  json.key("start_time").epoch_seconds(static_cast<std::int64_t>(span.start_ns));
  json.key("end_time")
      .epoch_seconds(static_cast<std::int64_t>(std::max(span.start_ns, span.end_ns)));
  if (!nested && !facts.is_segment) json.key("type").text("subsegment");
  if (facts.is_segment) {
    write_segment(json, facts, sender);
  } else {
    write_call(json, facts);
  }
  if (facts.http.any()) write_http(json, facts.http);
  if (facts.error) json.key("error").boolean(true);
  if (facts.throttle) json.key("throttle").boolean(true);
  if (facts.fault) json.key("fault").boolean(true);
  write_cause(json, span);
  write_links(json, span);
  write_annotations(json, span);
  if (metadata == Metadata::with) write_metadata(json, span, facts, sender);
}

void SegmentWriter::write_metadata(json::Writer& json, const Span& span, const SpanFacts& facts,
                                   const Sender& sender) {
  bool any = false;
  const auto begin = [&] {
    if (!std::exchange(any, true)) json.key("metadata").begin_object();
  };
  for (const Attribute& attribute : span.attributes) {
    if (!is_metadata(attribute.key) || !attribute.value.is_text()) continue;
    begin();
    const std::string_view name = attribute.key.substr(names::kMetadataPrefix.size());
    if (!write_name_space(json, name, attribute.value.text))
      json.key(name).text(attribute.value.text);
  }
  bool any_rest = false;
  const auto rest = [&](std::string_view key) {
    begin();
    if (!std::exchange(any_rest, true)) json.key("otel").begin_object();
    json.key(key);
  };
  if (!sender.is_aloft && facts.name != span.name && !span.name.empty()) {
    rest(kNameMember);
    json.text(span.name);
  }
  for (const std::size_t index : facts.rest) {
    const Attribute& attribute = span.attributes[index];
    if (is_metadata(attribute.key) || attribute.key == names::kAnnotationKeys ||
        is_annotation(span, attribute.key)) {
      continue;
    }
    rest(attribute.key);
    write_value(json, attribute.value);
  }
  if (any_rest) json.end_object();
  if (!sender.is_aloft && facts.is_segment && !sender.attributes->empty()) {
    begin();
    write_members(json.key("otel.resource"), *sender.attributes);
  }
  if (any) json.end_object();
}

// False, and nothing written, when `text` is no JSON object.
bool SegmentWriter::write_name_space(json::Writer& json, std::string_view name,
                                     std::string_view text) {
  if (text.size() > kMaxDatagramBytes) return false;
  if (parser_.capacity() < kMaxDatagramBytes &&
      parser_.allocate(kMaxDatagramBytes, kMaxMetadataDepth) != simdjson::SUCCESS) {
    return false;
  }
  dom::element root;
  if (parser_.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS || !root.is_object()) {
    return false;
  }
  json.key(name);
  write_json(json, root);
  return true;
}

}  // namespace aloft::console::otlp
