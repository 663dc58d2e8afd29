// SPDX-License-Identifier: Apache-2.0
// When X-Ray is asked about sampling, and what becomes of its answers: a state machine without a
// thread or a socket. One call is under way at a time.
//
//   if (auto call = poller.next(now)) transport.send(call->call, …);   // tells `answered`
//   clock.wait_until(lock, wakeup, poller.due());
//
// A fleet that starts together does not ask together: the first read of the rules is spread over
// `targets_interval`, so that nobody samples by local rules for long, the second over all of
// `rules_interval`, and the first report over its own interval; later ones keep that distance.
//
// Thread-safety: none; the rules that it feeds are.
#pragma once

#include <aloft/aws/central_sampler.hpp>
#include <aloft/aws/sampling_wire.hpp>
#include <aloft/core/clock.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace aws {

class SamplingPoller {
 public:
  /// Both have to outlive this.
  SamplingPoller(const CentralSamplerOptions& options, RuleSampler& rules, Platform platform);

  struct Call {
    std::uint64_t id = 0;
    SamplingCall call{};
  };
  /// What is to be sent now, if anything.
  std::optional<Call> next(TimePoint now);
  /// An answer to a call that was given up is ignored.
  void answered(std::uint64_t id, const SamplingReply& reply, TimePoint now);
  /// What the operator has to know, of the calls since the last time; empty for nothing.
  std::string take_notice();
  /// When `next` has something to do again.
  SteadyTime due() const noexcept;

  const CentralSamplingStats& stats() const noexcept { return stats_; }
  const std::string& client_id() const noexcept { return client_id_; }

 private:
  enum class Asked : std::uint8_t { nothing, rules, targets };
  struct Reported {
    std::optional<SteadyTime> at{};  // the last report
    Nanoseconds interval{0};         // that the service wants between two
  };

  Call ask(Asked what, SamplingCall call, SteadyTime now);
  void take_rules(const SamplingReply& reply, TimePoint now);
  void finish_rules(TimePoint now);
  void fail_rules(std::string_view why, SteadyTime now);
  void take_targets(const SamplingReply& reply, TimePoint now);
  void apply(const SamplingGrants& grants, TimePoint now);
  bool is_modified(WallTime modified);
  void collect(SteadyTime now);
  void expire(SteadyTime now);
  void count_lost(const std::string& rule);
  void tell(std::string_view why);
  /// A random part of `whole`.
  Nanoseconds spread(Nanoseconds whole) noexcept;
  SteadyTime after(SteadyTime now, Nanoseconds interval) noexcept;

  const CentralSamplerOptions& options_;
  RuleSampler& rules_;
  const Platform platform_;
  const std::string client_id_;
  CentralSamplingStats stats_;

  Asked asked_ = Asked::nothing;
  std::uint64_t last_id_ = 0;
  SteadyTime gives_up_at_{};

  SteadyTime rules_at_;
  std::optional<SteadyTime> rules_end_;  // of the rules that decide; none when they are local
  std::uint32_t failures_ = 0;           // of the rules, in a row
  bool spread_rules_ = true;             // the next read is the second one
  bool told_ = false;
  std::string notice_;
  std::vector<SamplingRule> pages_;  // so far
  std::string next_token_;
  std::size_t page_count_ = 0;
  WallTime read_began_{};  // of the rules that decide, or are being read
  std::optional<WallTime> last_modification_;

  SteadyTime targets_at_;
  std::map<std::string, Reported, std::less<>> reported_;  // the rules of the service
  std::vector<RuleStatistics> waiting_;                    // taken, and to be sent
  std::size_t sent_ = 0;                                   // of them, in the call under way
};

}  // namespace aws
}  // namespace v0
}  // namespace aloft
