// SPDX-License-Identifier: Apache-2.0
#include "console/otlp/request.hpp"

#include <aloft/core/text.hpp>

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace aloft::console::otlp {
namespace {

namespace dom = simdjson::dom;

// A value that nests `kMaxValueDepth` levels, four brackets each, within a span.
constexpr std::size_t kMaxJsonDepth = 96;

// What stops the reading of a request; caught where it began.
struct Refused {
  const char* why;
};

void take(Budget& budget) {
  if (!budget.take()) throw Refused{"the request has more than 500,000 attributes and values"};
}

/// The member, or nothing when it is absent or null.
std::optional<dom::element> member(dom::object object, std::string_view name) {
  dom::element element;
  if (object[name].get(element) != simdjson::SUCCESS || element.is_null()) return std::nullopt;
  return element;
}

std::string_view text_of(dom::object object, std::string_view name) {
  const auto found = member(object, name);
  std::string_view text;
  if (found && found->get(text) != simdjson::SUCCESS) throw Refused{"a text has another type"};
  return text;
}

/// Calls `each` with every object of the array `name`, if there is one.
template <typename Each>
void each_object(dom::object object, std::string_view name, Each each) {
  const auto found = member(object, name);
  if (!found) return;
  dom::array array;
  if (found->get(array) != simdjson::SUCCESS) throw Refused{"a list has another type"};
  for (const dom::element element : array) {
    dom::object entry;
    if (element.get(entry) != simdjson::SUCCESS) throw Refused{"a list holds no objects"};
    each(entry);
  }
}

std::optional<dom::object> object_of(dom::object object, std::string_view name) {
  const auto found = member(object, name);
  if (!found) return std::nullopt;
  dom::object inner;
  if (found->get(inner) != simdjson::SUCCESS) throw Refused{"an object has another type"};
  return inner;
}

template <typename Integer>
std::optional<Integer> parse_integer(std::string_view text) noexcept {
  Integer value{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Integers of 64 bits are texts, and taken as numbers, too.
template <typename Integer>
Integer integer_of(const dom::element& element) {
  Integer value{};
  if (element.get(value) == simdjson::SUCCESS) return value;
  std::string_view text;
  if (element.get(text) == simdjson::SUCCESS) {
    if (const auto parsed = parse_integer<Integer>(text)) return *parsed;
  }
  throw Refused{"a number has another type, or does not fit"};
}

template <typename Integer>
Integer integer_of(dom::object object, std::string_view name) {
  const auto found = member(object, name);
  return found ? integer_of<Integer>(*found) : Integer{};
}

double number_of(const dom::element& element) {
  double number = 0;
  if (element.get(number) == simdjson::SUCCESS) return number;
  std::string_view text;
  if (element.get(text) == simdjson::SUCCESS) {
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return number;
  }
  throw Refused{"a number has another type"};
}

Attributes read_attributes(dom::object object, std::string_view name, Budget& budget, int depth);

AnyValue read_value(dom::object object, Budget& budget, int depth) {
  if (depth > kMaxValueDepth) throw Refused{"a value nests deeper than 16 levels"};
  take(budget);
  AnyValue value;
  for (const auto& [name, element] : object) {
    if (element.is_null()) continue;
    dom::object inner;
    if (name == "stringValue" || name == "bytesValue") {
      value.kind = name == "stringValue" ? AnyValue::Kind::text : AnyValue::Kind::bytes;
      value.text = text_of(object, name);
    } else if (name == "boolValue") {
      value.kind = AnyValue::Kind::boolean;
      if (element.get(value.boolean) != simdjson::SUCCESS) {
        throw Refused{"a truth value has another type"};
      }
    } else if (name == "intValue") {
      value.kind = AnyValue::Kind::integer;
      value.integer = integer_of<std::int64_t>(element);
    } else if (name == "doubleValue") {
      value.kind = AnyValue::Kind::number;
      value.number = number_of(element);
    } else if (name == "arrayValue" && element.get(inner) == simdjson::SUCCESS) {
      value.kind = AnyValue::Kind::array;
      each_object(inner, "values", [&](dom::object entry) {
        value.items.push_back(read_value(entry, budget, depth + 1));
      });
    } else if (name == "kvlistValue" && element.get(inner) == simdjson::SUCCESS) {
      value.kind = AnyValue::Kind::map;
      value.members = read_attributes(inner, "values", budget, depth + 1);
    }
  }
  return value;
}

Attributes read_attributes(dom::object object, std::string_view name, Budget& budget, int depth) {
  Attributes attributes;
  each_object(object, name, [&](dom::object entry) {
    take(budget);
    if (attributes.size() == kMaxAttributes) throw Refused{kTooManyAttributes};
    Attribute attribute{.key = text_of(entry, "key"), .value = {}};
    if (const auto value = object_of(entry, "value")) {
      attribute.value = read_value(*value, budget, depth);
    }
    attributes.push_back(std::move(attribute));
  });
  return attributes;
}

/// 0 unless it is exactly so many hex digits.
std::uint64_t hex_of(std::string_view digits) noexcept {
  return text::parse_hex(digits).value_or(0);
}

void read_ids(dom::object object, Span& span) {
  const std::string_view trace = text_of(object, "traceId");
  if (trace.size() == 32) {
    const auto high = text::parse_hex(trace.substr(0, 16));
    const auto low = text::parse_hex(trace.substr(16));
    if (high && low) {
      span.trace_high = *high;
      span.trace_low = *low;
    }
  }
  const std::string_view id = text_of(object, "spanId");
  if (id.size() == 16) span.id = hex_of(id);
  const std::string_view parent = text_of(object, "parentSpanId");
  if (parent.empty()) return;
  const auto parsed = parent.size() == 16 ? text::parse_hex(parent) : std::nullopt;
  span.bad_parent = !parsed;
  span.parent = parsed.value_or(0);
}

Span read_span(dom::object object, Budget& budget) {
  Span span;
  read_ids(object, span);
  span.name = text_of(object, "name");
  const auto kind = integer_of<std::int64_t>(object, "kind");
  if (kind >= 1 && kind <= 5) span.kind = static_cast<Kind>(kind);
  span.start_ns = integer_of<std::uint64_t>(object, "startTimeUnixNano");
  span.end_ns = integer_of<std::uint64_t>(object, "endTimeUnixNano");
  span.flags = static_cast<std::uint32_t>(integer_of<std::uint64_t>(object, "flags"));
  span.attributes = read_attributes(object, "attributes", budget, 0);
  each_object(object, "events", [&](dom::object entry) {
    take(budget);
    span.events.push_back(
        {text_of(entry, "name"), read_attributes(entry, "attributes", budget, 0)});
  });
  each_object(object, "links", [&](dom::object entry) {
    take(budget);
    Span ids;
    read_ids(entry, ids);
    append(span, {ids.trace_high, ids.trace_low, ids.id,
                  read_attributes(entry, "attributes", budget, 0)});
  });
  if (const auto status = object_of(object, "status")) {
    span.status_message = text_of(*status, "message");
    span.failed = integer_of<std::int64_t>(*status, "code") == 2;
  }
  return span;
}

void read_resource_spans(dom::object object, Budget& budget, Request& out) {
  take(budget);
  out.resources.emplace_back();
  if (const auto resource = object_of(object, "resource")) {
    out.resources.back().attributes = read_attributes(*resource, "attributes", budget, 0);
  }
  each_object(object, "scopeSpans", [&](dom::object scope) {
    each_object(scope, "spans", [&](dom::object entry) {
      if (out.spans.size() == kMaxRequestSpans) {
        throw Refused{"the request has more than 10,000 spans"};
      }
      out.spans.push_back(read_span(entry, budget));
      out.spans.back().resource = out.resources.size() - 1;
    });
  });
}

}  // namespace

std::variant<Request, BadRequest> JsonReader::read(std::string_view body) {
  if (parser_.allocate(body.size() + 1, kMaxJsonDepth) != simdjson::SUCCESS) {
    return BadRequest{"there is no memory for the body"};
  }
  dom::element root;
  const auto failure = parser_.parse(body.data(), body.size()).get(root);
  if (failure == simdjson::DEPTH_ERROR) return BadRequest{"the body nests deeper than 96 levels"};
  if (failure != simdjson::SUCCESS) return BadRequest{"the body is not JSON"};
  dom::object object;
  if (root.get(object) != simdjson::SUCCESS) return BadRequest{"the body is no JSON object"};
  Request out;
  Budget budget;
  try {
    each_object(object, "resourceSpans",
                [&](dom::object entry) { read_resource_spans(entry, budget, out); });
  } catch (const Refused& refused) {
    return BadRequest{refused.why};
  }
  return out;
}

}  // namespace aloft::console::otlp
