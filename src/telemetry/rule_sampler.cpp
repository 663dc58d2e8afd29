// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/rule_sampler.hpp>

#include "telemetry/counters.hpp"
#include "telemetry/reservoir.hpp"
#include "telemetry/rule_fields.hpp"

#include <aloft/core/random.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <mutex>
#include <utility>

namespace aloft {
inline namespace v0 {

using detail::Reservoir;

namespace {

/// How often a writer looks whether the decisions that were under way have ended: they last less
/// than a microsecond.
constexpr int kLooks = 1000;

/// What a rule has counted and used; shared by the snapshots that hold the rule.
struct Use {
  mutable Reservoir reservoir;
  alignas(64) detail::Counter requests{0};
  detail::Counter sampled{0};
  detail::Counter borrowed{0};
  detail::Counter traces{0};
  detail::Counter anomalies{0};
  detail::Counter sampled_anomalies{0};
  std::uint16_t number = 0;  // what `SampledBy::watch` is told
  // What the reports had, used by their one writer.
  RuleStatistics reported;
};

bool is_share(double rate) noexcept { return rate >= 0.0 && rate <= 1.0; }

/// Unknown times in the past, times beyond the clock's range at its end.
SteadyTime to_steady(WallTime wall, TimePoint now) noexcept {
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(wall.time_since_epoch()) -
                    std::chrono::duration_cast<std::chrono::seconds>(now.wall.time_since_epoch());
  if (left > std::chrono::hours(24 * 365)) return (SteadyTime::max)();
  return left.count() < -1 ? (SteadyTime::min)() : now.steady + (wall - now.wall);
}

struct Entry {
  SamplingRule rule;
  unsigned asked = 0;         // `asked_fields` of the rule
  std::uint16_t watched = 0;  // its number, when the service may boost the rule
  double rate = 0;
  std::uint32_t quota = 0;
  SteadyTime quota_until = (SteadyTime::min)();  // live until then, that moment included
  double boost_rate = 0;
  SteadyTime boost_until = (SteadyTime::min)();
  std::shared_ptr<Use> use;

  bool is_for(const detail::FieldTexts& texts, const SamplingRequest& request) const noexcept {
    for (unsigned rest = asked; rest != 0; rest &= rest - 1) {
      const auto field = static_cast<std::size_t>(std::countr_zero(rest));
      if (!detail::matches_known(rule.*detail::kPatterns[field], texts[field])) return false;
    }
    return rule.attributes.empty() || rule.is_default() ||
           detail::matches_attributes(rule, request.request.attributes);
  }
  double rate_at(SteadyTime now) const noexcept {
    // A boost that is below the rate boosts nothing.
    return now <= boost_until ? (std::max)(rate, boost_rate) : rate;
  }
};

bool decide(const Entry& entry, std::uint64_t draw, SteadyTime now, std::uint64_t second) noexcept {
  Use& use = *entry.use;
  detail::raise(use.requests);
  const bool live = now <= entry.quota_until;
  // Without a live quota one request a second is borrowed, from a reservoir that holds any.
  const std::uint32_t most = live ? entry.quota : std::min<std::uint32_t>(entry.rule.reservoir, 1);
  if (use.reservoir.take(second, most)) {
    // Sampled before borrowed, so that no reader sees more borrowed than sampled.
    detail::raise(use.sampled);
    if (!live) use.borrowed.fetch_add(1, std::memory_order_release);
    return true;
  }
  if (to_fraction(draw) >= entry.rate_at(now)) return false;
  detail::raise(use.sampled);
  return true;
}

/// The name of a local rule means nothing to X-Ray. Apart, so that its decisions pay nothing here.
[[gnu::noinline]] void tell(const Entry& entry, bool sampled, SampledBy& by) noexcept {
  if (sampled) by.note(entry.rule.name);
  if (entry.watched != 0) by.watch(entry.watched);
}

}  // namespace

struct RuleSampler::Snapshot {
  std::vector<Entry> entries;  // the last one is the default
  bool central = false;

  const Entry& for_request(const SamplingRequest& request) const noexcept {
    // By pointers: how many there are would cost a division.
    const Entry* const last = &entries.back();
    const Entry* entry = entries.data();
    if (entry == last) return *last;
    const detail::FieldTexts texts = detail::field_texts(request);
    while (entry != last && !entry->is_for(texts, request)) ++entry;
    return *entry;
  }
  const Entry* find(std::string_view name) const noexcept {
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const Entry& entry) { return entry.rule.name == name; });
    return found != entries.end() ? &*found : nullptr;
  }
};

/// Who is reading a snapshot, spread over cache lines by thread.
struct RuleSampler::Pins {
  struct alignas(128) Pin {
    std::atomic<std::uint32_t> count{0};
  };
  std::array<Pin, detail::kShards> shards{};

