// SPDX-License-Identifier: Apache-2.0
// Exceptions have ids of their own in X-Ray's documents; one is made from the span's and its place,
// so that the same record always gives the same bytes, over whichever wire it comes.
#pragma once

#include <aloft/telemetry/trace_context.hpp>

#include <cstddef>
#include <cstdint>

namespace aloft {
inline namespace v0 {
namespace detail {

/// The multiplier is the golden ratio's (splitmix64).
inline SpanId exception_id(SpanId span, std::size_t index) noexcept {
  const std::uint64_t id = (span.value + index + 1) * 0x9e37'79b9'7f4a'7c15;
  return {id != 0 ? id : 1};
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
