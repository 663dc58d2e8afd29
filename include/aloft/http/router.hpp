// SPDX-License-Identifier: Apache-2.0
// Finds the handler of a request and runs it inside the router's guards.
//
// A template is `/` separated; a segment is literal text or one parameter `{name}`; a literal wins
// over a parameter. HEAD falls back to GET, OPTIONS is answered with `Allow`, a known path with
// another method is 405 with `Allow`, an unknown path 404, an ambiguous one 400. Those answers pass
// through the guards too, with an empty route. Matching allocates nothing.
//
//   Router router;
//   router.use(recover(platform));
//   router.post("/v1/charges", create_charge).get("/v1/charges/{id}", show_charge);
//   if (Result<void> ok = router.check(); !ok) …     // a duplicate, a bad template
//
// Thread-safety: build it first, then `handle` from any thread.
#pragma once

#include <aloft/http/chain.hpp>
#include <aloft/http/method.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace http {

namespace detail {
class RouteTree;
}

/// Ours: longer templates are mistakes, deeper paths are 404 without a search.
inline constexpr std::size_t kMaxPathSegments = 32;

class Router {
 public:
  Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;
  ~Router();

  /// @error invalid_argument  the template is not as described above, or the handler is empty.
  /// @error already_exists    the method and template, parameter names aside, are taken.
  Result<void> add(Method method, std::string_view path_template, Handler handler,
                   RouteOptions options = {});
  /// As `add`; the first error is kept for `check`, which every server asks before it starts.
  Router& get(std::string_view path_template, Handler handler, RouteOptions options = {});
  Router& post(std::string_view path_template, Handler handler, RouteOptions options = {});
  Router& put(std::string_view path_template, Handler handler, RouteOptions options = {});
  Router& patch(std::string_view path_template, Handler handler, RouteOptions options = {});
  Router& remove(std::string_view path_template, Handler handler, RouteOptions options = {});
  /// Appends a guard; it surrounds every route, also those added before, and 404, 405 and 400.
  Router& use(std::shared_ptr<Guard> guard);
  /// The first error of the calls above.
  Result<void> check() const;

  /// Routes, then runs the chain and the handler on this thread. Never throws. The response to HEAD
  /// still has its body: the adapter counts it and does not send it.
  Response handle(Context& context, const Request& request) const noexcept;
  /// The same without waiting for pending guards; `done` and lifetimes as for `http::run`.
  RunHandle handle(Context& context, const Request& request,
                   std::function<void(Response)> done) const;
  /// Whether the matching route was declared non-blocking; routing mistakes are not.
  bool non_blocking(const Request& request) const noexcept;

 private:
  /// The handler of the route, or `otherwise` filled with the answer to a routing mistake.
  const Handler& resolve(Context& context, const Request& request, Handler& otherwise) const;
  Router& add_or_keep(Method method, std::string_view path_template, Handler handler,
                      RouteOptions options);

  std::unique_ptr<detail::RouteTree> tree_;
  Chain chain_;
  std::optional<Error> first_error_;
};

}  // namespace http
}  // namespace v0
}  // namespace aloft
