// SPDX-License-Identifier: Apache-2.0
// The log on the kernel's own files: rights, links, locks, forks and limits.
#include "telemetry/delivery/file_system.hpp"

#include "telemetry/delivery/write_ahead_log.hpp"

#include <aloft/testing/memory_diagnostics.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <system_error>

namespace aloft::delivery {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class LogFiles : public ::testing::Test {
 protected:
  LogFiles() {
    folder_ = (fs::temp_directory_path() / "aloft-log-XXXXXX").string();
    if (mkdtemp(folder_.data()) == nullptr) std::abort();
    options_.directory = folder_ + "/log";
  }
  ~LogFiles() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  Platform platform() { return {Clock::system(), Random::system(), diagnostics_}; }
  std::unique_ptr<WriteAheadLog> open() {
    auto opened = WriteAheadLog::open(options_, platform());
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().to_string());
    return opened ? std::move(*opened) : nullptr;
  }
  std::string refusal() {
    auto opened = WriteAheadLog::open(options_, platform());
    return opened ? "opened" : opened.error().to_string();
  }
  static Record record(const std::string& payload) {
    Record made;
    made.payload = payload;
    return made;
  }
  std::vector<fs::path> found(bool directories) const {
    std::vector<fs::path> all;
    for (const auto& entry : fs::recursive_directory_iterator(options_.directory)) {
      if (entry.is_directory() == directories) all.push_back(entry.path());
    }
    return all;
  }
  static mode_t mode_of(const fs::path& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
  }
  /// Runs `work` in a child of a fork; its exit code.
  template <typename Work>
  static int in_child(Work work) {
    const pid_t pid = fork();
    if (pid == 0) _exit(work());
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  std::string folder_;
  LogOptions options_;
  testing::MemoryDiagnostics diagnostics_;
};

TEST_F(LogFiles, NobodyElseMayReadThem) {
  const mode_t before = umask(0);
  auto log = open();
  log->append(record("x"));
  ASSERT_TRUE(log->sync());
  umask(before);

  EXPECT_EQ(mode_of(options_.directory), 0700u);
  ASSERT_THAT(found(true), SizeIs(1));
  EXPECT_EQ(mode_of(found(true)[0]), 0700u);
  ASSERT_THAT(found(false), SizeIs(2));
  for (const fs::path& path : found(false)) EXPECT_EQ(mode_of(path), 0600u) << path;
}

TEST_F(LogFiles, FollowNoLink) {
  fs::create_directory(folder_ + "/elsewhere");
  fs::create_directory_symlink(folder_ + "/elsewhere", options_.directory);
  EXPECT_THAT(refusal(), HasSubstr("permission_denied: LogOptions::directory is a symbolic link"));

  fs::remove(options_.directory);
  auto log = open();
  log->append(record("x"));
  ASSERT_TRUE(log->sync());
  // A file that was replaced by a link is not read, and what it leads to stays as it is.
  const fs::path slot = found(true)[0];
  log.reset();
  std::system(("echo secret > " + folder_ + "/secret").c_str());
  fs::create_symlink(folder_ + "/secret", slot / "0000000000000009.log");
  log = open();
  EXPECT_EQ(log->counters().foreign_files, 1u);
  EXPECT_EQ(fs::file_size(folder_ + "/secret"), 7u);
}

TEST_F(LogFiles, AreRefusedWhereOthersCanWrite) {
  fs::create_directory(options_.directory);
  fs::permissions(options_.directory, fs::perms(0770));

  EXPECT_THAT(refusal(), HasSubstr("others can write to LogOptions::directory"));
  EXPECT_THAT(refusal(), HasSubstr("chmod go-w"));
}

TEST_F(LogFiles, AreRefusedWithoutAParent) {
  options_.directory = folder_ + "/no/log";

  EXPECT_EQ(refusal(),
            "unavailable: the parent of LogOptions::directory is not there (make it first; only "
            "the last part of the path is made)");
}

TEST_F(LogFiles, TwoProcessesHaveOneDirectoryEach) {
  auto log = open();
  log->append(record("parent"));
  ASSERT_TRUE(log->sync());

  EXPECT_EQ(in_child([&] {
              auto other = WriteAheadLog::open(options_, Platform::system());
              if (!other || (*other)->counters().recovered != 0) return 1;
              (*other)->append(record("child"));
              if (!(*other)->sync()) return 2;
              kill(getpid(), SIGKILL);
              return 3;
            }),
            -SIGKILL);

  EXPECT_THAT(found(true), SizeIs(2));
  EXPECT_EQ(log->adopt(), 1u);
  EXPECT_THAT(found(true), SizeIs(1));
  LogRecord left;
  ASSERT_TRUE(log->next(1, left));
  EXPECT_EQ(left.record.payload, "child");
}

TEST_F(LogFiles, TheChildOfAForkNeverWritesToItsParentsLog) {
  auto log = open();
  log->append(record("parent"));

  EXPECT_EQ(in_child([&] {
              if (log->append(record("child")).stored != Stored::failing) return 1;
              LogRecord none;
              log->acknowledge(1);
              if (log->commit() || log->sync() || log->next(0, none) || log->adopt() != 0) return 2;
              log.reset();
              return 0;
            }),
            0);

  ASSERT_TRUE(log->sync());
  LogRecord kept;
  ASSERT_TRUE(log->next(0, kept));
  EXPECT_EQ(kept.record.payload, "parent");
  EXPECT_FALSE(log->next(1, kept));
}

TEST_F(LogFiles, AChildThatLivesOnDoesNotKeepTheLockOfItsDeadParent) {
  int ready[2];
  int ends[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(ends), 0);
  // The parent of the grandchild dies by a signal; the grandchild lives until the pipe is closed.
  EXPECT_EQ(in_child([&] {
              auto log = WriteAheadLog::open(options_, Platform::system());
              if (!log) return 1;
              (*log)->append(record("left"));
              if (!(*log)->sync()) return 2;
              if (fork() == 0) {
                char byte = 'x';
                ::close(ends[1]);
                if (write(ready[1], &byte, 1) != 1) _exit(1);
                if (read(ends[0], &byte, 1) != 0) _exit(2);
                _exit(0);
              }
              char byte;
              if (read(ready[0], &byte, 1) != 1) return 3;
              kill(getpid(), SIGKILL);
              return 4;
            }),
            -SIGKILL);

  EXPECT_EQ(open()->counters().recovered, 1u);
  ::close(ends[1]);
}

TEST_F(LogFiles, ALimitOnTheSizeOfFilesIsNoSignal) {
  EXPECT_EQ(in_child([&] {
              const rlimit limit{16u << 10, 16u << 10};
              if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
              auto log = WriteAheadLog::open(options_, Platform::system());
              if (!log) return 2;
              // Each fills more than half of what a file may have, so a new one takes the next.
              for (int i = 0; i < 4; ++i) {
                if ((*log)->append(record(std::string(10u << 10, 'x'))).stored != Stored::yes) {
                  return 3;
                }
                if (!(*log)->sync()) return 4;
              }
              return (*log)->durable() == 4 ? 0 : 5;
            }),
            0);
}

TEST_F(LogFiles, NeverTakeTheNumberOfAStandardStream) {
  EXPECT_EQ(in_child([&] {
              ::close(0);
              ::close(1);
              auto log = WriteAheadLog::open(options_, Platform::system());
              if (!log) return 1;
              (*log)->append(record("x"));
              if (!(*log)->sync()) return 2;
              return fcntl(0, F_GETFD) == -1 && fcntl(1, F_GETFD) == -1 ? 0 : 3;
            }),
            0);
}

TEST_F(LogFiles, AreAllClosedAtTheEnd) {
  const auto open_files = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
  };
  const auto before = open_files();
  {
    auto log = open();
    log->append(record("x"));
    ASSERT_TRUE(log->sync());
    LogRecord read;
    ASSERT_TRUE(log->next(0, read));
    EXPECT_GT(open_files(), before);
  }
  EXPECT_EQ(open_files(), before);
}

TEST_F(LogFiles, APipeInThePlaceOfAFileIsNotWaitedFor) {
  auto log = open();
  const fs::path slot = found(true)[0];
  log.reset();
  fs::create_directories(slot);
  ASSERT_EQ(mkfifo((slot / "0000000000000001.log").c_str(), 0600), 0);

  log = open();

  EXPECT_EQ(log->counters().foreign_files, 1u);
}

}  // namespace
}  // namespace aloft::delivery
