// SPDX-License-Identifier: Apache-2.0
// An internal trust edge: services behind the public one believe `x-tenant-id`.
//
// The public service proves who calls (payments: an API key) and says so to the services behind it
// in this header. They validate its form and believe its content, so they must be reachable from
// the public service only: here they listen on loopback; in a deployment, a private network and
// mutual TLS would stand in its place. A public edge must never use this guard.
//
//   router.use(tenant_header_guard());               // ledger, fraud
//   headers.set(kTenantHeader, tenant.view());       // payments
//
// Thread-safety: all of it.
#pragma once

#include <aloft/core/platform.hpp>
#include <aloft/http/guard.hpp>
#include <aloft/http/router.hpp>
#include <aloft/telemetry/tracer.hpp>

#include <memory>
#include <string_view>

namespace example {

inline constexpr std::string_view kTenantHeader = "x-tenant-id";

/// Sets `ctx.identity.tenant`, or refuses with 400. Lets a path or method that no route has go on
/// to its 404 or 405.
std::shared_ptr<aloft::http::Guard> tenant_header_guard();

/// The guards of a service behind the edge: trace headers, request id and tenant of the caller are
/// all believed.
void use_internal_guards(aloft::http::Router& router, aloft::Tracer tracer,
                         aloft::Platform platform);

}  // namespace example
