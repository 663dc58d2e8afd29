// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/rule_sampler.hpp>
#include <aloft/telemetry/tenant_sampler.hpp>
#include <aloft/testing/manual_clock.hpp>
#include <aloft/testing/memory_diagnostics.hpp>
#include <aloft/testing/sequence_random.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace aloft {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class TenantSamplerTest : public ::testing::Test {
 protected:
  void make(TenantSamplingOptions options, std::shared_ptr<const Sampler> otherwise = nullptr) {
    auto made =
        tenant_sampler(std::move(options), std::move(otherwise), {clock, random, diagnostics});
    ASSERT_TRUE(made) << made.error().to_string();
    sampler = *made;
  }
  bool sample(std::string_view tenant, double draw = 0) const {
    const TraceContext nobody;
    const auto bits = static_cast<std::uint64_t>(draw * 0x1p63) * 2;
    return sampler->sample({.name = "s", .parent = nobody, .tenant = tenant, .draw = bits});
  }
  int sampled_of(int asked, std::string_view tenant) const {
    int taken = 0;
    for (int i = 0; i < asked; ++i) taken += sample(tenant) ? 1 : 0;
    return taken;
  }

  testing::ManualClock clock;
  testing::SequenceRandom random;
  testing::MemoryDiagnostics diagnostics;
  std::shared_ptr<const Sampler> sampler;
};

TEST_F(TenantSamplerTest, ATenantWithARateIsSampledAtIt) {
  make({.rates = {{"all", 1}, {"half", 0.5}, {"none", 0}}}, never());

  EXPECT_TRUE(sample("all", 0.99));
  EXPECT_TRUE(sample("half", 0.49));
  EXPECT_FALSE(sample("half", 0.51));
  EXPECT_FALSE(sample("none", 0));
}

TEST_F(TenantSamplerTest, AnyOtherIsSampledAsEverybody) {
  make({.rates = {{"none", 0}}}, *fixed_rate(0.25));

  EXPECT_TRUE(sample("acme", 0.24));
  EXPECT_FALSE(sample("acme", 0.26));
  EXPECT_TRUE(sample("", 0.24));
}

TEST_F(TenantSamplerTest, ATenantHasItsBudgetAndNotMore) {
  make({.traces_per_second = 5, .burst = 10});

  EXPECT_EQ(sampled_of(1'000, "acme"), 10);
  clock.advance(seconds(1));
  EXPECT_EQ(sampled_of(1'000, "acme"), 5);
  clock.advance(seconds(100));
  EXPECT_EQ(sampled_of(1'000, "acme"), 10);
}

TEST_F(TenantSamplerTest, ANoisyTenantCostsTheOthersNothing) {
  make({.traces_per_second = 1, .burst = 1});

  for (int second = 0; second < 100; ++second) {
    EXPECT_EQ(sampled_of(100, "noisy"), 1);
    EXPECT_EQ(sampled_of(1, "quiet"), 1);
    EXPECT_EQ(sampled_of(1, ""), 1);
    clock.advance(seconds(1));
  }
}

TEST_F(TenantSamplerTest, ANoisyTenantTakesNothingFromAReservoirThatItMayNotHave) {
  auto rules = RuleSampler::create({{.name = "Default", .reservoir = 10, .rate = 0}}, clock);
  ASSERT_TRUE(rules);
  make({.traces_per_second = 1, .burst = 1}, *rules);

  int quiet = 0;
  for (int second = 0; second < 100; ++second) {
    sampled_of(100, "noisy");
    quiet += sampled_of(1, "quiet");
    clock.advance(seconds(1));
  }

  EXPECT_EQ(quiet, 100);
}

TEST_F(TenantSamplerTest, InventedTenantsShareWhatIsLeft) {
  make({.traces_per_second = 1, .burst = 1, .tenants_limit = 64});

  int taken = 0;
  for (int i = 0; i < 10'000; ++i) taken += sampled_of(1, "t" + std::to_string(i));

  EXPECT_GE(taken, 50);
  EXPECT_LE(taken, 65);  // a place each, and the one that the rest share
}

TEST_F(TenantSamplerTest, ATenantThatIsGoneLeavesItsPlace) {
  make({.traces_per_second = 1, .burst = 1, .tenants_limit = 1});
  EXPECT_EQ(sampled_of(1, "gone"), 1);
  EXPECT_EQ(sampled_of(2, "shares"), 1);
  clock.advance(seconds(1));

  EXPECT_EQ(sampled_of(2, "new"), 1);
  EXPECT_EQ(sampled_of(2, "shares"), 1);
}

TEST_F(TenantSamplerTest, ThreadsTogetherGetTheBudget) {
  make({.traces_per_second = 1, .burst = 100});
  std::atomic<int> taken{0};

  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { taken += sampled_of(1'000, "acme"); });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(taken, 100);
}

TEST(TenantSampler, RefusesWhatIsOutOfRange) {
  const auto refused = [](TenantSamplingOptions options) {
    const auto made = tenant_sampler(std::move(options), nullptr);
    return !made && made.error().code == ErrorCode::invalid_argument;
  };
  const double no_number = std::numeric_limits<double>::quiet_NaN();

  EXPECT_TRUE(refused({.rates = {{"", 1}}}));
  EXPECT_TRUE(refused({.rates = {{"a", 1.1}}}));
  EXPECT_TRUE(refused({.rates = {{"a", 1}, {"a", 0}}}));
  EXPECT_TRUE(refused({.traces_per_second = no_number}));
  EXPECT_TRUE(refused({.traces_per_second = 1e-9}));
  EXPECT_TRUE(refused({.traces_per_second = 2e6}));
  EXPECT_TRUE(refused({.burst = 0}));
  EXPECT_TRUE(refused({.tenants_limit = 0}));
  EXPECT_TRUE(refused({.tenants_limit = 100'000}));
}

}  // namespace
}  // namespace aloft
