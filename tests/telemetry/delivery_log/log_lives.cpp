// SPDX-License-Identifier: Apache-2.0
// Kills processes that write the log, with SIGKILL at random moments, and asks the log afterwards
// for everything that they had been told was durable.
//
//   log_lives [--runs N] [--first SEED] [--jobs N] [--full] [--directory PATH]
//
// A run is a directory and three lives in it, sometimes two at once, each read back after its end.
// Half of the lives kill themselves inside of a system call, which the seed decides; the others are
// killed from outside. --full gives them a disk of 96 KiB (a tmpfs of their own when this program
// may mount one, else a limit on the size of files). A failure prints the command that plays its
// seed again.
#include "telemetry/delivery_log/log_life.hpp"
#include "telemetry/delivery_log/log_model.hpp"

#include <aloft/core/clock.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>
#include <set>
#include <system_error>
#include <vector>

namespace aloft::delivery::fixture {
namespace {

constexpr int kLives = 3;
/// A child that is not killed by itself is, after at most that much.
constexpr std::uint64_t kLongestLifeUs = 6'000;
constexpr std::uint64_t kSmallFile = 6u << 10;

struct Options {
  std::uint64_t runs = 200;
  std::uint64_t first = 1;
  std::uint64_t jobs = 2;
  bool full = false;
  std::string directory = "/tmp";
};

struct Child {
  pid_t pid = -1;
  int pipe = -1;
};

class Run {
 public:
  Run(const Options& options, std::uint64_t seed, bool has_disk)
      : options_(options), has_disk_(has_disk), random_(seed) {
    folder_ = options.directory + "/aloft-lives-XXXXXX";
    if (mkdtemp(folder_.data()) == nullptr) std::abort();
    if (has_disk_) has_disk_ = mount("none", folder_.c_str(), "tmpfs", 0, "size=96k") == 0;
  }
  ~Run() {
    if (has_disk_) umount(folder_.c_str());
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  /// What was wrong; empty when nothing was.
  std::string play() {
    for (int life = 0; life < kLives && problem_.empty(); ++life) {
      std::vector<Child> children;
      const std::uint64_t count = random_() % 4 == 0 ? 2 : 1;
      for (std::uint64_t n = 0; n < count; ++n) children.push_back(begin(random_()));
      const std::uint64_t until_us = random_() % kLongestLifeUs;
      wait(children, until_us);
      for (Child& child : children) end(child);
      read_back();
    }
    return problem_;
  }
  std::uint64_t recovered() const noexcept { return recovered_; }

 private:
  Child begin(std::uint64_t seed) {
    LifeScript script = draw_life(seed, folder_ + "/log");
    script.first_id = (++processes_) << 32;
    if (options_.full && !has_disk_) script.file_limit = kSmallFile;
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) != 0) std::abort();
    const pid_t pid = fork();
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      close(ends[0]);
      live(script, ends[1]);
    }
    if (pid < 0) std::abort();
    close(ends[1]);
    return {pid, ends[0]};
  }

  /// Reads what they say until it is time to kill them, or all have ended by themselves.
  void wait(std::vector<Child>& children, std::uint64_t until_us) {
    const SteadyTime until = Clock::system().steady_now() + std::chrono::microseconds(until_us);
    for (;;) {
      const Nanoseconds left = until - Clock::system().steady_now();
      if (left <= Nanoseconds::zero()) return;
      std::vector<pollfd> ready;
      for (const Child& child : children) ready.push_back({child.pipe, POLLIN, 0});
      const timespec timeout{0, static_cast<long>(left.count())};
      if (ppoll(ready.data(), ready.size(), &timeout, nullptr) <= 0) return;
      bool has_any = false;
      for (std::size_t i = 0; i < children.size(); ++i) {
        if (ready[i].revents != 0) has_any = hear(children[i]) || has_any;
      }
      if (!has_any) return;
    }
  }

  /// @return false at the end of what it said.
  bool hear(const Child& child) {
    Message messages[64];
    const ssize_t got = read(child.pipe, messages, sizeof messages);
    if (got <= 0) return false;
    for (std::size_t i = 0; i < static_cast<std::size_t>(got) / sizeof(Message); ++i) {
      const Message& message = messages[i];
      if (message.word == Word::durable) durable_.insert(message.id);
      if (message.word == Word::to_be_settled) may_be_gone_.insert(message.id);
      if (message.word == Word::settled) settled_.insert(message.id);
    }
    return true;
  }

