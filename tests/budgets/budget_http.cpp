// SPDX-License-Identifier: Apache-2.0
// Measures what a request costs inside the guards: the tracing guard with its span, and the chain
// alone.
#include "budgets/measured.hpp"

#include <aloft/http/chain.hpp>
#include <aloft/http/context.hpp>
#include <aloft/http/middleware/tracing.hpp>
#include <aloft/http/request.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include <cstdlib>
#include <memory>
#include <utility>

namespace aloft::budget {
namespace {

/// Takes everything, so that only the request side is measured.
class Swallow final : public Exporter {
 public:
  void export_batch(const Batch& batch, ExportReport& report) noexcept override {
    report.sent(batch.span_count());
  }
};

/// Room for a whole run without a backend in between.
constexpr std::size_t kRoomForAll = 1u << 30;

http::Request make_request() {
  http::Request request;
  request.target = "/v1/charges";
  request.host = "api.example.com";
  request.peer_address = "192.0.2.7";
  for (const auto& [name, value] : {std::pair{"user-agent", "curl/8.0"}, std::pair{"accept", "*/*"},
                                    std::pair{"content-type", "application/json"}}) {
    request.headers.try_add(name, value);
  }
  return request;
}

void run_through(const http::Chain& chain, http::Context& context, const http::Request& request) {
  context.response_headers.clear();
  http::ChainRun steps(chain, context, request);
  steps.start();
  steps.answer(http::Response::empty(201));
  steps.finish();
}

struct Mode {
  double sampling_rate = 0.0;
  TailOptions tail{};
};

Telemetry make_telemetry(const Platform& platform, const Mode& mode) {
  TelemetryOptions options;
  options.service_name = "budget";
  options.sampling_rate = mode.sampling_rate;
  options.tail = mode.tail;
  options.exporter = std::make_unique<Swallow>();
  options.pipeline = {.queue_limit_bytes = kRoomForAll, .threading = Threading::manual};
  return *Telemetry::create(std::move(options), platform);
}

Identity make_identity() {
  return {.request = *RequestId::parse("0190163d-8694-739b-aea5-966c26f8ad91"),
          .tenant = *TenantId::parse("tenant-00017"),
          .user = *UserId::parse("user-0000042")};
}

Result trace_requests(std::uint64_t iterations, const Mode& mode,
                      const http::TracingOptions& tracing = {}) {
  CountingClock clock;
  const Platform platform{clock, Random::system(), Diagnostics::standard_error()};
  Telemetry telemetry = make_telemetry(platform, mode);
  http::Chain chain;
  chain.use(http::tracing(telemetry.tracer(), tracing));
  http::Request request = make_request();
  request.headers.try_add(
      "X-Amzn-Trace-Id",
      "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=0");
  http::Context context(platform);
  context.set_route("/v1/charges");
  context.identity = make_identity();
  for (std::uint64_t i = 0; i < iterations; ++i) run_through(chain, context, request);
  const bool recorded = mode.sampling_rate > 0 || mode.tail.kept_per_second > 0;
  if (telemetry.accounting().accepted != (recorded ? iterations : 0)) std::abort();
  const Result result{clock.calls(), telemetry.counters().wakeups};
  new Telemetry(std::move(telemetry));  // not destroyed: its last round is not measured
  return result;
}

/// What the guard costs beyond the records it makes: nothing is sampled, so none is made. The
/// chain and the response's header are in it.
Result tracing_middleware(std::uint64_t iterations) { return trace_requests(iterations, {}); }

/// The same behind our own services: the caller's header is read, and its decision obeyed.
Result tracing_trusted(std::uint64_t iterations) {
  return trace_requests(iterations, {}, {.edge = http::EdgePolicy::trust});
}

/// The same with its span recorded.
Result tracing_sampled(std::uint64_t iterations) {
  return trace_requests(iterations, {.sampling_rate = 1.0});
}

/// The same with a span that is kept only if the request fails.
Result tracing_candidate(std::uint64_t iterations) {
  return trace_requests(iterations, {.tail = {.kept_per_second = 1}});
}

/// The record that the guard makes, made by hand.
Result tracing_record(std::uint64_t iterations) {
  CountingClock clock;
  const Platform platform{clock, Random::system(), Diagnostics::standard_error()};
  Telemetry telemetry = make_telemetry(platform, {.sampling_rate = 1.0});
  const Tracer tracer = telemetry.tracer();
  const Identity identity = make_identity();
  for (std::uint64_t i = 0; i < iterations; ++i) {
    Span span = tracer.start({}, {.kind = SpanKind::server});
    span.set_http_request({.method = "GET",
                           .url = "http://api.example.com/v1/charges",
                           .user_agent = "curl/8.0",
                           .client_ip = "192.0.2.7"});
    span.set_http_response(201, 0);
    span.set_identity(identity);
  }
  const Result result{clock.calls(), telemetry.counters().wakeups};
  new Telemetry(std::move(telemetry));
  return result;
}

Result empty_chain(std::uint64_t iterations) {
  CountingClock clock;
  const Platform platform{clock, Random::system(), Diagnostics::standard_error()};
  const http::Chain chain;
  const http::Request request = make_request();
  http::Context context(platform);
  context.set_route("/v1/charges");
  for (std::uint64_t i = 0; i < iterations; ++i) run_through(chain, context, request);
  return {clock.calls(), 0};
}

}  // namespace
}  // namespace aloft::budget

int main(int argc, char** argv) {
  return aloft::budget::run(argc, argv,
                            {{"tracing_middleware", aloft::budget::tracing_middleware},
                             {"tracing_trusted", aloft::budget::tracing_trusted},
                             {"tracing_sampled", aloft::budget::tracing_sampled},
                             {"tracing_candidate", aloft::budget::tracing_candidate},
                             {"tracing_record", aloft::budget::tracing_record},
                             {"empty_chain", aloft::budget::empty_chain}});
}
