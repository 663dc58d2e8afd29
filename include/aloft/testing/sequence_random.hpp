// SPDX-License-Identifier: Apache-2.0
// Numbers that count up, so that a test can write down the ids it expects: 1, 2, 3, …
//
// Thread-safety: all calls.
#pragma once

#include <aloft/core/random.hpp>

#include <atomic>
#include <cstdint>
#include <span>

namespace aloft {
inline namespace v0 {
namespace testing {

class SequenceRandom final : public Random {
 public:
  explicit SequenceRandom(std::uint64_t first = 1) noexcept : next_(first) {}
  std::uint64_t next() noexcept override { return next_.fetch_add(1, std::memory_order_relaxed); }
  void fill(std::span<std::uint64_t> words) noexcept override {
    for (std::uint64_t& word : words) word = next();
  }

 private:
  std::atomic<std::uint64_t> next_;
};

}  // namespace testing
}  // namespace v0
}  // namespace aloft
