// SPDX-License-Identifier: Apache-2.0
// Who may call: the guard that turns an API key into a tenant.
//
// A real service would look the key's hash up in a store; here the three keys are public, so that
// anyone can try. What to copy: the key is compared without an early exit, never echoed, never
// recorded, and everything after the guard knows only `ctx.identity.tenant`.
//
//   router.use(api_key_guard());
//   store.find(ctx.identity.tenant, id);
//
// Thread-safety: all of it.
#pragma once

#include <aloft/core/identity.hpp>
#include <aloft/http/guard.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace payments {

/// Every tenant that can exist: acme, globex, initech.
std::vector<aloft::TenantId> all_tenants();

/// Whose key it is. Takes the same time for every key of the same length.
std::optional<aloft::TenantId> tenant_of_key(std::string_view key);

/// Sets `ctx.identity.tenant` from `x-api-key`, or refuses with 401. Lets a path or method that no
/// route has go on to its 404 or 405: those say nothing about a tenant.
std::shared_ptr<aloft::http::Guard> api_key_guard();

}  // namespace payments
