// SPDX-License-Identifier: Apache-2.0
#include "ledger/api.hpp"

#include "common/problems.hpp"
#include "common/tenant_header.hpp"
#include "common/with_health.hpp"

#include <memory>
#include <utility>

namespace ledger {

using aloft::Result;
namespace json = aloft::json;

namespace {

/// What SQLite said is on the span; the caller learns that it may try again.
aloft::http::Response no_database() {
  return aloft::http::Response::problem(503, "Service Unavailable",
                                        "the ledger's database took no statement");
}

}  // namespace

Result<aloft::http::Handler> Api::handler(aloft::Tracer tracer, aloft::Logger log) {
  log_ = log;
  auto router = std::make_shared<aloft::http::Router>();
  example::use_internal_guards(*router, tracer, platform_);
  router
      ->post("/v1/entries",
             [this](Context& ctx, const Request& request) { return add_entry(ctx, request); })
      .get("/v1/entries",
           [this](Context& ctx, const Request& request) { return list_entries(ctx, request); });
  return example::with_health(std::move(router));
}

aloft::http::Response Api::add_entry(Context& ctx, const Request& request) {
  if (auto refusal = example::require_json(request)) return *std::move(refusal);
  Result<Entry> entry = Entry::parse(request.body);
  if (!entry) return example::bad_request(entry.error());
  const aloft::Logger log = log_.with(ctx.identity, ctx.span());
  const Result<Entry> kept = store_.add(ctx.span(), ctx.identity.tenant, *std::move(entry));
  if (!kept) {
    log.error("entry lost", {"error", kept.error()});
    return no_database();
  }
  log.info("entry kept", {"charge_id", kept->charge_id}, {"amount_minor", kept->amount_minor});
  ctx.span().annotate("charge_id", kept->charge_id);

  json::Buffer buffer(example::kMaxAnswerBytes);
  json::Writer answer(buffer);
  write_entry(answer, *kept);
  return Response::json(201, std::string(buffer.view()));
}

aloft::http::Response Api::list_entries(Context& ctx, const Request& request) {
  const Result<example::PageRequest> wanted = example::PageRequest::parse(request.query);
  if (!wanted) return example::bad_request(wanted.error());
  const Result<Page> page = store_.list(ctx.span(), ctx.identity.tenant, *wanted);
  if (!page) return no_database();

  json::Buffer buffer(example::kMaxAnswerBytes);
  json::Writer answer(buffer);
  answer.begin_object();
  answer.key("entries").begin_array();
  for (const Entry& entry : page->entries) write_entry(answer, entry);
  answer.end_array();
  example::write_next(answer, page->next);
  answer.end_object();
  return Response::json(200, std::string(buffer.view()));
}

}  // namespace ledger
