// SPDX-License-Identifier: Apache-2.0
// How long things took, in buckets that each reach 4 % further than the one before: a percentile
// read from it is within 2 % of the true one, at any scale from a microsecond to a day. Counts can
// be taken out again, which is how a trace that changes is counted once.
//
// Thread-safety: plain value.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace aloft::console {

class Histogram {
 public:
  using Bucket = std::uint16_t;
  /// Ours: half a bucket is the error, sqrt(1.04) - 1 = 1.98 %.
  static constexpr double kGrowth = 1.04;
  /// ln(a day in microseconds) / ln(1.04), rounded up; longer times share the last one.
  static constexpr Bucket kBuckets = 643;

  static Bucket bucket_of(std::int64_t us) noexcept {
    if (us <= 1) return 0;
    const double at = std::log(static_cast<double>(us)) * kPerUnit;
    return static_cast<Bucket>(std::min(at, static_cast<double>(kBuckets - 1)));
  }
  /// The shortest time of a bucket.
  static std::int64_t first_us(Bucket bucket) noexcept {
    if (bucket == 0) return 0;
    // The power is off by a rounding at most; `bucket_of` is what counts.
    auto us = static_cast<std::int64_t>(std::exp(static_cast<double>(bucket) / kPerUnit)) - 1;
    while (bucket_of(us) < bucket) ++us;
    return us;
  }
  /// The geometric middle of a bucket, or of `width` buckets from it on.
  static double seconds_of(std::size_t bucket, std::size_t width = 1) noexcept {
    return std::exp((static_cast<double>(bucket) + static_cast<double>(width) / 2) / kPerUnit) /
           1e6;
  }

  /// Returns how many buckets came into being.
  std::size_t add(Bucket bucket, std::uint32_t count = 1) {
    const auto at = find(bucket);
    if (at != counts_.end() && at->first == bucket) {
      at->second += count;
      return 0;
    }
    counts_.insert(at, {bucket, count});
    return 1;
  }
  /// Returns how many buckets went. Never goes below zero.
  std::size_t remove(Bucket bucket) noexcept {
    const auto at = find(bucket);
    if (at == counts_.end() || at->first != bucket) return 0;
    if (--at->second != 0) return 0;
    counts_.erase(at);
    return 1;
  }
  const std::vector<std::pair<Bucket, std::uint32_t>>& counts() const noexcept { return counts_; }

 private:
  static constexpr double kPerUnit = 25.496754;  // 1 / ln(1.04)

  std::vector<std::pair<Bucket, std::uint32_t>>::iterator find(Bucket bucket) noexcept {
    return std::lower_bound(counts_.begin(), counts_.end(), bucket,
                            [](const auto& entry, Bucket b) { return entry.first < b; });
  }

  std::vector<std::pair<Bucket, std::uint32_t>> counts_;  // by bucket, none zero
};

}  // namespace aloft::console
