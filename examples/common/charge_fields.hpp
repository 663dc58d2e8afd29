// SPDX-License-Identifier: Apache-2.0
// The fields of a charge that all three services read, by one set of rules.
//
//   Result<std::int64_t> amount = read_amount(body);
//   Result<std::string> currency = read_currency(body);
//
// An error names the field and never quotes what was sent. Thread-safety: pure functions.
#pragma once

#include <aloft/core/result.hpp>
#include <aloft/http/json_reader.hpp>

#include <cstdint>
#include <string>

namespace example {

/// Ours: just below a million of a currency with two decimals.
inline constexpr std::int64_t kMaxAmountMinor = 99'999'999;

/// The error of a field that is there and wrong.
aloft::Unexpected wrong_field(std::string message);

/// `/amount_minor`: 1..99,999,999 of the currency's smallest unit.
aloft::Result<std::int64_t> read_amount(const aloft::http::JsonDocument& body);
/// `/currency`: one of the ISO 4217 codes that we take.
aloft::Result<std::string> read_currency(const aloft::http::JsonDocument& body);

}  // namespace example
