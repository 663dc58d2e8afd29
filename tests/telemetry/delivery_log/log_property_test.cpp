// SPDX-License-Identifier: Apache-2.0
// Random stories of processes on one disk, against a model: nothing that was reported durable is
// ever missing, nothing whose acknowledgement was kept comes back, and every record that comes back
// is what was written. A seed that fails is printed;
// `log_stories --rules R --first SEED --runs 1` plays it again.
#include "telemetry/delivery_log/log_model.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace aloft::delivery {
namespace {

using fixture::Story;
using fixture::StoryRules;

constexpr int kSteps = 120;
/// `log_stories --runs N` plays more.
constexpr std::uint64_t kSeeds = 120;

void play(StoryRules rules, std::uint64_t seeds) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    Story story(seed, rules);
    const std::string problem = story.play(kSteps);
    ASSERT_EQ(problem, "") << "seed " << seed;
  }
}

TEST(LogStories, KeepWhatWasDurableWhenProcessesAreKilledAtAnyByte) { play({}, kSeeds); }

TEST(LogStories, KeepWhatWasDurableWhenThePowerIsCut) { play({.power_cuts = true}, kSeeds); }

TEST(LogStories, KeepWhatWasDurableOnDisksThatFail) { play({.bad_devices = true}, kSeeds); }

TEST(LogStories, KeepWhatWasDurableOnFailingDisksWhosePowerIsCut) {
  play({.power_cuts = true, .bad_devices = true}, kSeeds);
}

TEST(LogStories, NeverGiveBackAnythingElseThanWasWritten) {
  play({.power_cuts = true, .corruption = true, .bad_devices = true}, kSeeds);
}

}  // namespace
}  // namespace aloft::delivery
