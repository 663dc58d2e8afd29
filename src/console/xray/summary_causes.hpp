// SPDX-License-Identifier: Apache-2.0
// The root causes of a trace as members of its TraceSummary.
//
// Source: X-Ray service model, TraceSummary, read 2026-11.
// Thread-safety: pure function.
#pragma once

#include "console/xray/trace_spans.hpp"

#include <aloft/core/json_writer.hpp>

#include <cstddef>

namespace aloft::console::xray {

/// Ours: of each kind, and exceptions of an entity; names and messages end after 200 bytes. So
/// the causes of one trace stay below six megabytes, whatever was sent.
inline constexpr std::size_t kMaxWrittenCauses = 4;
inline constexpr std::size_t kMaxWrittenExceptions = 2;

/// FaultRootCauses, ErrorRootCauses and ResponseTimeRootCauses; one without causes is left out.
void write_root_causes(json::Writer& json, const TraceSpans& spans);

}  // namespace aloft::console::xray
