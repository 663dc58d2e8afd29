// SPDX-License-Identifier: Apache-2.0
// What the log does when disks fail, files are damaged, and others meddle.
#include "telemetry/delivery/log_format.hpp"
#include "telemetry/delivery_log/log_rig.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace aloft::delivery {
namespace {

using fixture::LogRig;
using fixture::MemoryFiles;
using fixture::record_of;
using fixture::small_options;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(LogFailure, AFullDiskCostsDurabilityOnlyAndComesBackWithSpace) {
  LogRig rig;
  WriteAheadLog& log = rig.open();
  log.append(record_of("durable"));
  ASSERT_TRUE(log.sync());
  rig.disk.space = rig.disk.used() + 20;
  EXPECT_EQ(log.append(record_of("waits")).stored, Stored::yes);

  EXPECT_FALSE(log.commit());

  EXPECT_TRUE(log.failing());
  EXPECT_EQ(log.durable(), 1u);
  EXPECT_EQ(log.append(record_of("refused")).stored, Stored::failing);
  EXPECT_EQ(log.counters().refused_failing, 1u);
  EXPECT_GT(log.counters().write_failures, 0u);
  ASSERT_THAT(rig.diagnostics.reports(), SizeIs(1));
  EXPECT_EQ(rig.diagnostics.reports()[0].code, ErrorCode::resource_exhausted);
  EXPECT_THAT(rig.diagnostics.reports()[0].message, HasSubstr("no space is left"));

  rig.disk.space = UINT64_MAX;
  EXPECT_FALSE(log.commit()) << "it is left alone for a second";
  EXPECT_EQ(log.sync_due(), rig.clock.steady_now() + std::chrono::seconds(1));
  rig.clock.advance(std::chrono::seconds(1));
  EXPECT_TRUE(log.commit());

  EXPECT_FALSE(log.failing());
  EXPECT_EQ(log.durable(), 2u);
  EXPECT_THAT(rig.payloads(), ElementsAre("durable", "waits"));
  EXPECT_THAT(rig.diagnostics.reports(), SizeIs(1));
}

TEST(LogFailure, WritesOnAfterShortWritesAndInterruptions) {
  LogRig rig;
  WriteAheadLog& log = rig.open();
  rig.files->short_write = 7;
  rig.files->interrupts = true;
  log.append(record_of("a record of more than seven bytes"));

  ASSERT_TRUE(log.sync());

  EXPECT_THAT(rig.payloads(), ElementsAre("a record of more than seven bytes"));
}

TEST(LogFailure, GivesUpAWriteThatNeverGetsAnywhere) {
  LogRig rig;
  WriteAheadLog& log = rig.open();
  rig.files->fault = [](MemoryFiles::Call call, const std::string&) {
    return call == MemoryFiles::Call::write ? -EINTR : 0;
  };
  log.append(record_of("x"));

  EXPECT_FALSE(log.sync());
}

TEST(LogFailure, ATornEndIsCutOffAndIsNoDamage) {
  LogRig rig;
  WriteAheadLog& log = rig.open();
  log.append(record_of("whole"));
  log.append(record_of("torn in its middle"));
  ASSERT_TRUE(log.sync());
  std::string& bytes = rig.segment(0).bytes;
  bytes.resize(bytes.size() - 12);

  WriteAheadLog& again = rig.reopen();

  EXPECT_THAT(rig.payloads(), ElementsAre("whole"));
  EXPECT_EQ(again.counters().damaged, 0u);
  EXPECT_GT(again.counters().torn_bytes, 0u);
  EXPECT_EQ(rig.reopen().counters().torn_bytes, 0u);
}

TEST(LogFailure, PassesOverADamagedBodyAndCountsWhatItStoodFor) {
  LogRig rig;
  WriteAheadLog& log = rig.open();
  log.append(record_of("first", 2));
  log.append(record_of("second", 5));
  log.append(record_of("third", 7));
  ASSERT_TRUE(log.sync());
  std::string& bytes = rig.segment(0).bytes;
  bytes[bytes.find("second")] = 'S';

  WriteAheadLog& again = rig.reopen();

  EXPECT_THAT(rig.payloads(), ElementsAre("first", "damaged", "third"));
  EXPECT_EQ(again.counters().damaged, 1u);
  EXPECT_EQ(again.counters().damaged_items, 5u);
  EXPECT_EQ(again.counters().live_items, 14u);
  LogRecord damaged;
  ASSERT_TRUE(again.next(1, damaged));
  EXPECT_EQ(damaged.record.count, 5u);
  // Acknowledged, it is not told again.
  again.acknowledge(damaged.sequence);
  ASSERT_TRUE(again.commit());
  EXPECT_EQ(rig.reopen().counters().damaged, 0u);
}

TEST(LogFailure, LosesNoRecordThatCannotBeReadNow) {
  for (const auto call : {MemoryFiles::Call::open, MemoryFiles::Call::read}) {
    LogRig rig;
    WriteAheadLog& log = rig.open();
    for (const char* payload : {"first", "second"}) log.append(record_of(payload));
    ASSERT_TRUE(log.sync());
    const int error = call == MemoryFiles::Call::open ? -EMFILE : -EIO;
    rig.files->fault = [=](MemoryFiles::Call asked, const std::string& name) {
      return asked == call && name.ends_with(".log") ? error : 0;
    };

    EXPECT_THAT(rig.payloads(), ElementsAre());
    EXPECT_TRUE(log.unreadable());
    rig.payloads();
    EXPECT_EQ(log.counters().read_failures, 2u);
    EXPECT_EQ(log.counters().damaged, 0u);
    EXPECT_EQ(rig.diagnostics.reports().size(), 1u);

    rig.files->fault = {};
    EXPECT_THAT(rig.payloads(), ElementsAre("first", "second"));
    EXPECT_FALSE(log.unreadable());
  }
}

TEST(LogFailure, NotesNothingInAFileThatCannotBeOpenedNowAndKeepsItsRecords) {
  LogRig rig;
  rig.open().append(record_of("first"));
  rig.log->append(record_of("second"));
  ASSERT_TRUE(rig.log->sync());
  rig.reopen();
  rig.log->acknowledge(1);
  rig.files->fault = [](MemoryFiles::Call asked, const std::string& name) {
    return asked == MemoryFiles::Call::open && name.ends_with(".log") ? -EMFILE : 0;
  };
  rig.log->commit();
  rig.files->fault = {};

  EXPECT_THAT(rig.payloads(), ElementsAre("second"));
  EXPECT_EQ(rig.log->counters().damaged, 0u);
  rig.clock.advance(std::chrono::seconds(1));
  rig.log->commit();
  rig.reopen();
  EXPECT_THAT(rig.payloads(), ElementsAre("second"));
}

TEST(LogFailure, LeavesAFileWhoseDeviceFailsAtTheStartForTheNextOne) {
  LogRig rig;
  rig.open().append(record_of("kept"));
  ASSERT_TRUE(rig.log->sync());
  rig.kill();
  rig.files->fault = [reads = 0](MemoryFiles::Call asked, const std::string&) mutable {
    return asked == MemoryFiles::Call::read && ++reads > 1 ? -EIO : 0;
  };

  EXPECT_EQ(rig.open().counters().foreign_files, 1u);
  EXPECT_EQ(rig.log->counters().recovered, 0u);

  rig.reopen();
  EXPECT_THAT(rig.payloads(), ElementsAre("kept"));
}

TEST(LogFailure, FindsTheNextFrameBehindADamagedHeader) {
  LogRig rig;
  WriteAheadLog& log = rig.open();
  for (const char* payload : {"first", "second", "third"}) log.append(record_of(payload, 9));
  ASSERT_TRUE(log.sync());
  std::string& bytes = rig.segment(0).bytes;
  bytes[bytes.find("second") - 1] ^= 1;

  WriteAheadLog& again = rig.reopen();

  EXPECT_THAT(rig.payloads(), ElementsAre("first", "damaged", "third"));
  EXPECT_EQ(again.counters().damaged_items, 1u) << "its count is lost with its header";
  EXPECT_EQ(again.counters().damaged_bytes, 48u);
}

TEST(LogFailure, DoesNotTakeAFrameInAPayloadForOneOfItsOwn) {
  LogRig rig;
  WriteAheadLog& log = rig.open();
  std::string forged;
  append_record_frame(forged, /*salt=*/0, 2, record_of("of another tenant"));
  log.append(record_of(forged));
  ASSERT_TRUE(log.sync());
  // The frame around it is damaged, so the reader looks inside.
  rig.segment(0).bytes[kFileHeaderBytes] ^= 1;

  rig.reopen();

  EXPECT_THAT(rig.payloads(), IsEmpty());
}

TEST(LogFailure, ReadsAFileWhoseFirstHeaderIsDamaged) {
  LogRig rig;
  rig.open().append(record_of("kept"));
  ASSERT_TRUE(rig.log->sync());
  rig.segment(0).bytes[20] ^= 1;

  rig.reopen();

  EXPECT_THAT(rig.payloads(), ElementsAre("kept"));
}

TEST(LogFailure, RemovesAFileWithoutAHeaderAndCountsItsBytes) {
  LogRig rig;
  rig.open().append(record_of("lost"));
  ASSERT_TRUE(rig.log->sync());
  std::string& bytes = rig.segment(0).bytes;
  bytes[3] ^= 1;
  bytes[kHeaderCopyBytes + 3] ^= 1;
  const std::uint64_t size = bytes.size();

  WriteAheadLog& again = rig.reopen();

  EXPECT_EQ(again.counters().damaged_bytes, size);
  EXPECT_THAT(rig.segments(), IsEmpty());
}

TEST(LogFailure, LeavesAFileOfANewerVersionUntouchedAndSaysSo) {
  LogRig rig;
  rig.open().append(record_of("x"));
  ASSERT_TRUE(rig.log->sync());
  // Version 2, with a sound check: crc32c("ALOFTWAL" 02 00 00 00).
  std::string& bytes = rig.segment(0).bytes;
  bytes.replace(8, 8, std::string("\x02\0\0\0\xC6\xE4\x49\x1D", 8));
  const std::string before = bytes;

  WriteAheadLog& again = rig.reopen();
  again.append(record_of("mine"));
  ASSERT_TRUE(again.sync());

  EXPECT_EQ(again.counters().foreign_files, 1u);
  EXPECT_EQ(rig.segment(0).bytes, before);
  EXPECT_THAT(rig.payloads(), ElementsAre("mine"));
  ASSERT_THAT(rig.diagnostics.reports(), SizeIs(1));
  EXPECT_EQ(rig.diagnostics.reports()[0].code, ErrorCode::unsupported);
  EXPECT_THAT(rig.diagnostics.reports()[0].message, HasSubstr("newer version"));
}

TEST(LogFailure, PassesOverARepeatedSequence) {
  LogRig rig;
  rig.open().append(record_of("once"));
  ASSERT_TRUE(rig.log->sync());
  std::string& bytes = rig.segment(0).bytes;
  bytes += bytes.substr(kFileHeaderBytes);

  WriteAheadLog& again = rig.reopen();

  EXPECT_THAT(rig.payloads(), ElementsAre("once"));
  EXPECT_EQ(again.counters().repeated, 1u);
}

TEST(LogFailure, ATornAcknowledgementIsHarmless) {
  LogRig rig;
  WriteAheadLog& log = rig.open();
  log.append(record_of("a"));
  ASSERT_TRUE(log.sync());
  log.acknowledge(1);
  ASSERT_TRUE(log.commit());
  std::string& bytes = rig.segment(0).bytes;
  bytes.resize(bytes.size() - 1);

  WriteAheadLog& again = rig.reopen();

  EXPECT_THAT(rig.payloads(), ElementsAre("a"));
  again.acknowledge(1);
  ASSERT_TRUE(again.commit());
  rig.reopen();
  EXPECT_THAT(rig.payloads(), IsEmpty());
}

TEST(LogFailure, BeginsAgainWhenItsDirectoryIsRemoved) {
  LogRig rig;
  WriteAheadLog& log = rig.open();
  log.append(record_of("gone", 4));
  ASSERT_TRUE(log.sync());
  const std::string path = rig.segments().at(0);
  rig.disk.remove_all(path.substr(0, path.rfind('/')));

  log.append(record_of("new"));
  ASSERT_TRUE(log.sync());

  EXPECT_EQ(log.durable(), 2u);
  EXPECT_EQ(log.counters().damaged_items, 4u);
  EXPECT_THAT(rig.payloads(), ElementsAre("damaged", "new"));
  rig.reopen();
  EXPECT_THAT(rig.payloads(), ElementsAre("new"));
}

TEST(LogFailure, NeverWritesToADescriptorThatTheHostHasTaken) {
  LogRig rig;
  WriteAheadLog& log = rig.open();
  log.append(record_of("safe"));
  ASSERT_TRUE(log.sync());
  auto database = rig.disk.make("/database", false);
  database->bytes = "of the host";
  rig.files->steal(database);

  log.append(record_of("later"));
  log.acknowledge(1);
  log.sync();

  EXPECT_EQ(database->bytes, "of the host");
  EXPECT_EQ(log.durable(), 2u);
}

TEST(LogFailure, RefusesADirectoryThatIsNotSafe) {
  LogRig rig;
  const auto refusal = [&](auto change) {
    auto node = rig.disk.find("/log") ? rig.disk.find("/log") : rig.disk.make("/log", true);
    *node = fixture::Node{};
    node->is_directory = true;
    change(*node);
    auto opened = rig.try_open(small_options());
    return opened ? std::string("opened") : opened.error().to_string();
  };
  EXPECT_EQ(refusal([](fixture::Node& node) { node.others_may_write = true; }),
            "permission_denied: others can write to LogOptions::directory (take that right from "
            "its group and from everybody (chmod go-w))");
  EXPECT_EQ(refusal([](fixture::Node& node) { node.ours = false; }),
            "permission_denied: LogOptions::directory belongs to another user (give this "
            "process's user a directory of its own, mode 0700)");
  EXPECT_THAT(refusal([](fixture::Node& node) { node.is_link = true; }),
              HasSubstr("permission_denied: LogOptions::directory is a symbolic link"));
}

}  // namespace
}  // namespace aloft::delivery
