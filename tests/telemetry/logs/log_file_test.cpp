// SPDX-License-Identifier: Apache-2.0
#include "telemetry/logs/log_file_bench.hpp"
#include "telemetry/logs/pipe.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <vector>

namespace aloft {
namespace {

using namespace std::chrono_literals;
using delivery::fixture::NodePtr;

struct LogFileTest : ::testing::Test {
  MemoryDisk disk;
  NodePtr folder = disk.make("/logs", true);

  std::string content(const std::string& name = "a.log") const {
    const auto found = folder->names.find(name);
    return found == folder->names.end() ? "(no file)" : found->second->bytes;
  }
  /// Without the lock.
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& [name, node] : folder->names) {
      if (name != "a.log.lock") found.push_back(name);
    }
    return found;
  }
};

/// 2025-01-02T03:04:05Z is where the manual clock stands.
std::string line_of(const std::string& message, const std::string& seconds = "05") {
  return R"({"timestamp":"2025-01-02T03:04:)" + seconds +
         R"(.000000Z","level":"INFO","message":")" + message + "\"}\n";
}
/// Lines of 12 KB, of which five fill a file of 64 KiB.
const std::string kFifth(12'000, 'x');
constexpr std::uint64_t kSmall = 65'536;

TEST_F(LogFileTest, WritesLinesOfJsonAndCountsThemAsSent) {
  FileWriter writer(disk, {});

  const ExportReport report = writer.write({"one", "two"});

  EXPECT_EQ(content(), line_of("one") + line_of("two"));
  EXPECT_EQ(report.sent_count(), 2u);
  EXPECT_EQ(report.total(), 2u);
  EXPECT_EQ(folder->names.at("a.log")->mode, 0640u);
}

TEST_F(LogFileTest, GoesOnInAFileThatIsThereAndEndsAHalfLineFirst) {
  disk.make("/logs/a.log", false)->bytes = line_of("before") + R"({"timestamp":"2025)";
  folder->names.at("a.log")->mode = 0600;

  FileWriter writer(disk, {});
  writer.write({"after"});

  EXPECT_EQ(content(), line_of("before") + R"({"timestamp":"2025)" + "\n" + line_of("after"));
  EXPECT_EQ(folder->names.at("a.log")->mode, 0600u) << "a file that is there keeps its mode";
}

TEST_F(LogFileTest, BeginsANewFileBeforeALineThatWouldMakeItTooLong) {
  FileWriter writer(disk, {.rotate_bytes = kSmall});

  const ExportReport report = writer.write({kFifth, kFifth, kFifth, kFifth, kFifth, "last"});
  writer.clock.advance(1s);
  const ExportReport next = writer.write({kFifth});

  EXPECT_EQ(report.sent_count() + next.sent_count(), 7u);
  EXPECT_EQ(content("a.log.20250102T030406.000000Z"), line_of(kFifth) + line_of(kFifth) +
                                                          line_of(kFifth) + line_of(kFifth) +
                                                          line_of(kFifth) + line_of("last"));
  EXPECT_EQ(content(), line_of(kFifth, "06"));
  EXPECT_EQ(writer.counters->rotated, 1u);
}

TEST_F(LogFileTest, TurnsOverInTheMiddleOfABatchAsOftenAsItMust) {
  FileWriter writer(disk, {.rotate_bytes = kSmall});

  const ExportReport report = writer.write(std::vector<std::string>(20, kFifth));

  EXPECT_EQ(report.sent_count(), 20u);
  EXPECT_EQ(names(), (std::vector<std::string>{"a.log", "a.log.20250102T030405.000000Z",
                                               "a.log.20250102T030405.000001Z",
                                               "a.log.20250102T030405.000002Z"}));
  for (const std::string& name : names()) {
    EXPECT_EQ(lines_in(content(name)), 5u) << name;
  }
}

