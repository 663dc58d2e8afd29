// SPDX-License-Identifier: Apache-2.0
// X-Ray segment documents from neutral records: pure, no I/O, byte for byte reproducible.
//
// A local root becomes a segment, its children nested subsegments; spans whose parent was sent
// before become independent subsegments. A trace that does not fit into one document is split: it
// is measured, and whole subtrees leave their parent until the rest fits, the largest first, those
// with an error or a fault last. They are sent before it. A span that alone is too large loses its
// metadata, and is given up only if that does not help; its children go alone. No document is ever
// longer than the limit.
//
//   XRayDocumentWriter writer;
//   writer.begin(batch.resource, trace);
//   while (auto document = writer.next()) send(document->text);
//
// Source of the format: X-Ray developer guide, "Segment documents", read 2026-11.
// Thread-safety: none; one writer a thread. Memory is reused from trace to trace.
#pragma once

#include <aloft/core/json_writer.hpp>
#include <aloft/telemetry/record.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {

/// What the daemon reads in front of each document. Source: the daemon's tracesegment.go, 2026-11.
inline constexpr std::string_view kXRayDaemonHeader = "{\"format\":\"json\",\"version\":1}\n";
/// Largest UDP payload over IPv4: 65,535 less 20 of IP and 8 of UDP. Source: RFC 768, RFC 791.
inline constexpr std::size_t kMaxDatagramBytes = 65'507;

struct XRayDocument {
  std::string_view text;  ///< prefix and document; valid until the next call
  std::size_t spans = 0;  ///< how many spans it holds
};

class XRayDocumentWriter {
 public:
  /// @param prefix       written in front of each document, e.g. `kXRayDaemonHeader`.
  /// @param limit_bytes  of prefix and document together.
  explicit XRayDocumentWriter(std::string_view prefix = {},
                              std::size_t limit_bytes = kMaxDatagramBytes);

  /// Both must live until the last `next`.
  void begin(const Resource& resource, const TraceRecord& trace);
  /// The next document, or nothing after the last.
  std::optional<XRayDocument> next();
  /// Spans of this trace that no document could hold.
  std::size_t too_large() const noexcept { return too_large_; }

 private:
  struct Links {
    std::uint32_t first_child;
    std::uint32_t last_child;
    std::uint32_t next_sibling;
    bool has_metadata = true;
  };
  /// Of a span in a trace that must be split.
  struct Measure {
    std::size_t bytes = 0;  ///< nested, with the children that it keeps
    bool in_tree = false;
    bool is_bad = false;  ///< it or one below has an error, a throttle or a fault
    bool has_left = false;
  };

  std::size_t write(json::Writer& json, std::uint32_t index, bool nested);
  void write_members(json::Writer& json, std::uint32_t index, bool nested) const;
  void write_head(json::Writer& json, const SpanRecord& span, bool nested) const;
  void write_blocks(json::Writer& json, const SpanRecord& span, bool segment) const;
  void write_annotations(json::Writer& json, const SpanRecord& span) const;
  void write_metadata(json::Writer& json, const SpanRecord& span) const;
  /// What was written is within the limit.
  bool fits() const noexcept { return !buffer_.overflowed() && buffer_.size() <= limit_; }
  void add_child(std::uint32_t parent, std::uint32_t child) noexcept;
  void split(std::uint32_t root);
  std::size_t measure(std::uint32_t index, bool nested);
  void let_go(std::uint32_t index, std::size_t limit, std::vector<std::uint32_t>& leaves);

  std::string prefix_;
  std::size_t limit_;
  json::Buffer buffer_;
  const Resource* resource_ = nullptr;
  std::vector<ResourceAttribute> attributes_;
  std::string aws_members_;  // of them
  const TraceRecord* trace_ = nullptr;
  std::vector<Links> links_;
  std::vector<std::uint32_t> tasks_;  // roots of documents; the last is next
  std::size_t whole_ = 0;             // of them, the first ones that were not split yet
  std::vector<Measure> measures_;
  std::size_t too_large_ = 0;
};

}  // namespace v0
}  // namespace aloft
