// SPDX-License-Identifier: Apache-2.0
#include "payments/charge_request.hpp"

#include "common/charge_fields.hpp"

#include <aloft/http/json_reader.hpp>

#include <algorithm>
#include <utility>

namespace payments {
namespace {

using aloft::Result;
using aloft::unexpected;
using aloft::http::JsonDocument;
using example::wrong_field;

Result<CardNumber> read_card(const JsonDocument& body) {
  const Result<std::string_view> number = body.text("/card/number");
  if (!number) return unexpected(number.error());
  std::optional<CardNumber> card = CardNumber::parse(*number);
  if (!card) {
    return wrong_field("field /card/number is not 13 to 19 digits with a valid check digit");
  }
  return *std::move(card);
}

Result<void> check_cvv(const JsonDocument& body) {
  const Result<std::string_view> cvv = body.text("/card/cvv");
  if (!cvv) return unexpected(cvv.error());
  const bool valid = (cvv->size() == 3 || cvv->size() == 4) &&
                     std::all_of(cvv->begin(), cvv->end(), aloft::text::is_digit);
  if (!valid) return wrong_field("field /card/cvv is not 3 or 4 digits");
  return {};
}

/// Characters of text that is known to be UTF-8: every byte but those that continue one.
std::size_t count_characters(std::string_view utf8) noexcept {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char byte) { return (byte & '\xC0') != '\x80'; }));
}

Result<std::string> read_description(const JsonDocument& body) {
  if (!body.has("/description")) return std::string();
  const Result<std::string_view> description = body.text("/description");
  if (!description) return unexpected(description.error());
  if (count_characters(*description) > kMaxDescriptionCharacters) {
    return wrong_field("field /description has more than 200 characters");
  }
  return std::string(*description);
}

}  // namespace

Result<ChargeRequest> ChargeRequest::parse(std::string_view json) {
  const Result<JsonDocument> body = JsonDocument::parse(json);
  if (!body) return unexpected(body.error());
  if (!body->is_object()) return wrong_field("the document is not an object");

  Result<std::int64_t> amount = example::read_amount(*body);
  if (!amount) return unexpected(amount.error());
  Result<std::string> currency = example::read_currency(*body);
  if (!currency) return unexpected(currency.error());
  Result<CardNumber> card = read_card(*body);
  if (!card) return unexpected(card.error());
  if (const Result<void> cvv = check_cvv(*body); !cvv) return unexpected(cvv.error());
  Result<std::string> description = read_description(*body);
  if (!description) return unexpected(description.error());

  return ChargeRequest{*amount, *std::move(currency), *std::move(card), *std::move(description)};
}

}  // namespace payments