  /// Each shard was seen without a reader since the call began.
  bool all_left() const noexcept {
    return std::all_of(shards.begin(), shards.end(), [](const Pin& pin) {
      for (int look = 0; look < kLooks; ++look) {
        if (pin.count.load(std::memory_order_seq_cst) == 0) return true;
      }
      return false;
    });
  }
};

namespace {

/// Sequentially consistent with a writer: it sees the pin, or the reader sees the new snapshot.
class Reading {
 public:
  explicit Reading(std::atomic<std::uint32_t>& count) noexcept : count_(count) {
    count_.fetch_add(1, std::memory_order_seq_cst);
  }
  ~Reading() { count_.fetch_sub(1, std::memory_order_release); }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

 private:
  std::atomic<std::uint32_t>& count_;
};

/// From the steady clock to the time since the epoch, in nanoseconds.
std::int64_t epoch_offset_of(TimePoint now) noexcept {
  return (now.wall.time_since_epoch() - now.steady.time_since_epoch()).count();
}

}  // namespace

/// What happens beside the request path, one at a time.
class RuleSampler::Writer {
 public:
  explicit Writer(RuleSampler& owner) noexcept : owner_(owner) {}

  void use(std::vector<SamplingRule> rules, bool central) {
    const std::lock_guard lock(mutex_);
    publish(snapshot_of(std::move(rules), central));
  }
  void apply(std::span<const SamplingTarget> targets) {
    const std::lock_guard lock(mutex_);
    if (!current_->central) return;
    auto next = std::make_unique<Snapshot>(*current_);
    const TimePoint now = owner_.clock_.now();
    for (const SamplingTarget& target : targets) {
      for (Entry& entry : next->entries) {
        if (entry.rule.name == target.rule) grant(entry, target, now);
      }
    }
    publish(std::move(next));
  }
  std::optional<RuleStatistics> take(std::string_view rule) {
    const std::lock_guard lock(mutex_);
    const Entry* const entry = current_->central ? current_->find(rule) : nullptr;
    if (entry == nullptr) return std::nullopt;
    Use& use = *entry->use;
    // The parts before the whole; what was counted in between waits for the next report, so that
    // no report says more sampled than requests.
    const std::uint64_t borrowed = use.borrowed.load(std::memory_order_acquire);
    const std::uint64_t sampled = use.sampled.load(std::memory_order_acquire);
    RuleStatistics& before = use.reported;
    const std::uint64_t sampled_anomalies = use.sampled_anomalies.load(std::memory_order_acquire);
    const std::uint64_t anomalies = use.anomalies.load(std::memory_order_acquire);
    RuleStatistics taken{.rule = std::string(rule),
                         .requests = use.requests.load(std::memory_order_acquire) - before.requests,
                         .traces = use.traces.load(std::memory_order_acquire) - before.traces};
    if (taken.requests == 0 && taken.traces == 0) return std::nullopt;
    taken.sampled = std::min(sampled - before.sampled, taken.requests);
    taken.borrowed = std::min(borrowed - before.borrowed, taken.sampled);
    before.requests += taken.requests;
    before.sampled += taken.sampled;
    before.borrowed += taken.borrowed;
    taken.anomalies = std::min(anomalies - before.anomalies, taken.traces);
    taken.sampled_anomalies =
        std::min(sampled_anomalies - before.sampled_anomalies, taken.anomalies);
    before.traces += taken.traces;
    before.anomalies += taken.anomalies;
    before.sampled_anomalies += taken.sampled_anomalies;
    return taken;
  }
  std::vector<SamplingRule> rules() const {
    const std::lock_guard lock(mutex_);
    std::vector<SamplingRule> rules;
    for (const Entry& entry : current_->entries) rules.push_back(entry.rule);
    return rules;
  }

 private:
  std::unique_ptr<Snapshot> snapshot_of(std::vector<SamplingRule> rules, bool central) {
    std::erase_if(
        rules, [](const SamplingRule& rule) { return rule.name.empty() || !is_share(rule.rate); });
    const auto is_default = [](const SamplingRule& rule) { return rule.is_default(); };
    if (std::none_of(rules.begin(), rules.end(), is_default)) rules.push_back(built_in_rule());
    sort_rules(rules);
    auto next = std::make_unique<Snapshot>();
    next->central = central;
    for (SamplingRule& rule : rules) {
      const Entry* before =
          central && current_ != nullptr && current_->central ? current_->find(rule.name) : nullptr;
      Entry entry = before != nullptr ? *before : Entry{};
      entry.rate = rule.rate;
      if (!central) {
        entry.quota = rule.reservoir;
        entry.quota_until = (SteadyTime::max)();
      }
      if (entry.use == nullptr) entry.use = make_use();
      entry.rule = std::move(rule);
      entry.watched = central && entry.rule.boost_limit ? entry.use->number : std::uint16_t{0};
      entry.asked = detail::asked_fields(entry.rule);
      next->entries.push_back(std::move(entry));
    }
    return next;
  }

