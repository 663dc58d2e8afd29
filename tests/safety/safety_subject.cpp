// SPDX-License-Identifier: Apache-2.0
// Plays many random lives, each in a process of its own forked from this warm one, and holds every
// one of them to its end.
//
//   safety_subject [--runs N] [--first SEED] [--jobs N] [--without-fork] [--verbose]
//
// A life fails when it ends in another way than its script says, when a sanitizer speaks, when a
// process of it is left over, or when the end takes longer than the shutdown's timeout and a slack
// for a busy machine. Each failure is printed with its script; `--first SEED --runs 1 --verbose`
// plays it again.
#include "safety/life.hpp"

#include <aloft/core/clock.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace aloft::safety {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Ours: a whole life, with every second of a busy machine that may go by.
constexpr seconds kLongestLife{20};
/// Beyond the timeout of the shutdown; the leak check is part of it.
constexpr milliseconds kSlack{3'000};

struct Options {
  std::uint64_t first = 1;
  std::uint64_t runs = 300;
  std::size_t jobs = std::max(2u, std::thread::hardware_concurrency());
  bool verbose = false;
  Grammar grammar;
};

SteadyTime now() { return Clock::system().steady_now(); }

/// A place where one life after the other is played.
class Stage {
 public:
  Stage()
      : output_(memfd_create("safety", MFD_CLOEXEC)),
        report_(mmap(nullptr, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                     -1, 0)) {
    if (output_ < 0 || report_ == MAP_FAILED) std::abort();
  }

  bool busy() const noexcept { return leader_ > 0; }

  /// Only in the child, and only for an ending from main, true.
  bool begin(const Script& script, const World& world) {
    script_ = script;
    new (report_) Report;
    if (ftruncate(output_, 0) != 0 || lseek(output_, 0, SEEK_SET) != 0) std::abort();
    began_ = now();
    status_.reset();
    over_ = false;
    leader_ = fork();
    if (leader_ != 0) {
      setpgid(leader_, leader_);
      return false;
    }
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(output_, STDOUT_FILENO);
    dup2(output_, STDERR_FILENO);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    live(script_, world, report());
    return true;
  }

  /// Reaps what has ended; true when nothing of this life is left.
  bool look() {
    for (;;) {
      int status = 0;
      const pid_t ended = waitpid(-leader_, &status, WNOHANG);
      if (ended == leader_) {
        status_ = status;
        ended_ = now();
      }
      if (ended < 0 && errno == ECHILD) return true;
      if (ended <= 0) break;
    }
    if (now() - began_ > kLongestLife && !over_) {
      over_ = true;
      kill(-leader_, SIGABRT);  // a core, and a stack under a sanitizer
      kill(-leader_, SIGKILL);
    }
    return false;
  }

  /// What went wrong; empty when nothing did.
  std::string verdict(bool verbose, std::vector<milliseconds>& ends) {
    leader_ = -1;
    std::string wrong;
    const int signal = signal_of(script_.ending);
    if (over_) wrong += status_ && !WIFSIGNALED(*status_) ? "left a process; " : "hung; ";
    if (!status_) {
      wrong += "was never reaped; ";
    } else if (!over_ && (signal != 0 ? !WIFSIGNALED(*status_) || WTERMSIG(*status_) != signal
                                      : !WIFEXITED(*status_) || WEXITSTATUS(*status_) != 0)) {
      wrong += (WIFSIGNALED(*status_) ? "died of signal " : "exited with ") +
               std::to_string(WIFSIGNALED(*status_) ? WTERMSIG(*status_) : WEXITSTATUS(*status_)) +
               "; ";
    }
    if (report().failure[0] != '\0') wrong.append(report().failure).append("; ");
    const std::int64_t end_began = report().end_began.load();
    if (wrong.empty() && end_began != 0) {
      const auto took = std::chrono::duration_cast<milliseconds>(ended_.time_since_epoch() -
                                                                 Nanoseconds(end_began));
      ends.push_back(took);
      if (took > milliseconds(script_.shutdown_ms) + kSlack) {
        wrong += "took " + std::to_string(took.count()) + " ms to end; ";
      }
    }
    const std::string said = output();
    if (said.find("Sanitizer") != std::string::npos ||
        said.find("runtime error") != std::string::npos) {
      wrong += "a sanitizer spoke; ";
    }
    if (!wrong.empty()) wrong += "at act " + std::to_string(report().act.load());
    if (!wrong.empty() || verbose) {
      std::printf("%s\n%s%s\n%s\n", to_text(script_).c_str(),
                  wrong.empty() ? "" : "  FAILED: ", wrong.c_str(), said.c_str());
    }
    return wrong;
  }

 private:
  Report& report() const { return *static_cast<Report*>(report_); }

  std::string output() const {
    std::string text(64u << 10, '\0');
    const ssize_t got = pread(output_, text.data(), text.size(), 0);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }

  Script script_;
  pid_t leader_ = -1;
  std::optional<int> status_;
  SteadyTime began_;
  SteadyTime ended_;
  bool over_ = false;
  int output_;
  void* report_;
};

struct Summary {
  std::uint64_t failures = 0;
  std::vector<milliseconds> ends;
};

void print(const Options& options, Summary& summary, SteadyTime began) {
  std::vector<milliseconds>& ends = summary.ends;
  std::sort(ends.begin(), ends.end());
  const auto at = [&](std::size_t share) {
    return ends.empty() ? 0L : static_cast<long>(ends[(ends.size() - 1) * share / 1000].count());
  };
  const auto took = std::chrono::duration_cast<milliseconds>(now() - began);
  std::printf("%llu lives in %.1f s, %llu failed; end: median %ld ms, p99 %ld ms, longest %ld ms\n",
              static_cast<unsigned long long>(options.runs),
              static_cast<double>(took.count()) / 1000,
              static_cast<unsigned long long>(summary.failures), at(500), at(990), at(1000));
}

/// The exit code; nothing in a child whose life has ended in main.
std::optional<int> play_all(const Options& options, const World& world) {
  std::vector<Stage> stages(options.jobs);
  Summary summary;
  const SteadyTime began = now();
  std::uint64_t next = 0;
  std::uint64_t done = 0;
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  while (done < options.runs) {
    for (Stage& stage : stages) {
      if (stage.busy() && stage.look()) {
        ++done;
        if (!stage.verdict(options.verbose, summary.ends).empty()) ++summary.failures;
        std::fflush(stdout);
      }
      if (!stage.busy() && next < options.runs) {
        const Script script = draw(options.first + next++, options.grammar);
        if (stage.begin(script, world)) return std::nullopt;
      }
    }
    const timespec pause{0, 50'000'000};
    if (done < options.runs) sigtimedwait(&children, nullptr, &pause);
  }
  print(options, summary, began);
  return summary.failures == 0 ? 0 : 1;
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const auto number = [&] { return i + 1 < argc ? std::strtoull(argv[++i], nullptr, 10) : 0; };
    if (std::strcmp(argv[i], "--runs") == 0) options.runs = number();
    if (std::strcmp(argv[i], "--first") == 0) options.first = number();
    if (std::strcmp(argv[i], "--jobs") == 0) options.jobs = std::max<std::size_t>(1, number());
    if (std::strcmp(argv[i], "--without-fork") == 0) options.grammar.fork = false;
    if (std::strcmp(argv[i], "--verbose") == 0) options.verbose = true;
  }
  return options;
}

}  // namespace
}  // namespace aloft::safety

int main(int argc, char** argv) {
  using namespace aloft::safety;
  const Options options = parse(argc, argv);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, nullptr);
  static World* world = nullptr;  // reachable for the leak check of every life
  world = new World;
  const std::optional<int> code = play_all(options, *world);
  if (code) delete world;
  return code.value_or(0);
}
