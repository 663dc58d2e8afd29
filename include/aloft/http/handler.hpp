// SPDX-License-Identifier: Apache-2.0
// What answers a request. A handler may throw: the chain turns that into a 500 that says nothing of
// the exception.
//
//   router.get("/healthz", [](Context&, const Request&) { return Response::text(200, "ok"); });
//
// Thread-safety: one handler is called from several threads at once.
#pragma once

#include <aloft/http/response.hpp>

#include <exception>
#include <functional>
#include <memory>

namespace aloft {
inline namespace v0 {
namespace http {

class Context;
struct Request;

using Handler = std::function<Response(Context&, const Request&)>;

struct RouteOptions {
  /// The handler never waits: not for a lock, a disk or a peer. It may then run on an I/O thread,
  /// which saves two wake-ups. Its guards run there too and must not wait either.
  bool non_blocking = false;
};

/// The one answer of an asynchronous handler. Copies share it: the first `send` or `fail` counts,
/// from any thread; when the last copy dies unanswered, the answer is 500.
class Answer {
 public:
  struct State;
  explicit Answer(std::shared_ptr<State> state) noexcept;
  /// @return false when somebody answered before.
  bool send(Response response) noexcept;
  bool fail(std::exception_ptr exception) noexcept;

 private:
  std::shared_ptr<State> state_;
};

using AsyncHandler = std::function<void(Context&, const Request&, Answer)>;

}  // namespace http
}  // namespace v0
}  // namespace aloft
