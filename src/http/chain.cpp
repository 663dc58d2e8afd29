// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/chain.hpp>

#include <aloft/http/context.hpp>
#include <aloft/http/pending.hpp>

#include <utility>

namespace aloft {
inline namespace v0 {
namespace http {
Chain& Chain::use(std::shared_ptr<Guard> guard) {
  if (guard) guards_.push_back(std::move(guard));
  return *this;
}

ChainRun::ChainRun(const Chain& chain, Context& context, const Request& request) noexcept
    : chain_(chain), context_(context), request_(request) {}

ChainRun::Next ChainRun::start() noexcept {
  while (begun_ < chain_.guards().size()) {
    try {
      GuardDecision decision = chain_.guards()[begun_]->begin(context_, request_);
      if (decision.is_pending()) {
        pending_ = decision.waiting();
        return Next::wait;
      }
      if (!settle(decision)) return Next::answer;
    } catch (...) {
      fail(std::current_exception());
      return Next::answer;
    }
  }
  return Next::handler;
}

ChainRun::Next ChainRun::go_on(std::optional<GuardDecision> decision) noexcept {
  pending_.reset();
  if (!decision) {
    decision = GuardDecision::refuse(
        Response::problem(504, "Gateway Timeout", "the deadline passed before the request began"));
  }
  return settle(*decision) ? start() : Next::answer;
}

bool ChainRun::settle(GuardDecision& decision) noexcept {
  if (decision.proceeds()) {
    ++begun_;
    return true;
  }
  outcome_.refused = true;
  outcome_.response = std::move(decision.response());
  return false;
}

void ChainRun::answer(Response response) noexcept { outcome_.response = std::move(response); }

void ChainRun::fail(std::exception_ptr exception) noexcept {
  outcome_.exception = std::move(exception);
}

Response ChainRun::finish() noexcept {
  while (begun_ > 0) chain_.guards()[--begun_]->end(context_, request_, outcome_);
  if (outcome_.exception) {
    outcome_.response = Response::problem(500, "Internal Server Error", {});
  }
  // They win over the handler's own of the same name.
  outcome_.response.refused_headers +=
      outcome_.response.headers.replace_by(context_.response_headers);
  return std::move(outcome_.response);
}

Response call(const Chain& chain, const Handler& handler, Context& context,
              const Request& request) noexcept {
  ChainRun run(chain, context, request);
  ChainRun::Next next = run.start();
  while (next == ChainRun::Next::wait) {
    next = run.go_on(run.pending()->wait(context.platform().clock, context.deadline));
  }
  if (next == ChainRun::Next::handler) {
    try {
      run.answer(handler(context, request));
    } catch (...) {
      run.fail(std::current_exception());
    }
  }
  return run.finish();
}

Handler wrap(Chain chain, Handler handler) {
  return [chain = std::move(chain), handler = std::move(handler)](Context& context,
                                                                  const Request& request) {
    return call(chain, handler, context, request);
  };
}

}  // namespace http
}  // namespace v0
}  // namespace aloft
