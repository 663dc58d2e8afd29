// SPDX-License-Identifier: Apache-2.0
// What the log does for its caller while nothing fails.
#include "telemetry/delivery_log/log_rig.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aloft::delivery {
namespace {

using fixture::LogRig;
using fixture::record_of;
using fixture::small_options;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(WriteAheadLog, GivesBackWhatWasDurableAfterAKill) {
  LogRig rig;
  WriteAheadLog& log = rig.open();
  Record record = record_of("span", 3);
  record.tenant = "acme";
  record.time = WallTime(Nanoseconds(1'700'000'000'000'000'001));
  const Appended appended = log.append(record);
  ASSERT_TRUE(log.sync());
  EXPECT_EQ(appended.sequence, 1u);
  EXPECT_EQ(log.durable(), 1u);

  WriteAheadLog& again = rig.reopen();

  LogRecord found;
  ASSERT_TRUE(again.next(0, found));
  EXPECT_EQ(found.record.payload, "span");
  EXPECT_EQ(found.record.tenant, "acme");
  EXPECT_EQ(found.record.count, 3u);
  EXPECT_EQ(found.record.time, record.time);
  EXPECT_FALSE(again.next(found.sequence, found));
  EXPECT_EQ(again.counters().recovered, 1u);
  EXPECT_EQ(again.counters().recovered_items, 3u);
}

TEST(WriteAheadLog, KeepsAnEmptyRecord) {
  LogRig rig;
  rig.open().append(record_of("", 0));
  ASSERT_TRUE(rig.log->sync());

  rig.reopen();

  EXPECT_THAT(rig.payloads(), ElementsAre(""));
}

TEST(WriteAheadLog, SyncsAGroupOnceItsIntervalHasPassed) {
  LogRig rig;
  WriteAheadLog& log = rig.open();
  log.append(record_of("one"));
  ASSERT_TRUE(log.commit());
  EXPECT_EQ(log.durable(), 0u);
  EXPECT_EQ(log.sync_due(), rig.clock.steady_now() + milliseconds(200));

  rig.clock.advance(milliseconds(200));
  log.append(record_of("two"));
  ASSERT_TRUE(log.commit());

  EXPECT_EQ(log.durable(), 2u);
  EXPECT_EQ(log.counters().syncs, 1u);
  EXPECT_EQ(log.sync_due(), (SteadyTime::max)());
}

TEST(WriteAheadLog, SyncsEachCommitWhenTheIntervalIsZero) {
  LogRig rig;
  LogOptions options = small_options();
  options.sync_interval = Nanoseconds(0);
  WriteAheadLog& log = rig.open(options);
  log.append(record_of("audit"));

  ASSERT_TRUE(log.commit());

  EXPECT_EQ(log.durable(), 1u);
}

TEST(WriteAheadLog, WhatWasCommittedSurvivesAKillBeforeItIsDurable) {
  LogRig rig;
  WriteAheadLog& log = rig.open();
  log.append(record_of("written"));
  ASSERT_TRUE(log.commit());
  log.append(record_of("only in memory"));

  rig.reopen();

  EXPECT_THAT(rig.payloads(), ElementsAre("written"));
}

TEST(WriteAheadLog, NeverGivesBackWhatWasAcknowledged) {
  LogRig rig;
  WriteAheadLog& log = rig.open();
  for (const char* payload : {"a", "b", "c", "d"}) log.append(record_of(payload));
  ASSERT_TRUE(log.sync());
  log.acknowledge(4);
  log.acknowledge(2);
  log.acknowledge(2);
  log.acknowledge(77);
  ASSERT_TRUE(log.commit());

  rig.reopen();

  EXPECT_THAT(rig.payloads(), ElementsAre("a", "c"));
}

TEST(WriteAheadLog, RemovesAFileWhenItsRecordsAreAcknowledged) {
  LogRig rig;
  WriteAheadLog& log = rig.open();
  for (int i = 0; i < 3; ++i) {
    log.append(record_of(std::string(5'000, 'x')));
    ASSERT_TRUE(log.sync());
  }
  ASSERT_EQ(rig.segments().size(), 3u);
  log.acknowledge(2);

  ASSERT_TRUE(log.commit());

  EXPECT_EQ(rig.segments().size(), 2u);
  EXPECT_EQ(log.counters().segments, 2u);
  EXPECT_EQ(log.counters().live_records, 2u);
}

TEST(WriteAheadLog, LeavesNothingBehindWhenEverythingIsAcknowledged) {
  LogRig rig;
  WriteAheadLog& log = rig.open();
  log.append(record_of("a"));
  ASSERT_TRUE(log.sync());
  log.acknowledge(1);

  rig.log.reset();

  EXPECT_THAT(rig.disk.files("/log"), IsEmpty());
}

TEST(WriteAheadLog, RefusesWhatIsAboveItsLimitUntilSomethingIsAcknowledged) {
  LogRig rig;
  WriteAheadLog& log = rig.open();
  Sequence last = 0;
  for (Appended next = log.append(record_of(std::string(3'000, 'x'))); next.stored == Stored::yes;
       next = log.append(record_of(std::string(3'000, 'x')))) {
    last = next.sequence;
    log.commit();
  }
  EXPECT_EQ(log.counters().refused_full, 1u);
  EXPECT_LE(log.counters().bytes, 64u << 10);
  EXPECT_GE(last, 19u);

  log.acknowledge(1);
  log.acknowledge(2);
  log.commit();

  EXPECT_EQ(log.append(record_of(std::string(3'000, 'x'))).stored, Stored::yes);
}

TEST(WriteAheadLog, OneRecordThatStaysHoldsNoWholeFile) {
  LogRig rig;
  WriteAheadLog& log = rig.open();
  std::vector<std::string> kept;
  // Of four records in each file one is never acknowledged.
  for (Sequence next = 1; next <= 120; ++next) {
    const std::string payload(1'000, static_cast<char>('a' + next % 26));
    ASSERT_EQ(log.append(record_of(payload)).stored, Stored::yes) << next;
    ASSERT_TRUE(log.sync());
    if (next % 4 == 0) kept.push_back(payload);
    if (next % 4 != 0) log.acknowledge(next);
  }
  EXPECT_GT(log.counters().segments_rewritten, 0u);

  rig.reopen();

  EXPECT_EQ(rig.payloads(), kept);
}

TEST(WriteAheadLog, RefusesARecordThatNoReaderWouldHold) {
  LogRig rig;
  LogOptions options = small_options();
  options.limit_bytes = 64u << 20;
  WriteAheadLog& log = rig.open(options);

  EXPECT_EQ(log.append(record_of(std::string((4u << 20) + 1, 'x'))).stored, Stored::too_large);
  EXPECT_EQ(log.append(record_of(std::string(4u << 20, 'x'))).stored, Stored::yes);
  EXPECT_TRUE(log.sync());
  EXPECT_EQ(log.counters().refused_large, 1u);
}

TEST(WriteAheadLog, RefusesOptionsOutOfRange) {
  LogRig rig;
  const auto code = [&](auto change) {
    LogOptions options = small_options();
    change(options);
    auto opened = rig.try_open(options);
    return opened ? std::string("opened") : opened.error().message;
  };
  EXPECT_EQ(code([](LogOptions& o) { o.directory = ""; }),
            "LogOptions::directory is empty or has a zero byte");
  EXPECT_EQ(code([](LogOptions& o) { o.limit_bytes = 1'000; }),
            "LogOptions::limit_bytes is out of range");
  EXPECT_EQ(code([](LogOptions& o) { o.segment_bytes = 4'095; }),
            "LogOptions::segment_bytes is out of range");
  EXPECT_EQ(code([](LogOptions& o) { o.segment_bytes = o.limit_bytes / 4 + 1; }),
            "LogOptions::segment_bytes is out of range");
  EXPECT_EQ(code([](LogOptions& o) { o.sync_interval = Nanoseconds(-1); }),
            "LogOptions::sync_interval is out of range");
}

TEST(WriteAheadLog, TakesOverWhatADeadProcessLeftExactlyOnce) {
  LogRig rig;
  rig.open().append(record_of("of the dead"));
  ASSERT_TRUE(rig.log->sync());
  fixture::MemoryFiles second_files(rig.disk);
  fixture::MemoryFiles third_files(rig.disk);
  auto second = WriteAheadLog::open(small_options(), rig.platform(), second_files);
  auto third = WriteAheadLog::open(small_options(), rig.platform(), third_files);
  ASSERT_TRUE(second && third);
  (*second)->append(record_of("before"));
  EXPECT_EQ((*second)->adopt(), 0u);
  rig.kill();

  EXPECT_EQ((*second)->adopt(), 1u);
  EXPECT_EQ((*third)->adopt(), 0u);

  EXPECT_THAT(LogRig::payloads(**second), ElementsAre("before", "of the dead"));
  EXPECT_THAT(LogRig::payloads(**third), IsEmpty());
  EXPECT_EQ((*second)->counters().adopted, 1u);
  EXPECT_EQ(rig.segments().size(), 2u);
}

TEST(WriteAheadLog, LeavesToOthersWhatDoesNotFit) {
  LogRig rig;
  rig.open();
  for (int i = 0; i < 6; ++i) rig.log->append(record_of(std::string(10'000, 'x')));
  ASSERT_TRUE(rig.log->sync());
  fixture::MemoryFiles other_files(rig.disk);
  auto other = WriteAheadLog::open(small_options(), rig.platform(), other_files);
  ASSERT_TRUE(other);
  (*other)->append(record_of(std::string(10'000, 'y')));
  rig.kill();

  EXPECT_EQ((*other)->adopt(), 0u);

  rig.open();
  EXPECT_EQ(rig.log->counters().recovered, 6u);
}

TEST(WriteAheadLog, LeavesWhatIsForAnotherPurposeAndSaysSoOnce) {
  LogRig rig;
  LogOptions options = small_options();
  options.purpose = "xray";
  rig.open(options).append(record_of("document"));
  ASSERT_TRUE(rig.log->sync());

  for (const char* purpose : {"otlp/payments", "otlp/orders", ""}) {
    LogOptions others = small_options();
    others.purpose = purpose;
    rig.reopen(others).append(record_of(purpose));
    ASSERT_TRUE(rig.log->sync());
    rig.log->adopt();
    EXPECT_THAT(rig.payloads(), ElementsAre(purpose));
    ASSERT_FALSE(rig.diagnostics.reports().empty());
  }
  EXPECT_EQ(rig.diagnostics.reports().size(), 3u);
  rig.kill();

  rig.open(options);
  EXPECT_THAT(rig.payloads(), ElementsAre("document"));
}

TEST(WriteAheadLog, SaysNothingOfALivingProcessWithAnotherPurpose) {
  LogRig rig;
  rig.open().append(record_of("x"));
  ASSERT_TRUE(rig.log->sync());
  LogOptions others = small_options();
  others.purpose = "otlp/payments";
  fixture::MemoryFiles other_files(rig.disk);

  auto other = WriteAheadLog::open(others, rig.platform(), other_files);

  ASSERT_TRUE(other);
  EXPECT_THAT(rig.diagnostics.reports(), IsEmpty());
}

TEST(WriteAheadLog, AProcessThatComesBackGoesOnInItsOwnDirectory) {
  LogRig rig;
  rig.open().append(record_of("first life"));
  ASSERT_TRUE(rig.log->sync());
  WriteAheadLog& log = rig.reopen();

  log.append(record_of("second life"));
  ASSERT_TRUE(log.sync());
  rig.reopen();

  EXPECT_THAT(rig.payloads(), ElementsAre("first life", "second life"));
  EXPECT_EQ(rig.segments().size(), 2u);
}

}  // namespace
}  // namespace aloft::delivery
