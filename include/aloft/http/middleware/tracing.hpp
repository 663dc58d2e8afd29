// SPDX-License-Identifier: Apache-2.0
// The guard that makes one span of every request, 404, 405 and failures included.
//
// It reads `X-Amzn-Trace-Id` (the first line of it that can be read) or, where there is none, a
// single `traceparent` by the edge's policy, starts a local root of kind server, which passes on
// what came beside the ids (telemetry/trace_extras.hpp), records method, route template, status,
// client address and the allowed headers (never the path, the query or the body), and annotates
// exactly `tenant_id`, `user_id`, `request_id` (from `Context::identity`, at the end) and `error`
// (true, when the answer is 5xx). The response carries `X-Amzn-Trace-Id: Root=…;Sampled=0|1`.
//
//   router.use(tracing(telemetry.tracer()));                    // a public edge
//   router.use(tracing(tracer, {.edge = EdgePolicy::trust}));  // behind our own services
//   ctx.span().annotate("charge_id", id);                       // in a handler
//
// Thread-safety: all of it. It allocates nothing beyond the response header.
#pragma once

#include <aloft/http/guard.hpp>
#include <aloft/telemetry/trace_context.hpp>
#include <aloft/telemetry/tracer.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aloft {
inline namespace v0 {

class IncomingTrace;

namespace http {

/// What a caller's trace headers are worth.
enum class EdgePolicy : std::uint8_t {
  restart,  ///< nothing: a new trace, sampled by our own rule; for edges that anyone can reach
  trust,    ///< everything: continue the trace and obey its sampling decision
  /// A reference: a new trace as by `restart`, whose root links to the caller's span. For partners
  /// that trace for themselves.
  restart_and_link,
};

struct TracingOptions {
  /// Name of the span; empty stands for the service name of the telemetry.
  std::string service_name{};
  EdgePolicy edge = EdgePolicy::restart;
  /// Which trace headers are read, when it is others than the tracer's telemetry says. The response
  /// tells the trace where X-Ray's header is among them.
  std::optional<HeaderFormats> trace_headers{};
  /// Request headers recorded as metadata `http`/`<name>`, e.g. {"content-type"}; at most 16, case
  /// ignored. Credentials (authorization, cookie, x-api-key, …) are not, even when listed.
  std::vector<std::string> recorded_headers{};
};

class Tracing : public Guard {
 public:
  Tracing(Tracer tracer, TracingOptions options);
  GuardDecision begin(Context& context, const Request& request) override;
  void end(Context& context, const Request& request, Outcome& outcome) noexcept override;

  /// Trace headers that the policy wanted and that could not be read: new traces began.
  std::uint64_t refused_trace_headers() const noexcept {
    return refused_trace_headers_.load(std::memory_order_relaxed);
  }
  /// What was left out of headers that could be read: values of another shape, second values,
  /// second lines of `X-Amzn-Trace-Id`, and extras above their limits.
  std::uint64_t dropped_trace_pairs() const noexcept {
    return dropped_trace_pairs_.load(std::memory_order_relaxed);
  }
  /// What is left of `TracingOptions::recorded_headers`, lower case.
  const std::vector<std::string>& recorded_headers() const noexcept {
    return options_.recorded_headers;
  }

 private:
  void start(Context& context, const Request& request);
  void read_headers(const Request& request, IncomingTrace& incoming) noexcept;

  Tracer tracer_;
  TracingOptions options_;
  HeaderFormats formats_;
  std::atomic<std::uint64_t> refused_trace_headers_{0};
  std::atomic<std::uint64_t> dropped_trace_pairs_{0};
};

std::shared_ptr<Tracing> tracing(Tracer tracer, TracingOptions options = {});

}  // namespace http
}  // namespace v0
}  // namespace aloft
