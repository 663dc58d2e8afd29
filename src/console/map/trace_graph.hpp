// SPDX-License-Identifier: Apache-2.0
// Follows the calls of one trace through its documents: from each span to the span that it belongs
// to, and from each call to the segment that answered it. Order of arrival does not matter; only
// ids and parent ids place a span, never its times, which clocks of several machines make.
//
//   TraceGraph graph(id);
//   graph.add(document);                       // as they come
//   TraceRecord record = graph.record("acme"); // what the trace is so far
//
// Thread-safety: plain value.
#pragma once

#include "console/document.hpp"
#include "console/map/trace_record.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::console {

/// Ours: spans of one trace that the map follows; the waterfall shows all of them.
inline constexpr std::size_t kMaxTraceSpans = 4096;

class TraceGraph {
 public:
  explicit TraceGraph(const TraceId& id) noexcept : id_(id) {}

  void add(const Document& document);
  TraceRecord record(std::string_view tenant) const;
  std::size_t spans() const noexcept { return spans_.size(); }

 private:
  friend class TraceWalk;
  struct Span {
    SpanFacts facts;
    std::string method;  // of segments
    std::string route;
  };

  TraceId id_;
  std::vector<Span> spans_;
  std::int64_t start_us_ = 0;
  std::int64_t end_us_ = 0;
  bool any_ = false;
  bool fault_ = false;
  bool error_ = false;
  bool throttle_ = false;
  bool in_progress_ = false;
};

/// The path of a URL with what looks like an id replaced by `{id}`, at most 128 bytes.
std::string route_of(std::string_view url);

}  // namespace aloft::console
