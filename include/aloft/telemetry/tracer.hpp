// SPDX-License-Identifier: Apache-2.0
// Makes the spans of one service. Get it from a `Telemetry`; copy it freely.
//
//   Span span = tracer.start("payments", {.parent = incoming, .kind = SpanKind::server});
//
// A tracer that is default-constructed, switched off, or whose `Telemetry` is gone makes spans that
// do nothing. Thread-safety: all calls, from any thread. Nothing blocks, throws or allocates.
#pragma once

#include <aloft/telemetry/span.hpp>

#include <atomic>
#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {

struct RequestTraits;

namespace detail {
/// The first thing a tracer looks at: one load and one branch when switched off.
struct Switch {
  std::atomic<bool> enabled{false};
  std::atomic<std::uint32_t> generation{0};
};
extern Switch always_off;
}  // namespace detail

struct StartOptions {
  /// Where the work came from: parsed from a header, or the `context()` of a span elsewhere. One
  /// without a trace starts a new one; `Sampled::no` is obeyed all the same.
  TraceContext parent{};
  SpanKind kind = SpanKind::internal;
  std::string_view tenant{};  ///< for the sampler; empty when unknown
};

class Tracer {
 public:
  /// Makes spans that do nothing.
  Tracer() noexcept = default;

  /// Starts a local root: a new trace, or the continuation of `options.parent` in this process.
  /// @param name  1 to 200 bytes, by X-Ray's custom that of the service; empty stands for
  ///              `TelemetryOptions::service_name`.
  Span start(std::string_view name, const StartOptions& options = {}) const noexcept {
    if (!switch_->enabled.load(std::memory_order_relaxed)) return {};
    // A caller who decided not to sample is the most frequent case of all, and the cheapest.
    if (options.parent.sampled == Sampled::no) {
      return options.parent.trace_id.valid() ? continue_dropped(options.parent.trace_id)
                                             : start_dropped();
    }
    return start_enabled(name, options);
  }
  /// The same for a request of which more is known, for samplers that ask (sampler.hpp). Its views
  /// are used during the call.
  Span start(std::string_view name, const StartOptions& options,
             const RequestTraits& request) const noexcept {
    if (!enabled() || options.parent.sampled == Sampled::no) return start(name, options);
    return start_enabled_for(name, options, request);
  }
  bool enabled() const noexcept { return switch_->enabled.load(std::memory_order_relaxed); }

 private:
  friend class detail::Pipeline;
  Tracer(detail::Switch& on_off, std::uint32_t generation) noexcept
      : switch_(&on_off), generation_(generation) {}

  Span continue_dropped(const TraceId& trace_id) const noexcept;
  /// For a caller who dropped, and wrote no id that could be followed.
  Span start_dropped() const noexcept;
  Span start_enabled(std::string_view name, const StartOptions& options) const noexcept;
  Span start_enabled_for(std::string_view name, const StartOptions& options,
                         const RequestTraits& request) const noexcept;

  detail::Switch* switch_ = &detail::always_off;
  std::uint32_t generation_ = 0;
};

}  // namespace v0
}  // namespace aloft
