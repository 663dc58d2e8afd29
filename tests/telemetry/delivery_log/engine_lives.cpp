// SPDX-License-Identifier: Apache-2.0
// Kills processes that deliver records through the engine with a log, and asks at the end whether
// everything that `flush` had called safe has arrived.
//
//   engine_lives [--runs N] [--first SEED]
//
// The wire is a pipe to the parent, which is the receiver: what was written into it has arrived,
// whether or not the engine still hears the answer. A run is four lives on one directory, each
// killed with SIGKILL after up to 20 ms, and one that may finish. A failure prints the command that
// plays its seed again.
#include <aloft/telemetry/delivery/engine.hpp>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace aloft::delivery {
namespace {

using std::chrono::milliseconds;

constexpr int kLives = 4;
constexpr std::uint64_t kLongestLifeUs = 20'000;
/// For the life that may finish; it takes some milliseconds on an idle machine.
constexpr std::chrono::seconds kPatience{60};

struct Message {
  bool is_safe = false;  ///< `flush` said so; else: delivered
  std::uint64_t id = 0;
};

void tell(int pipe, Message message) {
  while (write(pipe, &message, sizeof message) < 0) {
    if (errno != EINTR) _exit(0);
  }
}

/// That the receiver fails is what these lives are about.
class Silence final : public Diagnostics {
 public:
  void report(ErrorCode, std::string_view, std::string_view) noexcept override {}
};

class PipeWire final : public Wire {
 public:
  PipeWire(int pipe, std::uint64_t seed, bool is_kind)
      : pipe_(pipe), random_(seed), is_kind_(is_kind) {}
  Limits limits() const noexcept override { return {.batch_records = 20}; }
  void send(Records records, Deadline, Done done) noexcept override {
    const std::uint64_t what = is_kind_ ? 0 : random_() % 4;
    Answer failed;
    failed.failure = Failure::transient;
    failed.reason = Reason::unavailable;
    if (what == 3) return done(failed);
    for (const Record* record : records) {
      tell(pipe_, {.id = std::strtoull(record->payload.c_str(), nullptr, 10)});
    }
    // It has arrived, and the engine does not know.
    failed.maybe_received = true;
    done(what == 2 ? failed : Answer::accepted());
  }
  void create_missing(Deadline, Done done) noexcept override { done(Answer::accepted()); }

