// SPDX-License-Identifier: Apache-2.0
// The functions of `stats`, for one group. Values that are missing are left out, and so are those
// that are no numbers where numbers are meant.
//
// `pct` is exact (nearest rank), `stddev` that of the whole population; `count_distinct` is exact,
// too, up to what a query may keep.
//
// Source: "stats", CloudWatch Logs user guide, read 2026-11; rank and population are ours.
// Thread-safety: one object a thread.
#pragma once

#include "console/logs/insights/query.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <vector>

namespace aloft::console::logs::insights {

class Aggregator {
 public:
  explicit Aggregator(const Aggregate& of) noexcept : of_(of) {}

  /// @param value        of the expression; of `count(*)` anything.
  /// @param timestamp_ms of the event.
  /// @return how many bytes it keeps more than before.
  std::size_t add(const Value& value, std::int64_t timestamp_ms);
  Value result();

 private:
  std::size_t keep(const Value& value);
  std::size_t add_distinct(const Value& value);
  Value percentile();

  const Aggregate& of_;
  std::uint64_t count_ = 0;
  double sum_ = 0;
  // Welford's.
  double mean_ = 0;
  double squares_ = 0;
  Value picked_;
  std::int64_t picked_ms_ = 0;
  std::vector<double> numbers_;
  std::unordered_set<std::size_t> distinct_;
};

}  // namespace aloft::console::logs::insights
