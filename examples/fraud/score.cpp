// SPDX-License-Identifier: Apache-2.0
#include "fraud/score.hpp"

#include "common/charge_fields.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <utility>

namespace fraud {
namespace {

using aloft::Result;
using aloft::unexpected;
using aloft::http::JsonDocument;

Result<std::string> read_last4(const JsonDocument& body) {
  const Result<std::string_view> digits = body.text("/card_last4");
  if (!digits) return unexpected(digits.error());
  if (digits->size() != 4 || !std::all_of(digits->begin(), digits->end(), aloft::text::is_digit)) {
    return example::wrong_field("field /card_last4 is not 4 digits");
  }
  return std::string(*digits);
}

}  // namespace

Result<ScoreRequest> ScoreRequest::parse(std::string_view json) {
  const Result<JsonDocument> body = JsonDocument::parse(json);
  if (!body) return unexpected(body.error());
  const Result<std::int64_t> amount = example::read_amount(*body);
  if (!amount) return unexpected(amount.error());
  Result<std::string> currency = example::read_currency(*body);
  if (!currency) return unexpected(currency.error());
  Result<std::string> last4 = read_last4(*body);
  if (!last4) return unexpected(last4.error());
  return ScoreRequest{*amount, *std::move(currency), *std::move(last4)};
}

int score_of(const ScoreRequest& charge) noexcept {
  const auto for_size = static_cast<int>(charge.amount_minor * 80 / example::kMaxAmountMinor);
  const int for_roundness = charge.amount_minor % 100'000 == 0 ? 19 : 0;
  return for_size + for_roundness;
}

}  // namespace fraud
