// SPDX-License-Identifier: Apache-2.0
// Requests of OTLP as other SDKs write them, made with protozero.
#pragma once

#include <zlib.h>
#include <protozero/pbf_writer.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft::console::fixture {

using protozero::pbf_writer;

struct OtlpSpan {
  std::string trace = std::string("\x67\x89\x12\x34", 4) + std::string(11, '\0') + "\x01";
  std::string id = std::string(7, '\0') + "\x02";
  std::string parent{};
  std::string name = "GET /users/{id}";
  int kind = 2;
  std::uint64_t start = 1'737'036'340'500'000'000;
  std::uint64_t end = 1'737'036'341'000'000'000;
  std::vector<std::pair<std::string, std::string>> texts{};
  std::vector<std::pair<std::string, std::int64_t>> integers{};
  int status = 0;
  std::string status_message{};
  int links = 0;            ///< that name nothing
  std::string linked_id{};  ///< of a link into the same trace
};

inline std::string id_of(unsigned char last) {
  return std::string(7, '\0') + static_cast<char>(last);
}

inline void add_text(pbf_writer& parent, std::uint32_t field, const std::string& key,
                     const std::string& text) {
  pbf_writer entry(parent, field);
  entry.add_string(1, key);
  pbf_writer value(entry, 2);
  value.add_string(1, text);
}

inline std::string otlp_request(const std::vector<OtlpSpan>& spans,
                                const std::string& service = "users",
                                const std::string& sdk = "opentelemetry") {
  std::string body;
  pbf_writer request(body);
  pbf_writer resource_spans(request, 1);
  {
    pbf_writer resource(resource_spans, 1);
    add_text(resource, 1, "service.name", service);
    add_text(resource, 1, "telemetry.sdk.name", sdk);
    add_text(resource, 1, "telemetry.sdk.language", "go");
    add_text(resource, 1, "cloud.platform", "aws_ecs");
  }
  pbf_writer scope_spans(resource_spans, 2);
  for (const OtlpSpan& span : spans) {
    pbf_writer out(scope_spans, 2);
    out.add_bytes(1, span.trace);
    out.add_bytes(2, span.id);
    if (!span.parent.empty()) out.add_bytes(4, span.parent);
    out.add_string(5, span.name);
    out.add_enum(6, span.kind);
    out.add_fixed64(7, span.start);
    out.add_fixed64(8, span.end);
    for (const auto& [key, text] : span.texts) add_text(out, 9, key, text);
    for (const auto& [key, integer] : span.integers) {
      pbf_writer entry(out, 9);
      entry.add_string(1, key);
      pbf_writer value(entry, 2);
      value.add_int64(3, integer);
    }
    for (int i = 0; i < span.links; ++i) out.add_message(13, std::string());
    if (!span.linked_id.empty()) {
      pbf_writer link(out, 13);
      link.add_bytes(1, span.trace);
      link.add_bytes(2, span.linked_id);
    }
    if (span.status != 0) {
      pbf_writer status(out, 15);
      status.add_string(2, span.status_message);
      status.add_enum(3, span.status);
    }
  }
  return body;
}

inline std::string gzipped(std::string plain) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, static_cast<uLong>(plain.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace aloft::console::fixture
