// SPDX-License-Identifier: Apache-2.0
// The body of `POST /v1/charges`, parsed once into a type that cannot be wrong.
//
//   Result<ChargeRequest> wanted = ChargeRequest::parse(request.body);
//   if (!wanted) return Response::problem(400, "Bad Request", wanted.error().message);
//
// Thread-safety: plain value.
#pragma once

#include "payments/card.hpp"

#include <aloft/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace payments {

/// Ours: what fits on a statement, with room.
inline constexpr std::size_t kMaxDescriptionCharacters = 200;

struct ChargeRequest {
  std::int64_t amount_minor;  ///< 1..99,999,999 of the currency's smallest unit
  std::string currency;       ///< one of the ISO 4217 codes we take, e.g. "USD"
  CardNumber card;
  std::string description;  ///< may be empty

  /// The security code is checked and forgotten: it may not be kept (PCI DSS 3.3.1).
  /// @error invalid_argument  not JSON, or a field is missing or wrong; the message names the field
  ///                          by JSON pointer and never quotes what was sent.
  static aloft::Result<ChargeRequest> parse(std::string_view json);
};

}  // namespace payments
