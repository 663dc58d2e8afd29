// SPDX-License-Identifier: Apache-2.0
#include "common/charge_fields.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace example {
namespace {

using aloft::Result;
using aloft::http::JsonDocument;

constexpr std::array<std::string_view, 8> kCurrencies = {"AUD", "CAD", "CHF", "CZK",
                                                         "EUR", "GBP", "JPY", "USD"};

}  // namespace

aloft::Unexpected wrong_field(std::string message) {
  return aloft::fail(aloft::ErrorCode::invalid_argument, std::move(message));
}

Result<std::int64_t> read_amount(const JsonDocument& body) {
  Result<std::int64_t> amount = body.integer("/amount_minor");
  if (amount && (*amount < 1 || *amount > kMaxAmountMinor)) {
    return wrong_field("field /amount_minor is not an integer from 1 to 99999999");
  }
  return amount;
}

Result<std::string> read_currency(const JsonDocument& body) {
  const Result<std::string_view> currency = body.text("/currency");
  if (!currency) return aloft::unexpected(currency.error());
  if (std::find(kCurrencies.begin(), kCurrencies.end(), *currency) == kCurrencies.end()) {
    return wrong_field("field /currency is not one of AUD, CAD, CHF, CZK, EUR, GBP, JPY, USD");
  }
  return std::string(*currency);
}

}  // namespace example
