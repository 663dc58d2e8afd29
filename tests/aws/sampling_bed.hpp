// SPDX-License-Identifier: Apache-2.0
// One instance that samples by central rules, on time that a test moves; the test is the service.
#pragma once

#include "aws/sampling_poller.hpp"

#include <aloft/aws/sampling_wire.hpp>
#include <aloft/testing/manual_clock.hpp>
#include <aloft/testing/memory_diagnostics.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace aloft::aws {

using namespace std::chrono_literals;

/// The splitmix64 generator: the same numbers in each run, spread over all 64 bits.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() noexcept override {
    std::uint64_t z = (state_ += 0x9E37'79B9'7F4A'7C15);
    z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9;
    z = (z ^ (z >> 27)) * 0x94D0'49BB'1331'11EB;
    return z ^ (z >> 31);
  }
  void fill(std::span<std::uint64_t> words) noexcept override {
    for (std::uint64_t& word : words) word = next();
  }

 private:
  std::uint64_t state_;
};

/// The same draw again and again: all spreads are half of the whole.
class HalfRandom final : public Random {
 public:
  std::uint64_t next() noexcept override { return std::uint64_t{1} << 63; }
  void fill(std::span<std::uint64_t> words) noexcept override {
    for (std::uint64_t& word : words) word = next();
  }
};

/// All spreads are nothing.
class NoSpread final : public Random {
 public:
  std::uint64_t next() noexcept override { return 0; }
  void fill(std::span<std::uint64_t> words) noexcept override {
    for (std::uint64_t& word : words) word = 0;
  }
};

inline std::string rule_json(const std::string& name, const std::string& more = {}) {
  return R"({"SamplingRule":{"RuleName":")" + name +
         R"(","Priority":1,"ReservoirSize":10,"FixedRate":0)" + more + "}}";
}
inline SamplingReply rules_reply(const std::string& records, const std::string& more = {}) {
  return {200, R"({"SamplingRuleRecords":[)" + records + "]" + more + "}"};
}
inline SamplingReply targets_reply(const std::string& targets, const std::string& more = {}) {
  return {200, R"({"SamplingTargetDocuments":[)" + targets + "]" + more + "}"};
}

struct SamplingBed {
  testing::ManualClock clock;
  HalfRandom random;
  testing::MemoryDiagnostics diagnostics;
  CentralSamplerOptions options;
  std::shared_ptr<RuleSampler> rules;
  std::optional<SamplingPoller> poller;

  explicit SamplingBed(CentralSamplerOptions given = {})
      : options(std::move(given)), rules(*RuleSampler::create(options.local_rules, clock)) {
    poller.emplace(options, *rules, Platform{clock, random, diagnostics});
  }

  std::optional<SamplingPoller::Call> next() {
    auto call = poller->next(clock.now());
    hear();
    return call;
  }
  /// The path of what is asked now; empty when nothing is.
  std::string asks() {
    const auto call = next();
    if (!call) return "";
    id = call->id;
    body = call->call.body;
    return std::string(call->call.path);
  }
  void answer(const SamplingReply& reply) {
    poller->answered(id, reply, clock.now());
    hear();
  }
  /// Moves to what is due next; tells how far that was.
  Nanoseconds wait() {
    const Nanoseconds left = poller->due() - clock.steady_now();
    if (left > 0ns) clock.advance(left);
    return left;
  }
  /// Reads `records` as the rules, at the first time that they are asked for.
  void start(const std::string& records) {
    while (asks() != kSamplingRulesPath) wait();
    answer(rules_reply(records));
  }
  bool sample(std::string_view path = "/") const {
    static constexpr TraceContext kNoParent{};
    return rules->sample({.name = "payments",
                          .parent = kNoParent,
                          .tenant = {},
                          .draw = ~std::uint64_t{0},
                          .request = {.url_path = path}});
  }
  const CentralSamplingStats& stats() const { return poller->stats(); }
  /// What the poller has to say goes where its owner takes it.
  void hear() {
    const std::string notice = poller->take_notice();
    if (notice.empty()) return;
    diagnostics.report(ErrorCode::unavailable, "central_sampling", notice);
  }

  std::uint64_t id = 0;
  std::string body;
};

}  // namespace aloft::aws
