// SPDX-License-Identifier: Apache-2.0
// The services that payments asks: fraud scores a charge, ledger keeps an entry of it.
//
// Each call is a span with the service's name, its status and its error; the trace, the request id
// and the tenant go along in headers. A call takes at most 1.5 s, less when the request's own
// deadline is nearer. There are no retries: without an idempotency key a second entry could be
// made.
//
//   Result<Downstream> downstream = Downstream::create({.fraud = url, .ledger = url}, platform);
//   Result<void> kept = downstream->record(ctx, charge);
//   if (!kept) return unavailable(kept.error());      // "ledger is unavailable"
//
// Thread-safety: all of it once created.
#pragma once

#include "common/address.hpp"
#include "payments/charge.hpp"
#include "payments/charge_request.hpp"

#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/http/context.hpp>
#include <aloft/http_client/client.hpp>
#include <aloft/http_client/service_client.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace payments {

struct DownstreamOptions {
  std::optional<example::Address> fraud;   ///< not given: nothing is scored
  std::optional<example::Address> ledger;  ///< not given: no entries are kept
  /// Ours: twice of it and the issuer's time fit into the four seconds of a request.
  aloft::Nanoseconds timeout = std::chrono::milliseconds(1500);
};

class Downstream {
 public:
  /// @error invalid_argument  an address cannot be one of a service.
  static aloft::Result<Downstream> create(const DownstreamOptions& options,
                                          aloft::Platform platform);

  /// @return 0 (harmless) to 99; nothing when there is no fraud service.
  /// @error unavailable  "fraud is unavailable": it did not answer, or not as it should.
  aloft::Result<std::optional<std::int64_t>> score(aloft::http::Context& ctx,
                                                   const ChargeRequest& wanted);
  /// Does nothing when there is no ledger.
  /// @error unavailable  "ledger is unavailable": it did not answer, or not as it should. Whether
  ///                     the entry was made is unknown after a timeout.
  aloft::Result<void> record(aloft::http::Context& ctx, const Charge& charge);

 private:
  using ServiceClient = aloft::http_client::ServiceClient;

  Downstream(std::unique_ptr<aloft::http_client::Client> client, std::optional<ServiceClient> fraud,
             std::optional<ServiceClient> ledger);

  /// POSTs JSON on behalf of the request's tenant. @return the body of an answer below 300.
  static aloft::Result<std::string> post(ServiceClient& service, aloft::http::Context& ctx,
                                         std::string_view route, std::string body);

  // On the heap: the services keep its address, and a Downstream moves.
  std::unique_ptr<aloft::http_client::Client> client_;
  std::optional<ServiceClient> fraud_;
  std::optional<ServiceClient> ledger_;
};

}  // namespace payments
