// SPDX-License-Identifier: Apache-2.0
// How suspicious a charge looks, from what may be known about it: never the card's number.
//
//   Result<ScoreRequest> wanted = ScoreRequest::parse(request.body);
//   int score = score_of(*wanted);
//
// Thread-safety: plain value, pure functions.
#pragma once

#include <aloft/core/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace fraud {

struct ScoreRequest {
  std::int64_t amount_minor;  ///< 1..99,999,999
  std::string currency;       ///< one that payments takes
  std::string card_last4;     ///< four digits

  /// @error invalid_argument  not JSON, or a field is missing or wrong; the message names the field
  ///                          and never quotes what was sent.
  static aloft::Result<ScoreRequest> parse(std::string_view json);
};

/// 0 (harmless) to 99. A toy: large amounts and amounts of whole thousands look worse.
int score_of(const ScoreRequest& charge) noexcept;

}  // namespace fraud
