// SPDX-License-Identifier: Apache-2.0
// A fleet of a thousand instances on simulated time against one service that shares a reservoir:
// together they stay within it, and they do not ask together.
#include "sampling_bed.hpp"

#include <aloft/http/json_reader.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace aloft::aws {
namespace {

constexpr int kInstances = 1000;
constexpr int kHotInstances = 100;  // with ten times the traffic
constexpr int kReservoir = 100;
constexpr double kRate = 0.05;
constexpr int kSeconds = 400;
/// By then each instance has read the rules, reported, and has its first quota.
constexpr int kSettled = 30;
constexpr int kQuotaSeconds = 30;

/// Shares the reservoir by the traffic that each instance last reported; never gives out more.
class Service {
 public:
  explicit Service(const Clock& clock) : clock_(clock) {}

  SamplingReply answer(const SamplingCall& call) {
    if (call.path == kSamplingTargetsPath) return grant(call.body);
    ++rules_read;
    return rules_reply(R"({"SamplingRule":{"RuleName":"Default","ReservoirSize":)" +
                       std::to_string(kReservoir) + R"(,"FixedRate":)" + std::to_string(kRate) +
                       "}}");
  }
  int rules_read = 0;

 private:
  struct Client {
    double requests = 0;
    int quota = 0;
    WallTime until{};
  };

  SamplingReply grant(const std::string& body) {
    const auto report = http::JsonDocument::parse(body);
    const std::string at = "/SamplingStatisticsDocuments/0";
    const std::string id(*report->text(at + "/ClientID"));
    const WallTime now = clock_.now().wall;
    Client& client = clients_[id];
    client.requests = static_cast<double>(*report->integer(at + "/RequestCount"));
    double all = 0;
    int free = kReservoir;
    for (const auto& [other, state] : clients_) {
      all += state.requests;
      if (other != id && state.until >= now) free -= state.quota;
    }
    const int share = static_cast<int>(std::lround(kReservoir * client.requests / all));
    client.quota = std::min(free, share);
    client.until = now + seconds(kQuotaSeconds);
    const auto until = std::chrono::duration_cast<seconds>(client.until.time_since_epoch()).count();
    return targets_reply(R"({"RuleName":"Default","FixedRate":)" + std::to_string(kRate) +
                         R"(,"ReservoirQuota":)" + std::to_string(client.quota) +
                         R"(,"ReservoirQuotaTTL":)" + std::to_string(until) + R"(,"Interval":10})");
  }
  using seconds = std::chrono::seconds;

  const Clock& clock_;
  std::map<std::string, Client> clients_;
};

/// One instance; its calls are answered at once.
class Instance {
 public:
  Instance(testing::ManualClock& clock, Diagnostics& diagnostics, std::uint64_t seed)
      : random_(seed),
        rules_(*RuleSampler::create({built_in_rule()}, clock)),
        poller_(options_, *rules_, {clock, random_, diagnostics}) {}

  void poll(TimePoint now, Service& service) {
    while (poller_.due() <= now.steady) {
      const auto call = poller_.next(now);
      if (!call) continue;
      poller_.answered(call->id, service.answer(call->call), now);
    }
  }
  int decide(int requests) {
    static constexpr TraceContext kNoParent{};
    int sampled = 0;
    for (int i = 0; i < requests; ++i) {
      sampled += rules_->sample(
          {.name = "fleet", .parent = kNoParent, .tenant = {}, .draw = random_.next()});
    }
    return sampled;
  }
  const CentralSamplingStats& stats() const { return poller_.stats(); }

 private:
  const CentralSamplerOptions options_;
  SeededRandom random_;
  std::shared_ptr<RuleSampler> rules_;
  SamplingPoller poller_;
};

struct Second {
  int requests = 0;
  int sampled = 0;
  int rules_read = 0;
  friend bool operator==(const Second&, const Second&) = default;
};

std::vector<Second> run_fleet() {
  testing::ManualClock clock;
  testing::MemoryDiagnostics diagnostics;
  Service service(clock);
  std::vector<std::unique_ptr<Instance>> fleet;
  for (int i = 0; i < kInstances; ++i) {
    fleet.push_back(std::make_unique<Instance>(clock, diagnostics, static_cast<std::uint64_t>(i)));
  }
  std::vector<Second> seconds(kSeconds);
  for (Second& second : seconds) {
    const TimePoint now = clock.now();
    const int before = service.rules_read;
    for (int i = 0; i < kInstances; ++i) {
      fleet[static_cast<std::size_t>(i)]->poll(now, service);
      const int requests = i < kHotInstances ? 10 : 1;
      second.requests += requests;
      second.sampled += fleet[static_cast<std::size_t>(i)]->decide(requests);
    }
    second.rules_read += service.rules_read - before;
    clock.advance(1s);
  }
  EXPECT_THAT(diagnostics.reports(), ::testing::IsEmpty());
  return seconds;
}

/// The same for all tests: it is the slow part.
const std::vector<Second>& fleet() {
  static const std::vector<Second> seconds = run_fleet();
  return seconds;
}

TEST(SamplingFleet, StaysWithinTheSharedReservoirAndTheRate) {
  double mean = 0;
  for (std::size_t i = kSettled; i < fleet().size(); ++i) {
    const Second& second = fleet()[i];
    const double by_rate = second.requests * kRate;
    const double spread = std::sqrt(by_rate * (1 - kRate));
    // Five standard deviations: once in a million seconds.
    EXPECT_LE(second.sampled, kReservoir + by_rate + 5 * spread) << "second " << i;
    EXPECT_GE(second.sampled, by_rate - 5 * spread) << "second " << i;
    mean += second.sampled / static_cast<double>(fleet().size() - kSettled);
  }
  // 1,900 requests a second: 95 by the rate, and most of the reservoir.
  EXPECT_GT(mean, 95 + 0.8 * kReservoir);
  EXPECT_LE(mean, 95 + kReservoir);
}

TEST(SamplingFleet, BorrowsOneASecondAndInstanceUntilItHasQuotas) {
  for (std::size_t i = 0; i < kSettled; ++i) {
    const Second& second = fleet()[i];
    EXPECT_LE(second.sampled, kInstances + second.requests * kRate * 1.5) << "second " << i;
  }
  EXPECT_GE(fleet()[0].sampled, kInstances);
}

TEST(SamplingFleet, DoesNotAskTogether) {
  int first = 0;
  int second = 0;
  for (std::size_t i = 0; i < fleet().size(); ++i) {
    const int reads = fleet()[i].rules_read;
    // A thousand over the first ten seconds, then over five minutes.
    EXPECT_LE(reads, i <= 10 ? 150 : 20) << "second " << i;
    (i <= 10 ? first : second) += reads;
  }
  EXPECT_GE(first, kInstances);
  EXPECT_GE(second, kInstances - 50);
}

TEST(SamplingFleet, IsTheSameInEachRun) { EXPECT_EQ(run_fleet(), fleet()); }

}  // namespace
}  // namespace aloft::aws
