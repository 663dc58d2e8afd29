// SPDX-License-Identifier: Apache-2.0
// The service itself: three routes, the guards in front of them, and a health check beside them.
//
//   Api api({.console_url = "http://127.0.0.1:8000"}, *std::move(downstream), platform);
//   Result<http::Handler> handler = api.handler(telemetry.tracer(), telemetry.logger());
//   Server::create({.port = 8080}, *handler);      // the Api must outlive the server
//
// Thread-safety: the handler, from any thread.
#pragma once

#include "payments/charge_request.hpp"
#include "payments/charge_store.hpp"
#include "payments/downstream.hpp"
#include "payments/issuer.hpp"

#include <aloft/core/platform.hpp>
#include <aloft/http/context.hpp>
#include <aloft/http/handler.hpp>
#include <aloft/http/request.hpp>
#include <aloft/telemetry/logger.hpp>
#include <aloft/telemetry/tracer.hpp>

#include <string>

namespace payments {

struct ApiOptions {
  std::string console_url;  ///< answers link to traces there; empty: they do not
  ChargeStoreOptions store;
  IssuerOptions issuer;
};

class Api {
 public:
  Api(ApiOptions options, Downstream downstream, aloft::Platform platform);

  /// Everything the service answers. Views `*this`.
  /// @error invalid_argument, already_exists  a route is wrong: a mistake of ours.
  aloft::Result<aloft::http::Handler> handler(aloft::Tracer tracer, aloft::Logger log = {});

  const ChargeStore& store() const noexcept { return store_; }

 private:
  using Context = aloft::http::Context;
  using Request = aloft::http::Request;
  using Response = aloft::http::Response;

  Response create_charge(Context& ctx, const Request& request);
  Response show_charge(Context& ctx);
  Response list_charges(Context& ctx, const Request& request);

  aloft::Result<ChargeRequest> validate(Context& ctx, const Request& request);
  aloft::Result<void> score(Context& ctx, const ChargeRequest& wanted);
  aloft::Result<Decision> authorise(Context& ctx, const ChargeRequest& wanted);
  /// What is said of this request belongs to its span.
  aloft::Logger log_of(Context& ctx) const;
  void keep(Context& ctx, const Charge& charge);

  ApiOptions options_;
  aloft::Platform platform_;
  ChargeStore store_;
  Issuer issuer_;
  Downstream downstream_;
  aloft::Logger log_;
};

}  // namespace payments
