// SPDX-License-Identifier: Apache-2.0
// The spans of one trace and who called whom: what `service()`, `edge()` and `rootcause` of filter
// expressions look at. As in the map, only ids and parent ids place a span, never its times, and a
// span that came twice (alone and within its segment) is one: the form that has ended.
//
//   TraceSpans spans;
//   spans.add(document, object);   // as they come
//   spans.finish();
//   for (const TraceSpan& span : spans.all()) …
//
// Thread-safety: plain value.
#pragma once

#include "console/document.hpp"

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::console::xray {

struct SpanException {
  std::string name;  ///< its type, as X-Ray's API calls it
  std::string message;
};

struct TraceSpan {
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

  SpanFacts facts;   ///< `facts.name` is what a call calls, e.g. the table
  std::string name;  ///< as sent
  int status = 0;
  std::string method;
  std::string url;
  std::string user_agent;
  std::string client_ip;
  std::string user;
  std::string instance_id;
  std::string zone;
  std::string resource_arn;
  std::vector<SpanException> exceptions;
  std::uint32_t parent = kNone;
  std::uint32_t owner = kNone;   ///< the segment that it belongs to; of a segment itself
  std::uint32_t answer = kNone;  ///< of a call: the segment that answered it

  bool is_segment() const noexcept { return facts.kind == SpanKind::segment; }
  bool is_call() const noexcept { return !is_segment() && facts.kind != SpanKind::local; }
  /// Called something that sent no segment.
  bool is_unanswered() const noexcept { return is_call() && answer == kNone; }
  bool in_progress() const noexcept { return facts.end_us == 0; }
  double seconds() const noexcept { return static_cast<double>(facts.duration_us()) / 1e6; }
};

class TraceSpans {
 public:
  /// @param root  of the same document; read now, not kept.
  void add(const Document& document, simdjson::dom::object root);
  /// Places each span; once, after the last document.
  void finish();

  const std::vector<TraceSpan>& all() const noexcept { return spans_; }
  /// The segment without a parent that began first, else the segment that did; or `kNone`.
  std::uint32_t root() const noexcept { return root_; }
  /// For each span its children, by (parent, child); those without a parent under `kNone`.
  const std::vector<std::pair<std::uint32_t, std::uint32_t>>& children() const noexcept {
    return children_;
  }

 private:
  void read(const Document& document, simdjson::dom::object span, std::size_t& next);
  void drop_repeated();
  std::uint32_t find(std::uint64_t id) const noexcept;
  void place(std::uint32_t start, std::vector<bool>& known);
  void choose_root();

  std::vector<TraceSpan> spans_;  // once finished: by id
  std::vector<std::pair<std::uint32_t, std::uint32_t>> children_;
  std::uint32_t root_ = TraceSpan::kNone;
};

}  // namespace aloft::console::xray
