// SPDX-License-Identifier: Apache-2.0
// Measures what a start costs that finds a full log: log_recovery [MEBIBYTES] [BYTES-A-RECORD].
//
// Fills a log in /tmp, reads it back in a process of its own, and prints time and memory of the
// opening, and the time in which `next` gives all records. What is measured is the page cache and
// this code; a disk that must be read first adds its own time.
#include "telemetry/delivery/write_ahead_log.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

namespace {

using namespace aloft;
using namespace aloft::delivery;

long peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

double seconds_since(SteadyTime began) {
  return std::chrono::duration<double>(Clock::system().steady_now() - began).count();
}

int fill(const LogOptions& options, std::size_t record_bytes) {
  auto log = WriteAheadLog::open(options, Platform::system());
  if (!log) return 1;
  const SteadyTime began = Clock::system().steady_now();
  Record record;
  record.payload.assign(record_bytes, 'x');
  record.tenant = "tenant-1";
  std::uint64_t records = 0;
  for (; (*log)->append(record).stored == Stored::yes; ++records) {
    if (records % 64 == 63) (*log)->commit();
  }
  const bool is_safe = (*log)->sync();
  const double took = seconds_since(began);
  std::printf("written   %8llu records, %4llu MiB in %.2f s (%.0f MiB/s), %llu syncs\n",
              static_cast<unsigned long long>(records),
              static_cast<unsigned long long>((*log)->counters().bytes >> 20), took,
              static_cast<double>((*log)->counters().bytes >> 20) / took,
              static_cast<unsigned long long>((*log)->counters().syncs));
  return is_safe ? 0 : 1;
}

int recover(const LogOptions& options) {
  const long before = peak_kib();
  SteadyTime began = Clock::system().steady_now();
  auto log = WriteAheadLog::open(options, Platform::system());
  if (!log) return 1;
  const double opened = seconds_since(began);
  const auto recovered = (*log)->counters().recovered;
  std::printf("opened    %8llu records in %.2f s, %.1f MiB of memory\n",
              static_cast<unsigned long long>(recovered), opened,
              static_cast<double>(peak_kib() - before) / 1024);
  began = Clock::system().steady_now();
  std::uint64_t read = 0;
  for (LogRecord found; (*log)->next(found.sequence, found);) ++read;
  std::printf("read back %8llu records in %.2f s\n", static_cast<unsigned long long>(read),
              seconds_since(began));
  return read == recovered ? 0 : 1;
}

template <typename Work>
bool in_child(Work work) {
  std::fflush(stdout);
  const pid_t pid = fork();
  if (pid == 0) {
    const int code = work();
    std::fflush(stdout);
    _exit(code);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::string folder = "/tmp/aloft-recovery-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) return 1;
  LogOptions options;
  options.directory = folder + "/log";
  options.limit_bytes = (argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 256) << 20;
  options.segment_bytes = std::min(options.segment_bytes, options.limit_bytes / 4);
  const std::size_t record_bytes = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'024;
  const bool done = in_child([&] { return fill(options, record_bytes); }) &&
                    in_child([&] { return recover(options); });
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return done ? 0 : 1;
}
