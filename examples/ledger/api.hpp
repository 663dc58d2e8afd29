// SPDX-License-Identifier: Apache-2.0
// The service itself: two routes, the internal guards in front of them, and a health check beside
// them.
//
//   Api api(**store, platform);                                        // both must outlive it
//   Result<http::Handler> handler = api.handler(telemetry.tracer(), telemetry.logger());
//
// Thread-safety: the handler, from any thread.
#pragma once

#include "ledger/entry_store.hpp"

#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/http/context.hpp>
#include <aloft/http/handler.hpp>
#include <aloft/http/request.hpp>
#include <aloft/telemetry/logger.hpp>
#include <aloft/telemetry/tracer.hpp>

namespace ledger {

class Api {
 public:
  Api(EntryStore& store, aloft::Platform platform) noexcept : store_(store), platform_(platform) {}

  /// Everything the service answers. Views `*this`.
  /// @error invalid_argument, already_exists  a route is wrong: a mistake of ours.
  aloft::Result<aloft::http::Handler> handler(aloft::Tracer tracer, aloft::Logger log = {});

 private:
  using Context = aloft::http::Context;
  using Request = aloft::http::Request;
  using Response = aloft::http::Response;

  Response add_entry(Context& ctx, const Request& request);
  Response list_entries(Context& ctx, const Request& request);

  EntryStore& store_;
  aloft::Platform platform_;
  aloft::Logger log_;
};

}  // namespace ledger
