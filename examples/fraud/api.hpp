// SPDX-License-Identifier: Apache-2.0
// The service itself: one route, the internal guards in front of it, and a health check beside it.
//
//   Api api(options.faults, platform);  // must outlive the handler
//   Result<http::Handler> handler = api.handler(telemetry.tracer(), telemetry.logger());
//
// Thread-safety: the handler, from any thread.
#pragma once

#include "fraud/faults.hpp"

#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/http/context.hpp>
#include <aloft/http/handler.hpp>
#include <aloft/http/request.hpp>
#include <aloft/telemetry/logger.hpp>
#include <aloft/telemetry/tracer.hpp>

namespace fraud {

class Api {
 public:
  Api(FaultOptions faults, aloft::Platform platform);

  /// Everything the service answers. Views `*this`.
  /// @error invalid_argument, already_exists  a route is wrong: a mistake of ours.
  aloft::Result<aloft::http::Handler> handler(aloft::Tracer tracer, aloft::Logger log = {});

 private:
  aloft::http::Response score(aloft::http::Context& ctx, const aloft::http::Request& request);

  aloft::Platform platform_;
  Faults faults_;
  aloft::Logger log_;
};

}  // namespace fraud
