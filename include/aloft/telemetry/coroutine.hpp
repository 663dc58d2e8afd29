// SPDX-License-Identifier: Apache-2.0
// Keeps the current span with a coroutine instead of with the thread it happens to run on.
//
// A coroutine that is given its span as a parameter carries it in its frame: that is explicit, and
// needs nothing from here. What does need help is the sugar of telemetry/current.hpp, because a
// thread-local would stay behind when the coroutine goes on elsewhere. A promise derived from
// `CurrentSpanPromise` takes it along: current from each resumption to the next suspension, scopes
// inside the coroutine included, and the thread gets back what it had before, each time.
//
//   struct Task {
//     struct promise_type : CurrentSpanPromise {
//       using CurrentSpanPromise::CurrentSpanPromise;   // finds the parameter that is a Span
//       auto initial_suspend() noexcept { return carried(std::suspend_always()); }
//       auto final_suspend() noexcept { return carried(std::suspend_always()); }
//       …
//     };
//   };
//   Task charge(Span span, Pool& pool) {
//     co_await pool.schedule();
//     annotate("items", 3);                             // on `span`, whatever the thread
//   }
//
// A coroutine without such a parameter begins with no current span. A promise with an
// `await_transform` of its own calls `carried` there for what it awaits.
//
// Thread-safety: as any coroutine, on one thread at a time. Allocates nothing.
#pragma once

#include <aloft/telemetry/carry.hpp>
#include <aloft/telemetry/current.hpp>

#include <concepts>
#include <coroutine>
#include <type_traits>
#include <utility>

namespace aloft {
inline namespace v0 {

class CurrentSpanPromise {
 public:
  template <typename Awaiter>
  class Awaiting;

  CurrentSpanPromise() noexcept = default;
  /// From the coroutine's parameters: the first `Span` or `WorkContext` among them.
  template <typename... Params>
  explicit CurrentSpanPromise(Params&... params) noexcept {
    (find(params), ...);
  }
  CurrentSpanPromise(const CurrentSpanPromise&) = delete;
  CurrentSpanPromise& operator=(const CurrentSpanPromise&) = delete;
  ~CurrentSpanPromise() { leave(); }  // it ran to its end without a last suspension

  /// What the coroutine awaits, with the span taken off the thread while it does.
  template <typename Awaitable>
  auto await_transform(Awaitable&& awaitable) {
    using Awaiter = decltype(awaiter_of(std::forward<Awaitable>(awaitable)));
    return Awaiting<Awaiter>(*this, awaiter_of(std::forward<Awaitable>(awaitable)));
  }
  /// The same for an awaiter by value, as the first and the last suspension return it.
  template <typename Awaiter>
  Awaiting<Awaiter> carried(Awaiter awaiter) noexcept {
    return Awaiting<Awaiter>(*this, std::move(awaiter));
  }

 private:
  template <typename Param>
  void find(Param& param) noexcept {
    if constexpr (CarriedContext<std::remove_cv_t<Param>> && !std::is_const_v<Param>) {
      if (mine_ != nullptr) return;
      own_.span = &detail::span_of(param);
      mine_ = &own_;
    }
  }
  template <typename Awaitable>
  static decltype(auto) awaiter_of(Awaitable&& awaitable) {
    if constexpr (requires { std::forward<Awaitable>(awaitable).operator co_await(); }) {
      return std::forward<Awaitable>(awaitable).operator co_await();
    } else if constexpr (requires { operator co_await(std::forward<Awaitable>(awaitable)); }) {
      return operator co_await(std::forward<Awaitable>(awaitable));
    } else {
      return std::forward<Awaitable>(awaitable);
    }
  }

  void enter() noexcept {
    if (running_) return;
    theirs_ = detail::exchange_scope(mine_);
    running_ = true;
  }
  void leave() noexcept {
    if (!running_) return;
    mine_ = detail::exchange_scope(theirs_);
    running_ = false;
  }

  detail::Scope own_{nullptr, nullptr};  // of the span among its parameters
  detail::Scope* mine_ = nullptr;        // while suspended: what is innermost when it runs
  detail::Scope* theirs_ = nullptr;      // while running: what the thread had before
  bool running_ = false;
};

/// Awaits as `Awaiter` does, between leaving the thread and entering the next.
template <typename Awaiter>
class CurrentSpanPromise::Awaiting {
 public:
  Awaiting(CurrentSpanPromise& promise, Awaiter&& awaiter) noexcept
      : promise_(promise), awaiter_(std::forward<Awaiter>(awaiter)) {}

  bool await_ready() noexcept(noexcept(std::declval<Awaiter&>().await_ready())) {
    return static_cast<bool>(awaiter_.await_ready());
  }
  template <typename Promise>
  auto await_suspend(std::coroutine_handle<Promise> coroutine) noexcept(
      noexcept(std::declval<Awaiter&>().await_suspend(coroutine))) {
    // Before: once the awaiter knows the coroutine, it may already be running elsewhere.
    promise_.leave();
    if constexpr (noexcept(awaiter_.await_suspend(coroutine))) {
      return suspend(coroutine);
    } else {
      return suspend_or_return(coroutine);
    }
  }
  decltype(auto) await_resume() noexcept(noexcept(std::declval<Awaiter&>().await_resume())) {
    promise_.enter();
    return awaiter_.await_resume();
  }

 private:
  template <typename Promise>
  auto suspend(std::coroutine_handle<Promise> coroutine) {
    return awaiter_.await_suspend(coroutine);
  }
  /// An awaiter that throws has not suspended: its exception appears inside the coroutine.
  template <typename Promise>
  auto suspend_or_return(std::coroutine_handle<Promise> coroutine) {
#if defined(__cpp_exceptions)
    try {
      return awaiter_.await_suspend(coroutine);
    } catch (...) {
      promise_.enter();
      throw;
    }
#else
    return awaiter_.await_suspend(coroutine);
#endif
  }

  CurrentSpanPromise& promise_;
  Awaiter awaiter_;
};

}  // namespace v0
}  // namespace aloft
