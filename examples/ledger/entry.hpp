// SPDX-License-Identifier: Apache-2.0
// One line of the ledger: a charge of a tenant. Parsed once into a type that cannot be wrong.
//
//   Result<Entry> entry = Entry::parse(request.body);
//
// Thread-safety: plain value, pure functions.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/core/json_writer.hpp>
#include <aloft/core/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace ledger {

struct Entry {
  std::int64_t id = 0;            ///< given by the store; 0 before
  std::string charge_id;          ///< 1 to 64 of a-z A-Z 0-9 _
  std::int64_t amount_minor = 0;  ///< 1..99,999,999
  std::string currency;           ///< one that payments takes
  std::int64_t created = 0;       ///< seconds since the epoch; given by the store

  /// Reads what a caller may say: charge, amount and currency.
  /// @error invalid_argument  not JSON, or a field is missing or wrong; the message names the field
  ///                          and never quotes what was sent.
  static aloft::Result<Entry> parse(std::string_view json);
};

/// Writes an entry as a JSON object.
void write_entry(aloft::json::Writer& json, const Entry& entry);

}  // namespace ledger
