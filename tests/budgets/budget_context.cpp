// SPDX-License-Identifier: Apache-2.0
// Measures what it costs to take a context along: from and to a header, to a task, over the
// suspensions of a coroutine.
#include "budgets/measured.hpp"

#include <aloft/telemetry/carry.hpp>
#include <aloft/telemetry/coroutine.hpp>
#include <aloft/telemetry/telemetry.hpp>
#include <aloft/telemetry/trace_context.hpp>
#include <aloft/telemetry/trace_extras.hpp>

#include <coroutine>
#include <exception>
#include <string_view>
#include <utility>

namespace aloft::budget {
namespace {

void keep(const void* value) { asm volatile("" : : "r"(value) : "memory"); }

Result read_header(std::uint64_t iterations, std::string_view header) {
  for (std::uint64_t i = 0; i < iterations; ++i) {
    keep(header.data());
    TraceContext context;
    read_xray_header(header, context);
    keep(&context);
  }
  return {};
}

Result pass_header(std::uint64_t iterations, std::string_view header) {
  for (std::uint64_t i = 0; i < iterations; ++i) {
    keep(header.data());
    TraceContext context;
    read_xray_header(header, context);
    const XRayHeader written = write_xray_header(context);
    keep(&written);
  }
  return {};
}

/// The same under Lambda, whose header has a `Lineage`.
Result pass_lineage(std::uint64_t iterations, std::string_view header) {
  for (std::uint64_t i = 0; i < iterations; ++i) {
    keep(header.data());
    TraceContext context;
    TraceExtras extras;
    DroppedPairs dropped;
    read_xray_header(header, context, dropped, extras);
    const XRayHeaderWithExtras written = write_xray_header(context, extras);
    keep(&written);
  }
  return {};
}

/// A request that is not recorded hands its extras to the one service that it calls.
Result pass_on_dropped(std::uint64_t iterations, std::string_view header) {
  CountingClock clock;
  Telemetry telemetry =
      *Telemetry::create({.service_name = "budget", .pipeline = {.threading = Threading::manual}},
                         {clock, Random::system(), Diagnostics::standard_error()});
  const Tracer tracer = telemetry.tracer();
  TraceContext context;
  TraceExtras extras;
  DroppedPairs dropped;
  read_xray_header(header, context, dropped, extras);
  context.sampled = Sampled::no;
  for (std::uint64_t i = 0; i < iterations; ++i) {
    Span request = tracer.start("work", {.parent = context});
    request.pass_on(extras);
    const Span call = request.child("ledger");
    keep(&call.extras());
  }
  return {clock.calls(), telemetry.counters().wakeups};
}

/// Makes a task, moves it as a queue does, in and out, and runs it. The span does nothing: what
/// recording it costs is another row.
Result carry_task(std::uint64_t iterations) {
  for (std::uint64_t i = 0; i < iterations; ++i) {
    auto task = carry(Span(), [](Span& span) { keep(&span); });
    auto queued = std::move(task);
    keep(&queued);
    auto taken = std::move(queued);
    taken();
  }
  return {};
}

/// The same with identity and deadline, and as the current span.
Result carry_context(std::uint64_t iterations) {
  const Identity identity{.request = *RequestId::parse("0190163d"),
                          .tenant = *TenantId::parse("tenant-00017")};
  for (std::uint64_t i = 0; i < iterations; ++i) {
    auto task =
        carry(WorkContext{Span(), identity}, [](WorkContext& work) { keep(&work); }).as_current();
    auto queued = std::move(task);
    keep(&queued);
    queued();
  }
  return {};
}

struct Loop {
  struct promise_type : CurrentSpanPromise {
    using CurrentSpanPromise::CurrentSpanPromise;
    Loop get_return_object() noexcept {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    auto initial_suspend() noexcept { return carried(std::suspend_always()); }
    auto final_suspend() noexcept { return carried(std::suspend_always()); }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};

Loop suspend_often(Span span, std::uint64_t times) {
  for (std::uint64_t i = 0; i < times; ++i) {
    keep(&span);
    co_await std::suspend_always();
  }
}

/// One suspension and one resumption with the current span taken along.
Result coroutine_hop(std::uint64_t iterations) {
  const Loop loop = suspend_often(Span(), iterations);
  for (std::uint64_t i = 0; i < iterations; ++i) loop.handle.resume();
  loop.handle.destroy();
  return {};
}

constexpr std::string_view kUsual =
    "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1";
constexpr std::string_view kUnderLambda =
    "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1;"
    "Lineage=25:a87bd80c:1";
constexpr std::string_view kOfABalancer =
    "Self=1-67891234-12456789abcdef012345678;Root=1-67891233-abcdef012345678912345678;Sampled=1";

}  // namespace
}  // namespace aloft::budget

int main(int argc, char** argv) {
  using namespace aloft::budget;
  return run(
      argc, argv,
      {{"carry_task", carry_task},
       {"carry_context", carry_context},
       {"coroutine_hop", coroutine_hop},
       {"lineage_passed_on", [](std::uint64_t n) { return pass_lineage(n, kUnderLambda); }},
       {"extras_of_dropped", [](std::uint64_t n) { return pass_on_dropped(n, kUnderLambda); }},
       {"header_read", [](std::uint64_t n) { return read_header(n, kUsual); }},
       {"header_of_a_balancer", [](std::uint64_t n) { return read_header(n, kOfABalancer); }},
       {"header_passed_on", [](std::uint64_t n) { return pass_header(n, kUsual); }}});
}
