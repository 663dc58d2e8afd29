// SPDX-License-Identifier: Apache-2.0
// The adapter for that library, as docs/guides/trace-your-own-libraries.md shows it.
#pragma once

#include "integrations/guide_kv_library.hpp"

#include <aloft/integrations/propagation.hpp>
#include <aloft/telemetry/span.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace shop {

/// A request to the store, from before it is sent until its answer.
class [[nodiscard]] KvSpan {
 public:
  KvSpan(aloft::Span& parent, const KvClient& client, std::string_view operation)
      : span_(parent.child(client.cluster, aloft::SpanKind::remote)) {
    span_.annotate("kv_operation", operation);
  }
  KvSpan(KvSpan&&) noexcept = default;
  KvSpan(const KvSpan&) = delete;
  KvSpan& operator=(const KvSpan&) = delete;
  KvSpan& operator=(KvSpan&&) = delete;
  ~KvSpan() { span_.set_error("dropped", "given up before its answer"); }

  void propagate(KvRequest& request) const {
    for (const auto& header : aloft::integrations::OutgoingHeaders(span_)) {
      request.headers[std::string(header.name)] = std::string(header.value);
    }
  }

  void finish(KvCode code, std::size_t value_bytes) {
    if (code == KV_OK) span_.annotate("value_bytes", value_bytes);
    span_.annotate("found", code == KV_OK);
    if (code == KV_BUSY) span_.set_error("resource_exhausted", kv_text(code));
    if (code == KV_TIMEOUT) span_.set_error("deadline_exceeded", kv_text(code));
    span_.end();
  }

 private:
  aloft::Span span_;
};

inline KvCode get(aloft::Span& parent, KvClient& client, std::string_view key, std::string& value) {
  KvRequest request{key, {}};
  KvSpan span(parent, client, "get");
  span.propagate(request);
  const KvCode code = kv_send(client, request, value);
  span.finish(code, value.size());
  return code;
}

}  // namespace shop
