// SPDX-License-Identifier: Apache-2.0
// The code of docs/guides/carry-context.md, in its order; prints one document a trace.
#include <aloft/telemetry/carry.hpp>
#include <aloft/telemetry/coroutine.hpp>
#include <aloft/telemetry/export/stdout_exporter.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <queue>
#include <thread>
#include <utility>

namespace {

using namespace aloft;

void on_a_thread(Span& request) {
  std::thread scoring(carry(request.child("score"), [](Span& span) { span.annotate("model", 3); }));
  scoring.join();
}

void with_identity(Span& request, const Identity& identity, Deadline deadline) {
  WorkContext context{request.child("store"), identity, deadline};
  std::thread storing(
      carry(std::move(context), [](WorkContext& work) { work.span.set_identity(work.identity); }));
  storing.join();
}

void in_a_pool_of_std_function(Span& request) {
  std::queue<std::function<void()>> pool;
  auto once = carry(request.child("copyable"), [](Span& span) { span.annotate("copies", true); });
  pool.push([task = std::make_shared<decltype(once)>(std::move(once))] { (*task)(); });
  pool.front()();
}

void deep_down() { annotate("reached", true); }

void as_current(Span& request) {
  std::thread legacy(carry(request.child("legacy"), [](Span&) { deep_down(); }).as_current());
  legacy.join();
}

struct Message {
  TraceContext parent;  // 32 bytes, copied as they are
};

void later(const Tracer& tracer, const Message& message) {
  Span span = tracer.start("nightly report", {.parent = message.parent});
  span.annotate("rows", 17);
}

/// The smallest coroutine whose current span goes with it.
struct Task {
  struct promise_type : CurrentSpanPromise {
    using CurrentSpanPromise::CurrentSpanPromise;
    Task get_return_object() noexcept { return {}; }
    auto initial_suspend() noexcept { return carried(std::suspend_never()); }
    auto final_suspend() noexcept { return carried(std::suspend_never()); }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

/// Awaitable: goes on in a thread of its own.
struct InAnotherThread {
  std::thread& thread;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> coroutine) const {
    std::thread& place = thread;  // once the thread runs, this awaiter may be gone
    place = std::thread([coroutine] { coroutine.resume(); });
  }
  void await_resume() const noexcept {}
};

Task charge(Span span, std::thread& thread) {
  span.annotate("items", 3);  // explicit: the span is in the frame
  co_await InAnotherThread{thread};
  span.annotate("still_here", true);  // on another thread, the same span
  deep_down();                        // sugar: the current span came along
}

}  // namespace

int main() {
  auto telemetry =
      Telemetry::create({.service_name = "carry-context", .exporter = stdout_exporter()});
  if (!telemetry) return 1;
  const Tracer tracer = telemetry->tracer();
  Span request = tracer.start("request");
  on_a_thread(request);
  with_identity(request, {.tenant = *TenantId::parse("acme")}, Deadline::never());
  in_a_pool_of_std_function(request);
  as_current(request);
  std::thread thread;
  charge(request.child("charge"), thread);
  thread.join();
  const Message message{request.context()};
  request.end();
  later(tracer, message);

  const Accounting books = telemetry->flush(std::chrono::seconds(1)).accounting;
  return books.accepted == 7 && books.sent == 7 ? 0 : 1;
}
