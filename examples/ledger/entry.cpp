// SPDX-License-Identifier: Apache-2.0
#include "ledger/entry.hpp"

#include "common/charge_fields.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <utility>

namespace ledger {
namespace {

using aloft::Result;
using aloft::unexpected;
using aloft::http::JsonDocument;

/// Ours: three times the length of the ids that payments makes.
constexpr std::size_t kMaxChargeIdBytes = 64;

bool is_id_character(char c) noexcept { return aloft::text::is_alnum(c) || c == '_'; }

Result<std::string> read_charge_id(const JsonDocument& body) {
  const Result<std::string_view> id = body.text("/charge_id");
  if (!id) return unexpected(id.error());
  const bool valid = !id->empty() && id->size() <= kMaxChargeIdBytes &&
                     std::all_of(id->begin(), id->end(), is_id_character);
  if (!valid) return example::wrong_field("field /charge_id is malformed");
  return std::string(*id);
}

}  // namespace

Result<Entry> Entry::parse(std::string_view json) {
  const Result<JsonDocument> body = JsonDocument::parse(json);
  if (!body) return unexpected(body.error());
  Result<std::string> charge_id = read_charge_id(*body);
  if (!charge_id) return unexpected(charge_id.error());
  const Result<std::int64_t> amount = example::read_amount(*body);
  if (!amount) return unexpected(amount.error());
  Result<std::string> currency = example::read_currency(*body);
  if (!currency) return unexpected(currency.error());
  return Entry{.charge_id = *std::move(charge_id),
               .amount_minor = *amount,
               .currency = *std::move(currency)};
}

void write_entry(aloft::json::Writer& json, const Entry& entry) {
  json.begin_object();
  json.key("id").integer(entry.id);
  json.key("charge_id").text(entry.charge_id);
  json.key("amount_minor").integer(entry.amount_minor);
  json.key("currency").text(entry.currency);
  json.key("created").integer(entry.created);
  json.end_object();
}

}  // namespace ledger
