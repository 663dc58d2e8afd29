// SPDX-License-Identifier: Apache-2.0
// Stands in for the bank that issued the card: takes a few milliseconds and may say no.
//
//   Result<Decision> decision = issuer.authorise(card, ctx.deadline);
//
// Thread-safety: all of it.
#pragma once

#include "payments/card.hpp"

#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>

#include <chrono>

namespace payments {

enum class Decision { approved, declined };

struct IssuerOptions {
  aloft::Nanoseconds shortest = std::chrono::milliseconds(2);
  aloft::Nanoseconds longest = std::chrono::milliseconds(8);
};

class Issuer {
 public:
  explicit Issuer(aloft::Platform platform, IssuerOptions options = {}) noexcept
      : platform_(platform), options_(options) {}

  /// Declines 4000000000000002, the number that test environments reserve for it; approves others.
  /// @error deadline_exceeded  the answer would come after `deadline`; nothing was charged.
  /// Blocks for the time the issuer takes, at most until `deadline`.
  aloft::Result<Decision> authorise(const CardNumber& card, aloft::Deadline deadline);

 private:
  aloft::Platform platform_;
  IssuerOptions options_;
};

}  // namespace payments
