// SPDX-License-Identifier: Apache-2.0
// One span as a segment or subsegment of an X-Ray document, member by member in the order of
// Aloft's own format, so that the same span gives the same bytes over either wire.
//
// Thread-safety: none; one writer a thread.
#pragma once

#include "console/otlp/facts.hpp"

#include <aloft/core/json_writer.hpp>

#include <simdjson.h>

namespace aloft::console::otlp {

enum class Metadata : std::uint8_t { with, without };

class SegmentWriter {
 public:
  /// Everything but subsegments; the object stays open.
  void open(json::Writer& json, const Span& span, const Sender& sender, bool nested,
            Metadata metadata);

 private:
  void write_metadata(json::Writer& json, const Span& span, const SpanFacts& facts,
                      const Sender& sender);
  bool write_name_space(json::Writer& json, std::string_view name, std::string_view text);

  simdjson::dom::parser parser_;  // of the metadata's JSON
};

}  // namespace aloft::console::otlp
