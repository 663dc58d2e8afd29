// SPDX-License-Identifier: Apache-2.0
// A trace's documents put together as X-Ray hands them out: whole segments, with every subsegment
// that was streamed or sent alone back inside its parent, however late either came.
//
// A subsegment whose parent is not there stays a document of its own. Nothing is altered but the
// lists of subsegments: times outside the parent's, as skewed clocks make them, stay as they are.
//
// Thread-safety: pure function.
#pragma once

#include "console/store/reader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace aloft::console::xray {

struct MergedSegment {
  std::string id;
  std::string document;  ///< JSON
  std::string_view own;  ///< the same as it was sent, alone; a view into the trace
};

/// Oldest first. Documents that refer to each other in a circle stay apart.
std::vector<MergedSegment> merge_segments(const TraceDetail& detail);

}  // namespace aloft::console::xray