  /// Numbers come again after 65,535 new rules: a trace that lasts that long is told to another.
  std::shared_ptr<Use> make_use() {
    if (++last_number_ == 0) ++last_number_;
    auto use = std::make_shared<Use>();
    use->number = last_number_;
    return use;
  }

  static void grant(Entry& entry, const SamplingTarget& target, TimePoint now) {
    if (target.rate && is_share(*target.rate)) entry.rate = *target.rate;
    if (target.quota && target.quota_until) {
      entry.quota = *target.quota;
      entry.quota_until = to_steady(*target.quota_until, now);
    }
    if (target.boost_rate && target.boost_until && is_share(*target.boost_rate)) {
      entry.boost_rate = (std::min)(*target.boost_rate, entry.rule.boost_limit.value_or(1.0));
      entry.boost_until = to_steady(*target.boost_until, now);
    }
  }

  void publish(std::unique_ptr<Snapshot> next) {
    owner_.current_.store(next.get(), std::memory_order_seq_cst);
    if (current_ != nullptr) retired_.push_back(std::move(current_));
    current_ = std::move(next);
    // Who stands in a decision for longer keeps the old ones until a later change.
    if (owner_.pins_->all_left()) retired_.clear();
  }

  RuleSampler& owner_;
  mutable std::mutex mutex_;
  std::unique_ptr<const Snapshot> current_;
  std::vector<std::unique_ptr<const Snapshot>> retired_;
  std::uint16_t last_number_ = 0;
};

Result<std::shared_ptr<RuleSampler>> RuleSampler::create(std::vector<SamplingRule> rules,
                                                         const Clock& clock) {
  for (const SamplingRule& rule : rules) {
    if (rule.name.empty()) {
      return fail(ErrorCode::invalid_argument, "a sampling rule has no name", "name it");
    }
    if (!is_share(rule.rate)) {  // NaN is none either
      return fail(ErrorCode::invalid_argument, "the rate of a sampling rule is outside 0 to 1",
                  "give a fraction: 0.05 is five percent");
    }
  }
  return std::shared_ptr<RuleSampler>(new RuleSampler(std::move(rules), clock));
}

RuleSampler::RuleSampler(std::vector<SamplingRule> rules, const Clock& clock)
    : clock_(clock),
      epoch_offset_(epoch_offset_of(clock.now())),
      pins_(std::make_unique<Pins>()),
      writer_(std::make_unique<Writer>(*this)) {
  writer_->use(std::move(rules), false);
}

RuleSampler::~RuleSampler() = default;

bool RuleSampler::sample(const SamplingRequest& request) const noexcept {
  const Reading reading(pins_->shards[detail::thread_shard()].count);
  const Snapshot& snapshot = *current_.load(std::memory_order_seq_cst);
  const SteadyTime now = clock_.steady_now();
  const auto since_epoch = Nanoseconds(now.time_since_epoch().count() + epoch_offset_);
  const auto second = std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count();
  const Entry& entry = snapshot.for_request(request);
  const bool sampled = decide(entry, request.draw, now, static_cast<std::uint64_t>(second));
  if (snapshot.central && request.by != nullptr) tell(entry, sampled, *request.by);
  return sampled;
}

void RuleSampler::ended(const TraceOutcome& outcome) const noexcept {
  const Reading reading(pins_->shards[detail::thread_shard()].count);
  const Snapshot& snapshot = *current_.load(std::memory_order_seq_cst);
  for (const Entry& entry : snapshot.entries) {
    if (outcome.watched == 0 || entry.watched != outcome.watched) continue;
    detail::raise(entry.use->traces);
    if (!outcome.anomaly) return;
    // The whole before its parts, so that no report says more of a part than of the whole.
    entry.use->anomalies.fetch_add(1, std::memory_order_release);
    if (outcome.sampled) entry.use->sampled_anomalies.fetch_add(1, std::memory_order_release);
    return;
  }
}

void RuleSampler::use_local(std::vector<SamplingRule> rules) {
  writer_->use(std::move(rules), false);
}
void RuleSampler::use_central(std::vector<SamplingRule> rules) {
  writer_->use(std::move(rules), true);
}
void RuleSampler::apply(std::span<const SamplingTarget> targets) { writer_->apply(targets); }
std::optional<RuleStatistics> RuleSampler::take(std::string_view rule) {
  return writer_->take(rule);
}
std::vector<SamplingRule> RuleSampler::rules() const { return writer_->rules(); }

std::string RuleSampler::rule_for(const SamplingRequest& request) const {
  const Reading reading(pins_->shards[detail::thread_shard()].count);
  return current_.load(std::memory_order_seq_cst)->for_request(request).rule.name;
}

bool RuleSampler::central() const noexcept {
  const Reading reading(pins_->shards[detail::thread_shard()].count);
  return current_.load(std::memory_order_seq_cst)->central;
}

}  // namespace v0
}  // namespace aloft
