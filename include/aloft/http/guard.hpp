// SPDX-License-Identifier: Apache-2.0
// The one middleware model: a guard looks at a request before the handler and at its outcome after.
//
// `begin` runs in the order of registration. It lets the request go on, refuses it with a response,
// or says that the decision is pending and resolves it later from any thread. `end` runs in reverse
// order for exactly those guards whose `begin` let the request go on, whatever happened after: a
// later refusal, a throwing handler, a passed deadline. A guard that refused, that threw, or whose
// decision came after the deadline gets no `end`; the last learns it from `resolve` returning
// false, and gives back there what it took.
//
//   class RequireKey : public Guard {
//     GuardDecision begin(Context& ctx, const Request& request) override {
//       if (!request.headers.has("x-api-key")) {
//         return GuardDecision::refuse(Response::problem(401, "Unauthorized", "no x-api-key"));
//       }
//       return GuardDecision::proceed();
//     }
//   };
//
//   auto [decision, completion] = GuardDecision::pending();  // a guard that asks a remote store
//   store.ask(key, [completion](bool yes) mutable { completion.resolve(…); });
//   return std::move(decision);
//
// Thread-safety: `begin` and `end` are called from several threads at once, for different requests.
#pragma once

#include <aloft/http/response.hpp>

#include <exception>
#include <memory>
#include <utility>
#include <variant>

namespace aloft {
inline namespace v0 {
namespace http {

class Context;
struct Request;
class Completion;

namespace detail {
class PendingState;
}

class GuardDecision {
 public:
  static GuardDecision proceed() noexcept { return GuardDecision(); }
  static GuardDecision refuse(Response response) noexcept {
    return GuardDecision(std::move(response));
  }
  /// Two allocations.
  static std::pair<GuardDecision, Completion> pending();

  bool proceeds() const noexcept { return std::holds_alternative<std::monostate>(state_); }
  bool refuses() const noexcept { return std::holds_alternative<Response>(state_); }
  bool is_pending() const noexcept { return !proceeds() && !refuses(); }

  /// Requires `refuses()`.
  Response& response() noexcept { return *std::get_if<Response>(&state_); }
  /// Requires `is_pending()`.
  const std::shared_ptr<detail::PendingState>& waiting() const noexcept {
    return *std::get_if<std::shared_ptr<detail::PendingState>>(&state_);
  }

 private:
  // Not defaulted: `GuardDecision()` would then clear all of a response's bytes first.
  GuardDecision() noexcept {}
  explicit GuardDecision(Response response) noexcept : state_(std::move(response)) {}
  explicit GuardDecision(std::shared_ptr<detail::PendingState> pending) noexcept
      : state_(std::move(pending)) {}

  std::variant<std::monostate, Response, std::shared_ptr<detail::PendingState>> state_;
};

/// The right to resolve one pending decision, once. Copies share it; when the last one dies without
/// having resolved it, the request is refused with 500.
class Completion {
 public:
  /// `decision` must not be pending itself (that counts as a refusal with 500).
  /// @return false when it was resolved before or the deadline has passed: nobody will call `end`.
  /// Thread-safe. Runs the rest of the chain on this thread when a callback or coroutine waits.
  bool resolve(GuardDecision decision) noexcept;

 private:
  friend class GuardDecision;
  struct Owner;
  explicit Completion(std::shared_ptr<Owner> owner) noexcept : owner_(std::move(owner)) {}
  std::shared_ptr<Owner> owner_;
};

/// What became of a request, as `end` sees it.
struct Outcome {
  /// May be changed. Meaningless while `exception` is set.
  Response response;
  /// What the handler or a guard threw, until some guard has turned it into a response and cleared
  /// it. Still set when all guards have ended: the answer is a bare 500.
  std::exception_ptr exception;
  /// A guard refused, or the deadline passed while one was pending; the handler never ran.
  bool refused = false;

  int status() const noexcept { return exception ? 500 : response.status; }
};

class Guard {
 public:
  virtual ~Guard() = default;
  virtual GuardDecision begin(Context& context, const Request& request) = 0;
  virtual void end(Context& context, const Request& request, Outcome& outcome) noexcept;
};

}  // namespace http
}  // namespace v0
}  // namespace aloft
