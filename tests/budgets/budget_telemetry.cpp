// SPDX-License-Identifier: Apache-2.0
// Measures the request path of spans, and one whole request up to its datagram.
#include "budgets/measured.hpp"

#include <aloft/telemetry/export/xray_daemon_exporter.hpp>
#include <aloft/telemetry/rule_sampler.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <memory>
#include <string>
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

/// The eight annotations of docs/performance.md: two literals, two numbers, three ids, a flag.
void annotate_eight(Span& span) {
  span.annotate("component", "payments");
  span.annotate("route", "/v1/charges");
  span.annotate("status", 201);
  span.annotate("amount_minor", std::int64_t{4'200});
  span.annotate("tenant_id", "tenant-00017");
  span.annotate("user_id", "user-0000042");
  span.annotate("request_id", "0190163d-8694-739b-aea5-966c26f8ad91");
  span.annotate("retried", false);
}

/// Room for a whole run without a backend in between.
constexpr std::size_t kRoomForAll = 1u << 30;

Telemetry make(CountingClock& clock, TelemetryOptions options) {
  options.service_name = "budget";
  if (!options.exporter) options.exporter = std::make_unique<Swallow>();
  return *Telemetry::create(std::move(options),
                            {clock, Random::system(), Diagnostics::standard_error()});
}

Result span_8_annotations(std::uint64_t iterations, Nanoseconds in_progress_after) {
  CountingClock clock;
  Telemetry telemetry = make(clock, {.pipeline = {.queue_limit_bytes = kRoomForAll,
                                                  .in_progress_after = in_progress_after,
                                                  .threading = Threading::manual}});
  const Tracer tracer = telemetry.tracer();
  for (std::uint64_t i = 0; i < iterations; ++i) {
    Span span = tracer.start("work");
    annotate_eight(span);
  }
  const Result result{clock.calls(), telemetry.counters().wakeups};
  new Telemetry(std::move(telemetry));  // not destroyed: its last round is not measured
  return result;
}

/// The same of a request that the sampler did not want and that may turn out to matter.
Result candidate_8_annotations(std::uint64_t iterations) {
  CountingClock clock;
  Telemetry telemetry =
      make(clock, {.sampling_rate = 0.0,
                   .tail = {.kept_per_second = 1},
                   .pipeline = {.queue_limit_bytes = kRoomForAll, .threading = Threading::manual}});
  const Tracer tracer = telemetry.tracer();
  for (std::uint64_t i = 0; i < iterations; ++i) {
    Span span = tracer.start("work");
    annotate_eight(span);
  }
  if (telemetry.accounting().accepted != iterations) std::abort();  // they were no candidates
  const Result result{clock.calls(), telemetry.counters().wakeups};
  new Telemetry(std::move(telemetry));
  return result;
}

Result child_8_annotations(std::uint64_t iterations) {
  CountingClock clock;
  Telemetry telemetry =
      make(clock, {.pipeline = {.queue_limit_bytes = kRoomForAll, .threading = Threading::manual}});
  const Tracer tracer = telemetry.tracer();
  // Ten children a root, as a service has them; the roots are a tenth of what is measured.
  for (std::uint64_t i = 0; i < iterations; i += 10) {
    Span root = tracer.start("work");
    for (int child = 0; child < 10; ++child) {
      Span span = root.child("step");
      annotate_eight(span);
    }
  }
  const Result result{clock.calls(), telemetry.counters().wakeups};
  new Telemetry(std::move(telemetry));
  return result;
}

Result dropped(std::uint64_t iterations, const TraceContext& parent, double rate) {
  CountingClock clock;
  Telemetry telemetry =
      make(clock, {.sampling_rate = rate, .pipeline = {.threading = Threading::manual}});
  const Tracer tracer = telemetry.tracer();
  for (std::uint64_t i = 0; i < iterations; ++i) {
    Span span = tracer.start("work", {.parent = parent});
    annotate_eight(span);
  }
  return {clock.calls(), telemetry.counters().wakeups};
}

Result switched_off(std::uint64_t iterations) {
  CountingClock clock;
  const Telemetry telemetry = make(clock, {.enabled = false});
  const Tracer tracer = telemetry.tracer();
  for (std::uint64_t i = 0; i < iterations; ++i) {
    Span span = tracer.start("work");
    asm volatile("" : : "r"(&span) : "memory");  // the span is really made
  }
  return {clock.calls(), 0};
}

/// One decision of rules: the fourth of four is the one, its reservoir is used up.
Result rules_decision(std::uint64_t iterations) {
  CountingClock clock;
  const auto sampler =
      *RuleSampler::create({{.name = "admin", .priority = 1, .host = "admin.*"},
                            {.name = "health", .priority = 2, .url_path = "/health"},
                            {.name = "pay", .priority = 3, .url_path = "/pay/*"},
                            {.name = "Default", .reservoir = 1, .rate = 0.0}},
                           clock);
  static constexpr TraceContext kNoParent{};
  std::uint64_t sampled = 0;
  for (std::uint64_t i = 0; i < iterations; ++i) {
    sampled += sampler->sample(
        {.name = "budget",
         .parent = kNoParent,
         .tenant = {},
         .draw = i,
         .request = {.host = "api.example.com", .http_method = "POST", .url_path = "/v1/charges"}});
  }
  asm volatile("" : : "r"(sampled));
  return {clock.calls(), 0};
}

/// A bound socket that nobody reads: the kernel takes each datagram and drops what is too much.
std::string some_daemon() {
  const int receiver = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(receiver, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(receiver, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  return "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

/// Requests of three spans through their whole life, to the datagram where there is one. Aborts
/// when they are not what was asked for: sampled, candidates, or neither.
Result requests_of_3(std::uint64_t iterations, double sampling_rate, const TailOptions& tail,
                     std::unique_ptr<Exporter> exporter) {
  CountingClock clock;
  Telemetry telemetry = make(clock, {.sampling_rate = sampling_rate,
                                     .tail = tail,
                                     .exporter = std::move(exporter),
                                     .pipeline = {.threading = Threading::manual}});
  const Tracer tracer = telemetry.tracer();
  for (std::uint64_t i = 0; i < iterations; ++i) {
    {
      Span root = tracer.start("payments", {.kind = SpanKind::server});
      annotate_eight(root);
      Span first = root.child("authorise");
      annotate_eight(first);
      first.end();
      Span second = root.child("store");
      annotate_eight(second);
    }
    if (i % 64 == 63) telemetry.poll();  // a round of the backend at a steady pace
  }
  telemetry.poll();
  const bool sampled = sampling_rate > 0;
  const bool candidates = !sampled && tail.kept_per_second > 0;
  const Accounting books = telemetry.accounting();
  if (books.accepted != (sampled || candidates ? 3 * iterations : 0)) std::abort();
  if (books.dropped[Reason::not_kept] != (candidates ? 3 * iterations : 0)) std::abort();
  return {clock.calls(), telemetry.counters().wakeups};
}

std::unique_ptr<Exporter> to_daemon() { return *xray_daemon_exporter({.address = some_daemon()}); }

Result request_of_3(std::uint64_t iterations) {
  return requests_of_3(iterations, 1.0, {}, to_daemon());
}

Result request_of_3_offloaded(std::uint64_t iterations) {
  return requests_of_3(iterations, 1.0, {}, *xray_offload_exporter({.address = some_daemon()}));
}

/// None fails, so none is kept and no datagram is made.
Result candidate_of_3(std::uint64_t iterations) {
  return requests_of_3(iterations, 0.0, {.kept_per_second = 1}, to_daemon());
}

Result dropped_of_3(std::uint64_t iterations) {
  return requests_of_3(iterations, 0.0, {}, to_daemon());
}

/// Request threads against a real backend at 20,000 traces a second.
Result paced(std::uint64_t iterations) {
  Telemetry telemetry =
      *Telemetry::create({.service_name = "budget", .exporter = std::make_unique<Swallow>()});
  const Tracer tracer = telemetry.tracer();
  SteadyTime next = Clock::system().steady_now();
  for (std::uint64_t i = 0; i < iterations; ++i) {
    Span span = tracer.start("work");
    annotate_eight(span);
    span.end();
    next += std::chrono::microseconds(50);
    while (Clock::system().steady_now() < next) {
    }
  }
  return {0, telemetry.counters().wakeups};
}

}  // namespace
}  // namespace aloft::budget

int main(int argc, char** argv) {
  using namespace aloft;
  using namespace aloft::budget;
  const TraceContext refused{{1, 2}, {3}, Sampled::no};
  return run(argc, argv,
             {{"span_8_annotations",
               [](std::uint64_t n) { return span_8_annotations(n, Nanoseconds::zero()); }},
              {"span_watched",
               [](std::uint64_t n) { return span_8_annotations(n, std::chrono::hours(1)); }},
              {"candidate_8_annotations", candidate_8_annotations},
              {"child_8_annotations", child_8_annotations},
              {"dropped_continued", [&](std::uint64_t n) { return dropped(n, refused, 1.0); }},
              {"dropped_root", [](std::uint64_t n) { return dropped(n, {}, 0.0); }},
              {"switched_off", switched_off},
              {"rules_decision", rules_decision},
              {"request_of_3", request_of_3},
              {"candidate_of_3", candidate_of_3},
              {"dropped_of_3", dropped_of_3},
              // No budget: where the kernel has no UDP_SEGMENT it is the one above.
              {"request_of_3_offloaded", request_of_3_offloaded},
              {"paced_at_20k", paced}});
}
