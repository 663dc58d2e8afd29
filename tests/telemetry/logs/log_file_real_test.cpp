// SPDX-License-Identifier: Apache-2.0
// The log file on a real disk: names, modes, locks, forks and limits are the kernel's.
#include "telemetry/in_child.hpp"
#include "telemetry/logs/log_bench.hpp"

#include <aloft/telemetry/export/log_file.hpp>

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

namespace aloft {
namespace {

struct LogFileOnDisk : ::testing::Test {
  std::filesystem::path folder;
  std::string path;
  std::shared_ptr<LogFileCounters> counters = std::make_shared<LogFileCounters>();

  LogFileOnDisk() {
    std::string pattern = std::filesystem::temp_directory_path() / "aloft_log_file_XXXXXX";
    folder = mkdtemp(pattern.data());
    path = folder / "a.log";
  }
  ~LogFileOnDisk() override { std::filesystem::remove_all(folder); }
  LogFileOnDisk(const LogFileOnDisk&) = delete;
  LogFileOnDisk& operator=(const LogFileOnDisk&) = delete;

  Result<std::unique_ptr<LogExporter>> open() {
    return log_file({.path = path, .counters = counters});
  }
  LogOptions options() { return {.exporter = *open()}; }
  std::string content(const std::string& name = "a.log") const {
    std::ifstream file(folder / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(LogFileOnDisk, WritesLinesAfterRedactionIntoAFileOfItsMode) {
  const mode_t before = umask(0077);
  LogBench bench(options());
  umask(before);

  bench.log.info("charged", {"note", "card 4111 1111 1111 1111"}, {"password", "hunter2"});
  static_cast<void>(bench.bench.flush());

  struct stat found {};
  ASSERT_EQ(stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777u, 0640u);
  EXPECT_NE(content().find(R"("message":"charged")"), std::string::npos) << content();
  EXPECT_EQ(content().find("4111"), std::string::npos) << content();
  EXPECT_EQ(content().find("hunter2"), std::string::npos) << content();
  EXPECT_EQ(bench.telemetry.log_accounting().sent, 1u);
}

TEST_F(LogFileOnDisk, IsRefusedToASecondExporterOfThisProcessAndToAnother) {
  const auto mine = open();
  ASSERT_TRUE(mine) << mine.error().to_string();

  const auto second = open();
  const int of_child = in_child([&] { return open() ? 1 : 0; });

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::already_exists);
  EXPECT_EQ(of_child, 0);
}

TEST_F(LogFileOnDisk, IsWrittenByTheChildOfAForkToo) {
  LogBench bench(options());
  bench.log.info("of the parent");
  static_cast<void>(bench.bench.flush());

  const int code = in_child([&] {
    bench.log.info("of the child");
    return bench.bench.flush().complete ? 0 : 1;
  });
  bench.log.info("of the parent again");
  static_cast<void>(bench.bench.flush());

  EXPECT_EQ(code, 0);
  EXPECT_NE(content().find("of the parent\""), std::string::npos) << content();
  EXPECT_NE(content().find("of the child\""), std::string::npos) << content();
  EXPECT_NE(content().find("of the parent again\""), std::string::npos) << content();
  EXPECT_FALSE(open()) << "the lock is still the parent's";
}

TEST_F(LogFileOnDisk, IsTurnedOverByTheProcessThatHasItsLockAlone) {
  LogBench bench({.exporter = *log_file({.path = path, .rotate_bytes = 65'536})});
  bench.log.info("of the parent");
  static_cast<void>(bench.bench.flush());

  const auto write = [&](int lines) {
    for (int i = 0; i < lines; ++i) bench.log.info("line", {"filler", std::string(10'000, 'x')});
    static_cast<void>(bench.bench.flush());
    return 0;
  };
  in_child([&] { return write(20); });
  const std::uintmax_t of_both = std::filesystem::file_size(path);
  write(7);

  EXPECT_GT(of_both, 200'000u) << "the child goes on in it";
  EXPECT_LT(std::filesystem::file_size(path), 65'536u);
}

TEST_F(LogFileOnDisk, IsWrittenThroughAFolderThatIsALink) {
  std::filesystem::create_directory(folder / "real");
  std::filesystem::create_directory_symlink(folder / "real", folder / "link");
  path = folder / "link" / "a.log";

  LogBench bench(options());
  bench.log.info("line");
  static_cast<void>(bench.bench.flush());

  EXPECT_NE(content("real/a.log").find("line"), std::string::npos);
}

TEST_F(LogFileOnDisk, StaysWhereARelativePathLedWhenTheProgramGoesElsewhere) {
  std::filesystem::create_directory(folder / "elsewhere");

  const int code = in_child([&] {
    std::filesystem::current_path(folder);
    testing::ManualClock clock;
    testing::SequenceRandom random;
    testing::MemoryDiagnostics diagnostics;
    LogBench bench({.exporter = *log_file({.path = "a.log"}, {clock, random, diagnostics})});
    std::filesystem::current_path(folder / "elsewhere");
    clock.advance(std::chrono::seconds(1));
    for (int i = 0; i < 10; ++i) bench.log.info("line", {"filler", std::string(10'000, 'x')});
    static_cast<void>(bench.bench.flush());
    return bench.telemetry.log_accounting().sent == 10u ? 0 : 1;
  });

  EXPECT_EQ(code, 0);
  EXPECT_TRUE(std::filesystem::exists(path));
  EXPECT_TRUE(std::filesystem::is_empty(folder / "elsewhere"));
}

TEST_F(LogFileOnDisk, IsRefusedWhereTheFileIsALinkOrAPipe) {
  std::filesystem::create_symlink("elsewhere", path);
  EXPECT_EQ(open().error().code, ErrorCode::permission_denied);
  std::filesystem::remove(path);

  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(open().error().code, ErrorCode::permission_denied);
}

TEST_F(LogFileOnDisk, SurvivesTheLimitOfAFilesSize) {
  const int code = in_child([&] {
    const rlimit limit{4'096, 4'096};
    setrlimit(RLIMIT_FSIZE, &limit);
    LogBench bench(options());
    for (int i = 0; i < 100; ++i) bench.log.info("a line of some length");
    static_cast<void>(bench.bench.flush());
    const Accounting books = bench.telemetry.log_accounting();
    return books.sent > 10 && books.dropped[Reason::send_failed] > 10 && books.balance() == 0 ? 0
                                                                                              : 1;
  });

  EXPECT_EQ(code, 0) << "no SIGXFSZ";
}

TEST_F(LogFileOnDisk, GoesOnInANewFileBesideOneThatIsFull) {
  LogBench bench({.exporter = *log_file({.path = path, .rotate_bytes = 65'536, .kept_files = 3})});
  const std::string filler(10'000, 'x');

  for (int i = 0; i < 60; ++i) bench.log.info("line", {"n", i}, {"filler", filler});
  static_cast<void>(bench.bench.flush());

  std::size_t files = 0;
  std::uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".lock") continue;
    ++files;
    bytes = std::max(bytes, entry.file_size());
  }
  EXPECT_EQ(files, 4u) << "three old ones, and that of now";
  EXPECT_LE(bytes, 65'536u);
  EXPECT_NE(content().find("\"n\":59"), std::string::npos);
  EXPECT_EQ(bench.telemetry.log_accounting().sent, 60u);
}

}  // namespace
}  // namespace aloft
