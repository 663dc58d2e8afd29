// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/middleware/recover.hpp>

#include <aloft/http/context.hpp>

namespace aloft {
inline namespace v0 {
namespace http {

GuardDecision Recover::begin(Context&, const Request&) { return GuardDecision::proceed(); }

void Recover::end(Context& context, const Request&, Outcome& outcome) noexcept {
  if (!outcome.exception) return;
  context.span().set_error(outcome.exception);
  caught_.fetch_add(1, std::memory_order_relaxed);
  platform_.diagnostics.report(ErrorCode::internal, "http_recover",
                               "a handler or a guard threw; its request was answered with 500");
  outcome.exception = nullptr;
  outcome.response = Response::problem(500, "Internal Server Error", {});
}

std::shared_ptr<Recover> recover(Platform platform) { return std::make_shared<Recover>(platform); }

}  // namespace http
}  // namespace v0
}  // namespace aloft
