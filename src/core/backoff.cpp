// SPDX-License-Identifier: Apache-2.0
#include <aloft/core/backoff.hpp>

#include <aloft/core/random.hpp>

#include <algorithm>

namespace aloft {
inline namespace v0 {
namespace {

Nanoseconds part_of(Nanoseconds whole, std::uint64_t draw) noexcept {
  return Nanoseconds(
      static_cast<std::int64_t>(static_cast<double>(whole.count()) * to_fraction(draw)));
}

}  // namespace

Nanoseconds Backoff::longest(std::uint32_t failures) const noexcept {
  Nanoseconds longest = std::min(base, cap);
  // Doubling stops at the cap, long before it could overflow.
  for (std::uint32_t i = 1; i < failures && longest < cap; ++i) {
    longest = longest <= cap / 2 ? longest * 2 : cap;
    if (longest == Nanoseconds::zero()) break;
  }
  return longest;
}

Nanoseconds Backoff::delay(std::uint32_t failures, std::uint64_t draw) const noexcept {
  return part_of(longest(failures), draw);
}

Nanoseconds Backoff::steady_delay(std::uint32_t failures, std::uint64_t draw) const noexcept {
  const Nanoseconds half = longest(failures) / 2;
  return half + part_of(half, draw);
}

}  // namespace v0
}  // namespace aloft
