// SPDX-License-Identifier: Apache-2.0
// A card number as a type: whoever holds one knows that it is well-formed, and cannot print it by
// accident, because it has no conversion to text.
//
//   std::optional<CardNumber> card = CardNumber::parse(digits);
//   answer.text(card->last4());
//
// Thread-safety: plain value.
#pragma once

#include <aloft/core/text.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace payments {

class CardNumber {
 public:
  /// 13 to 19 digits (ISO/IEC 7812-1) whose last one is the Luhn check digit; else nothing.
  static std::optional<CardNumber> parse(std::string_view digits) {
    const bool plausible = digits.size() >= 13 && digits.size() <= 19 &&
                           std::all_of(digits.begin(), digits.end(), aloft::text::is_digit);
    if (!plausible || !passes_luhn(digits)) return std::nullopt;
    return CardNumber(digits);
  }

  /// All that may be shown (PCI DSS 3.4.1).
  std::string_view last4() const noexcept {
    return std::string_view(digits_).substr(digits_.size() - 4);
  }
  /// For the issuer's eyes only; the long name is meant to look wrong anywhere else.
  std::string_view reveal_to_issuer() const noexcept { return digits_; }

 private:
  explicit CardNumber(std::string_view digits) : digits_(digits) {}

  /// Every second digit from the right is doubled; the sum of all digits ends in 0.
  static bool passes_luhn(std::string_view digits) noexcept {
    int sum = 0;
    bool doubled = false;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, doubled = !doubled) {
      const int value = (*digit - '0') * (doubled ? 2 : 1);
      sum += value > 9 ? value - 9 : value;
    }
    return sum % 10 == 0;
  }

  std::string digits_;
};

}  // namespace payments
