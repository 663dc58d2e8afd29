// SPDX-License-Identifier: Apache-2.0
#include "aws/sampling_poller.hpp"

#include <aloft/aws/sampling_manifest.hpp>
#include <aloft/aws/sampling_wire.hpp>
#include <aloft/core/backoff.hpp>
#include <aloft/core/random.hpp>
#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

using std::chrono::seconds;

/// Ours: 512 rules come in no more pages; a service that goes on and on is not followed.
constexpr std::size_t kMaxPages = 32;
/// Beyond the deadline of a call, which its transport keeps: only one that forgot it gets so far.
constexpr Nanoseconds kGrace = seconds(3);
/// Small beside any interval: keeps apart who once met. Source: the X-Ray SDK for Go, which adds
/// up to 1 s to 300 and up to 100 ms to 10, read 2026-11.
constexpr int kJitterPart = 100;
/// A report more often than each second, or less often than the rules are read, is of no use.
constexpr Nanoseconds kShortestInterval = seconds(1);
/// After a failed read. The first is short: a daemon may start beside the service.
constexpr Nanoseconds kFirstRetry = seconds(10);

std::string draw_client_id(Random& random) {
  std::array<char, 32> digits{};
  text::write_hex(random.next(), digits.data());
  text::write_hex(random.next(), digits.data() + 16);
  return std::string(digits.data(), kClientIdDigits);
}

std::string told_by(const SamplingReply& reply) {
  if (reply.status == 0) return "nobody answers";
  if (reply.status / 100 != 2) return "the answer is " + std::to_string(reply.status);
  return "the answer holds no rules";
}

}  // namespace

SamplingPoller::SamplingPoller(const CentralSamplerOptions& options, RuleSampler& rules,
                               Platform platform)
    : options_(options),
      rules_(rules),
      platform_(platform),
      client_id_(draw_client_id(platform.random)) {
  const SteadyTime now = platform_.clock.steady_now();
  rules_at_ = now + spread(std::min(options_.targets_interval, options_.rules_interval));
  targets_at_ = now + spread(options_.targets_interval);
}

std::optional<SamplingPoller::Call> SamplingPoller::next(TimePoint now) {
  expire(now.steady);
  if (asked_ != Asked::nothing) {
    if (now.steady < gives_up_at_) return std::nullopt;
    answered(last_id_, {}, now);
  }
  if (now.steady >= rules_at_) {
    if (page_count_ == 0) read_began_ = now.wall;
    return ask(Asked::rules, {kSamplingRulesPath, sampling_rules_body(next_token_)}, now.steady);
  }
  if (waiting_.empty() && now.steady >= targets_at_) collect(now.steady);
  if (waiting_.empty()) return std::nullopt;
  sent_ = std::min(waiting_.size(), kMaxStatisticsPerCall);
  const std::span<const RuleStatistics> first = std::span(waiting_).first(sent_);
  return ask(Asked::targets,
             {kSamplingTargetsPath,
              sampling_targets_body(first, {client_id_, options_.service_name}, now.wall)},
             now.steady);
}

std::string SamplingPoller::take_notice() { return std::exchange(notice_, {}); }

SteadyTime SamplingPoller::due() const noexcept {
  SteadyTime due = asked_ != Asked::nothing ? gives_up_at_ : std::min(rules_at_, targets_at_);
  if (asked_ == Asked::nothing && !waiting_.empty()) due = (SteadyTime::min)();
  return rules_end_ ? std::min(due, *rules_end_) : due;
}

void SamplingPoller::answered(std::uint64_t id, const SamplingReply& reply, TimePoint now) {
  if (asked_ == Asked::nothing || id != last_id_) return;
  if (std::exchange(asked_, Asked::nothing) == Asked::rules) {
    take_rules(reply, now);
  } else {
    take_targets(reply, now);
  }
}

SamplingPoller::Call SamplingPoller::ask(Asked what, SamplingCall call, SteadyTime now) {
  asked_ = what;
  gives_up_at_ = now + options_.request_timeout + kGrace;
  return {++last_id_, std::move(call)};
}

void SamplingPoller::take_rules(const SamplingReply& reply, TimePoint now) {
  if (reply.status / 100 != 2) return fail_rules(told_by(reply), now.steady);
  Result<SamplingRulesPage> page = read_sampling_rules(reply.body);
  if (!page) return fail_rules(told_by(reply), now.steady);
  stats_.rules_skipped += page->skipped;
  std::move(page->rules.begin(), page->rules.end(), std::back_inserter(pages_));
  if (pages_.size() > kMaxSamplingRules) {
    stats_.rules_skipped += pages_.size() - kMaxSamplingRules;
    pages_.resize(kMaxSamplingRules);
  }
  if (page->next_token.empty()) return finish_rules(now);
  if (++page_count_ == kMaxPages || page->next_token == next_token_) {
    return fail_rules("the answer has no last page", now.steady);
  }
  next_token_ = std::move(page->next_token);  // its time has come already
}

