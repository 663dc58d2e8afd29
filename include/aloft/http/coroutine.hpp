// SPDX-License-Identifier: Apache-2.0
// The guard chain for coroutines, with no task type of its own: it works in whatever coroutine you
// have. With telemetry/coroutine.hpp the only header of Aloft that includes <coroutine>.
//
//   GuardedCall guarded(chain, ctx, request);
//   const bool run_handler = co_await guarded.begin();   // suspends while a guard is pending
//   if (run_handler) {
//     try { guarded.answer(co_await charge(ctx, request)); }
//     catch (...) { guarded.fail(std::current_exception()); }
//   }
//   co_return guarded.finish();
//
// Thread-safety: none. After `begin` the coroutine goes on on the thread that resolved the guard.
#pragma once

#include <aloft/http/chain.hpp>
#include <aloft/http/pending.hpp>

#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http {

class GuardedCall {
 public:
  class Begin;

  GuardedCall(const Chain& chain, Context& context, const Request& request) noexcept
      : run_(chain, context, request) {}

  /// Awaitable: true when the handler shall run, false when the answer is known already.
  Begin begin() noexcept;
  void answer(Response response) noexcept { run_.answer(std::move(response)); }
  void fail(std::exception_ptr exception) noexcept { run_.fail(std::move(exception)); }
  /// Ends the guards; call it once, always.
  Response finish() noexcept { return run_.finish(); }
  /// Answers 504 if a guard is pending now; any thread, while this object lives.
  bool expire() noexcept { return detail::expire_pending(current_); }

 private:
  ChainRun run_;
  detail::CurrentPending current_;
};

/// Drives the chain; resumes its coroutine when no guard is pending any more.
class GuardedCall::Begin final : private detail::PendingWaiter {
 public:
  explicit Begin(GuardedCall& call) noexcept : call_(call) {}

  bool await_ready() noexcept {
    next_ = call_.run_.start();
    return next_ != ChainRun::Next::wait;
  }
  bool await_suspend(std::coroutine_handle<> coroutine) noexcept {
    coroutine_ = coroutine;
    return advance();
  }
  bool await_resume() const noexcept { return next_ == ChainRun::Next::handler; }

 private:
  /// True: waits for a guard. Loops so that a chain of resolved guards needs no stack.
  bool advance() noexcept {
    while (next_ == ChainRun::Next::wait) {
      // A copy: once this waits, another thread may resume the run and drop the original.
      const std::shared_ptr<detail::PendingState> pending = call_.run_.pending();
      call_.current_.set(pending);
      detail::PendingState::Taken taken = pending->take_or_wait(*this);
      if (!taken.settled) return true;
      next_ = call_.run_.go_on(std::move(taken.decision));
    }
    call_.current_.clear();
    return false;
  }
  void on_decision(std::optional<GuardDecision> decision) noexcept override {
    next_ = call_.run_.go_on(std::move(decision));
    if (!advance()) coroutine_.resume();
  }

  GuardedCall& call_;
  ChainRun::Next next_ = ChainRun::Next::answer;
  std::coroutine_handle<> coroutine_;
};

inline GuardedCall::Begin GuardedCall::begin() noexcept { return Begin(*this); }

}  // namespace http
}  // namespace v0
}  // namespace aloft