 private:
  int pipe_;
  std::mt19937_64 random_;
  bool is_kind_;
};

Result<Engine> make_engine(const std::string& folder, int pipe, std::uint64_t seed, bool is_kind) {
  EngineOptions options;
  options.linger = milliseconds(1);
  options.log = LogOptions{.directory = folder + "/log",
                           .limit_bytes = 1u << 20,
                           .segment_bytes = 16u << 10,
                           .sync_interval = milliseconds(seed % 3)};
  static Silence silence;
  return Engine::create(options, std::make_unique<PipeWire>(pipe, seed, is_kind),
                        {Clock::system(), Random::system(), silence});
}

[[noreturn]] void live(const std::string& folder, int pipe, std::uint64_t seed,
                       std::uint64_t next_id) {
  auto engine = make_engine(folder, pipe, seed, false);
  if (!engine) _exit(3);
  std::mt19937_64 random(seed);
  std::vector<std::uint64_t> offered;
  for (;;) {
    std::vector<Record> records;
    for (std::uint64_t n = 1 + random() % 10; n > 0; --n) {
      offered.push_back(next_id++);
      records.push_back({.payload = std::to_string(offered.back())});
    }
    engine->offer(std::move(records));
    if (!engine->flush(Deadline::after(Clock::system(), std::chrono::seconds(1)))) continue;
    const Accounting books = engine->accounting();
    if (books.dropped.total() + books.unknown != 0) _exit(0);
    for (const std::uint64_t id : offered) tell(pipe, {.is_safe = true, .id = id});
    offered.clear();
  }
}

/// Delivers what is left, and ends.
[[noreturn]] void finish(const std::string& folder, int pipe, std::uint64_t seed) {
  auto engine = make_engine(folder, pipe, seed, true);
  if (!engine) _exit(3);
  const Deadline deadline = Deadline::after(Clock::system(), kPatience);
  for (Accounting books = engine->accounting(); books.durable + books.in_flight != 0;
       books = engine->accounting()) {
    if (deadline.passed(Clock::system().steady_now())) _exit(4);
    engine->flush(Deadline::after(Clock::system(), milliseconds(100)));
  }
  _exit(0);
}

class Run {
 public:
  explicit Run(std::uint64_t seed) : random_(seed) {
    if (mkdtemp(folder_.data()) == nullptr) std::abort();
  }
  ~Run() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  std::string play() {
    for (std::uint64_t life = 0; life <= kLives; ++life) {
      int ends[2];
      if (pipe(ends) != 0) std::abort();
      const std::uint64_t seed = random_();
      const bool is_last = life == kLives;
      const pid_t pid = fork();
      if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ends[0]);
        is_last ? finish(folder_, ends[1], seed)
                : live(folder_, ends[1], seed, (life + 1) * 1'000'000);
      }
      close(ends[1]);
      if (!is_last) hear_until(ends[0], std::chrono::microseconds(random_() % kLongestLifeUs));
      if (!is_last) kill(pid, SIGKILL);
      while (hear(ends[0])) {
      }
      close(ends[0]);
      int status = 0;
      waitpid(pid, &status, 0);
      if (WIFEXITED(status) && WEXITSTATUS(status) != 0) {
        return "life " + std::to_string(life) + " ended with " +
               std::to_string(WEXITSTATUS(status));
      }
    }
    for (const std::uint64_t id : safe_) {
      if (delivered_.count(id) == 0) return "record " + std::to_string(id) + " never arrived";
    }
    return {};
  }
  std::size_t safe() const noexcept { return safe_.size(); }
  std::size_t repeated() const noexcept { return repeated_; }

 private:
  void hear_until(int pipe, Nanoseconds time) {
    const SteadyTime until = Clock::system().steady_now() + time;
    for (;;) {
      const Nanoseconds left = until - Clock::system().steady_now();
      pollfd ready{pipe, POLLIN, 0};
      const timespec timeout{0, static_cast<long>(left.count())};
      if (left <= Nanoseconds::zero() || ppoll(&ready, 1, &timeout, nullptr) <= 0) return;
      if (!hear(pipe)) return;
    }
  }

  bool hear(int pipe) {
    Message message;
    if (read(pipe, &message, sizeof message) != sizeof message) return false;
    if (message.is_safe) {
      safe_.insert(message.id);
    } else if (!delivered_.insert(message.id).second) {
      ++repeated_;
    }
    return true;
  }

  std::mt19937_64 random_;
  std::string folder_ = "/tmp/aloft-engine-lives-XXXXXX";
  std::set<std::uint64_t> safe_;
  std::set<std::uint64_t> delivered_;
  std::size_t repeated_ = 0;
};

int play_all(std::uint64_t first, std::uint64_t runs) {
  const SteadyTime began = Clock::system().steady_now();
  unsigned long long failures = 0;
  unsigned long long safe = 0;
  unsigned long long repeated = 0;
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    Run run(seed);
    const std::string problem = run.play();
    safe += run.safe();
    repeated += run.repeated();
    if (problem.empty()) continue;
    ++failures;
    std::printf("engine_lives --first %llu --runs 1: %s\n", static_cast<unsigned long long>(seed),
                problem.c_str());
  }
  const std::chrono::duration<double> took = Clock::system().steady_now() - began;
  std::printf(
      "%llu runs of %d lives in %.1f s, %llu records were safe, %llu repeated, %llu failed\n",
      static_cast<unsigned long long>(runs), kLives + 1, took.count(), safe, repeated, failures);
  return failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace aloft::delivery

int main(int argc, char** argv) {
  std::uint64_t first = 1;
  std::uint64_t runs = 60;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--first") == 0) first = std::strtoull(argv[i + 1], nullptr, 10);
    if (std::strcmp(argv[i], "--runs") == 0) runs = std::strtoull(argv[i + 1], nullptr, 10);
  }
  return aloft::delivery::play_all(first, runs);
}
