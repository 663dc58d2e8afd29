// SPDX-License-Identifier: Apache-2.0
// Carried context with Boost.Asio: executors, strands, timers, awaitables.
#include <aloft/telemetry/carry.hpp>

#include "telemetry/bench_of_one.hpp"

#include <gtest/gtest.h>
#include <boost/asio.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

namespace aloft {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

struct Asio : ::testing::Test {
  Bench bench;
  asio::io_context io;
};

TEST_F(Asio, PostsAndDispatchesATask) {
  Span root = bench.tracer.start("root");
  int ran = 0;

  asio::post(io, carry(root.child("posted"), [&](Span& span) { ran += span.recording() ? 1 : 0; }));
  asio::dispatch(io, carry(root.child("dispatched"), [&](Span&) { ++ran; }));
  asio::defer(io, carry(root.child("deferred"), [&](Span&) { ++ran; }));
  EXPECT_EQ(ran, 0);
  io.run();
  root.end();
  bench.flush();

  EXPECT_EQ(ran, 3);
  for (const char* name : {"posted", "dispatched", "deferred"}) {
    EXPECT_EQ(bench.memory.span(name).parent_id, root.id()) << name;
    EXPECT_FALSE(bench.memory.span(name).fault) << name;
  }
}

TEST_F(Asio, RunsATaskOnThePoolItIsPostedTo) {
  Span root = bench.tracer.start("root");
  asio::thread_pool pool(2);
  std::atomic<int> ran{0};

  for (int i = 0; i < 20; ++i) {
    asio::post(pool, carry(root.child("work"), [&](Span& span) {
                       EXPECT_EQ(current_span(), &span);
                       ++ran;
                     }).as_current());
  }
  pool.join();
  root.end();
  bench.flush();

  EXPECT_EQ(ran, 20);
  EXPECT_EQ(bench.memory.spans().size(), 21u);
}

TEST_F(Asio, KeepsTheStrandThatAHandlerIsBoundTo) {
  Span root = bench.tracer.start("root");
  auto strand = asio::make_strand(io);
  bool inside = false;
  asio::steady_timer timer(io, std::chrono::seconds(0));

  timer.async_wait(carry(root.child("timed"), asio::bind_executor(strand, [&](Span&, error_code) {
                           inside = strand.running_in_this_thread();
                         })));
  io.run();

  EXPECT_TRUE(inside);
}

TEST_F(Asio, KeepsTheAllocatorAndTheCancellationSlotOfAHandler) {
  std::allocator<char> allocator;
  asio::cancellation_signal signal;
  auto handler =
      carry(Span(), asio::bind_cancellation_slot(
                        signal.slot(), asio::bind_allocator(allocator, [](Span&, error_code) {})));
  auto plain = carry(Span(), [](Span&) {});

  EXPECT_EQ(asio::get_associated_allocator(handler), allocator);
  EXPECT_EQ(asio::get_associated_cancellation_slot(handler), signal.slot());
  EXPECT_FALSE(asio::get_associated_cancellation_slot(plain).is_connected());
  static_assert(
      std::is_same_v<asio::associated_executor_t<decltype(plain)>, asio::system_executor>);
}

TEST_F(Asio, CancelsThroughTheSlotAndTellsTheTask) {
  Span root = bench.tracer.start("root");
  asio::cancellation_signal signal;
  asio::steady_timer timer(io, std::chrono::hours(1));
  error_code seen;

  timer.async_wait(
      carry(root.child("timed"),
            asio::bind_cancellation_slot(signal.slot(), [&](Span& span, error_code error) {
              seen = error;
              span.annotate("cancelled", error == asio::error::operation_aborted);
            })));
  signal.emit(asio::cancellation_type::all);
  io.run();
  root.end();
  bench.flush();

  EXPECT_EQ(seen, asio::error::operation_aborted);
  EXPECT_EQ(bench.memory.span("timed").annotation("cancelled"), "true");
  EXPECT_FALSE(bench.memory.span("timed").fault);  // it ran
}

TEST_F(Asio, MarksTheTasksOfAContextThatIsDestroyed) {
  Span root = bench.tracer.start("root");
  {
    asio::io_context stopped;
    asio::post(stopped, carry(root.child("work"), [](Span&) {}));
  }
  root.end();
  bench.flush();

  EXPECT_EQ(bench.memory.span("work").exceptions.at(0).type, "dropped");
}

/// The span is a parameter: it lives in the frame, whatever the executor.
asio::awaitable<void> hop_between(WorkContext context, asio::any_io_executor first,
                                  asio::any_io_executor second, int& wrong) {
  for (int i = 0; i < 10; ++i) {
    Span step = context.span.child("step");
    step.set_identity(context.identity);
    co_await asio::post(asio::bind_executor(i % 2 == 0 ? second : first, asio::use_awaitable));
    const CurrentSpan scope(step);  // sugar: from here to the end of the block, with no co_await
    annotate("hop", i);
    wrong += get_span_id() == step.id().text().view() ? 0 : 1;
  }
}

TEST_F(Asio, CarriesAContextThroughAnAwaitableBetweenExecutors) {
  asio::thread_pool first(1);
  asio::thread_pool second(1);
  constexpr int kRequests = 50;
  int wrong[kRequests] = {};

  for (int i = 0; i < kRequests; ++i) {
    WorkContext context{bench.tracer.start("request"),
                        {.tenant = *TenantId::parse("tenant-" + std::to_string(i))}};
    context.span.annotate("tenant_id", context.identity.tenant.view());
    asio::co_spawn(
        first,
        hop_between(std::move(context), first.get_executor(), second.get_executor(), wrong[i]),
        asio::detached);
  }
  first.join();  // where the requests were spawned: waits for all of them
  second.join();
  bench.flush();

  for (const int count : wrong) EXPECT_EQ(count, 0);
  const auto spans = bench.memory.spans();
  ASSERT_EQ(spans.size(), kRequests * 11u);
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const testing::SpanCopy& root = spans[i - i % 11];  // a trace comes as one record, root first
    EXPECT_EQ(spans[i].trace_id, root.trace_id);
    EXPECT_EQ(spans[i].annotation("tenant_id"), root.annotation("tenant_id"));
    EXPECT_EQ(spans[i].parent_id, i % 11 != 0 ? root.id : SpanId());
  }
}

TEST_F(Asio, RecordsWhatAnAwaitableThrows) {
  Span root = bench.tracer.start("root");
  std::optional<std::string> seen;
  const auto work = [](Span span) -> asio::awaitable<int> {
    span.annotate("began", true);
    co_await asio::post(asio::use_awaitable);
    throw std::runtime_error("broken");
  };

  asio::co_spawn(io, work(root.child("work")),
                 carry(root.child("answer"), [&](Span& span, const std::exception_ptr& error, int) {
                   span.set_error(error);
                   seen = "told";
                 }));
  io.run();
  root.end();
  bench.flush();

  EXPECT_EQ(seen, "told");
  EXPECT_EQ(bench.memory.span("answer").exceptions.at(0).message, "broken");
  EXPECT_EQ(bench.memory.span("work").annotation("began"), "true");
}

}  // namespace
}  // namespace aloft
