// SPDX-License-Identifier: Apache-2.0
#include "console/map/views.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace aloft::console {

void Sum::add(const Histogram& histogram) {
  if (histogram.counts().empty()) return;
  if (durations.empty()) durations.resize(Histogram::kBuckets);
  for (const auto& [bucket, count] : histogram.counts()) durations[bucket] += count;
}

void Sum::add(const Tally& tally) {
  ok += tally.ok;
  error += tally.error;
  throttle += tally.throttle;
  fault += tally.fault;
  total_us += tally.total_us;
  max_us = std::max(max_us, tally.max_us());
  add(tally.durations);
}

void Sum::add(const Sum& sum) {
  ok += sum.ok;
  error += sum.error;
  throttle += sum.throttle;
  fault += sum.fault;
  total_us += sum.total_us;
  max_us = std::max(max_us, sum.max_us);
  if (sum.durations.empty()) return;
  if (durations.empty()) durations.resize(Histogram::kBuckets);
  for (std::size_t i = 0; i < durations.size(); ++i) durations[i] += sum.durations[i];
}

double Sum::percentile(double share) const noexcept {
  if (durations.empty()) return 0;
  const double seconds = Histogram::seconds_of(bucket_at(share));
  // The middle of a bucket may be above all that is in it.
  return max_us > 0 ? std::min(seconds, max()) : seconds;
}

Histogram::Bucket Sum::bucket_at(double share) const noexcept {
  const auto total = std::accumulate(durations.begin(), durations.end(), std::uint64_t{0});
  const auto rank = std::max<std::uint64_t>(
      static_cast<std::uint64_t>(std::ceil(static_cast<double>(total) * share)), 1);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < durations.size(); ++i) {
    seen += durations[i];
    if (seen >= rank) return static_cast<Histogram::Bucket>(i);
  }
  return 0;
}

std::uint64_t Sum::at_least(Histogram::Bucket bucket) const noexcept {
  if (bucket >= durations.size()) return 0;
  return std::accumulate(durations.begin() + bucket, durations.end(), std::uint64_t{0});
}

}  // namespace aloft::console