  void end(Child& child) {
    kill(child.pid, SIGKILL);
    while (hear(child)) {
    }
    close(child.pipe);
    int status = 0;
    waitpid(child.pid, &status, 0);
    const bool is_fine = (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) ||
                         (WIFEXITED(status) && WEXITSTATUS(status) == 0);
    if (!is_fine) problem_ = "a life ended by itself, status " + std::to_string(status);
  }

  void read_back() {
    LogOptions options;
    options.directory = folder_ + "/log";
    auto log = WriteAheadLog::open(options, Platform::system());
    if (!log) {
      // A disk without room for a name holds nothing that was durable, or is full of it.
      if (!options_.full) problem_ = log.error().to_string();
      return;
    }
    std::set<std::uint64_t> found;
    for (LogRecord record; (*log)->next(record.sequence, record);) {
      const auto id = id_of(record.record.payload);
      if (record.damaged || !id) {
        problem_ = "a record is damaged";
        return;
      }
      if (record.record.payload != make_record(*id, bytes_of(*id)).payload) {
        problem_ = "a record is not what was written";
      }
      // A disk that is full takes along what was written since the last sync of a file.
      if (settled_.count(*id) != 0 && !options_.full) problem_ = "a settled record came back";
      if (!found.insert(*id).second) problem_ = "a record came twice";
    }
    recovered_ += found.size();
    for (const std::uint64_t id : durable_) {
      // Of two lives one may have settled what the other, which was dead by then, had written.
      if (may_be_gone_.count(id) != 0) continue;
      if (found.count(id) == 0) problem_ = "record " + std::to_string(id) + " is missing";
    }
  }

  const Options& options_;
  bool has_disk_;
  std::mt19937_64 random_;
  std::string folder_;
  std::uint64_t processes_ = 0;
  std::set<std::uint64_t> durable_;
  std::set<std::uint64_t> may_be_gone_;
  std::set<std::uint64_t> settled_;
  std::uint64_t recovered_ = 0;
  std::string problem_;
};

/// A mount that nobody else sees.
bool can_mount() {
  return unshare(CLONE_NEWNS) == 0 &&
         mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

/// Plays every `jobs`-th seed from `offset` on.
int work(const Options& options, std::uint64_t offset) {
  const bool has_disk = options.full && can_mount();
  const SteadyTime began = Clock::system().steady_now();
  std::uint64_t failures = 0;
  std::uint64_t recovered = 0;
  std::uint64_t runs = 0;
  for (std::uint64_t i = offset; i < options.runs; i += options.jobs, ++runs) {
    Run run(options, options.first + i, has_disk);
    const std::string problem = run.play();
    recovered += run.recovered();
    if (problem.empty()) continue;
    ++failures;
    const unsigned long long seed = options.first + i;
    std::printf("log_lives%s --first %llu --runs 1: %s\n", options.full ? " --full" : "", seed,
                problem.c_str());
  }
  const std::chrono::duration<double> took = Clock::system().steady_now() - began;
  std::printf("%llu runs of %d lives in %.1f s%s, %llu records read back, %llu failed\n",
              static_cast<unsigned long long>(runs), kLives, took.count(),
              options.full ? (has_disk ? " on full disks" : " with small files") : "",
              static_cast<unsigned long long>(recovered),
              static_cast<unsigned long long>(failures));
  std::fflush(stdout);
  return failures == 0 ? 0 : 1;
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const auto number = [&] { return i + 1 < argc ? std::strtoull(argv[++i], nullptr, 10) : 0; };
    if (std::strcmp(argv[i], "--runs") == 0) options.runs = number();
    if (std::strcmp(argv[i], "--first") == 0) options.first = number();
    if (std::strcmp(argv[i], "--jobs") == 0) options.jobs = std::max<std::uint64_t>(1, number());
    if (std::strcmp(argv[i], "--full") == 0) options.full = true;
    if (std::strcmp(argv[i], "--directory") == 0 && i + 1 < argc) options.directory = argv[++i];
  }
  return options;
}

}  // namespace
}  // namespace aloft::delivery::fixture

int main(int argc, char** argv) {
  using namespace aloft::delivery::fixture;
  const Options options = parse(argc, argv);
  int code = 0;
  for (std::uint64_t job = 0; job < options.jobs; ++job) {
    if (fork() == 0) _exit(work(options, job));
  }
  for (int status = 0; wait(&status) > 0;) {
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) code = 1;
  }
  return code;
}
