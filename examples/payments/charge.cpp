// SPDX-License-Identifier: Apache-2.0
#include "payments/charge.hpp"

namespace payments {

std::string make_charge_id(aloft::Random& random) {
  std::string id = "ch_";
  std::uint64_t bits = random.next();
  for (int letter = 0; letter < 16; ++letter, bits >>= 4) {
    id += static_cast<char>('a' + static_cast<int>(bits & 0xF));
  }
  return id;
}

void write_charge(aloft::json::Writer& json, const Charge& charge, std::string_view trace_url) {
  const auto created =
      std::chrono::floor<std::chrono::seconds>(charge.created).time_since_epoch().count();
  json.begin_object();
  json.key("id").text(charge.id);
  json.key("status").text("succeeded");
  json.key("amount_minor").integer(charge.amount_minor);
  json.key("currency").text(charge.currency);
  json.key("card_last4").text(charge.card_last4);
  json.key("created").integer(created);
  if (!trace_url.empty()) json.key("trace").text(trace_url);
  json.end_object();
}

}  // namespace payments
