// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/coroutine.hpp>

#include "telemetry/bench_of_one.hpp"
#include "telemetry/hand_executor.hpp"

#include <gtest/gtest.h>

#include <coroutine>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace aloft {
namespace {

std::string current_trace() { return get_trace_id(); }

Detached two_steps(Span span, HandExecutor& executor, std::vector<Span*>& seen) {
  seen.push_back(current_span() == &span ? &span : nullptr);
  co_await executor.schedule();
  seen.push_back(current_span() == &span ? &span : nullptr);
}

TEST(CurrentSpanPromise, TakesTheCurrentSpanFromThreadToThread) {
  Bench bench;
  HandExecutor executor;
  std::vector<Span*> seen;

  two_steps(bench.tracer.start("root"), executor, seen);
  EXPECT_EQ(current_span(), nullptr);
  std::thread([&] {
    executor.run(0);
    EXPECT_EQ(current_span(), nullptr);
  }).join();

  ASSERT_EQ(seen.size(), 2u);
  EXPECT_NE(seen[0], nullptr);
  EXPECT_EQ(seen[0], seen[1]);
  bench.flush();
  EXPECT_EQ(bench.memory.spans().size(), 1u);  // ended with the frame
}

TEST(CurrentSpanPromise, GivesTheThreadBackWhatItHad) {
  Bench bench;
  HandExecutor executor;
  std::vector<Span*> seen;
  Span others = bench.tracer.start("others");

  two_steps(bench.tracer.start("root"), executor, seen);
  const CurrentSpan scope(others);
  executor.run(0);

  EXPECT_EQ(current_span(), &others);
  EXPECT_NE(seen.at(1), nullptr);
}

Detached scope_across(WorkContext context, HandExecutor& executor, std::vector<bool>& ok) {
  Span child = context.span.child("child");
  {
    const CurrentSpan scope(child);
    co_await executor.schedule();
    ok.push_back(current_span() == &child);
  }
  ok.push_back(current_span() == &context.span);
  co_await executor.schedule();
  ok.push_back(current_span() == &context.span);
}

TEST(CurrentSpanPromise, KeepsAScopeInsideTheCoroutineAcrossASuspension) {
  Bench bench;
  HandExecutor executor;
  std::vector<bool> ok;
  Span others = bench.tracer.start("others");

  scope_across({bench.tracer.start("root")}, executor, ok);
  {
    const CurrentSpan scope(others);
    executor.run(0);
    EXPECT_EQ(current_span(), &others);
  }
  EXPECT_EQ(current_span(), nullptr);
  executor.run(0);

  EXPECT_EQ(ok, (std::vector<bool>{true, true, true}));
  EXPECT_EQ(current_span(), nullptr);
}

Detached without_a_span(HandExecutor& executor, std::vector<Span*>& seen) {
  seen.push_back(current_span());
  co_await executor.schedule();
  seen.push_back(current_span());
}

TEST(CurrentSpanPromise, OfACoroutineWithoutASpanHasNone) {
  Bench bench;
  HandExecutor executor;
  std::vector<Span*> seen;
  Span others = bench.tracer.start("others");
  const CurrentSpan scope(others);

  without_a_span(executor, seen);
  executor.run(0);

  EXPECT_EQ(seen, (std::vector<Span*>{nullptr, nullptr}));
  EXPECT_EQ(current_span(), &others);
}

/// A coroutine that its test keeps and destroys.
struct Kept {
  struct promise_type : CurrentSpanPromise {
    using CurrentSpanPromise::CurrentSpanPromise;
    Kept get_return_object() noexcept {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    auto initial_suspend() noexcept { return carried(std::suspend_never()); }
    auto final_suspend() noexcept { return carried(std::suspend_always()); }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};

TEST(CurrentSpanPromise, LeavesNothingBehindWhenTheFrameIsDestroyed) {
  Bench bench;
  Span others = bench.tracer.start("others");
  const CurrentSpan scope(others);
  const auto suspended_inside = [](Span span) -> Kept {
    const CurrentSpan inner(span);
    co_await std::suspend_always();
  };

  suspended_inside(bench.tracer.start("root")).handle.destroy();

  EXPECT_EQ(current_span(), &others);
  bench.flush();
  EXPECT_EQ(bench.memory.spans().size(), 1u);
}

TEST(CurrentSpanPromise, AScopeInADestroyedFrameLeavesThatOfTheThreadAlone) {
  Bench bench;
  Span shared = bench.tracer.start("shared");
  const auto suspended_inside = [](Span child, Span& others) -> Kept {
    const CurrentSpan inner(others);
    co_await std::suspend_always();
    child.annotate("never", true);
  };
  const Kept kept = suspended_inside(shared.child("child"), shared);

  {
    const CurrentSpan outer(shared);  // the same span, by another scope
    kept.handle.destroy();
    EXPECT_EQ(current_span(), &shared);
  }

  EXPECT_EQ(current_span(), nullptr);
}

struct Ready {
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  int await_resume() const noexcept { return 7; }
};
struct GoesOnAtOnce {
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<>) const noexcept { return false; }
  int await_resume() const noexcept { return 8; }
};
struct ByOperator {
  Ready operator co_await() const noexcept { return {}; }
};

Detached every_awaitable(Span span, std::vector<int>& results, bool& ok) {
  results.push_back(co_await Ready());
  ok = ok && current_span() == &span;
  results.push_back(co_await GoesOnAtOnce());
  ok = ok && current_span() == &span;
  results.push_back(co_await ByOperator());
  ok = ok && current_span() == &span;
  Ready kept;
  results.push_back(co_await kept);
}

TEST(CurrentSpanPromise, AwaitsEveryKindOfAwaitable) {
  Bench bench;
  std::vector<int> results;
  bool ok = true;

  every_awaitable(bench.tracer.start("root"), results, ok);

  EXPECT_EQ(results, (std::vector<int>{7, 8, 7, 7}));
  EXPECT_TRUE(ok);
  EXPECT_EQ(current_span(), nullptr);
}

#if defined(__cpp_exceptions)
struct Throws {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) const { throw std::runtime_error("no"); }
  void await_resume() const noexcept {}
};

Detached catches(Span span, bool& ok) {
  try {
    co_await Throws();
  } catch (const std::runtime_error&) {
    ok = current_span() == &span;
  }
}

TEST(CurrentSpanPromise, IsCurrentAgainWhenAnAwaiterThrows) {
  Bench bench;
  bool ok = false;

  catches(bench.tracer.start("root"), ok);

  EXPECT_TRUE(ok);
  EXPECT_EQ(current_span(), nullptr);
}
#endif

// Three requests of three tenants, each with an inner coroutine, under every order of their steps.
struct Request {
  HandExecutor& executor;
  std::size_t& wrong;
};

Lazy inner(WorkContext context, Request& request) {
  request.wrong += current_span() == &context.span ? 0u : 1u;
  co_await request.executor.schedule();
  request.wrong += current_span() == &context.span ? 0u : 1u;
  annotate("inner_trace", current_trace());
}

Detached outer(WorkContext context, Request& request) {
  const std::string trace = current_trace();
  const Identity identity = context.identity;
  co_await request.executor.schedule();
  request.wrong += current_span() == &context.span ? 0u : 1u;
  Span child = context.span.child("inner");
  child.annotate("parent", context.span.id().text().view());
  child.set_identity(identity);
  // Not inside the co_await: g++ 12 copies an aggregate there byte by byte.
  WorkContext work{std::move(child), identity};
  co_await inner(std::move(work), request);
  request.wrong += current_span() == &context.span ? 0u : 1u;
  request.wrong += current_trace() == trace ? 0u : 1u;
  annotate("outer_trace", trace);
  context.span.set_identity(context.identity);
  co_await request.executor.schedule();
  request.wrong += current_span() == &context.span ? 0u : 1u;
}

TEST(CoroutineInterleaving, NeverMixesTracesTenantsOrParents) {
  Bench bench;
  std::size_t wrong = 0;
  std::size_t checked = 0;
  const std::size_t schedules = for_every_schedule([&](Schedule& schedule) {
    HandExecutor executor;
    Request request{executor, wrong};
    for (const char* tenant : {"acme", "globex", "initech"}) {
      Span root = bench.tracer.start(tenant);
      outer({std::move(root), {.tenant = *TenantId::parse(tenant)}}, request);
    }
    while (executor.ready() != 0) {
      executor.run(schedule.choose(executor.ready()));
      wrong += current_span() == nullptr ? 0u : 1u;  // nothing stays for the thread's next task
    }
    if (++checked % 64 == 0) bench.flush();
  });
  bench.flush();

  EXPECT_EQ(schedules, 1'680u);  // 9! / 3!³
  EXPECT_EQ(wrong, 0u);
  EXPECT_EQ(bench.memory.spans().size(), schedules * 6);
  std::string root_tenant;
  SpanId root_id;
  for (const testing::SpanCopy& span : bench.memory.spans()) {
    if (span.name != "inner") {
      root_id = span.id;
      root_tenant = span.name;
      EXPECT_EQ(span.annotation("tenant_id"), span.name);
      EXPECT_EQ(span.annotation("outer_trace"), span.trace_id.xray_text().view());
      continue;
    }
    EXPECT_EQ(span.parent_id, root_id);  // a trace comes as one record, its root first
    EXPECT_EQ(span.annotation("parent"), root_id.text().view());
    EXPECT_EQ(span.annotation("tenant_id"), root_tenant);
    EXPECT_EQ(span.annotation("inner_trace"), span.trace_id.xray_text().view());
  }
}

}  // namespace
}  // namespace aloft
