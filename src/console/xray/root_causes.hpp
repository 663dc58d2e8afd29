// SPDX-License-Identifier: Apache-2.0
// The root causes of a trace, in the shape of X-Ray's API: the services on the way from the root to
// what is to blame, each with its entities (the segment, then its subsegments on that way).
//
// X-Ray documents the shape and not the algorithm, so this one is ours. For faults and for errors:
// one cause for each span that failed so while nothing below it did. For response times: the way
// down from the root along the child that takes longest, as long as it takes half of the root's
// time. A call that nobody answered with a segment is the entity, and then an inferred service.
//
// Source: "FaultRootCause" and "ResponseTimeRootCause", X-Ray API reference, read 2026-11.
// Thread-safety: pure function; the texts view the spans.
#pragma once

#include "console/xray/trace_spans.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace aloft::console::xray {

enum class CauseKind : std::uint8_t { fault, error, response_time };

/// Ours: causes of one trace, and entities on the way to one; the deepest are kept.
inline constexpr std::size_t kMaxCauses = 16;
inline constexpr std::size_t kMaxCauseEntities = 128;

struct CauseEntity {
  std::string_view name;
  bool remote = false;
  double coverage = 0;                                     ///< share of the root's response time
  const std::vector<SpanException>* exceptions = nullptr;  ///< null: none
};

struct CauseService {
  std::string_view name;
  std::string_view type;
  bool inferred = false;
  std::vector<CauseEntity> path;
};

struct RootCause {
  std::vector<CauseService> services;
  bool client_impacting = false;  ///< the failure went all the way up to the root
};

std::vector<RootCause> root_causes(const TraceSpans& spans, CauseKind kind);

}  // namespace aloft::console::xray
