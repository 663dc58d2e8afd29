// SPDX-License-Identifier: Apache-2.0
// Which of the traces that the sampler did not want are sent all the same, now that they are over.
//
// Thread-safety: none; rounds of the backend never overlap.
#pragma once

#include <aloft/telemetry/detail/cell_rate.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include "telemetry/block.hpp"

#include <cstddef>

namespace aloft {
inline namespace v0 {
namespace detail {

class Tail {
 public:
  explicit Tail(const TailOptions& options) noexcept;

  /// Decides once for each block: what follows of it later goes the same way. True for one that is
  /// no candidate.
  bool keeps(Block& block, SteadyTime now) noexcept;
  /// Whether it failed or was slow, sampled or not. A status says what failed: 5xx.
  /// Source: ADOT's adaptive sampling (OpenTelemetry Java contrib bfef2a5), read 2026-11.
  bool is_anomaly(const Block& block) const noexcept;
  /// Takes what has ended of a block that is not kept. @return how many spans.
  static std::size_t let_go(Block& block) noexcept;

 private:
  Nanoseconds slow_;
  CellRate rate_;
  Cells cells_;
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
