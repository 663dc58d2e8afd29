// SPDX-License-Identifier: Apache-2.0
// The chance of one schedule: the same seed, the same life. SplitMix64, since the standard's
// distributions differ from library to library.
#pragma once

#include <aloft/core/random.hpp>

#include <cstdint>
#include <span>

namespace aloft {

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) noexcept : state_(seed) {}
  std::uint64_t next() noexcept override {
    std::uint64_t z = (state_ += 0x9E37'79B9'7F4A'7C15);
    z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9;
    z = (z ^ (z >> 27)) * 0x94D0'49BB'1331'11EB;
    return z ^ (z >> 31);
  }
  void fill(std::span<std::uint64_t> words) noexcept override {
    for (std::uint64_t& word : words) word = next();
  }
  /// 0 to `count` - 1.
  std::uint64_t below(std::uint64_t count) noexcept { return next() % count; }
  std::uint64_t between(std::uint64_t least, std::uint64_t most) noexcept {
    return least + below(most - least + 1);
  }
  bool one_in(std::uint64_t count) noexcept { return below(count) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace aloft
