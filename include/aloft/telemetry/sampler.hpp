// SPDX-License-Identifier: Apache-2.0
// Who decides whether a trace is recorded.
//
// The tracer asks once per local root. What the caller upstream decided is final and is not asked
// again: `Sampled=0` is never recorded, whatever the sampler says. The default, parent-based, also
// obeys `Sampled=1`; whether a caller's header is believed at all is the edge's policy
// (`http::TracingOptions`), not the sampler's.
//
//   auto sampler = parent_based(fixed_rate(0.05).value_or(always()));
//
// Thread-safety: `sample` is called from every request thread at once and must not block.
#pragma once

#include <aloft/core/result.hpp>
#include <aloft/telemetry/trace_context.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace aloft {
inline namespace v0 {

/// What is known when a local root starts.
struct SamplingRequest {
  std::string_view name;       ///< the span's name
  const TraceContext& parent;  ///< what upstream said; `sampled` is never `no` here
  std::string_view tenant;     ///< empty when unknown
  std::uint64_t draw = 0;      ///< 64 uniform bits for this decision
};

class Sampler {
 public:
  virtual ~Sampler() = default;
  /// True when the trace is to be recorded.
  virtual bool sample(const SamplingRequest& request) const noexcept = 0;
};

/// Every trace.
std::shared_ptr<const Sampler> always();
/// No trace; ids still propagate.
std::shared_ptr<const Sampler> never();
/// A fraction of the traces, exact to 53 bits (not to whole percents).
/// @error invalid_argument  `rate` is not in [0, 1].
Result<std::shared_ptr<const Sampler>> fixed_rate(double rate);
/// Obeys the parent when it decided, else asks `root`.
std::shared_ptr<const Sampler> parent_based(std::shared_ptr<const Sampler> root);

}  // namespace v0
}  // namespace aloft
