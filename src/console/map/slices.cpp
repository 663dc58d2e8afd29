// SPDX-License-Identifier: Apache-2.0
#include "console/map/slices.hpp"

#include <algorithm>
#include <cmath>

namespace aloft::console {
namespace {

void step_down(std::uint64_t& count, std::uint64_t by = 1) noexcept {
  count -= std::min(count, by);
}

}  // namespace

void Longest::add(std::int64_t us) noexcept {
  if (us > us_[0]) {
    us_ = {us, us_[0]};
  } else if (us > us_[1]) {
    us_[1] = us;
  }
}

void Longest::remove(std::int64_t us) noexcept {
  if (us == us_[0]) {
    us_ = {us_[1], -1};
  } else if (us == us_[1]) {
    us_[1] = -1;
  }
}

// Once both went, a shorter one may stand there: the histogram tells.
std::int64_t Tally::max_us() const noexcept {
  if (durations.counts().empty()) return 0;
  const Histogram::Bucket highest = durations.counts().back().first;
  if (longest.us() >= 0 && Histogram::bucket_of(longest.us()) == highest) return longest.us();
  return std::llround(Histogram::seconds_of(highest) * 1e6);
}

std::size_t Tally::add(Outcome outcome, std::int64_t duration_us) {
  ok += outcome == Outcome::ok ? 1 : 0;
  error += outcome == Outcome::error || outcome == Outcome::throttle ? 1 : 0;
  throttle += outcome == Outcome::throttle ? 1 : 0;
  fault += outcome == Outcome::fault ? 1 : 0;
  total_us += static_cast<std::uint64_t>(duration_us);
  longest.add(duration_us);
  return durations.add(Histogram::bucket_of(duration_us));
}

std::size_t Tally::remove(Outcome outcome, std::int64_t duration_us) noexcept {
  if (outcome == Outcome::ok) step_down(ok);
  if (outcome == Outcome::error || outcome == Outcome::throttle) step_down(error);
  if (outcome == Outcome::throttle) step_down(throttle);
  if (outcome == Outcome::fault) step_down(fault);
  step_down(total_us, static_cast<std::uint64_t>(duration_us));
  longest.remove(duration_us);
  return durations.remove(Histogram::bucket_of(duration_us));
}

void Problem::add(const TraceRecord& record, const std::string& reason) {
  first_us = count == 0 ? record.start_us : std::min(first_us, record.start_us);
  last_us = count == 0 ? record.start_us : std::max(last_us, record.start_us);
  ++count;
  const auto at = std::upper_bound(
      examples.begin(), examples.end(), record.start_us,
      [](std::int64_t start_us, const Example& example) { return start_us < example.start_us; });
  examples.insert(at, {record.id, record.start_us, reason});
  if (examples.size() > kMaxProblemTraces) examples.erase(examples.begin());
}

// The times of those that are left are exact while all of them are examples, else within a slice.
void Problem::remove(const TraceId& trace) {
  step_down(count);
  const auto at = std::find_if(examples.begin(), examples.end(),
                               [&](const Example& example) { return example.trace == trace; });
  if (at != examples.end()) examples.erase(at);
  if (examples.empty()) return;
  last_us = examples.back().start_us;
  if (examples.size() == count) first_us = examples.front().start_us;
}

void RouteTally::count(Outcome outcome, bool add) noexcept {
  RouteTally one{1, 0, 0};
  if (outcome == Outcome::ok) one.ok = 1;
  if (outcome == Outcome::fault || outcome == Outcome::throttle) one.failed = 1;
  if (add) {
    this->add(one);
  } else {
    remove(one);
  }
}

void RouteTally::add(const RouteTally& other) noexcept {
  requests += other.requests;
  ok += other.ok;
  failed += other.failed;
}

void RouteTally::remove(const RouteTally& other) noexcept {
  step_down(requests, other.requests);
  step_down(ok, other.ok);
  step_down(failed, other.failed);
}

Problems& Slice::problems(ProblemKind kind) noexcept {
  return kind == ProblemKind::fault || kind == ProblemKind::throttle ? failures : lesser;
}

const Problems& Slice::problems(ProblemKind kind) const noexcept {
  return kind == ProblemKind::fault || kind == ProblemKind::throttle ? failures : lesser;
}

std::string_view to_string(ProblemKind kind) noexcept {
  switch (kind) {
    case ProblemKind::fault:
      return "fault";
    case ProblemKind::throttle:
      return "throttle";
    case ProblemKind::error:
      return "error";
    case ProblemKind::slow:
      return "slow";
  }
  return "fault";
}

}  // namespace aloft::console
