// SPDX-License-Identifier: Apache-2.0
// Guards around a handler, in three shapes that behave the same: onion, callback, coroutine (the
// last in `coroutine.hpp`). All three drive one `ChainRun`, and one contract suite runs over them.
//
//   Chain chain;
//   chain.use(tracing(tracer)).use(recover(platform));
//   Handler guarded = wrap(chain, handler);  // onion: waits for pending guards
//   run(chain, ctx, request, async_handler, [](Response r) {…});  // callback: never waits
//
// Thread-safety: build a chain first, then use it from any thread.
#pragma once

#include <aloft/http/guard.hpp>
#include <aloft/http/handler.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace http {

/// An ordered list of guards.
class Chain {
 public:
  Chain& use(std::shared_ptr<Guard> guard);
  const std::vector<std::shared_ptr<Guard>>& guards() const noexcept { return guards_; }

 private:
  std::vector<std::shared_ptr<Guard>> guards_;
};

/// One request's way through a chain, step by step, for whoever writes an adapter. Allocates
/// nothing. The chain, context and request must outlive it.
///
///   start → handler:  run the handler, then `answer` or `fail`, then `finish`
///         → wait:     wait for `pending()`, then `go_on` with what it says; repeat
///         → answer:   `finish`
class ChainRun {
 public:
  enum class Next { handler, wait, answer };

  ChainRun(const Chain& chain, Context& context, const Request& request) noexcept;
  ChainRun(const ChainRun&) = delete;
  ChainRun& operator=(const ChainRun&) = delete;

  Next start() noexcept;
  /// Nothing: the deadline passed before the guard decided, the answer is 504.
  Next go_on(std::optional<GuardDecision> decision) noexcept;
  void answer(Response response) noexcept;
  void fail(std::exception_ptr exception) noexcept;
  /// Ends the guards in reverse order and hands out the response, once.
  Response finish() noexcept;

  /// Requires that the last step said `wait`.
  const std::shared_ptr<detail::PendingState>& pending() const noexcept { return pending_; }

 private:
  /// True: the guard let the request go on.
  bool settle(GuardDecision& decision) noexcept;

  const Chain& chain_;
  Context& context_;
  const Request& request_;
  std::size_t begun_ = 0;  // guards whose begin let the request go on
  std::shared_ptr<detail::PendingState> pending_;
  Outcome outcome_;
};

/// Onion: runs everything on this thread and waits for pending guards until the context's deadline.
Response call(const Chain& chain, const Handler& handler, Context& context,
              const Request& request) noexcept;
/// `call` as a handler.
Handler wrap(Chain chain, Handler handler);

/// Lets the owner of a callback run give up waiting.
class RunHandle {
 public:
  /// Answers 504 if a guard is pending now; true if it was. Idempotent, any thread.
  bool expire() noexcept;

  struct Run;
  RunHandle() noexcept = default;
  explicit RunHandle(std::weak_ptr<Run> run) noexcept : run_(std::move(run)) {}

 private:
  std::weak_ptr<Run> run_;
};

/// Callback: never waits. `done` is called exactly once, maybe before this returns, maybe on the
/// thread that resolves a guard or answers. The chain, context and request must live until then.
RunHandle run(const Chain& chain, Context& context, const Request& request, AsyncHandler handler,
              std::function<void(Response)> done);

}  // namespace http
}  // namespace v0
}  // namespace aloft
