// SPDX-License-Identifier: Apache-2.0
#include "payments/downstream.hpp"

#include "common/tenant_header.hpp"

#include <aloft/core/json_writer.hpp>
#include <aloft/http/json_reader.hpp>

#include <utility>

namespace payments {
namespace {

using aloft::ErrorCode;
using aloft::Result;
using aloft::unexpected;
using aloft::http::Context;
using aloft::http_client::Client;
using aloft::http_client::ClientResponse;
using aloft::http_client::ServiceClient;
using OptionalService = std::optional<ServiceClient>;
namespace json = aloft::json;

/// The fields below have at most 200 bytes.
constexpr std::size_t kMaxBodyBytes = 1024;

/// Nothing when there is no address.
Result<OptionalService> join(std::string_view name, const std::optional<example::Address>& address,
                             aloft::Nanoseconds timeout, Client& client) {
  if (!address) return OptionalService();
  Result<ServiceClient> service = ServiceClient::create(
      {.name = std::string(name), .url = address->url(), .timeout = timeout}, client);
  if (!service) return unexpected(service.error());
  return OptionalService(*std::move(service));
}

aloft::Unexpected unavailable(const std::string& service) {
  return aloft::fail(ErrorCode::unavailable, service + " is unavailable");
}

}  // namespace

Result<Downstream> Downstream::create(const DownstreamOptions& options, aloft::Platform platform) {
  Result<Client> client = Client::create({.user_agent = "payments"}, platform);
  if (!client) return unexpected(client.error());
  auto shared = std::make_unique<Client>(*std::move(client));
  Result<OptionalService> fraud = join("fraud", options.fraud, options.timeout, *shared);
  if (!fraud) return unexpected(fraud.error());
  Result<OptionalService> ledger = join("ledger", options.ledger, options.timeout, *shared);
  if (!ledger) return unexpected(ledger.error());
  return Downstream(std::move(shared), *std::move(fraud), *std::move(ledger));
}

Downstream::Downstream(std::unique_ptr<Client> client, OptionalService fraud,
                       OptionalService ledger)
    : client_(std::move(client)), fraud_(std::move(fraud)), ledger_(std::move(ledger)) {}

Result<std::optional<std::int64_t>> Downstream::score(Context& ctx, const ChargeRequest& wanted) {
  if (!fraud_) return std::optional<std::int64_t>();
  json::Buffer buffer(kMaxBodyBytes);
  json::Writer body(buffer);
  body.begin_object();
  body.key("amount_minor").integer(wanted.amount_minor);
  body.key("currency").text(wanted.currency);
  // All of the card that another service needs, and may see.
  body.key("card_last4").text(wanted.card.last4());
  body.end_object();

  const Result<std::string> answer = post(*fraud_, ctx, "/v1/scores", std::string(buffer.view()));
  if (!answer) return unexpected(answer.error());
  const auto document = aloft::http::JsonDocument::parse(*answer);
  if (!document) return unavailable(fraud_->name());
  const Result<std::int64_t> score = document->integer("/score");
  if (!score) return unavailable(fraud_->name());
  return std::optional(*score);
}

Result<void> Downstream::record(Context& ctx, const Charge& charge) {
  if (!ledger_) return {};
  json::Buffer buffer(kMaxBodyBytes);
  json::Writer body(buffer);
  body.begin_object();
  body.key("charge_id").text(charge.id);
  body.key("amount_minor").integer(charge.amount_minor);
  body.key("currency").text(charge.currency);
  body.end_object();

  const Result<std::string> answer = post(*ledger_, ctx, "/v1/entries", std::string(buffer.view()));
  if (!answer) return unexpected(answer.error());
  return {};
}

Result<std::string> Downstream::post(ServiceClient& service, Context& ctx, std::string_view route,
                                     std::string body) {
  aloft::http_client::ServiceRequest request{.method = aloft::http::Method::post,
                                             .route = route,
                                             .body = std::move(body),
                                             .content_type = "application/json",
                                             .identity = &ctx.identity};
  // Who called was proved at our edge; the services behind it believe this header.
  request.headers.try_set(example::kTenantHeader, ctx.identity.tenant.view());
  Result<ClientResponse> answer = service.send(ctx.span(), std::move(request), ctx.deadline);
  // Why is on the call's span. Our caller learns which service it was, and nothing of its insides.
  if (!answer || !answer->ok()) return unavailable(service.name());
  return std::move(answer->body);
}

}  // namespace payments
