// SPDX-License-Identifier: Apache-2.0
// Samples by the rules that X-Ray has for the account: reads them, reports what was decided, and
// keeps to the share of each rule's reservoir that this instance is granted.
//
//   auto sampler = aws::CentralSampler::create(
//       {}, [platform] { return aws::daemon_sampling_transport("127.0.0.1:2000", platform); });
//   options.sampler = parent_based(*sampler);
//
// `telemetry_from_environment` does that with ALOFT_SAMPLING=central.
//
// Until rules were read, and when none could be read for `rules_lifetime`, the local rules decide,
// and Diagnostics says so once. A decision never waits for any of this: see `RuleSampler`.
//
// Threads: one that sleeps between polls, or none with `Threading::manual`; a request of the
// transport is never waited for. The child of a fork is an instance of its own: with its first
// decision it starts over by local rules, with a thread, a transport and a client id of its own.
//
// Thread-safety: all of it.
// Source: X-Ray developer guide, "Using sampling rules with the X-Ray API"; the X-Ray SDKs for Go
// and Java, read 2026-11.
#pragma once

#include <aloft/aws/client.hpp>
#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/telemetry/rule_sampler.hpp>
#include <aloft/telemetry/threading.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace aws {

struct CentralSamplerOptions {
  /// Decide while there are no rules of the service.
  std::vector<SamplingRule> local_rules{built_in_rule()};
  /// Between two reads of the rules. Source: as above, as the two below.
  Nanoseconds rules_interval = std::chrono::seconds(300);
  /// Between two reports; a rule that the service gives a longer interval waits for that.
  Nanoseconds targets_interval = std::chrono::seconds(10);
  /// How long rules decide that could not be read again.
  Nanoseconds rules_lifetime = std::chrono::seconds(3600);
  /// Of one call; at most 2 s.
  Nanoseconds request_timeout = std::chrono::seconds(2);
  Threading threading = Threading::background;
  /// As on its segments, at most 64 bytes are told: whose anomalies they are, of rules that the
  /// service may boost. Empty: anomalies are not reported.
  std::string service_name{};
};

struct SamplingCall {
  std::string_view path{};  ///< a constant of sampling_wire.hpp
  std::string body{};       ///< JSON
};

struct SamplingReply {
  int status = 0;  ///< of HTTP; 0 when nothing came
  std::string body{};
};

/// Brings a call to X-Ray or its daemon.
class SamplingTransport {
 public:
  using Done = std::function<void(SamplingReply)>;
  virtual ~SamplingTransport() = default;
  /// Never blocks. `done` is told once, on any thread or inside of this; destruction may tell it.
  virtual void send(SamplingCall call, Deadline deadline, Done done) = 0;
};

/// Unsigned, over the TCP side of a daemon or a console.
/// @param address  as AWS_XRAY_DAEMON_ADDRESS.
/// @error invalid_argument  it has another form, or names no TCP side.
Result<std::unique_ptr<SamplingTransport>> daemon_sampling_transport(
    std::string_view address, Platform platform = Platform::system());
/// "http://host:port" of the TCP side. @error as above.
Result<std::string> daemon_tcp_url(std::string_view address);

/// Signed, to X-Ray itself; needs xray:GetSamplingRules and xray:GetSamplingTargets.
std::unique_ptr<SamplingTransport> signed_sampling_transport(AwsClient client);

/// Counters since the start, or the fork.
struct CentralSamplingStats {
  bool central = false;  ///< gauge: rules of the service decide

  std::uint64_t rules_read = 0;      ///< every page of them
  std::uint64_t rules_failed = 0;    ///< no answer, a refusal, or no rules in it
  std::uint64_t rules_skipped = 0;   ///< rules that could not be used
  std::uint64_t refreshes = 0;       ///< asked for by the service's answers, before their time
  std::uint64_t fallbacks = 0;       ///< rules that were too old and gave way to the local ones
  std::uint64_t reports = 0;         ///< calls that were answered
  std::uint64_t reports_failed = 0;  ///< calls without a usable answer
  std::uint64_t statistics = 0;      ///< of one rule each, in calls that were answered
  std::uint64_t anomalies = 0;       ///< failed and slow traces in those
  /// In calls that failed, or of rules that were gone before their report.
  std::uint64_t statistics_lost = 0;
  std::uint64_t refused_client = 0;   ///< unprocessed with 4xx: the rules are read again
  std::uint64_t refused_server = 0;   ///< unprocessed with anything else
  std::uint64_t targets = 0;          ///< taken
  std::uint64_t targets_skipped = 0;  ///< documents that could not be used
};

class CentralSampler final : public Sampler {
 public:
  /// Called again in the child of a fork.
  using MakeTransport = std::function<Result<std::unique_ptr<SamplingTransport>>()>;

  /// @error invalid_argument    an option is out of range, or the local rules are none.
  /// @error resource_exhausted  no thread; and whatever `make` says.
  static Result<std::shared_ptr<CentralSampler>> create(CentralSamplerOptions options,
                                                        MakeTransport make,
                                                        Platform platform = Platform::system());
  ~CentralSampler() override;

  bool sample(const SamplingRequest& request) const noexcept override;
  void ended(const TraceOutcome& outcome) const noexcept override;

  /// What is due now; with `Threading::manual`. Waits for no answer: the next call takes it.
  void poll();
  CentralSamplingStats stats() const;
  /// The rules that decide, in their order.
  std::vector<SamplingRule> rules() const;

 private:
  class Runner;
  CentralSampler(CentralSamplerOptions options, MakeTransport make, Platform platform);
  Runner& runner() const noexcept;
  Runner& restart_after_fork(Runner& inherited) const noexcept;
  Runner& restart(Runner& inherited) const;

  const CentralSamplerOptions options_;
  const MakeTransport make_;
  const Platform platform_;
  mutable std::atomic<Runner*> runner_{nullptr};
  mutable std::atomic<std::int64_t> restart_at_{0};  // steady clock, ns; in the child of a fork
};

}  // namespace aws
}  // namespace v0
}  // namespace aloft
