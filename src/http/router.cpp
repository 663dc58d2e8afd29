// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/router.hpp>

#include "http/percent.hpp"
#include "http/route_tree.hpp"

#include <aloft/http/context.hpp>
#include <aloft/http/request.hpp>

#include <cassert>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http {
namespace {

using detail::MethodSet;
using detail::RouteMatch;

MethodSet with_implied(MethodSet methods) noexcept {
  if (methods.has(Method::get)) methods.insert(Method::head);
  methods.insert(Method::options);
  return methods;
}

/// The decoded value, without a copy when nothing was encoded.
std::string_view decode_into(Context& context, std::string_view encoded) {
  if (encoded.find('%') == std::string_view::npos) return encoded;
  char* bytes = context.allocate_bytes(encoded.size());
  std::size_t count = 0;
  for (detail::PercentReader reader(encoded); !reader.done();) bytes[count++] = reader.next();
  return {bytes, count};
}

Handler answer_with(Response response) {
  return [response = std::move(response)](Context&, const Request&) { return response; };
}

Response method_not_allowed(const MethodSet& allowed) {
  return Response::problem(405, "Method Not Allowed", "this path answers to other methods")
      .with("allow", allowed.to_string());
}

Response allow(const MethodSet& allowed) {
  return Response::empty(204).with("allow", allowed.to_string());
}

}  // namespace

Router::Router() : tree_(std::make_unique<detail::RouteTree>()) {}
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;
Router::~Router() = default;

Result<void> Router::add(Method method, std::string_view path_template, Handler handler,
                         RouteOptions options) {
  return tree_->add(method, path_template, std::move(handler), options);
}

Router& Router::get(std::string_view path_template, Handler handler, RouteOptions options) {
  return add_or_keep(Method::get, path_template, std::move(handler), options);
}
Router& Router::post(std::string_view path_template, Handler handler, RouteOptions options) {
  return add_or_keep(Method::post, path_template, std::move(handler), options);
}
Router& Router::put(std::string_view path_template, Handler handler, RouteOptions options) {
  return add_or_keep(Method::put, path_template, std::move(handler), options);
}
Router& Router::patch(std::string_view path_template, Handler handler, RouteOptions options) {
  return add_or_keep(Method::patch, path_template, std::move(handler), options);
}
Router& Router::remove(std::string_view path_template, Handler handler, RouteOptions options) {
  return add_or_keep(Method::delete_, path_template, std::move(handler), options);
}

Router& Router::use(std::shared_ptr<Guard> guard) {
  chain_.use(std::move(guard));
  return *this;
}

Result<void> Router::check() const {
  if (first_error_) return unexpected(*first_error_);
  return {};
}

Router& Router::add_or_keep(Method method, std::string_view path_template, Handler handler,
                            RouteOptions options) {
  const Result<void> added = add(method, path_template, std::move(handler), options);
  if (!added && !first_error_) first_error_ = added.error();
  return *this;
}

Response Router::handle(Context& context, const Request& request) const noexcept {
  Handler otherwise;
  return call(chain_, resolve(context, request, otherwise), context, request);
}

RunHandle Router::handle(Context& context, const Request& request,
                         std::function<void(Response)> done) const {
  Handler otherwise;
  const Handler& handler = resolve(context, request, otherwise);
  if (&handler == &otherwise) {
    return run(
        chain_, context, request,
        [handler = std::move(otherwise)](Context& ctx, const Request& req, Answer answer) {
          answer.send(handler(ctx, req));
        },
        std::move(done));
  }
  return run(
      chain_, context, request,
      [&handler](Context& ctx, const Request& req, Answer answer) {
        answer.send(handler(ctx, req));
      },
      std::move(done));
}

bool Router::non_blocking(const Request& request) const noexcept {
  if (!tree_->has_non_blocking()) return false;
  const RouteMatch match = tree_->find(request.method, request.path());
  return match.route != nullptr && match.route->options.non_blocking;
}

const Handler& Router::resolve(Context& context, const Request& request, Handler& otherwise) const {
  context.set_route({});
  context.clear_params();
  const Result<TargetParts> parts = split_target(request.target);
  if (!parts) {
    return otherwise = answer_with(Response::problem(400, "Bad Request", parts.error().message));
  }
  if (parts->path == "*") {
    const MethodSet all = with_implied(tree_->all_methods());
    return otherwise = answer_with(request.method == Method::options ? allow(all)
                                                                     : method_not_allowed(all));
  }
  const RouteMatch match = tree_->find(request.method, parts->path);
  if (match.route != nullptr) {
    context.set_route(match.route->path_template);
    for (std::size_t i = 0; i < match.route->names.size(); ++i) {
      const bool added =
          context.add_param(match.route->names[i], decode_into(context, match.values[i]));
      assert(added);
      static_cast<void>(added);
    }
    return match.route->handler;
  }
  if (match.allowed.empty()) {
    return otherwise = answer_with(Response::problem(404, "Not Found", "no route has this path"));
  }
  const MethodSet allowed = with_implied(match.allowed);
  return otherwise = answer_with(request.method == Method::options ? allow(allowed)
                                                                   : method_not_allowed(allowed));
}

}  // namespace http
}  // namespace v0
}  // namespace aloft
