// SPDX-License-Identifier: Apache-2.0
// How much was lost in the last minute, ten seconds exact: what health is made of, since a ratio
// over a lifetime forgets nothing and notices nothing.
//
// Thread-safety: none.
#pragma once

#include <aloft/core/clock.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace aloft {
inline namespace v0 {
namespace delivery {

class LossWindow {
 public:
  void add(std::uint64_t count, SteadyTime now) noexcept {
    Part& part = parts_[static_cast<std::size_t>(index(now)) % kParts];
    if (part.index != index(now)) part = {.index = index(now), .count = 0};
    part.count += count;
  }
  std::uint64_t lost(SteadyTime now) const noexcept {
    std::uint64_t sum = 0;
    for (const Part& part : parts_) {
      if (part.index + static_cast<std::int64_t>(kParts) > index(now)) sum += part.count;
    }
    return sum;
  }

 private:
  static constexpr std::size_t kParts = 6;
  static constexpr std::chrono::seconds kPart{10};
  struct Part {
    std::int64_t index = -static_cast<std::int64_t>(kParts);
    std::uint64_t count = 0;
  };

  static std::int64_t index(SteadyTime at) noexcept { return at.time_since_epoch() / kPart; }

  std::array<Part, kParts> parts_{};
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
