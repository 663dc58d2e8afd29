// SPDX-License-Identifier: Apache-2.0
// An `ExportTraceServiceRequest`, read from protobuf or JSON into the same structs. Everything is a
// view into the body, or into the reader's own memory, and lives until the next `read` or the end
// of the body.
//
//   ProtobufReader reader;
//   auto read = reader.read(body);
//   if (const BadRequest* wrong = std::get_if<BadRequest>(&read)) return invalid(wrong->message);
//
// Fields that the model does not know are skipped. What nests deeper than `kMaxValueDepth`, or has
// more values or spans than the limits, is refused as a whole: a body of two bytes an attribute
// must not become a hundred times its size in memory.
//
// Source: opentelemetry-proto 1.9 and "JSON Protobuf Encoding", OTLP specification, read 2026-11.
// Thread-safety: one reader a thread.
#pragma once

#include "console/sampling.hpp"

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace aloft::console::otlp {

/// Ours: OpenTelemetry's SDKs nest a level or two.
inline constexpr int kMaxValueDepth = 16;
/// Source: "OTLP endpoints", CloudWatch user guide, read 2026-11: what AWS takes in a request.
inline constexpr std::size_t kMaxRequestSpans = 10'000;
/// Ours: SDKs stop at 128; each is compared with the names that are looked for.
inline constexpr std::size_t kMaxAttributes = 1'000;
/// Source: X-Ray developer guide, "Trace linking", read 2026-11: a trace has at most so many.
inline constexpr std::size_t kMaxSpanLinks = 100;
/// Ours: 10,000 spans of 50 attributes; some 50 MB in memory.
inline constexpr std::size_t kMaxRequestValues = 500'000;

struct Attribute;

struct AnyValue {
  enum class Kind : std::uint8_t { none, text, boolean, integer, number, array, map, bytes };

  Kind kind = Kind::none;
  bool boolean = false;
  std::int64_t integer = 0;
  double number = 0;
  std::string_view text;           ///< also of bytes, as they are; from JSON: in base64
  std::vector<AnyValue> items;     ///< of an array
  std::vector<Attribute> members;  ///< of a map

  bool is_text() const noexcept { return kind == Kind::text; }
};

struct Attribute {
  std::string_view key;
  AnyValue value;
};
using Attributes = std::vector<Attribute>;

struct Event {
  std::string_view name;
  Attributes attributes;
};

/// A span that led to this one.
struct Link {
  std::uint64_t trace_high = 0;
  std::uint64_t trace_low = 0;
  std::uint64_t id = 0;
  Attributes attributes;
};

enum class Kind : std::uint8_t { unspecified, internal, server, client, producer, consumer };

struct Span {
  std::size_t resource = 0;  ///< index into `Request::resources`
  std::uint64_t trace_high = 0;
  std::uint64_t trace_low = 0;
  std::uint64_t id = 0;  ///< 0: none of eight bytes was sent; so the trace id
  std::uint64_t parent = 0;
  bool bad_parent = false;  ///< a parent id that is not of eight bytes
  Kind kind = Kind::unspecified;
  bool failed = false;      ///< status code *error*
  std::uint32_t flags = 0;  ///< W3C's, and whether the parent is remote
  std::uint64_t start_ns = 0;
  std::uint64_t end_ns = 0;
  std::string_view name;
  std::string_view status_message;
  Attributes attributes;
  std::vector<Event> events;
  std::vector<Link> links;
  std::uint32_t bad_links = 0;  ///< without the ids of a span, or above `kMaxSpanLinks`
};

struct Resource {
  Attributes attributes;
};

struct Request {
  std::vector<Resource> resources;
  std::vector<Span> spans;
};

inline constexpr const char* kTooManyAttributes =
    "a span, event or resource has more than 1,000 attributes";

/// Takes one from what is left of `kMaxRequestValues`.
class Budget {
 public:
  bool take() noexcept { return left_ != 0 && left_-- != 0; }

 private:
  std::size_t left_ = kMaxRequestValues;
};

class ProtobufReader {
 public:
  std::variant<Request, BadRequest> read(std::string_view body);
};

class JsonReader {
 public:
  std::variant<Request, BadRequest> read(std::string_view body);

 private:
  simdjson::dom::parser parser_;
};

/// Keeps a link that names a span, and counts another.
void append(Span& span, Link link);

/// The value of `key`, or null.
const AnyValue* find(const Attributes& attributes, std::string_view key) noexcept;
/// Its text; empty when it is absent or none.
std::string_view find_text(const Attributes& attributes, std::string_view key) noexcept;

}  // namespace aloft::console::otlp
