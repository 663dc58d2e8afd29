// SPDX-License-Identifier: Apache-2.0
// After a sync that failed: what may be called durable, in this process and in the next one.
#include "telemetry/delivery/log_format.hpp"
#include "telemetry/delivery_log/log_rig.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <random>
#include <string>

namespace aloft::delivery {
namespace {

using fixture::LogRig;
using fixture::MemoryFiles;
using fixture::record_of;
using fixture::small_options;
using ::testing::ElementsAre;

TEST(LogSync, NeverCallsDurableWhatASecondSyncOfTheSameFileSaid) {
  LogRig rig;
  WriteAheadLog& log = rig.open();
  log.append(record_of("before"));
  ASSERT_TRUE(log.sync());
  const std::string first_file = rig.segments().at(0);
  int failures = 1;
  rig.files->fault = [&](MemoryFiles::Call call, const std::string&) {
    return call == MemoryFiles::Call::sync && failures-- > 0 ? -EIO : 0;
  };
  log.append(record_of("after"));

  ASSERT_TRUE(log.sync());

  EXPECT_EQ(log.durable(), 2u);
  EXPECT_EQ(log.counters().sync_failures, 1u);
  EXPECT_EQ(log.counters().segments_rewritten, 1u);
  // A power cut shows what is really there.
  rig.kill();
  std::mt19937_64 random(7);
  rig.disk.power_cut(random);
  rig.open();
  EXPECT_THAT(rig.payloads(), ElementsAre("before", "after"));
}

TEST(LogSync, NeverCallsDurableWhatTheSyncOfADeadProcessLost) {
  LogRig rig;
  WriteAheadLog& log = rig.open();
  log.append(record_of("called clean"));
  ASSERT_TRUE(log.commit());
  rig.files->fault = [&](MemoryFiles::Call call, const std::string&) {
    if (call != MemoryFiles::Call::sync) return 0;
    rig.files->lives_for = 0;  // killed before it can do anything about it
    return -EIO;
  };
  log.sync();
  rig.reopen();
  ASSERT_THAT(rig.payloads(), ElementsAre("called clean"));
  ASSERT_EQ(rig.log->durable(), 1u);

  rig.kill();
  std::mt19937_64 random(7);
  rig.disk.power_cut(random);

  rig.open();
  EXPECT_THAT(rig.payloads(), ElementsAre("called clean"));
}

TEST(LogSync, NeitherWhatWasAcknowledgedBeforeItsSyncNorTheHeaderCostsADurableRecord) {
  LogRig rig;
  LogOptions options = small_options();
  options.limit_bytes = 256u << 20;
  options.segment_bytes = 32u << 20;
  WriteAheadLog& log = rig.open(options);
  for (int i = 0; i < 6; ++i) {
    const Appended appended = log.append(record_of(std::string(900'000, 'x')));
    ASSERT_TRUE(log.commit());
    log.acknowledge(appended.sequence);
    ASSERT_TRUE(log.sync());
  }
  log.append(record_of("live"));
  ASSERT_TRUE(log.commit());
  rig.files->fault = [&](MemoryFiles::Call call, const std::string&) {
    if (call != MemoryFiles::Call::sync) return 0;
    rig.files->lives_for = 0;
    return -EIO;
  };
  log.sync();
  rig.reopen(options);
  ASSERT_THAT(rig.payloads(), ElementsAre("live"));

  rig.kill();
  std::mt19937_64 random(7);
  rig.disk.power_cut(random);

  rig.open(options);
  EXPECT_THAT(rig.payloads(), ElementsAre("live"));
  EXPECT_EQ(rig.log->counters().damaged, 0u);
}

TEST(LogSync, WritesAgainOnlyWhatADeadProcessMayNotHaveSynced) {
  LogRig rig;
  LogOptions options = small_options();
  options.limit_bytes = 256u << 20;
  options.segment_bytes = 32u << 20;
  WriteAheadLog& log = rig.open(options);
  const std::string half_a_group(kGroupBytes / 2, 'x');
  for (int i = 0; i < 40; ++i) {
    log.append(record_of(half_a_group));
    ASSERT_TRUE(log.sync());
  }
  rig.kill();
  std::uint64_t writes = 0;
  rig.files->fault = [&](MemoryFiles::Call call, const std::string&) {
    writes += call == MemoryFiles::Call::write ? 1 : 0;
    return 0;
  };

  rig.open(options);

  constexpr std::uint64_t kMost = 4 * kGroupBytes / (64u << 10) + 1;
  EXPECT_GT(writes, kMost / 4);
  EXPECT_LE(writes, kMost);
}

}  // namespace
}  // namespace aloft::delivery
