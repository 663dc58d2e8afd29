// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/tenant_sampler.hpp>

#include <aloft/core/random.hpp>
#include <aloft/telemetry/detail/cell_rate.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace {

constexpr double kMaxTracesPerSecond = 1e6;
constexpr double kMaxBurst = 10'000;
constexpr std::size_t kMaxTenants = 65'536;
/// Places that are looked at for a tenant: with 3 of 4 taken, one in 10,000 tenants finds none.
constexpr std::size_t kProbes = 32;

/// FNV-1a from a random start, then mixed: which tenants meet differs from process to process.
std::uint64_t hash(std::uint64_t key, std::string_view text) noexcept {
  std::uint64_t bits = 0xcbf29ce484222325 ^ key;
  for (const char c : text) bits = (bits ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  bits = (bits ^ (bits >> 32)) * 0x9fb21c651e98df25;
  return (bits ^ (bits >> 29)) | 1;  // 0 is a free place
}

struct Bucket {
  std::atomic<std::uint64_t> tenant{0};
  detail::Cells cells;
};

class TenantSampler final : public Sampler {
 public:
  TenantSampler(TenantSamplingOptions options, std::shared_ptr<const Sampler> otherwise,
                Platform platform)
      : rates_(std::move(options.rates)),
        otherwise_(std::move(otherwise)),
        clock_(platform.clock),
        key_(platform.random.next()) {
    std::sort(rates_.begin(), rates_.end(),
              [](const TenantRate& a, const TenantRate& b) { return a.tenant < b.tenant; });
    if (options.traces_per_second == 0) return;
    rate_.interval = std::max<std::int64_t>(1, std::llround(1e9 / options.traces_per_second));
    rate_.burst = std::llround(static_cast<double>(rate_.interval) * (options.burst - 1));
    buckets_ = std::vector<Bucket>(options.tenants_limit);
  }

  /// Room is looked for first and taken last: what a full tenant cannot have must not be taken from
  /// a reservoir that is everybody's.
  bool sample(const SamplingRequest& request) const noexcept override {
    if (rate_.interval == 0) return wants(request);
    const std::int64_t now = clock_.steady_now().time_since_epoch().count();
    detail::Cells& cells = bucket_of(hash(key_, request.tenant), now).cells;
    return cells.has_room(rate_, now) && wants(request) && cells.take(rate_, now);
  }
  void ended(const TraceOutcome& outcome) const noexcept override { otherwise_->ended(outcome); }

 private:
  bool wants(const SamplingRequest& request) const noexcept {
    const auto at = std::lower_bound(
        rates_.begin(), rates_.end(), request.tenant,
        [](const TenantRate& one, std::string_view tenant) { return one.tenant < tenant; });
    if (at != rates_.end() && at->tenant == request.tenant) {
      return to_fraction(request.draw) < at->rate;
    }
    return otherwise_->sample(request);
  }

  /// A place whose bucket is full again may be any tenant's: who had it loses nothing.
  Bucket& bucket_of(std::uint64_t tenant, std::int64_t now) const noexcept {
    const std::size_t places = buckets_.size();
    Bucket* idle = nullptr;
    for (std::size_t i = 0; i < std::min(kProbes, places); ++i) {
      Bucket& bucket = buckets_[(tenant + i) % places];
      const std::uint64_t there = bucket.tenant.load(std::memory_order_relaxed);
      if (there == tenant) return bucket;
      if (idle == nullptr && (there == 0 || bucket.cells.is_full(now))) {
        idle = &bucket;
      }
    }
    if (idle == nullptr) return shared_;
    // Two threads may both take it: the loser's trace is charged to the other tenant, once.
    idle->tenant.store(tenant, std::memory_order_relaxed);
    return *idle;
  }

  std::vector<TenantRate> rates_;  // by tenant
  std::shared_ptr<const Sampler> otherwise_;
  Clock& clock_;
  std::uint64_t key_;
  detail::CellRate rate_;  // an interval of 0: no budget
  mutable std::vector<Bucket> buckets_;
  mutable Bucket shared_;  // of those that found no place
};

bool within(double value, double low, double high) noexcept {
  return value >= low && value <= high;  // false for NaN
}

Result<void> check(const TenantSamplingOptions& options) {
  std::vector<std::string_view> names;
  for (const TenantRate& one : options.rates) {
    if (one.tenant.empty() || !within(one.rate, 0, 1)) {
      return fail(ErrorCode::invalid_argument,
                  "a tenant's rate is outside 0 to 1, or has no tenant",
                  "give a tenant and a fraction: 0.05 is five percent");
    }
    names.push_back(one.tenant);
  }
  std::sort(names.begin(), names.end());
  if (std::adjacent_find(names.begin(), names.end()) != names.end()) {
    return fail(ErrorCode::invalid_argument, "a tenant has two rates", "give it one");
  }
  const bool has_budget = options.traces_per_second != 0;
  if (!within(options.traces_per_second, 0, kMaxTracesPerSecond) ||
      (has_budget && !within(1 / options.traces_per_second, 0, 3'600))) {
    return fail(ErrorCode::invalid_argument, "traces_per_second is out of its range",
                "give one trace an hour to a million a second, or 0 for no budget");
  }
  if (!within(options.burst, 1, kMaxBurst)) {
    return fail(ErrorCode::invalid_argument, "burst is out of its range", "make it 1 to 10,000");
  }
  if (options.tenants_limit < 1 || options.tenants_limit > kMaxTenants) {
    return fail(ErrorCode::invalid_argument, "tenants_limit is out of its range",
                "make it 1 to 65,536");
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const Sampler>> tenant_sampler(TenantSamplingOptions options,
                                                      std::shared_ptr<const Sampler> otherwise,
                                                      Platform platform) {
  if (auto checked = check(options); !checked) return unexpected(checked.error());
  if (otherwise == nullptr) otherwise = always();
  return std::shared_ptr<const Sampler>(
      std::make_shared<TenantSampler>(std::move(options), std::move(otherwise), platform));
}

}  // namespace v0
}  // namespace aloft
