// SPDX-License-Identifier: Apache-2.0
// What a disk, or somebody at work in the folder, may do between two lines of a file.
#include "telemetry/logs/log_bench.hpp"
#include "telemetry/logs/log_file_bench.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft {
namespace {

using namespace std::chrono_literals;
using delivery::fixture::NodePtr;

/// Lines of 12 KB, of which five fill a file of 64 KiB.
const std::string kFifth(12'000, 'x');
constexpr std::uint64_t kSmall = 65'536;

struct LogFileFaults : ::testing::Test {
  MemoryDisk disk;
  NodePtr folder = disk.make("/logs", true);

  /// Files that are called "a.log" and something behind it.
  std::vector<std::string> old_files() const {
    std::vector<std::string> found;
    for (const auto& [name, node] : folder->names) {
      if (name.starts_with("a.log.2")) found.push_back(name);
    }
    return found;
  }
};

TEST_F(LogFileFaults, AFullDiskTurnsNoEmptyFileOverAndCostsNoOldOne) {
  disk.make("/logs/a.log.20240101T000000.000000Z", false)->bytes = "old";
  FileWriter writer(disk, {.rotate_bytes = kSmall, .kept_files = 2});
  disk.space = disk.used();

  const ExportReport report = writer.write(std::vector<std::string>(30, kFifth));

  EXPECT_EQ(report.dropped_counts()[Reason::send_failed], 30u);
  EXPECT_EQ(old_files(), (std::vector<std::string>{"a.log.20240101T000000.000000Z"}));
  EXPECT_EQ(writer.counters->rotated, 0u);
}

TEST_F(LogFileFaults, APowerCutCostsNoLineThatWasSentWithASyncOfEachBatch) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    MemoryDisk another;
    another.make("/logs", true);
    FileWriter writer(another, {.rotate_bytes = kSmall, .sync_each_batch = true});
    std::mt19937_64 random(seed);

    const ExportReport report = writer.write(std::vector<std::string>(12, kFifth));
    writer.files.die();
    another.power_cut(random);

    std::size_t lines = 0;
    for (const std::string& path : another.files()) {
      const std::string& bytes = another.find(path)->bytes;
      for (std::size_t at = bytes.find(kFifth + "\"}\n"); at != std::string::npos;
           at = bytes.find(kFifth + "\"}\n", at + 1)) {
        ++lines;
      }
    }
    ASSERT_EQ(report.sent_count(), 12u);
    ASSERT_EQ(lines, 12u) << "seed " << seed;
  }
}

TEST_F(LogFileFaults, ABatchIsUnknownWhoseFirstFileTheDiskDidNotConfirm) {
  FileWriter writer(disk, {.rotate_bytes = kSmall, .sync_each_batch = true});
  int syncs = 0;
  writer.files.fault = [&](MemoryFiles::Call call, const std::string&) {
    return call == MemoryFiles::Call::sync && syncs++ == 0 ? -EIO : 0;
  };

  const ExportReport unknown = writer.write(std::vector<std::string>(7, kFifth));
  const ExportReport next = writer.write({"next"});

  EXPECT_EQ(unknown.total(), 0u);
  EXPECT_EQ(next.sent_count(), 1u);
  EXPECT_EQ(writer.counters->rotated, 1u);
}

TEST_F(LogFileFaults, TheBooksCallALineUnknownThatTheDiskDidNotConfirm) {
  testing::SequenceRandom random;
  testing::MemoryDiagnostics diagnostics;
  testing::ManualClock of_file;
  MemoryFiles files(disk);
  LogBench bench({.exporter = *detail::log_file({.path = "/logs/a.log", .sync_each_batch = true},
                                                {of_file, random, diagnostics}, files)});
  files.fault = [](MemoryFiles::Call call, const std::string&) {
    return call == MemoryFiles::Call::sync ? -EIO : 0;
  };

  bench.log.info("charged");
  static_cast<void>(bench.bench.flush());

  EXPECT_EQ(bench.telemetry.log_accounting().unknown, 1u);
  EXPECT_EQ(bench.telemetry.log_accounting().sent, 0u);
  EXPECT_EQ(bench.telemetry.log_accounting().balance(), 0);
}

TEST_F(LogFileFaults, ALockThatSomebodyRemovesIsTakenAnewWithinASecond) {
  FileWriter first(disk, {});
  folder->names.erase("a.log.lock");
  first.clock.advance(1s);
  first.write({"one"});

  const FileWriter second(disk, {});

  EXPECT_EQ(second.exporter, nullptr);
  EXPECT_EQ(second.error.code, ErrorCode::already_exists);
}

TEST_F(LogFileFaults, ALockThatAnotherProcessHasMadeInItsPlaceIsTheirs) {
  FileWriter first(disk, {.rotate_bytes = kSmall});
  folder->names.erase("a.log.lock");
  FileWriter second(disk, {.rotate_bytes = kSmall});
  ASSERT_NE(second.exporter, nullptr) << second.error.to_string();
  first.clock.advance(1s);

  const ExportReport report = first.write(std::vector<std::string>(7, kFifth));

  EXPECT_EQ(report.sent_count(), 7u);
  EXPECT_EQ(first.counters->rotated, 0u) << "files are turned over by who has the lock";
  EXPECT_EQ(first.counters->failed, 1u);
}

TEST_F(LogFileFaults, OldFilesAreFoundAmongManyOfOtherNames) {
  for (int i = 0; i < 5'000; ++i) disk.make("/logs/A" + std::to_string(i), false);
  disk.make("/logs/a.log.20240101T000000.000000Z", false);

  const FileWriter writer(disk, {.kept_files = 0});

  EXPECT_EQ(old_files(), std::vector<std::string>());
}

TEST_F(LogFileFaults, AFileIsNotRenamedOverAnother) {
  for (int i = 0; i < 16; ++i) {
    char name[64];
    std::snprintf(name, sizeof name, "/logs/a.log.20250102T030405.%06dZ", i);
    disk.make(name, false)->bytes = "theirs";
  }
  FileWriter writer(disk, {.rotate_bytes = kSmall, .kept_files = 100});

  const ExportReport report = writer.write(std::vector<std::string>(7, kFifth));

  EXPECT_EQ(report.sent_count(), 7u);
  EXPECT_EQ(folder->names.at("a.log.20250102T030405.000015Z")->bytes, "theirs");
  EXPECT_EQ(old_files().size(), 16u);
}

TEST_F(LogFileFaults, AFolderWhereNoLockCanBeMadeIsNamedInTheAnswer) {
  testing::ManualClock clock;
  testing::SequenceRandom random;
  testing::MemoryDiagnostics diagnostics;
  MemoryFiles files(disk);
  files.fault = [](MemoryFiles::Call call, const std::string& name) {
    return call == MemoryFiles::Call::open && name == "a.log.lock" ? -EACCES : 0;
  };

  const auto refused =
      detail::log_file({.path = "/logs/a.log"}, {clock, random, diagnostics}, files);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::permission_denied);
  EXPECT_EQ(refused.error().message,
            "LogFileOptions::path, or the .lock beside it, may not be written or made by us");
  EXPECT_EQ(refused.error().remedy,
            "give this process's user the right to make and rename files in that folder");
}

}  // namespace
}  // namespace aloft
