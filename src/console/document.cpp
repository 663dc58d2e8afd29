// SPDX-License-Identifier: Apache-2.0
#include "console/document.hpp"

#include "console/datagram.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace aloft::console {
namespace {

namespace dom = simdjson::dom;

// Ours: what a row of the list can show; the document keeps the rest.
constexpr std::size_t kMaxUrlBytes = 1024;
constexpr std::size_t kMaxErrorBytes = 512;
constexpr std::size_t kMaxUserBytes = 256;
constexpr std::size_t kMaxMethodBytes = 16;
constexpr std::size_t kMaxKeyBytes = 128;
constexpr std::size_t kMaxValueBytes = 256;
// Ours: what a node of the map and a sentence about a problem can show.
constexpr std::size_t kMaxNameBytes = 200;
constexpr std::size_t kMaxTypeBytes = 64;
constexpr std::size_t kMaxFactErrorBytes = 200;

std::string_view text_of(dom::object object, std::string_view key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

bool flag_of(dom::object object, std::string_view key) {
  bool flag = false;
  return object[key].get(flag) == simdjson::SUCCESS && flag;
}

std::optional<dom::object> object_of(dom::object object, std::string_view key) {
  dom::object inner;
  if (object[key].get(inner) != simdjson::SUCCESS) return std::nullopt;
  return inner;
}

std::string cut(std::string_view text, std::size_t limit_bytes) {
  return std::string(text::cut(text, limit_bytes));
}

// Microseconds since the epoch, or nothing when absent or no such number.
std::optional<std::int64_t> time_of(dom::object object, std::string_view key) {
  double seconds = 0;
  if (object[key].get(seconds) != simdjson::SUCCESS) return std::nullopt;
  if (!(seconds >= 0 && seconds <= static_cast<double>(kMaxEpochSeconds))) return std::nullopt;
  return std::llround(seconds * 1e6);
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::optional<Annotation> annotation_of(std::string_view key, dom::element value) {
  Annotation annotation{.key = cut(key, kMaxKeyBytes)};
  std::string_view text;
  std::int64_t integer = 0;
  double number = 0;
  bool truth = false;
  char digits[32];
  if (value.get(text) == simdjson::SUCCESS) {
    annotation.value = cut(text, kMaxValueBytes);
    return annotation;
  }
  annotation.is_text = false;
  if (value.get(integer) == simdjson::SUCCESS) {
    annotation.value.assign(digits, std::to_chars(digits, digits + sizeof digits, integer).ptr);
  } else if (value.get(number) == simdjson::SUCCESS) {
    // With an exponent, or strict readers take it for an integer that is too long.
    const auto format =
        std::abs(number) < 1e15 ? std::chars_format::general : std::chars_format::scientific;
    annotation.value.assign(digits,
                            std::to_chars(digits, digits + sizeof digits, number, format).ptr);
  } else if (value.get(truth) == simdjson::SUCCESS) {
    annotation.value = truth ? "true" : "false";
  } else {
    return std::nullopt;
  }
  return annotation;
}

void read_annotations(dom::object span, std::int64_t start_us, Document& out) {
  const auto annotations = object_of(span, "annotations");
  if (!annotations) return;
  for (const dom::key_value_pair field : *annotations) {
    if (out.annotations.size() >= kMaxAnnotations) return;
    auto annotation = annotation_of(field.key, field.value);
    if (!annotation) continue;
    annotation->start_us = start_us;
    out.annotations.push_back(std::move(*annotation));
  }
}

// The message of the span's first exception, or its type when the message is empty.
std::string_view exception_text(dom::object span) {
  const auto cause = object_of(span, "cause");
  dom::array exceptions;
  if (!cause || (*cause)["exceptions"].get(exceptions) != simdjson::SUCCESS) return {};
  for (const dom::element element : exceptions) {
    dom::object exception;
    if (element.get(exception) != simdjson::SUCCESS) continue;
    const std::string_view message = text_of(exception, "message");
    return message.empty() ? text_of(exception, "type") : message;
  }
  return {};
}

SpanKind kind_of(dom::object span, bool is_segment) {
  if (is_segment) return SpanKind::segment;
  if (object_of(span, "sql")) return SpanKind::database;
  const std::string_view name_space = text_of(span, "namespace");
  if (name_space == "remote") return SpanKind::remote;
  return name_space == "aws" ? SpanKind::aws : SpanKind::local;
}

// X-Ray's name for the kind of thing, and the resource itself where the span names one.
// Source: "AWS X-Ray segment documents" and "AWS X-Ray concepts", inferred segments, read 2026-11.
void read_type(dom::object span, SpanFacts& facts) {
  switch (facts.kind) {
    case SpanKind::segment:
      facts.type = cut(text_of(span, "origin"), kMaxTypeBytes);
      return;
    case SpanKind::local:
      return;
    case SpanKind::remote:
      facts.type = "remote";
      return;
    case SpanKind::database:
      facts.type = "Database::SQL";
      return;
    case SpanKind::aws:
      break;
  }
  const auto aws = object_of(span, "aws");
  const std::string_view table = aws ? text_of(*aws, "table_name") : std::string_view();
  facts.type = table.empty() ? "AWS::" + facts.name : "AWS::DynamoDB::Table";
  if (!table.empty()) facts.name = cut(table, kMaxNameBytes);
}

int status_of(dom::object span) {
  const auto http = object_of(span, "http");
  const auto response = http ? object_of(*http, "response") : std::nullopt;
  std::int64_t status = 0;
  if (!response || (*response)["status"].get(status) != simdjson::SUCCESS) return 0;
  return status >= 100 && status <= 999 ? static_cast<int>(status) : 0;
}

// The id of the span's own, or of the document when the span has none that can be read.
std::uint64_t read_facts(dom::object span, std::int64_t start_us, std::uint64_t parent,
                         std::string_view error, Document& out) {
  const bool is_own = out.facts.empty();
  const std::uint64_t id = is_own ? out.id : parse_segment_id(text_of(span, "id")).value_or(0);
  if (out.facts.size() >= kMaxDocumentFacts) return id;
  SpanFacts facts;
  facts.kind = kind_of(span, is_own && !out.subsegment);
  facts.id = id;
  facts.parent = is_own ? out.parent : parent;
  facts.has_parent = !is_own || out.has_parent;
  facts.fault = flag_of(span, "fault");
  facts.error = flag_of(span, "error");
  facts.throttle = flag_of(span, "throttle");
  facts.start_us = start_us;
  facts.end_us = is_own ? out.end_us : time_of(span, "end_time").value_or(0);
  if (facts.kind != SpanKind::local) facts.name = cut(text_of(span, "name"), kMaxNameBytes);
  read_type(span, facts);
  if (facts.fault || facts.error || facts.throttle) {
    facts.status = status_of(span);
    facts.error_text = cut(error, kMaxFactErrorBytes);
  }
  if (is_own) facts.status = status_of(span);
  out.facts.push_back(std::move(facts));
  return id;
}

// Reads what every span may carry, then its subsegments; false when there are too many. Recursion
// is bounded by the parser's depth limit.
bool read_span(dom::object span, std::int64_t start_us, std::uint64_t parent, Document& out) {
  if (++out.spans > kMaxSpansPerDocument) return false;
  out.fault |= flag_of(span, "fault");
  out.error |= flag_of(span, "error");
  out.throttle |= flag_of(span, "throttle");
  read_annotations(span, start_us, out);
  const std::string_view error = exception_text(span);
  const std::uint64_t id = read_facts(span, start_us, parent, error, out);
  if (!error.empty() && (out.error_text.empty() || start_us < out.error_start_us)) {
    out.error_text = cut(error, kMaxErrorBytes);
    out.error_start_us = start_us;
  }
  dom::array children;
  if (span["subsegments"].get(children) != simdjson::SUCCESS) return true;
  for (const dom::element element : children) {
    dom::object child;
    if (element.get(child) != simdjson::SUCCESS) continue;
    const std::int64_t child_start_us = time_of(child, "start_time").value_or(start_us);
    if (!read_span(child, child_start_us, id, out)) return false;
  }
  return true;
}

void read_http(dom::object root, Document& out) {
  const auto http = object_of(root, "http");
  if (!http) return;
  if (const auto request = object_of(*http, "request")) {
    out.method = cut(text_of(*request, "method"), kMaxMethodBytes);
    out.url = cut(text_of(*request, "url"), kMaxUrlBytes);
  }
  out.status = status_of(root);
}

std::optional<Reject> read_identity(dom::object root, Document& out) {
  const std::string_view name = text_of(root, "name");
  if (name.empty() || characters(name) > kMaxNameCharacters) return Reject::bad_name;
  out.name = name;
  const auto id = parse_segment_id(text_of(root, "id"));
  if (!id) return Reject::bad_id;
  out.id = *id;
  const auto trace = TraceId::parse(text_of(root, "trace_id"));
  if (!trace) return Reject::bad_trace_id;
  out.trace = *trace;
  out.subsegment = text_of(root, "type") == "subsegment";
  const std::string_view parent = text_of(root, "parent_id");
  out.has_parent = !parent.empty();
  if (!out.has_parent) {
    return out.subsegment ? std::optional(Reject::bad_parent_id) : std::nullopt;
  }
  const auto parent_id = parse_segment_id(parent);
  if (!parent_id) return Reject::bad_parent_id;
  out.parent = *parent_id;
  return std::nullopt;
}

std::optional<Reject> read_times(dom::object root, Document& out) {
  const auto start = time_of(root, "start_time");
  if (!start) return Reject::bad_time;
  out.start_us = *start;
  dom::element end;
  if (root["end_time"].get(end) == simdjson::SUCCESS && !end.is_null()) {
    const auto end_us = time_of(root, "end_time");
    if (!end_us) return Reject::bad_time;
    out.end_us = std::max(*end_us, *start);
    return std::nullopt;
  }
  out.in_progress = flag_of(root, "in_progress");
  if (!out.in_progress) return Reject::no_end;
  return std::nullopt;
}

}  // namespace

std::variant<Document, Reject> DocumentParser::parse(std::string_view json) {
  if (json.size() > kMaxDatagramBytes) return Reject::too_large;
  if (parser_.capacity() < kMaxDatagramBytes) {
    if (parser_.allocate(kMaxDatagramBytes, kMaxDepth) != simdjson::SUCCESS) {
      return Reject::store_failed;
    }
  }
  dom::element element;
  const auto failure = parser_.parse(json.data(), json.size()).get(element);
  if (failure == simdjson::DEPTH_ERROR) return Reject::too_deep;
  if (failure != simdjson::SUCCESS) return Reject::bad_json;
  dom::object root;
  if (element.get(root) != simdjson::SUCCESS) return Reject::not_an_object;

  Document out;
  out.json = json;
  if (const auto reason = read_identity(root, out)) return *reason;
  if (const auto reason = read_times(root, out)) return *reason;
  if (!read_span(root, out.start_us, 0, out)) return Reject::too_many_spans;
  read_http(root, out);
  out.user = cut(text_of(root, "user"), kMaxUserBytes);
  return out;
}

}  // namespace aloft::console
