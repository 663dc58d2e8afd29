// SPDX-License-Identifier: Apache-2.0
#include "console/otlp/request.hpp"

#include <protozero/exception.hpp>
#include <protozero/pbf_reader.hpp>

#include <utility>

namespace aloft::console::otlp {
namespace {

using protozero::pbf_reader;
using protozero::pbf_wire_type;

// What stops the reading of a request; caught where it began.
struct Refused {
  const char* why;
};

constexpr auto kLength = pbf_wire_type::length_delimited;
constexpr auto kVarint = pbf_wire_type::varint;
constexpr auto kFixed64 = pbf_wire_type::fixed64;
constexpr auto kFixed32 = pbf_wire_type::fixed32;

std::string_view view_of(pbf_reader& reader) {
  const protozero::data_view view = reader.get_view();
  return {view.data(), view.size()};
}

void take(Budget& budget) {
  if (!budget.take()) throw Refused{"the request has more than 500,000 attributes and values"};
}

// Most significant byte first; requires at most eight.
std::uint64_t big_endian(std::string_view bytes) noexcept {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

Attribute read_attribute(pbf_reader reader, Budget& budget, int depth);

AnyValue read_value(pbf_reader reader, Budget& budget, int depth) {
  if (depth > kMaxValueDepth) throw Refused{"a value nests deeper than 16 levels"};
  take(budget);
  AnyValue value;
  // Of several members the last counts, as always in a `oneof`.
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case tag_and_type(1, kLength):
        value.kind = AnyValue::Kind::text;
        value.text = view_of(reader);
        break;
      case tag_and_type(2, kVarint):
        value.kind = AnyValue::Kind::boolean;
        value.boolean = reader.get_bool();
        break;
      case tag_and_type(3, kVarint):
        value.kind = AnyValue::Kind::integer;
        value.integer = reader.get_int64();
        break;
      case tag_and_type(4, kFixed64):
        value.kind = AnyValue::Kind::number;
        value.number = reader.get_double();
        break;
      case tag_and_type(5, kLength): {
        value.kind = AnyValue::Kind::array;
        pbf_reader array = reader.get_message();
        while (array.next(1, kLength)) {
          value.items.push_back(read_value(array.get_message(), budget, depth + 1));
        }
        break;
      }
      case tag_and_type(6, kLength): {
        value.kind = AnyValue::Kind::map;
        pbf_reader map = reader.get_message();
        while (map.next(1, kLength)) {
          value.members.push_back(read_attribute(map.get_message(), budget, depth + 1));
        }
        break;
      }
      case tag_and_type(7, kLength):
        value.kind = AnyValue::Kind::bytes;
        value.text = view_of(reader);
        break;
      default:
        reader.skip();
    }
  }
  return value;
}

Attribute read_attribute(pbf_reader reader, Budget& budget, int depth) {
  take(budget);
  Attribute attribute;
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case tag_and_type(1, kLength):
        attribute.key = view_of(reader);
        break;
      case tag_and_type(2, kLength):
        attribute.value = read_value(reader.get_message(), budget, depth);
        break;
      default:
        reader.skip();
    }
  }
  return attribute;
}

void append(Attributes& attributes, pbf_reader reader, Budget& budget) {
  if (attributes.size() == kMaxAttributes) throw Refused{kTooManyAttributes};
  attributes.push_back(read_attribute(reader, budget, 0));
}

Event read_event(pbf_reader reader, Budget& budget) {
  take(budget);
  Event event;
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case tag_and_type(2, kLength):
        event.name = view_of(reader);
        break;
      case tag_and_type(3, kLength):
        append(event.attributes, reader.get_message(), budget);
        break;
      default:
        reader.skip();
    }
  }
  return event;
}

void read_status(pbf_reader reader, Span& span) {
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case tag_and_type(2, kLength):
        span.status_message = view_of(reader);
        break;
      case tag_and_type(3, kVarint):
        span.failed = reader.get_enum() == 2;
        break;
      default:
        reader.skip();
    }
  }
}

Kind kind_of(std::int32_t kind) noexcept {
  return kind >= 1 && kind <= 5 ? static_cast<Kind>(kind) : Kind::unspecified;
}

