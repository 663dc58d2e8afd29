// SPDX-License-Identifier: Apache-2.0
// An X-Ray document (a segment, or a subsegment that travels alone), checked once and reduced to
// what the console indexes. The document itself is kept as it came; whatever this struct leaves
// out (metadata, sql, aws, stacks) is read from there by the page.
//
// Fields that the model does not know are welcome: SDKs write their own ("Dummy": false). A field
// of the wrong type is as if it were absent, unless the document cannot be placed without it.
//
//   DocumentParser parser;
//   auto parsed = parser.parse(body);
//   if (const Reject* reason = std::get_if<Reject>(&parsed)) ++count_of(rejected, *reason);
//
// Thread-safety: one parser a thread; documents are plain values.
#pragma once

#include "console/reject.hpp"
#include "console/trace_id.hpp"

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace aloft::console {

/// Ours: SDKs nest a few dozen levels; the parser and every walk stop here, so that a hostile
/// document of 30,000 brackets costs no stack.
inline constexpr std::size_t kMaxDepth = 128;
/// Ours: the page promises a fluent waterfall of 10,000 spans.
inline constexpr std::uint32_t kMaxSpansPerDocument = 10'000;
/// Source: "AWS X-Ray segment documents", name, read 2026-11: up to 200 characters.
inline constexpr std::size_t kMaxNameCharacters = 200;
/// Source: the same page: X-Ray indexes up to 50 annotations of a trace.
inline constexpr std::size_t kMaxAnnotations = 50;
/// The year 2255, below where nanoseconds in 64 bits end; later ones are milliseconds or nonsense.
inline constexpr std::uint64_t kMaxEpochSeconds = 9'000'000'000;

/// An annotation of any span, with the start of that span: the earliest value of a key wins.
struct Annotation {
  std::string key;
  std::string value;
  bool is_text = true;  ///< written with quotes; false for numbers and truth values
  std::int64_t start_us = 0;
};

enum class SpanKind : std::uint8_t {
  segment,
  local,     ///< a subsegment within its service
  remote,    ///< `"namespace": "remote"`, a call to another host
  aws,       ///< `"namespace": "aws"`, a call to a service of AWS
  database,  ///< has a block `sql`
};

/// What the map needs of a span. Its flags are its own, not those of spans within it.
struct SpanFacts {
  SpanKind kind = SpanKind::local;
  bool has_parent = false;
  bool fault = false;
  bool error = false;
  bool throttle = false;
  int status = 0;
  std::uint64_t id = 0;
  std::uint64_t parent = 0;
  std::int64_t start_us = 0;
  std::int64_t end_us = 0;  ///< 0 while in progress
  std::string name;         ///< of segments and calls
  std::string type;         ///< X-Ray's: the segment's origin, or what is called
  std::string error_text;   ///< of its first exception

  std::int64_t duration_us() const noexcept { return end_us > start_us ? end_us - start_us : 0; }
};
/// Ours: more calls than one request makes; the document keeps the rest.
inline constexpr std::size_t kMaxDocumentFacts = 1024;

struct Document {
  TraceId trace;
  std::uint64_t id = 0;
  std::uint64_t parent = 0;
  bool has_parent = false;
  bool subsegment = false;  ///< travels alone, `"type": "subsegment"`
  bool in_progress = false;
  std::int64_t start_us = 0;  ///< microseconds since the epoch
  std::int64_t end_us = 0;    ///< 0 while in progress
  std::uint32_t spans = 0;    ///< itself and all subsegments in it
  bool fault = false;         ///< here or in any subsegment; so the next two
  bool error = false;
  bool throttle = false;
  int status = 0;
  std::string name;
  std::string method;
  std::string url;
  std::string user;
  std::string error_text;  ///< of the first exception; empty when there is none
  std::int64_t error_start_us = 0;
  std::vector<Annotation> annotations;
  std::vector<SpanFacts> facts;  ///< its own first, then those of its subsegments
  std::string_view json;         ///< the bytes that were parsed; the caller keeps them
};

class DocumentParser {
 public:
  std::variant<Document, Reject> parse(std::string_view json);

 private:
  simdjson::dom::parser parser_;
};

}  // namespace aloft::console