void SamplingPoller::finish_rules(TimePoint now) {
  if (pages_.empty()) return fail_rules("the answer holds no rules", now.steady);
  ++stats_.rules_read;
  stats_.central = true;
  failures_ = 0;
  told_ = false;
  decltype(reported_) kept;
  for (const SamplingRule& rule : pages_) {
    const auto before = reported_.find(rule.name);
    kept.emplace(rule.name, before != reported_.end()
                                ? before->second
                                : Reported{.interval = options_.targets_interval});
  }
  for (const auto& [name, reported] : reported_) {
    if (kept.count(name) == 0) count_lost(name);
  }
  reported_ = std::move(kept);
  rules_.use_central(std::exchange(pages_, {}));
  next_token_.clear();
  page_count_ = 0;
  rules_end_ = now.steady + options_.rules_lifetime;
  rules_at_ = std::exchange(spread_rules_, false) ? now.steady + spread(options_.rules_interval)
                                                  : after(now.steady, options_.rules_interval);
}

void SamplingPoller::fail_rules(std::string_view why, SteadyTime now) {
  ++stats_.rules_failed;
  ++failures_;
  pages_.clear();
  next_token_.clear();
  page_count_ = 0;
  const Backoff backoff{.base = std::min(kFirstRetry, options_.rules_interval),
                        .cap = options_.rules_interval};
  rules_at_ = now + backoff.steady_delay(failures_, platform_.random.next());
  if (!rules_end_) tell(why);
}

void SamplingPoller::take_targets(const SamplingReply& reply, TimePoint now) {
  const std::size_t sent = std::exchange(sent_, 0);
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(sent);
  std::uint64_t anomalies = 0;
  for (auto rule = waiting_.begin(); rule != end; ++rule) anomalies += rule->anomalies;
  waiting_.erase(waiting_.begin(), end);
  Result<SamplingGrants> grants = reply.status / 100 == 2
                                      ? read_sampling_targets(reply.body)
                                      : fail(ErrorCode::unavailable, "no usable answer");
  if (!grants) {
    // They are of seconds that have passed: told later they would say that the traffic is greater.
    ++stats_.reports_failed;
    stats_.statistics_lost += sent;
    return;
  }
  ++stats_.reports;
  stats_.statistics += sent;
  stats_.anomalies += options_.service_name.empty() ? 0 : anomalies;
  apply(*grants, now);
}

void SamplingPoller::apply(const SamplingGrants& grants, TimePoint now) {
  stats_.targets += grants.targets.size();
  stats_.targets_skipped += grants.skipped;
  rules_.apply(grants.targets);
  for (const SamplingTarget& target : grants.targets) {
    const auto rule = reported_.find(target.rule);
    if (rule == reported_.end() || !target.interval) continue;
    rule->second.interval =
        std::clamp(*target.interval, kShortestInterval, options_.rules_interval);
  }
  bool refresh = grants.last_rule_modification && is_modified(*grants.last_rule_modification);
  for (const UnprocessedStatistics& refused : grants.unprocessed) {
    // Too many requests is no reason to ask more.
    const bool client = refused.status / 100 == 4 && refused.status != 429;
    ++(client ? stats_.refused_client : stats_.refused_server);
    refresh = refresh || client;
  }
  if (refresh && failures_ == 0 && rules_at_ > now.steady) {
    ++stats_.refreshes;
    rules_at_ = now.steady;
  }
}

/// Since the rules were read. Their clock and ours may differ: whatever the first answer says is
/// compared with our time, and from then on only with what the answers before said.
bool SamplingPoller::is_modified(WallTime modified) {
  // It may be in whole seconds.
  const bool newer = modified > last_modification_.value_or(read_began_ - seconds(1));
  last_modification_ = std::max(modified, last_modification_.value_or(modified));
  return newer;
}

void SamplingPoller::collect(SteadyTime now) {
  targets_at_ = after(now, options_.targets_interval);
  if (!rules_end_) return;
  for (auto& [name, reported] : reported_) {
    if (reported.at && now < *reported.at + reported.interval) continue;
    if (std::optional<RuleStatistics> taken = rules_.take(name)) {
      waiting_.push_back(*std::move(taken));
      reported.at = now;
    }
  }
}

void SamplingPoller::expire(SteadyTime now) {
  if (!rules_end_ || now < *rules_end_) return;
  rules_end_.reset();
  stats_.central = false;
  ++stats_.fallbacks;
  for (const auto& [name, reported] : reported_) count_lost(name);
  reported_.clear();
  rules_.use_local(options_.local_rules);
  tell("they could not be read for too long");
}

/// What was counted for a rule that is about to go.
void SamplingPoller::count_lost(const std::string& rule) {
  if (rules_.take(rule)) ++stats_.statistics_lost;
}

void SamplingPoller::tell(std::string_view why) {
  if (std::exchange(told_, true)) return;
  notice_ = "X-Ray's sampling rules do not decide, the local ones do: " + std::string(why) +
            "; check that the daemon's TCP port or X-Ray can be reached and that the role may call "
            "xray:GetSamplingRules and xray:GetSamplingTargets";
}

Nanoseconds SamplingPoller::spread(Nanoseconds whole) noexcept {
  const double part = to_fraction(platform_.random.next());
  return Nanoseconds(static_cast<std::int64_t>(static_cast<double>(whole.count()) * part));
}

SteadyTime SamplingPoller::after(SteadyTime now, Nanoseconds interval) noexcept {
  return now + interval + spread(interval / kJitterPart);
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
