// SPDX-License-Identifier: Apache-2.0
#include "common/with_health.hpp"

#include <aloft/http/context.hpp>
#include <aloft/http/request.hpp>

#include <utility>

namespace example {

namespace http = aloft::http;
using aloft::Result;
using aloft::unexpected;

Result<http::Handler> with_health(std::shared_ptr<http::Router> router) {
  auto health = std::make_shared<http::Router>();
  health->get("/healthz", [](http::Context&, const http::Request&) {
    return http::Response::text(200, "ok\n");
  });
  for (const auto& routes : {router, health}) {
    if (const Result<void> checked = routes->check(); !checked) return unexpected(checked.error());
  }
  return http::Handler([router = std::move(router), health = std::move(health)](
                           http::Context& ctx, const http::Request& request) {
    return (request.path() == "/healthz" ? health : router)->handle(ctx, request);
  });
}

}  // namespace example
