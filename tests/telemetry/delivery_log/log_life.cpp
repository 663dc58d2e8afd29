// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery_log/log_life.hpp"

#include "telemetry/delivery_log/log_model.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::delivery::fixture {
namespace {

/// The kernel's files, until the process kills itself in the middle of a call.
class DyingFiles final : public FileSystem {
 public:
  explicit DyingFiles(const LifeScript& script)
      : calls_(script.calls), torn_bytes_(script.torn_bytes) {}

  int open_directory(int parent, const std::string& name) noexcept override {
    return real_.open_directory(parent, name);
  }
  int make_directory(int parent, const std::string& name) noexcept override {
    count();
    return real_.make_directory(parent, name);
  }
  int open_file(int parent, const std::string& name, Access access) noexcept override {
    if (access == Access::create) count();
    return real_.open_file(parent, name, access);
  }
  void close(int descriptor) noexcept override { real_.close(descriptor); }
  std::int64_t read(int descriptor, std::uint64_t at, char* to,
                    std::size_t bytes) noexcept override {
    return real_.read(descriptor, at, to, bytes);
  }
  std::int64_t write(int descriptor, std::uint64_t at, std::string_view bytes) noexcept override {
    if (calls_ <= 1) {
      const auto torn = static_cast<std::size_t>(torn_bytes_ % (bytes.size() + 1));
      static_cast<void>(real_.write(descriptor, at, bytes.substr(0, torn)));
    }
    count();
    return real_.write(descriptor, at, bytes);
  }
  int truncate(int descriptor, std::uint64_t bytes) noexcept override {
    count();
    return real_.truncate(descriptor, bytes);
  }
  int sync(int descriptor) noexcept override {
    count();
    return real_.sync(descriptor);
  }
  int set_mode(int descriptor, unsigned mode) noexcept override {
    return real_.set_mode(descriptor, mode);
  }
  int status(int descriptor, FileStatus& status) noexcept override {
    return real_.status(descriptor, status);
  }
  int list(int directory, std::string_view prefix, std::size_t limit,
           std::vector<std::string>& names) noexcept override {
    return real_.list(directory, prefix, limit, names);
  }
  int rename(int from_directory, const std::string& from, int to_directory,
             const std::string& to) noexcept override {
    count();
    return real_.rename(from_directory, from, to_directory, to);
  }
  int remove(int directory, const std::string& name, bool is_directory) noexcept override {
    count();
    return real_.remove(directory, name, is_directory);
  }
  int lock(int descriptor) noexcept override { return real_.lock(descriptor); }

 private:
  void count() noexcept {
    if (calls_ != UINT64_MAX && --calls_ == 0) kill(getpid(), SIGKILL);
  }

  FileSystem& real_ = FileSystem::system();
  std::uint64_t calls_;
  std::uint64_t torn_bytes_;
};

/// Says nothing: a full disk is what a life may be about.
class Silence final : public Diagnostics {
 public:
  void report(ErrorCode, std::string_view, std::string_view) noexcept override {}
};

class Life {
 public:
  Life(const LifeScript& script, WriteAheadLog& log, int pipe)
      : log_(log), pipe_(pipe), random_(script.seed ^ 0x5EED), next_id_(script.first_id) {
    for (LogRecord found; log_.next(found.sequence, found);) {
      if (found.damaged) continue;
      if (const auto id = id_of(found.record.payload)) unsettled_.emplace(found.sequence, *id);
    }
  }

  void step() {
    for (std::uint64_t n = random_() % 12; n > 0; --n) {
      const std::uint64_t id = next_id_++;
      const Appended appended = log_.append(make_record(id, bytes_of(id)));
      if (appended.stored == Stored::yes) waiting_.emplace(appended.sequence, id);
    }
    if (random_() % 2 == 0) settle();
    const bool done = random_() % 3 == 0 ? log_.sync() : log_.commit();
    while (!waiting_.empty() && waiting_.begin()->first <= log_.durable()) {
      tell(Word::durable, waiting_.begin()->second);
      unsettled_.insert(waiting_.extract(waiting_.begin()));
    }
    if (!done || log_.counters().unwritten_files != 0) return;
    for (const std::uint64_t id : settled_) tell(Word::settled, id);
    settled_.clear();
  }

 private:
  void settle() {
    for (auto at = unsettled_.begin(); at != unsettled_.end();) {
      if (random_() % 3 == 0) {
        ++at;
        continue;
      }
      tell(Word::to_be_settled, at->second);
      log_.acknowledge(at->first);
      settled_.push_back(at->second);
      at = unsettled_.erase(at);
    }
  }

  void tell(Word word, std::uint64_t id) const {
    Message message;
    message.word = word;
    message.id = id;
    while (write(pipe_, &message, sizeof message) < 0) {
      if (errno != EINTR) _exit(0);  // nobody listens any more
    }
  }

  WriteAheadLog& log_;
  int pipe_;
  std::mt19937_64 random_;
  std::uint64_t next_id_;
  std::map<Sequence, std::uint64_t> waiting_;
  std::map<Sequence, std::uint64_t> unsettled_;
  std::vector<std::uint64_t> settled_;
};

}  // namespace

LifeScript draw_life(std::uint64_t seed, const std::string& directory) {
  std::mt19937_64 random(seed);
  LifeScript script;
  script.seed = seed;
  script.options.directory = directory;
  script.options.limit_bytes = (64u << 10) << random() % 4;
  script.options.segment_bytes = (4u << 10) << random() % 3;
  script.options.sync_interval = std::chrono::milliseconds(random() % 3);
  // Half of them die at a call that the seed says, the others when their parent likes.
  if (random() % 2 == 0) script.calls = 1 + random() % 120;
  script.torn_bytes = random();
  return script;
}

std::size_t bytes_of(std::uint64_t id) { return 16 + id * 0x9E3779B97F4A7C15u % 900; }

void live(const LifeScript& script, int pipe) {
  if (script.file_limit != 0) {
    const rlimit limit{script.file_limit, script.file_limit};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  DyingFiles files(script);
  Silence silence;
  auto log =
      WriteAheadLog::open(script.options, {Clock::system(), Random::system(), silence}, files);
  if (!log) _exit(log.error().code == ErrorCode::unavailable ? 0 : 3);
  Life life(script, **log, pipe);
  for (;;) life.step();
}

}  // namespace aloft::delivery::fixture
