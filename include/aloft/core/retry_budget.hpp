// SPDX-License-Identifier: Apache-2.0
// Bounds what retries may add to the load of something that is failing, over all callers at once.
//
// A bucket of tokens: a retry costs some, an answer at first try earns one back, and a retry that
// succeeds returns what it cost. When nearly everything fails the bucket runs dry, and retries stop
// where a plain limit of attempts would multiply the load.
//
//   if (budget.try_take(RetryBudget::kRetryCost)) retry(); else give_up();
//
// Thread-safety: none.
#pragma once

#include <algorithm>
#include <cstdint>

namespace aloft {
inline namespace v0 {

class RetryBudget {
 public:
  // Source: botocore's retries/quota.py and standard.py (standard mode), read 2026-11.
  static constexpr std::uint32_t kCapacity = 500;
  static constexpr std::uint32_t kRetryCost = 5;
  static constexpr std::uint32_t kTimeoutCost = 10;
  static constexpr std::uint32_t kFirstTryGain = 1;

  explicit RetryBudget(std::uint32_t capacity = kCapacity) noexcept
      : capacity_(capacity), tokens_(capacity) {}

  /// Takes `cost` tokens, all or none.
  bool try_take(std::uint32_t cost) noexcept {
    if (cost > tokens_) return false;
    tokens_ -= cost;
    return true;
  }
  /// Never above the capacity.
  void give_back(std::uint32_t tokens) noexcept {
    tokens_ += (std::min)(tokens, capacity_ - tokens_);
  }
  std::uint32_t tokens() const noexcept { return tokens_; }

 private:
  std::uint32_t capacity_;
  std::uint32_t tokens_;
};

}  // namespace v0
}  // namespace aloft
