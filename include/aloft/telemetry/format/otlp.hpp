// SPDX-License-Identifier: Apache-2.0
// OTLP traces from neutral records, as protobuf: pure, no I/O, byte for byte reproducible.
//
// A request is an envelope (resource, scope) round spans. The spans of a trace are encoded once,
// as entries of `ScopeSpans.spans`; entries of any traces stand side by side behind one envelope,
// whose lengths follow from their sum. So what waits, is retried or bisected is never encoded
// again:
//
//   OtlpTraceWriter writer;                        OtlpEnvelope envelope(resource);
//   writer.begin(trace);                           std::string body = envelope.open(total_bytes);
//   while (auto spans = writer.next()) keep(spans->bytes);   for (…) body += payload;
//
// What is called what: `otlp_names.hpp`. A stack is text, a line a frame, innermost first:
// "#0 fraud::score(int) + 0x12 from libfraud.so". Bytes that are no UTF-8 become U+FFFD, or a
// receiver would refuse the whole request.
//
// Source of the format: opentelemetry-proto 1.9, trace/v1/trace.proto, read 2026-11.
// Thread-safety: none; one writer a thread. Memory is reused from trace to trace.
#pragma once

#include <aloft/core/json_writer.hpp>
#include <aloft/telemetry/record.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {

/// Source: "OTLP endpoints", CloudWatch user guide, read 2026-11: 200 KB for a span, 5 MB and
/// 10,000 spans for a request, not compressed.
inline constexpr std::size_t kMaxOtlpSpanBytes = 200'000;
inline constexpr std::size_t kMaxOtlpRequestBytes = 5'000'000;
inline constexpr std::size_t kMaxOtlpRequestSpans = 10'000;

struct OtlpSpans {
  std::string_view bytes;  ///< entries of `ScopeSpans.spans`; valid until the next call
  std::size_t spans = 0;   ///< how many
};

class OtlpTraceWriter {
 public:
  /// @param limit_bytes  of one answer of `next`; a trace that has more is told in several.
  explicit OtlpTraceWriter(std::size_t limit_bytes = std::size_t{1} << 20);

  /// `trace` must live until the last `next`.
  void begin(const TraceRecord& trace);
  /// The next entries, or nothing after the last.
  std::optional<OtlpSpans> next();
  /// Spans of this trace that were too large, even without their metadata.
  std::size_t too_large() const noexcept { return too_large_; }

 private:
  bool append(const SpanRecord& span, bool is_root, bool with_metadata);

  json::Buffer buffer_;
  json::Buffer metadata_;  // the JSON of one name space
  const TraceRecord* trace_ = nullptr;
  std::size_t next_ = 0;
  std::size_t too_large_ = 0;
};

/// What stands round the spans of a request; made once for a resource.
class OtlpEnvelope {
 public:
  explicit OtlpEnvelope(const Resource& resource);

  /// What must stand before `payload_bytes` of spans; behind them comes nothing.
  std::string open(std::size_t payload_bytes) const;
  /// The most that `open` writes.
  std::size_t overhead_bytes() const noexcept;

 private:
  std::string resource_;  // `ResourceSpans.resource` and `schema_url`, each with tag and length
  std::string scope_;     // `ScopeSpans.scope`, with tag and length
};

}  // namespace v0
}  // namespace aloft
