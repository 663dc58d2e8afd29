// SPDX-License-Identifier: Apache-2.0
// What PutTraceSegments says about each document of a call: pure.
#pragma once

#include <aloft/telemetry/delivery/wire.hpp>

#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace aws {

/// {"TraceSegmentDocuments":["…"]}.
std::string put_trace_segments_body(delivery::Records records);

/// Reads the body of an answer with status 200.
delivery::Answer read_unprocessed(std::string_view body, delivery::Records records);

}  // namespace aws
}  // namespace v0
}  // namespace aloft
