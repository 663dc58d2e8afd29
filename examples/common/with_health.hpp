// SPDX-License-Identifier: Apache-2.0
// `GET /healthz` beside a service's own routes.
//
//   return with_health(std::move(router));
//
// Thread-safety: the handler, from any thread.
#pragma once

#include <aloft/core/result.hpp>
#include <aloft/http/handler.hpp>
#include <aloft/http/router.hpp>

#include <memory>

namespace example {

/// The router's answers, and 200 at `/healthz` without any guard: a load balancer asks every few
/// seconds, has no key, and its traces would tell nothing.
/// @error invalid_argument, already_exists  a route is wrong: a mistake of ours.
aloft::Result<aloft::http::Handler> with_health(std::shared_ptr<aloft::http::Router> router);

}  // namespace example
