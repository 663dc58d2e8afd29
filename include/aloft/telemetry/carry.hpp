// SPDX-License-Identifier: Apache-2.0
// Work that takes its span, and whose request it is, to another thread: into a std::thread, a pool,
// an executor, a handler of an asynchronous operation.
//
//   pool.submit(carry(request.child("score"), [](Span& span) { span.annotate("model", 3); }));
//
//   WorkContext work{request.child("store"), identity, deadline};
//   asio::post(pool, carry(std::move(work), [](WorkContext& work) { store(work.identity); }));
//
// The span moves with the task and ends with it: when the call returns, also by an exception (which
// is recorded and goes on its way) or with an error `Result`, or when the task is destroyed unrun,
// which marks a fault of type `dropped`. Nothing is hidden: the work is given its context as an
// argument, in front of those of the call. `.as_current()` adds the sugar of telemetry/current.hpp
// for the length of the call, for code that cannot be given a span.
//
// Work that is a coroutine does not compile: its span would end before its body. Give the coroutine
// the span itself, by value.
//
// A task is run once. It is as large as its span and its function, allocates nothing, and moves but
// does not copy. One that outlives its `Telemetry` runs as ever; its span does nothing.
//
// Thread-safety: one thread at a time, as `Span`; whoever hands the task over orders the threads.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/core/identity.hpp>
#include <aloft/telemetry/current.hpp>
#include <aloft/telemetry/detail/associations.hpp>
#include <aloft/telemetry/operations.hpp>
#include <aloft/telemetry/span.hpp>

#include <concepts>
#include <coroutine>
#include <type_traits>
#include <utility>

namespace aloft {
inline namespace v0 {

/// What a piece of work takes with it, beside its span: whose request it is, and until when it is
/// of use to anybody.
struct WorkContext {
  Span span;
  Identity identity{};
  Deadline deadline{};
};

template <typename T>
concept CarriedContext = std::same_as<T, Span> || std::same_as<T, WorkContext>;

namespace detail {
inline Span& span_of(Span& span) noexcept { return span; }
inline Span& span_of(WorkContext& context) noexcept { return context.span; }

/// Ends a span with its scope, by an exception as its own destructor would. The span may have begun
/// on another thread, or before the unwinding in whose course the task is run.
struct EndsWithScope {
  explicit EndsWithScope(Span& one) noexcept : span(one) { span.count_exceptions_from_here(); }
  ~EndsWithScope() { const Span last(std::move(span)); }
  EndsWithScope(const EndsWithScope&) = delete;
  EndsWithScope& operator=(const EndsWithScope&) = delete;
  Span& span;
};

/// What a coroutine returns that is called with these: its body goes on, or only begins, when the
/// call has returned.
template <typename T, typename... Args>
concept OutlivesItsCall = requires {
  typename std::coroutine_traits<T, Args...>::promise_type;
};
}  // namespace detail

/// A function object that brings `Context` to its `Work`; made by `carry`. What an asynchronous
/// library asks of a handler (`get_executor`, `get_allocator`, `get_cancellation_slot`) is
/// answered by the work, where it has an answer.
template <CarriedContext Context, typename Work, bool kAsCurrent = false>
class [[nodiscard]] Carried : public detail::Associations<Work> {
 public:
  Carried(Context&& context, Work&& work)
      : detail::Associations<Work>(std::move(work)), context_(std::move(context)) {}
  /// Throws when the work does.
  // NOLINTNEXTLINE(performance-noexcept-move-constructor): Asio's own handlers may.
  Carried(Carried&&) noexcept(std::is_nothrow_move_constructible_v<Work>) = default;
  Carried(const Carried&) = delete;
  Carried& operator=(const Carried&) = delete;
  Carried& operator=(Carried&&) = delete;
  ~Carried() {
    if (Span& span = detail::span_of(context_); span.recording()) {
      span.set_error("dropped", "the task was destroyed before it ran");
    }
  }

  /// The same task, whose span is the current one of the thread that runs it while it runs.
  Carried<Context, Work, true> as_current() && {
    return {std::move(context_), std::move(this->work_)};
  }

  template <typename... Args>
  requires std::invocable<Work&, Context&, Args...> &&
      (!detail::OutlivesItsCall<std::invoke_result_t<Work&, Context&, Args...>, Context&, Args...>)
          std::invoke_result_t<Work&, Context&, Args...>
          operator()(Args&&... args) {
    Span& span = detail::span_of(context_);
    const detail::EndsWithScope ends{span};
    const auto run = [&](Span&) -> decltype(auto) {
      return this->work_(context_, std::forward<Args>(args)...);
    };
    if constexpr (kAsCurrent) {
      const CurrentSpan scope(span);
      return detail::record_outcome(span, run);
    } else {
      return detail::record_outcome(span, run);
    }
  }

 private:
  Context context_;
};

/// A task that calls `work(span, args…)` once.
template <typename Work>
Carried<Span, std::decay_t<Work>> carry(Span span, Work&& work) {
  return {std::move(span), std::decay_t<Work>(std::forward<Work>(work))};
}

/// A task that calls `work(context, args…)` once.
template <typename Work>
Carried<WorkContext, std::decay_t<Work>> carry(WorkContext context, Work&& work) {
  return {std::move(context), std::decay_t<Work>(std::forward<Work>(work))};
}

}  // namespace v0
}  // namespace aloft
