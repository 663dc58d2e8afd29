// SPDX-License-Identifier: Apache-2.0
#include "payments/api.hpp"

#include "common/page_request.hpp"
#include "common/problems.hpp"
#include "common/with_health.hpp"
#include "payments/tenants.hpp"
#include "payments/trace_link.hpp"

#include <aloft/http/middleware/standard.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace payments {
namespace {

using aloft::Result;
using aloft::Span;
using aloft::unexpected;
using example::kMaxAnswerBytes;
namespace http = aloft::http;
namespace json = aloft::json;

/// Ours: scores of this and more are looked at by a person. They are charged all the same.
constexpr std::int64_t kReviewScore = 80;
/// Ours: the issuer takes 2 to 8 ms, so that every sixth authorisation is worth a line.
constexpr aloft::Nanoseconds kSlowIssuer = std::chrono::milliseconds(7);

/// A service behind us failed: which one helps whoever is asked to help, why is on the trace.
http::Response unavailable(const aloft::Error& error) {
  return http::Response::problem(503, "Service Unavailable",
                                 "nothing was charged: " + error.message)
      .with("retry-after", "1");
}

Charge make_charge(const ChargeRequest& wanted, aloft::Platform platform) {
  return {.id = make_charge_id(platform.random),
          .amount_minor = wanted.amount_minor,
          .currency = wanted.currency,
          .card_last4 = std::string(wanted.card.last4()),
          .created = platform.clock.now().wall};
}

}  // namespace

Api::Api(ApiOptions options, Downstream downstream, aloft::Platform platform)
    : options_(std::move(options)),
      platform_(platform),
      store_(all_tenants(), options_.store),
      issuer_(platform, options_.issuer),
      downstream_(std::move(downstream)) {}

Result<http::Handler> Api::handler(aloft::Tracer tracer, aloft::Logger log) {
  log_ = log;
  auto charges = std::make_shared<http::Router>();
  // All callers are services of ours, so their trace headers are believed; an edge that anyone can
  // reach keeps the default, which starts a new trace.
  http::use_standard_guards(*charges, tracer, {.tracing = {.edge = http::EdgePolicy::trust}},
                            platform_);
  charges->use(trace_link(options_.console_url)).use(api_key_guard());
  charges
      ->post("/v1/charges",
             [this](Context& ctx, const Request& request) { return create_charge(ctx, request); })
      .get("/v1/charges",
           [this](Context& ctx, const Request& request) { return list_charges(ctx, request); })
      .get("/v1/charges/{id}", [this](Context& ctx, const Request&) { return show_charge(ctx); });
  return example::with_health(std::move(charges));
}

http::Response Api::create_charge(Context& ctx, const Request& request) {
  if (auto refusal = example::require_json(request)) return *std::move(refusal);
  const aloft::Logger log = log_of(ctx);
  const Result<ChargeRequest> wanted = validate(ctx, request);
  if (!wanted) {
    log.info("charge refused", {"reason", wanted.error().message});
    return example::bad_request(wanted.error());
  }
  if (const Result<void> scored = score(ctx, *wanted); !scored) {
    log.error("charge failed", {"error", scored.error()}, {"amount_minor", wanted->amount_minor});
    return unavailable(scored.error());
  }
  const Result<Decision> decision = authorise(ctx, *wanted);
  if (!decision) {
    log.error("charge failed", {"error", decision.error()});
    return Response::problem(504, "Gateway Timeout",
                             "nothing was charged: " + decision.error().message);
  }
  if (*decision == Decision::declined) {
    log.info("charge refused", {"reason", "card_declined"}, {"amount_minor", wanted->amount_minor});
    return Response::problem(402, "Card declined", "the issuer refused this card",
                             {{"code", "card_declined"}});
  }
  const Charge charge = make_charge(*wanted, platform_);
  ctx.span().annotate("charge_id", charge.id);
  // What the issuer authorised lapses by itself when it is not captured.
  if (const Result<void> recorded = downstream_.record(ctx, charge); !recorded) {
    log.error("charge failed", {"error", recorded.error()}, {"charge_id", charge.id});
    return unavailable(recorded.error());
  }
  keep(ctx, charge);
  log.info("charge accepted", {"charge_id", charge.id}, {"amount_minor", charge.amount_minor},
           {"currency", charge.currency});

  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer answer(buffer);
  const TraceUrl* trace = ctx.find<TraceUrl>();
  write_charge(answer, charge, trace != nullptr ? std::string_view(trace->text) : "");
  return Response::json(201, std::string(buffer.view()))
      .with("location", "/v1/charges/" + charge.id);
}

http::Response Api::show_charge(Context& ctx) {
  // Another tenant's charge is not found either: that it exists is none of the caller's business.
  const std::optional<Charge> charge = store_.find(ctx.identity.tenant, ctx.param("id"));
  if (!charge) return Response::problem(404, "Not Found", "no charge has this id");
  ctx.span().annotate("charge_id", charge->id);

  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer answer(buffer);
  write_charge(answer, *charge);
  return Response::json(200, std::string(buffer.view()));
}

http::Response Api::list_charges(Context& ctx, const Request& request) {
  const Result<example::PageRequest> wanted = example::PageRequest::parse(request.query);
  if (!wanted) return example::bad_request(wanted.error());
  const Page page = store_.list(ctx.identity.tenant, *wanted);
  ctx.span().annotate("charges", page.charges.size());

  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer answer(buffer);
  answer.begin_object();
  answer.key("charges").begin_array();
  for (const Charge& charge : page.charges) write_charge(answer, charge);
  answer.end_array();
  example::write_next(answer, page.next);
  answer.end_object();
  return Response::json(200, std::string(buffer.view()));
}

Result<ChargeRequest> Api::validate(Context& ctx, const Request& request) {
  Span span = ctx.span().child("validate");
  Result<ChargeRequest> wanted = ChargeRequest::parse(request.body);
  span.annotate("valid", wanted.has_value());
  // Callers write card numbers into descriptions; the redactor takes them out before anything is
  // sent, and leaves [redacted:pan].
  if (wanted && !wanted->description.empty()) {
    span.add_metadata("charge", "description", wanted->description);
  }
  return wanted;
}

Result<void> Api::score(Context& ctx, const ChargeRequest& wanted) {
  const Result<std::optional<std::int64_t>> score = downstream_.score(ctx, wanted);
  if (!score) return unexpected(score.error());
  if (!*score) return {};
  ctx.span().annotate("fraud_score", **score);
  if (**score >= kReviewScore) ctx.span().annotate("review", true);
  return {};
}

Result<Decision> Api::authorise(Context& ctx, const ChargeRequest& wanted) {
  Span span = ctx.span().child("authorise");
  span.annotate("amount_minor", wanted.amount_minor);
  span.annotate("currency", wanted.currency);
  const aloft::SteadyTime begun = platform_.clock.steady_now();
  Result<Decision> decision = issuer_.authorise(wanted.card, ctx.deadline);
  const aloft::Nanoseconds took = platform_.clock.steady_now() - begun;
  if (took >= kSlowIssuer) log_.with(ctx.identity, span).warn("issuer slow", {"took", took});
  if (decision) {
    span.annotate("decision", *decision == Decision::approved ? "approved" : "declined");
  } else {
    span.set_error(decision.error());
  }
  return decision;
}

aloft::Logger Api::log_of(Context& ctx) const { return log_.with(ctx.identity, ctx.span()); }

void Api::keep(Context& ctx, const Charge& charge) {
  Span span = ctx.span().child("store");
  store_.add(ctx.identity.tenant, charge);
}

}  // namespace payments
