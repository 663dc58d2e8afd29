// SPDX-License-Identifier: Apache-2.0
// The life of a service: telemetry, the handler, the server, one ready line on stdout; on SIGTERM
// or SIGINT it finishes what is running, sends the last spans and log lines, and writes its books
// as the last two lines on stderr. Log lines go to stdout, or where ALOFT_LOGS_EXPORTER says.
//
//   return serve({.name = "fraud", .listen = options.listen},
//                [&](const Surroundings& with) { return make_handler(with); });
//
// `serve.cpp` is the part to copy: it is short, and in the order that matters.
// Thread-safety: `main` calls it, before it starts any thread.
#pragma once

#include "common/address.hpp"

#include <aloft/core/environment.hpp>
#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/http/handler.hpp>
#include <aloft/telemetry/logger.hpp>
#include <aloft/telemetry/tracer.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <string_view>

namespace example {

struct ServeOptions {
  std::string_view name;  ///< of the service, its spans and its lines
  Address listen;
  std::size_t workers = 8;
  std::size_t body_limit_bytes = 16 * 1024;
  aloft::Nanoseconds handler_timeout = std::chrono::seconds(2);
};

/// What a service may build its handler with.
struct Surroundings {
  aloft::Tracer tracer;
  aloft::Logger log;
  const aloft::Environment& environment;
  aloft::Platform platform;
};

/// Called once, before the server starts. What the handler views must outlive `serve`.
using MakeHandler = std::function<aloft::Result<aloft::http::Handler>(const Surroundings&)>;

/// Serves until a signal comes; stops within five seconds of it.
/// @return the exit code: 0, or 2 when it could not start (stderr says why).
int serve(const ServeOptions& options, const MakeHandler& make_handler);

}  // namespace example
