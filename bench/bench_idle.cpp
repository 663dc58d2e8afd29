// SPDX-License-Identifier: Apache-2.0
// What a process pays for a Telemetry while nothing happens: CPU time and wake-ups a second.
//
//   bench_idle [SECONDS]
//
// One span is recorded and sent first, so that all is warm. Counted is the whole process
// (getrusage: CPU time, voluntary switches), of which only the backend's thread runs. Not measured:
// what the timer interrupts cost the kernel outside of the process.
#include <aloft/telemetry/telemetry.hpp>

#include <sys/resource.h>
#include <cstdio>
#include <cstdlib>

namespace {

struct Usage {
  double cpu_ms;
  long wakeups;
};

double milliseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

Usage usage() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return {milliseconds(used.ru_utime) + milliseconds(used.ru_stime), used.ru_nvcsw};
}

/// One wait of the main thread, itself one wake-up.
void idle_for(std::chrono::seconds time) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  const aloft::SteadyTime until = aloft::Clock::system().steady_now() + time;
  while (aloft::Clock::system().steady_now() < until) {
    aloft::Clock::system().wait_until(lock, never, until);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const long seconds = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 5;
  auto telemetry = aloft::Telemetry::create({.service_name = "idle"});
  if (!telemetry) return 1;
  telemetry->tracer().start("one").end();
  telemetry->flush(std::chrono::seconds(1));
  idle_for(std::chrono::seconds(1));

  const Usage before = usage();
  idle_for(std::chrono::seconds(seconds));
  const Usage after = usage();

  const double span = static_cast<double>(seconds);
  std::printf("idle: %.3f ms of CPU and %.1f wake-ups a second, over %ld s\n",
              (after.cpu_ms - before.cpu_ms) / span,
              static_cast<double>(after.wakeups - before.wakeups - 1) / span, seconds);
}
