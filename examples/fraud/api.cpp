// SPDX-License-Identifier: Apache-2.0
#include "fraud/api.hpp"

#include "common/pause.hpp"
#include "common/problems.hpp"
#include "common/tenant_header.hpp"
#include "common/with_health.hpp"
#include "fraud/score.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

namespace fraud {

using aloft::Result;
using aloft::Span;
using aloft::http::Context;
using aloft::http::Request;
using aloft::http::Response;

Api::Api(FaultOptions faults, aloft::Platform platform)
    : platform_(platform), faults_(std::move(faults)) {}

Result<aloft::http::Handler> Api::handler(aloft::Tracer tracer, aloft::Logger log) {
  log_ = log;
  auto router = std::make_shared<aloft::http::Router>();
  example::use_internal_guards(*router, tracer, platform_);
  router->post("/v1/scores",
               [this](Context& ctx, const Request& request) { return score(ctx, request); });
  return example::with_health(std::move(router));
}

Response Api::score(Context& ctx, const Request& request) {
  if (auto refusal = example::require_json(request)) return *std::move(refusal);
  const Result<ScoreRequest> wanted = ScoreRequest::parse(request.body);
  if (!wanted) return example::bad_request(wanted.error());

  Span model = ctx.span().child("model");
  const aloft::Logger log = log_.with(ctx.identity, model);
  const Fault fault = faults_.next(ctx.identity.tenant);
  if (fault.delay > aloft::Nanoseconds::zero()) {
    // Nobody waits beyond the deadline, so neither does the model.
    const aloft::SteadyTime scored = platform_.clock.steady_now() + fault.delay;
    example::pause_until(platform_.clock, std::min(scored, ctx.deadline.at));
    log.warn("model slow", {"took", fault.delay});
  }
  if (fault.fails) {
    const std::runtime_error error("the scoring model is out of memory");
    model.set_error("ModelUnavailable", error.what());
    log.error("scoring failed", {"error", error}, {"amount_minor", wanted->amount_minor});
    return Response::problem(503, "Service Unavailable", "the scoring model is out of memory");
  }
  const int score = score_of(*wanted);
  model.annotate("score", score);
  log.info("scored", {"score", score});
  return Response::json(200, "{\"score\":" + std::to_string(score) + "}");
}

}  // namespace fraud
