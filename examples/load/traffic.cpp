// SPDX-License-Identifier: Apache-2.0
#include "load/traffic.hpp"

#include <aloft/http/json_reader.hpp>

#include <utility>

namespace load {
namespace {

using aloft::http_client::ClientRequest;
using aloft::http_client::ClientResponse;

constexpr std::string_view kGoodCard = "4242424242424242";
constexpr std::string_view kDeclinedCard = "4000000000000002";
constexpr std::array<std::string_view, 4> kCurrencies = {"USD", "EUR", "GBP", "JPY"};
constexpr std::array<std::string_view, 5> kDescriptions = {
    "two coffees", "monthly plan", "spare parts", "conference ticket",
    // A customer's slip, kept for the demo: the trace shows [redacted:pan] instead.
    "card 4242 4242 4242 4242, please keep on file"};

}  // namespace

Traffic::Traffic(std::string url, aloft::Random& random)
    : url_(std::move(url)),
      random_(random),
      tenants_{{{"demo-acme", {}}, {"demo-globex", {}}, {"demo-initech", {}}}} {}

ClientRequest Traffic::next() {
  current_ = below(tenants_.size());
  const std::uint64_t amount = 100 + below(20'000);
  // Of 20 requests in a row 11 make a charge, 2 are declined, 1 is wrong, 1 asks for nothing there
  // is. Steps of 7, which has no factor in common with 20, mix them without chance.
  turn_ = (turn_ + 7) % 20;
  if (turn_ < 11) return charge(kGoodCard, amount);
  if (turn_ < 13) return charge(kDeclinedCard, amount);
  if (turn_ < 14) return charge(kGoodCard, 0);
  if (turn_ < 15) return get("/v1/charges/ch_unknown");
  const std::string& known = tenants_[current_].last_charge;
  if (turn_ < 18 && !known.empty()) return get("/v1/charges/" + known);
  return get("/v1/charges?limit=20");
}

void Traffic::learn(const ClientResponse& answer) {
  if (answer.status != 201) return;
  const aloft::Result<aloft::http::JsonDocument> body =
      aloft::http::JsonDocument::parse(answer.body);
  if (!body) return;
  if (const aloft::Result<std::string_view> id = body->text("/id")) {
    tenants_[current_].last_charge = *id;
  }
}

ClientRequest Traffic::charge(std::string_view card, std::uint64_t amount_minor) {
  ClientRequest request = get("/v1/charges");
  request.method = aloft::http::Method::post;
  request.headers.try_set("content-type", "application/json");
  request.body = "{\"amount_minor\":" + std::to_string(amount_minor) + ",\"currency\":\"";
  request.body += kCurrencies[below(kCurrencies.size())];
  request.body += "\",\"card\":{\"number\":\"";
  request.body += card;
  request.body += "\",\"cvv\":\"123\"},\"description\":\"";
  request.body += kDescriptions[below(kDescriptions.size())];
  request.body += "\"}";
  return request;
}

ClientRequest Traffic::get(std::string_view target) const {
  ClientRequest request{.url = url_};
  request.url += target;
  request.headers.try_set("x-api-key", tenants_[current_].key);
  return request;
}

std::uint64_t Traffic::below(std::uint64_t limit) { return random_.next() % limit; }

}  // namespace load
