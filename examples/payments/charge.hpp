// SPDX-License-Identifier: Apache-2.0
// A charge that went through, as it is kept and as it is answered.
//
// Thread-safety: plain value.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/core/json_writer.hpp>
#include <aloft/core/random.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace payments {

struct Charge {
  std::string id;  ///< "ch_" and 16 letters
  std::int64_t amount_minor = 0;
  std::string currency;
  std::string card_last4;
  aloft::WallTime created;
};

/// A new id. Letters only, because an id that looked like a card number would be redacted wherever
/// it is recorded. Unique, not secret.
std::string make_charge_id(aloft::Random& random);

/// Writes a charge as a JSON object.
/// @param trace_url  where its trace can be seen; left out when empty.
void write_charge(aloft::json::Writer& json, const Charge& charge, std::string_view trace_url = {});

}  // namespace payments
