// SPDX-License-Identifier: Apache-2.0
// The guards every service wants, in the one documented order; each line of `use_standard_guards`
// in `src/http/middleware/standard.cpp` says why it stands there. Your own guards come after.
//
//   use_standard_guards(router, telemetry.tracer(), {.tracing = {.edge = EdgePolicy::trust}});
//   router.use(authenticate);
//
// Thread-safety: call it while building the router.
#pragma once

#include <aloft/core/platform.hpp>
#include <aloft/http/middleware/recover.hpp>
#include <aloft/http/middleware/request_id.hpp>
#include <aloft/http/middleware/tracing.hpp>
#include <aloft/http/router.hpp>

#include <memory>

namespace aloft {
inline namespace v0 {
namespace http {

struct StandardGuards {
  TracingOptions tracing{};
  RequestIdOptions request_id{};
};

/// @return the recover guard, which counts.
std::shared_ptr<Recover> use_standard_guards(Router& router, Tracer tracer,
                                             StandardGuards options = {},
                                             Platform platform = Platform::system());

}  // namespace http
}  // namespace v0
}  // namespace aloft
