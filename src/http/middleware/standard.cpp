// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/middleware/standard.hpp>

#include <utility>

namespace aloft {
inline namespace v0 {
namespace http {

std::shared_ptr<Recover> use_standard_guards(Router& router, Tracer tracer, StandardGuards options,
                                             Platform platform) {
  std::shared_ptr<Recover> catching = recover(platform);
  // tracing: outermost, so that its span sees the final status of everything inside.
  router.use(tracing(tracer, std::move(options.tracing)));
  // request_id: next, so that refusals by any later guard carry the id a caller can quote.
  router.use(request_id(options.request_id));
  // recover: inside both, so that they see 500 instead of an exception; outside all user guards, so
  // that those may throw.
  router.use(catching);
  return catching;
}

}  // namespace http
}  // namespace v0
}  // namespace aloft