void read_ids(std::uint64_t tag, std::string_view bytes, Span& span) {
  if (tag == 1 && bytes.size() == 16) {
    span.trace_high = big_endian(bytes.substr(0, 8));
    span.trace_low = big_endian(bytes.substr(8));
  } else if (tag == 2 && bytes.size() == 8) {
    span.id = big_endian(bytes);
  } else if (tag == 4 && !bytes.empty()) {
    span.bad_parent = bytes.size() != 8;
    if (!span.bad_parent) span.parent = big_endian(bytes);
  }
}

Link read_link(pbf_reader reader, Budget& budget) {
  take(budget);
  Span ids;
  Attributes attributes;
  while (reader.next()) {
    const std::uint64_t tag = reader.tag();
    if ((tag == 1 || tag == 2) && reader.wire_type() == kLength) {
      read_ids(tag, view_of(reader), ids);
    } else if (tag == 4 && reader.wire_type() == kLength) {
      append(attributes, reader.get_message(), budget);
    } else {
      reader.skip();
    }
  }
  return {ids.trace_high, ids.trace_low, ids.id, std::move(attributes)};
}

Span read_span(pbf_reader reader, Budget& budget) {
  Span span;
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case tag_and_type(1, kLength):
      case tag_and_type(2, kLength):
      case tag_and_type(4, kLength): {
        const std::uint64_t tag = reader.tag();
        read_ids(tag, view_of(reader), span);
        break;
      }
      case tag_and_type(5, kLength):
        span.name = view_of(reader);
        break;
      case tag_and_type(6, kVarint):
        span.kind = kind_of(reader.get_enum());
        break;
      case tag_and_type(7, kFixed64):
        span.start_ns = reader.get_fixed64();
        break;
      case tag_and_type(8, kFixed64):
        span.end_ns = reader.get_fixed64();
        break;
      case tag_and_type(9, kLength):
        append(span.attributes, reader.get_message(), budget);
        break;
      case tag_and_type(11, kLength):
        span.events.push_back(read_event(reader.get_message(), budget));
        break;
      case tag_and_type(13, kLength):
        append(span, read_link(reader.get_message(), budget));
        break;
      case tag_and_type(15, kLength):
        read_status(reader.get_message(), span);
        break;
      case tag_and_type(16, kFixed32):
        span.flags = reader.get_fixed32();
        break;
      default:
        reader.skip();
    }
  }
  return span;
}

void read_scope_spans(pbf_reader reader, Budget& budget, Request& out) {
  while (reader.next(2, kLength)) {
    if (out.spans.size() == kMaxRequestSpans)
      throw Refused{"the request has more than 10,000 spans"};
    out.spans.push_back(read_span(reader.get_message(), budget));
    out.spans.back().resource = out.resources.size() - 1;
  }
}

void read_resource(pbf_reader reader, Budget& budget, Resource& out) {
  while (reader.next(1, kLength)) {
    append(out.attributes, reader.get_message(), budget);
  }
}

void read_resource_spans(pbf_reader reader, Budget& budget, Request& out) {
  take(budget);
  out.resources.emplace_back();
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case tag_and_type(1, kLength):
        read_resource(reader.get_message(), budget, out.resources.back());
        break;
      case tag_and_type(2, kLength):
        read_scope_spans(reader.get_message(), budget, out);
        break;
      default:
        reader.skip();
    }
  }
}

}  // namespace

std::variant<Request, BadRequest> ProtobufReader::read(std::string_view body) {
  Request out;
  Budget budget;
  try {
    pbf_reader reader(body.data(), body.size());
    while (reader.next(1, kLength)) read_resource_spans(reader.get_message(), budget, out);
  } catch (const Refused& refused) {
    return BadRequest{refused.why};
  } catch (const protozero::exception&) {
    return BadRequest{"the body is no protobuf of an ExportTraceServiceRequest"};
  }
  return out;
}

void append(Span& span, Link link) {
  if ((link.trace_high | link.trace_low) == 0 || link.id == 0 ||
      span.links.size() == kMaxSpanLinks) {
    ++span.bad_links;
  } else {
    span.links.push_back(std::move(link));
  }
}

const AnyValue* find(const Attributes& attributes, std::string_view key) noexcept {
  for (const Attribute& attribute : attributes) {
    if (attribute.key == key) return &attribute.value;
  }
  return nullptr;
}

std::string_view find_text(const Attributes& attributes, std::string_view key) noexcept {
  const AnyValue* const value = find(attributes, key);
  return value != nullptr && value->is_text() ? value->text : std::string_view();
}

}  // namespace aloft::console::otlp