TEST_F(LogFileTest, KeepsALineThatIsLongerThanAFileMayBe) {
  FileWriter writer(disk, {.rotate_bytes = kSmall, .line_limit_bytes = 1 << 20});
  const std::string longer(100'000, 'x');

  const ExportReport report = writer.write({"first", longer, "third"});

  EXPECT_EQ(report.sent_count(), 3u);
  EXPECT_EQ(content("a.log.20250102T030405.000000Z"), line_of("first"));
  EXPECT_EQ(content("a.log.20250102T030405.000001Z"), line_of(longer));
  EXPECT_EQ(content(), line_of("third"));
}

TEST_F(LogFileTest, BeginsANewFileWhenItsTimeHasPassed) {
  FileWriter writer(disk, {.rotate_every = 24h});
  writer.write({"thursday"});

  writer.clock.advance(21h);
  writer.write({"friday"});
  writer.clock.advance(2h);
  writer.write({"friday still"});

  EXPECT_EQ(content("a.log.20250103T000405.000000Z"), line_of("thursday"));
  EXPECT_EQ(lines_in(content()), 2u);
}

TEST_F(LogFileTest, KnowsAtItsStartOfWhichDayAFileIs) {
  const NodePtr old = disk.make("/logs/a.log", false);
  old->bytes = line_of("yesterday");
  old->modified_ns =
      std::chrono::nanoseconds(testing::ManualClock().now().wall - 24h - WallTime{}).count();

  FileWriter writer(disk, {.rotate_every = 24h});
  writer.write({"today"});

  EXPECT_EQ(content("a.log.20250102T030405.000000Z"), line_of("yesterday"));
  EXPECT_EQ(content(), line_of("today"));
}

TEST_F(LogFileTest, DoesNotTurnOverWhenTheClockIsSetBack) {
  FileWriter writer(disk, {.rotate_every = 24h});
  writer.write({"one"});

  writer.clock.jump_wall(-48h);
  writer.write({"two"});

  EXPECT_EQ(names(), (std::vector<std::string>{"a.log"}));
}

TEST_F(LogFileTest, NamesAFileBehindTheOneBeforeWhateverTheClockSays) {
  FileWriter writer(disk, {.rotate_bytes = kSmall, .kept_files = 1});
  writer.write(std::vector<std::string>(6, kFifth));

  writer.clock.jump_wall(-1h);
  writer.write(std::vector<std::string>(5, kFifth));

  EXPECT_EQ(names(), (std::vector<std::string>{"a.log", "a.log.20250102T030405.000001Z"}));
}

TEST_F(LogFileTest, RemovesOldFilesThatAreTooManyAndNoOthers) {
  for (const char* name : {"a.log.1", "a.log.2025", "a.log.20250101T000000.000000Zx", "b.log",
                           "a.log.20250101T000000.00000xZ"}) {
    disk.make(std::string("/logs/") + name, false);
  }
  FileWriter writer(disk, {.rotate_bytes = kSmall, .kept_files = 2});

  writer.write(std::vector<std::string>(21, kFifth));

  EXPECT_EQ(names(), (std::vector<std::string>{
                         "a.log", "a.log.1", "a.log.2025", "a.log.20250101T000000.000000Zx",
                         "a.log.20250101T000000.00000xZ", "a.log.20250102T030405.000002Z",
                         "a.log.20250102T030405.000003Z", "b.log"}));
  EXPECT_EQ(writer.counters->removed, 2u);
}

TEST_F(LogFileTest, RemovesOldFilesThatHaveTooManyBytesAlsoAtItsStart) {
  for (const char* day : {"01", "02", "03", "04"}) {
    disk.make(std::string("/logs/a.log.202401") + day + "T000000.000000Z", false)->bytes =
        std::string(1'000, 'x');
  }

  FileWriter writer(disk, {.kept_bytes = 2'500});

  EXPECT_EQ(names(), (std::vector<std::string>{"a.log", "a.log.20240103T000000.000000Z",
                                               "a.log.20240104T000000.000000Z"}));
}

TEST_F(LogFileTest, NoticesWithinASecondThatSomebodyHasMovedTheFile) {
  FileWriter writer(disk, {});
  writer.write({"one"});
  folder->names["a.log.1"] = folder->names.at("a.log");
  folder->names.erase("a.log");

  writer.write({"two"});
  writer.clock.advance(1s);
  const ExportReport report = writer.write({"three"});

  EXPECT_EQ(content("a.log.1"), line_of("one") + line_of("two"));
  EXPECT_EQ(content(), line_of("three", "06"));
  EXPECT_EQ(report.sent_count(), 1u);
  EXPECT_EQ(writer.counters->reopened, 1u);
}

TEST_F(LogFileTest, GoesIntoAFileThatSomebodyHasPutThere) {
  FileWriter writer(disk, {.rotate_bytes = kSmall});
  writer.write({"one"});
  folder->names["a.log.1"] = folder->names.at("a.log");
  folder->names.erase("a.log");
  disk.make("/logs/a.log", false)->bytes = line_of("theirs");

  writer.write({kFifth, kFifth, kFifth, kFifth, kFifth, kFifth});

  EXPECT_EQ(content(), line_of("theirs") + line_of(kFifth)) << "it is not renamed";
}

TEST_F(LogFileTest, SeesThatTheFileHasBeenTruncated) {
  FileWriter writer(disk, {.rotate_bytes = kSmall});
  writer.write({kFifth, kFifth, kFifth, kFifth, kFifth});
  folder->names.at("a.log")->bytes.clear();
  writer.clock.advance(1s);

  writer.write({"after"});

  EXPECT_EQ(content(), line_of("after", "06"));
  EXPECT_EQ(names(), (std::vector<std::string>{"a.log"}));
}

TEST_F(LogFileTest, DropsWhatAFullDiskDoesNotTakeAndGoesOnBehindAHalfLine) {
  FileWriter writer(disk, {});
  disk.space = line_of("one").size() + 10;

  const ExportReport full = writer.write({"one", "two", "three"});
  const ExportReport still = writer.write({"four"});
  disk.space = UINT64_MAX;
  const ExportReport again = writer.write({"five"});

  EXPECT_EQ(full.sent_count(), 1u);
  EXPECT_EQ(full.dropped_counts()[Reason::send_failed], 2u);
  EXPECT_EQ(still.dropped_counts()[Reason::send_failed], 1u);
  EXPECT_EQ(again.sent_count(), 1u);
  EXPECT_EQ(content(), line_of("one") + line_of("two").substr(0, 10) + "\n" + line_of("five"));
  EXPECT_GE(writer.counters->failed, 2u);
  ASSERT_FALSE(writer.diagnostics.reports().empty());
  EXPECT_EQ(writer.diagnostics.reports()[0].subject, "log_file");
}

TEST_F(LogFileTest, WritesOverInterruptionsAndShortWrites) {
  FileWriter writer(disk, {});
  writer.files.short_write = 7;
  writer.files.interrupts = true;

  const ExportReport report = writer.write({"one", "two"});

  EXPECT_EQ(report.sent_count(), 2u);
  EXPECT_EQ(content(), line_of("one") + line_of("two"));
}

TEST_F(LogFileTest, GoesOnInTheOldFileWhileNoNewOneCanBeHad) {
  FileWriter writer(disk, {.rotate_bytes = kSmall});
  writer.files.fault = [](MemoryFiles::Call call, const std::string&) {
    return call == MemoryFiles::Call::rename ? -EROFS : 0;
  };

  const ExportReport report = writer.write(std::vector<std::string>(12, kFifth));
  writer.files.fault = nullptr;
  const ExportReport at_once = writer.write({"at once"});
  writer.clock.advance(1s);
  const ExportReport later = writer.write({"later"});

  EXPECT_EQ(report.sent_count() + at_once.sent_count() + later.sent_count(), 14u);
  EXPECT_EQ(content(), line_of("later", "06"));
  EXPECT_EQ(writer.counters->rotated, 1u);
  EXPECT_EQ(writer.counters->failed, 1u) << "it is tried once a second";
}

TEST_F(LogFileTest, DropsRatherThanWriteWhereNobodyCouldRead) {
  FileWriter writer(disk, {});
  writer.write({"one"});
  disk.remove_all("/logs");
  writer.clock.advance(1s);

  const ExportReport gone = writer.write({"two"});
  folder = disk.make("/logs", true);
  writer.clock.advance(1s);
  const ExportReport back = writer.write({"three"});

  EXPECT_EQ(gone.dropped_counts()[Reason::send_failed], 1u);
  EXPECT_EQ(back.sent_count(), 1u);
  EXPECT_EQ(content(), line_of("three", "07"));
}

TEST_F(LogFileTest, SaysNothingOfLinesThatTheDiskDidNotConfirm) {
  FileWriter writer(disk, {.sync_each_batch = true});

  const ExportReport safe = writer.write({"one"});
  writer.files.fault = [](MemoryFiles::Call call, const std::string&) {
    return call == MemoryFiles::Call::sync ? -EIO : 0;
  };
  const ExportReport unknown = writer.write({"two"});

  EXPECT_EQ(safe.sent_count(), 1u);
  EXPECT_EQ(folder->names.at("a.log")->safe, line_of("one"));
  EXPECT_EQ(unknown.total(), 0u);
}

TEST_F(LogFileTest, BelongsToOneProcess) {
  FileWriter first(disk, {});

  const FileWriter second(disk, {});
  first.exporter.reset();
  const FileWriter third(disk, {});

  EXPECT_EQ(second.exporter, nullptr);
  EXPECT_EQ(second.error.code, ErrorCode::already_exists);
  EXPECT_NE(third.exporter, nullptr) << third.error.to_string();
}

TEST_F(LogFileTest, RefusesWhatIsNoFileOfOurs) {
  const auto refused = [&](auto change) {
    const NodePtr node = disk.make("/logs/a.log", false);
    change(*node);
    const Error error = FileWriter(disk, {}).error;
    folder->names.erase("a.log");
    return error.code;
  };

  EXPECT_EQ(refused([](auto& node) { node.is_link = true; }), ErrorCode::permission_denied);
  EXPECT_EQ(refused([](auto& node) { node.ours = false; }), ErrorCode::permission_denied);
  EXPECT_EQ(refused([](auto& node) { node.links = 2; }), ErrorCode::permission_denied);
  EXPECT_EQ(refused([](auto& node) { node.is_directory = true; }), ErrorCode::permission_denied);
  EXPECT_EQ(FileWriter(disk, {.path = "/nowhere/a.log"}).error.code, ErrorCode::not_found);
}

TEST_F(LogFileTest, RefusesOptionsAndNamesThem) {
  const auto refused = [&](LogFileOptions options) {
    return FileWriter(disk, std::move(options)).error.message;
  };

  EXPECT_EQ(refused({.path = "/logs/"}), "LogFileOptions::path names no file");
  EXPECT_EQ(refused({.path = "/logs/.."}), "LogFileOptions::path names no file");
  EXPECT_EQ(refused({.path = std::string("/logs/a\0b", 9)}), "LogFileOptions::path names no file");
  EXPECT_EQ(refused({.path = "/logs/" + std::string(201, 'x')}),
            "LogFileOptions::path is longer than 200 bytes of name, or 4,000 in all");
  EXPECT_EQ(refused({.rotate_bytes = 65'535}), "LogFileOptions::rotate_bytes is less than 64 KiB");
  EXPECT_EQ(refused({.rotate_every = 59s}),
            "LogFileOptions::rotate_every is shorter than a minute");
  EXPECT_EQ(refused({.kept_files = 1'001}), "LogFileOptions::kept_files is more than 1,000");
  for (const unsigned mode : {0660u, 0646u, 0440u, 01640u}) {
    EXPECT_EQ(refused({.mode = mode}), "LogFileOptions::mode lets others write, or its owner not");
  }
}

TEST_F(LogFileTest, AnswersForADiskThatIsFullOrHasNoDescriptors) {
  const auto answer = [&](int error) {
    testing::ManualClock clock;
    testing::SequenceRandom random;
    testing::MemoryDiagnostics diagnostics;
    MemoryFiles files(disk);
    files.fault = [&](MemoryFiles::Call call, const std::string& name) {
      return call == MemoryFiles::Call::open && name == "a.log" ? error : 0;
    };
    return detail::log_file({.path = "/logs/a.log"}, {clock, random, diagnostics}, files)
        .error()
        .code;
  };

  EXPECT_EQ(answer(-ENOSPC), ErrorCode::unavailable);
  EXPECT_EQ(answer(-EMFILE), ErrorCode::resource_exhausted);
  EXPECT_EQ(answer(-EACCES), ErrorCode::permission_denied);
}

}  // namespace
}  // namespace aloft
