// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery/engine_check.hpp"

#include <algorithm>
#include <string>

namespace aloft {
inline namespace v0 {
namespace delivery {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kSmallestBudget = 64u << 10;
constexpr std::size_t kLargestBudget = std::size_t{4} << 30;
/// A quarter of the budget in a request holds two of the largest records at least.
constexpr std::size_t kLargestRecordsInBudget = 8;
constexpr std::size_t kLargestRecord = 16u << 20;

template <typename T>
bool within(const T& value, const T& least, const T& most) noexcept {
  return least <= value && value <= most;
}

Unexpected out_of_range(const char* what, const char* range) {
  return fail(ErrorCode::invalid_argument, std::string(what) + " is out of its range",
              std::string("make it ") + range);
}

Result<void> check_limits(const Limits& limits) {
  if (!within<std::size_t>(limits.batch_records, 1, 1'000'000)) {
    return out_of_range("Limits::batch_records", "1 to 1,000,000");
  }
  if (!within<std::size_t>(limits.record_bytes, 1, kLargestRecord)) {
    return out_of_range("Limits::record_bytes", "1 byte to 16 MiB");
  }
  if (!within<std::size_t>(limits.record_overhead_bytes, 0, kLargestRecord)) {
    return out_of_range("Limits::record_overhead_bytes", "0 to 16 MiB");
  }
  if (limits.batch_bytes <= limits.record_overhead_bytes) {
    return out_of_range("Limits::batch_bytes", "more than the overhead of one record");
  }
  if (limits.batch_count == 0) return out_of_range("Limits::batch_count", "1 or more");
  if (limits.oldest <= Nanoseconds::zero()) return out_of_range("Limits::oldest", "positive");
  if (limits.longest_span < Nanoseconds::zero()) {
    return out_of_range("Limits::longest_span", "0 or more");
  }
  return {};
}

Result<void> check_times(const EngineOptions& options) {
  if (!within<Nanoseconds>(options.linger, Nanoseconds::zero(), minutes(1))) {
    return out_of_range("EngineOptions::linger", "0 to 1 min");
  }
  if (!within<Nanoseconds>(options.request_timeout, milliseconds(1), minutes(10))) {
    return out_of_range("EngineOptions::request_timeout", "1 ms to 10 min");
  }
  if (options.age_limit < seconds(1)) {
    return out_of_range("EngineOptions::age_limit", "1 s or more");
  }
  if (!within<Nanoseconds>(options.probe_interval, seconds(1), hours(1))) {
    return out_of_range("EngineOptions::probe_interval", "1 s to 1 h");
  }
  if (options.shutdown_timeout < Nanoseconds::zero()) {
    return out_of_range("EngineOptions::shutdown_timeout", "0 or more");
  }
  return {};
}

}  // namespace

Result<void> check(const EngineOptions& options, const Limits& limits) {
  if (Result<void> checked = check_limits(limits); !checked) return checked;
  if (Result<void> checked = check_times(options); !checked) return checked;
  if (!within<std::size_t>(options.name.size(), 1, 64)) {
    return out_of_range("EngineOptions::name", "1 to 64 characters");
  }
  const std::size_t record = limits.record_bytes + limits.record_overhead_bytes;
  const std::size_t least = std::max(kSmallestBudget, kLargestRecordsInBudget * record);
  if (!within(options.queue_limit_bytes, least, kLargestBudget)) {
    return out_of_range("EngineOptions::queue_limit_bytes",
                        "eight times the wire's largest record, 64 KiB to 4 GiB");
  }
  if (!within<std::size_t>(options.tenant_limit, 1, 65'536)) {
    return out_of_range("EngineOptions::tenant_limit", "1 to 65,536");
  }
  if (!within<std::size_t>(options.requests_limit, 1, 200)) {
    return out_of_range("EngineOptions::requests_limit", "1 to 200");
  }
  if (options.attempts_limit == 0) {
    return out_of_range("EngineOptions::attempts_limit", "1 or more");
  }
  if (options.dead_letter_limit > 10'000) {
    return out_of_range("EngineOptions::dead_letter_limit", "0 to 10,000");
  }
  return {};
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
