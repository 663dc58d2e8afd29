// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/carry.hpp>

#include "telemetry/bench_of_one.hpp"
#include "telemetry/hand_executor.hpp"

#include <gtest/gtest.h>

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

namespace aloft {
namespace {

TEST(Carry, EndsTheSpanWithTheTaskOnAnotherThread) {
  Bench bench;
  Span root = bench.tracer.start("root");
  bool was_recording = false;

  std::thread(carry(root.child("work"), [&](Span& span) {
    was_recording = span.recording();
    bench.clock.advance(seconds(2));
  })).join();
  bench.clock.advance(seconds(5));
  root.end();
  bench.flush();

  EXPECT_TRUE(was_recording);
  const testing::SpanCopy work = bench.memory.span("work");
  EXPECT_EQ(work.parent_id, bench.memory.span("root").id);
  EXPECT_EQ(work.duration, seconds(2));
  EXPECT_FALSE(work.fault);
}

TEST(Carry, TakesIdentityAndDeadlineAlong) {
  Bench bench;
  Span root = bench.tracer.start("root");
  const Deadline deadline = Deadline::after(bench.clock, seconds(3));
  WorkContext work{root.child("work"), {.tenant = *TenantId::parse("acme")}, deadline};
  std::string tenant;
  Deadline seen;

  HandExecutor executor;
  executor.submit(carry(std::move(work), [&](WorkContext& context) {
    tenant = context.identity.tenant.view();
    seen = context.deadline;
    context.span.set_identity(context.identity);
  }));
  executor.run(0);
  root.end();
  bench.flush();

  EXPECT_EQ(tenant, "acme");
  EXPECT_EQ(seen, deadline);
  EXPECT_EQ(bench.memory.span("work").annotation("tenant_id"), "acme");
}

TEST(Carry, GivesTheArgumentsOfTheCallAndItsResultBack) {
  Bench bench;
  Span root = bench.tracer.start("root");

  auto add = carry(root.child("add"), [](Span& span, int a, std::unique_ptr<int> b) {
    span.annotate("a", a);
    return a + *b;
  });

  EXPECT_EQ(add(2, std::make_unique<int>(3)), 5);
}

TEST(Carry, RecordsAnErrorResult) {
  Bench bench;
  Span root = bench.tracer.start("root");

  auto task = carry(root.child("work"),
                    [](Span&) -> Result<int> { return fail(ErrorCode::unavailable, "too slow"); });
  EXPECT_FALSE(task());
  root.end();
  bench.flush();

  EXPECT_TRUE(bench.memory.span("work").fault);
  EXPECT_EQ(bench.memory.span("work").exceptions.at(0).message, "too slow");
}

#if defined(__cpp_exceptions) && defined(__cpp_rtti)
TEST(Carry, RecordsAnExceptionAndLetsItGoOn) {
  Bench bench;
  Span root = bench.tracer.start("root");

  auto task = carry(root.child("work"), [](Span&) { throw std::runtime_error("broken"); });
  EXPECT_THROW(task(), std::runtime_error);
  root.end();
  bench.flush();

  const testing::SpanCopy work = bench.memory.span("work");
  EXPECT_TRUE(work.fault);
  ASSERT_EQ(work.exceptions.size(), 1u);
  EXPECT_EQ(work.exceptions[0].message, "broken");
  EXPECT_EQ(work.exceptions[0].type, "std::runtime_error");
}
#endif

#if defined(__cpp_exceptions) && defined(__cpp_rtti)
TEST(Carry, IsNoFaultWhenItIsRunWhileAnotherExceptionPasses) {
  Bench bench;
  Span root = bench.tracer.start("root");
  auto task = carry(root.child("work"), [](Span& span) { span.annotate("ran", true); });
  struct RunsAtItsEnd {
    decltype(task)& run;
    ~RunsAtItsEnd() { run(); }
  };

  try {
    const RunsAtItsEnd last{task};
    throw std::runtime_error("not the task's");
  } catch (const std::runtime_error&) {
    root.end();
  }
  bench.flush();

  EXPECT_EQ(bench.memory.span("work").annotation("ran"), "true");
  EXPECT_FALSE(bench.memory.span("work").fault);
}
#endif

template <typename Work>
constexpr bool can_be_run = std::invocable<decltype(carry(Span(), std::declval<Work>()))&>;

TEST(Carry, RefusesACoroutineWhoseSpanWouldEndBeforeItsBody) {
  const auto function = [](Span&) {};
  const auto coroutine = [](Span&) -> Detached { co_return; };

  EXPECT_TRUE(can_be_run<decltype(function)>);
  EXPECT_FALSE(can_be_run<decltype(coroutine)>);
}

TEST(Carry, MarksATaskThatIsDroppedUnrun) {
  Bench bench;
  Span root = bench.tracer.start("root");
  bool ran = false;

  HandExecutor executor;
  executor.submit(carry(root.child("work"), [&](Span&) { ran = true; }));
  executor.drop(0);
  root.end();
  bench.flush();

  EXPECT_FALSE(ran);
  const testing::SpanCopy work = bench.memory.span("work");
  EXPECT_TRUE(work.fault);
  EXPECT_EQ(work.exceptions.at(0).type, "dropped");
  EXPECT_EQ(work.exceptions.at(0).message, "the task was destroyed before it ran");
}

TEST(Carry, DoesNotMarkATaskThatRanOrWasMoved) {
  Bench bench;
  Span root = bench.tracer.start("root");
  {
    auto first = carry(root.child("work"), [](Span&) {});
    auto second = std::move(first);
    second();
  }
  root.end();
  bench.flush();

  EXPECT_EQ(bench.memory.spans().size(), 2u);
  EXPECT_FALSE(bench.memory.span("work").fault);
}

TEST(Carry, RunsWithoutASpanWhenNothingIsRecorded) {
  Span nothing;
  int runs = 0;
  carry(nothing.child("work"), [&](Span& span) { runs += span.recording() ? 0 : 1; })();
  {
    auto dropped = carry(Span(), [&](Span&) { ++runs; });
  }

  EXPECT_EQ(runs, 1);
}

TEST(Carry, RunsATaskThatOutlivesItsTelemetry) {
  std::optional<Bench> bench(std::in_place);
  Span root = bench->tracer.start("root");
  bool ran = false;
  auto task = carry(root.child("work"), [&](Span& span) {
    span.annotate("late", true);
    ran = true;
  });
  auto dropped = carry(root.child("dropped"), [](Span&) {});
  root.end();
  bench.reset();

  task();

  EXPECT_TRUE(ran);
}

TEST(Carry, MakesItsSpanCurrentOnlyWhenAskedAndOnlyForTheCall) {
  Bench bench;
  Span outer = bench.tracer.start("outer");
  const CurrentSpan scope(outer);
  Span* plain = nullptr;
  Span* current = nullptr;
  Span* given = nullptr;

  carry(outer.child("plain"), [&](Span&) { plain = current_span(); })();
  carry(outer.child("sugar"), [&](Span& span) {
    given = &span;
    current = current_span();
    annotate("deep", true);
  }).as_current()();

  EXPECT_EQ(plain, &outer);
  EXPECT_EQ(current, given);
  EXPECT_EQ(current_span(), &outer);
  outer.end();
  bench.flush();
  EXPECT_EQ(bench.memory.span("sugar").annotation("deep"), "true");
}

TEST(Carry, IsAsLargeAsItsSpanAndItsFunction) {
  const auto work = [a = std::string(), b = 0](Span&) { return a.size() + static_cast<size_t>(b); };
  using Task = decltype(carry(Span(), work));

  EXPECT_EQ(sizeof(Task), sizeof(Span) + sizeof(work));
  EXPECT_TRUE(std::is_nothrow_move_constructible_v<Task>);
  EXPECT_FALSE(std::is_copy_constructible_v<Task>);
}

// Four tasks of two tenants; every order of running, dropping and finishing them.
TEST(CarryInterleaving, EndsEverySpanOnceUnderItsParentWhateverTheOrder) {
  Bench bench;
  std::size_t checked = 0;
  const std::size_t schedules = for_every_schedule([&](Schedule& schedule) {
    HandExecutor executor;
    std::size_t runs = 0;
    std::optional<Span> roots[2] = {bench.tracer.start("acme"), bench.tracer.start("globex")};
    for (int i = 0; i < 4; ++i) {
      Span& root = *roots[i % 2];
      std::string tenant = i % 2 == 0 ? "acme" : "globex";
      Span child = root.child("work");
      child.annotate("parent", root.id().text().view());
      child.annotate("trace", root.trace_id().xray_text().view());
      executor.submit(carry(WorkContext{std::move(child), {.tenant = *TenantId::parse(tenant)}},
                            [&, tenant](WorkContext& context) {
                              EXPECT_EQ(context.identity.tenant.view(), tenant);
                              ++runs;
                            }));
    }
    // One root ends before its tasks, the other after them.
    roots[0].reset();
    std::size_t drops = 0;
    while (executor.ready() != 0) {
      const std::size_t choice = schedule.choose(2 * executor.ready());
      if (choice % 2 == 0) {
        executor.run(choice / 2);
      } else {
        executor.drop(choice / 2);
        ++drops;
      }
    }
    roots[1].reset();
    EXPECT_EQ(runs + drops, 4u);
    // A few hundred at a time, so that the queue never fills.
    if (++checked % 64 == 0) bench.flush();
  });
  bench.flush();

  EXPECT_EQ(schedules, 8u * 6u * 4u * 2u);
  std::size_t faults = 0;
  for (const testing::SpanCopy& span : bench.memory.spans()) {
    if (span.name != "work") continue;
    faults += span.fault ? 1 : 0;
    EXPECT_EQ(span.parent_id.text().view(), span.annotation("parent"));
    EXPECT_EQ(span.trace_id.xray_text().view(), span.annotation("trace"));
  }
  EXPECT_EQ(bench.memory.spans().size(), schedules * 6);
  EXPECT_EQ(faults, schedules * 2);  // half of all tasks were dropped
  EXPECT_EQ(bench.telemetry.accounting().balance(), 0);
}

}  // namespace
}  // namespace aloft
