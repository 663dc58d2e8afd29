// SPDX-License-Identifier: Apache-2.0
#include "common/tenant_header.hpp"

#include <aloft/core/identity.hpp>
#include <aloft/http/context.hpp>
#include <aloft/http/middleware/standard.hpp>
#include <aloft/http/request.hpp>

#include <utility>

namespace example {
namespace {

using aloft::http::GuardDecision;
using aloft::http::Response;

class TenantHeaderGuard final : public aloft::http::Guard {
 public:
  GuardDecision begin(aloft::http::Context& ctx, const aloft::http::Request& request) override {
    // Two tenants are no tenant: two readers might disagree on which one counts.
    if (request.headers.count(kTenantHeader) == 1) {
      if (auto tenant = aloft::TenantId::parse(*request.headers.get(kTenantHeader))) {
        ctx.identity.tenant = *std::move(tenant);
        ctx.identity.tenant_source = aloft::Provenance::trusted_header;
        return GuardDecision::proceed();
      }
    }
    if (ctx.route().empty()) return GuardDecision::proceed();
    return GuardDecision::refuse(
        Response::problem(400, "Bad Request", "the header x-tenant-id is missing or no tenant id"));
  }
};

}  // namespace

std::shared_ptr<aloft::http::Guard> tenant_header_guard() {
  return std::make_shared<TenantHeaderGuard>();
}

void use_internal_guards(aloft::http::Router& router, aloft::Tracer tracer,
                         aloft::Platform platform) {
  aloft::http::use_standard_guards(router, tracer,
                                   {.tracing = {.edge = aloft::http::EdgePolicy::trust},
                                    .request_id = {.policy = aloft::http::RequestIdPolicy::trust}},
                                   platform);
  router.use(tenant_header_guard());
}

}  // namespace example
