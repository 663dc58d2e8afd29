// SPDX-License-Identifier: Apache-2.0
// Log lines by Aloft and by spdlog: the same JSON with five fields and three ids, to /dev/null.
//
//   bench_logs [--lines 1000000] [--rounds 7] [--gate]
//   bench_logs --show             a line of each
//   bench_logs --only-ours        no process of its own, for a profiler
//
// Each run is a process of its own, one after the other, in an order that turns round: its CPU time
// is that of all its threads, from its start to its end (wait4). Aloft's lines are redacted, queued
// in 32 MiB, and written by its own thread; a producer that is more than 60,000 lines ahead waits
// for it, so that none is lost. spdlog's are built and written by the thread that logs, and not
// redacted.
//
// --gate fails when Aloft's CPU a line is above 0.8 of that of spdlog's synchronous logger, when a
// line is lost, or when threads wake the backend more than once for 1,000 lines. Lines a second
// depend on what else the machine does; they are printed, and judged with --gate-rate alone.
#include "rivals/bench_line.hpp"
#include "rivals/spdlog_lines.hpp"

#include <aloft/telemetry/export/log_lines.hpp>
#include <aloft/telemetry/logging.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace aloft::bench {
namespace {

constexpr double kCpuLimit = 0.8;
constexpr double kWakeupsLimit = 1;
constexpr double kRateLimit = 1'500'000;
constexpr std::uint64_t kAhead = 60'000;

struct Told {
  double seconds = 0;
  std::uint64_t lost = 0;
  std::uint64_t wakeups = 0;
};

struct Run {
  Told told;
  double cpu_ns = 0;  // a line
};

Telemetry open_aloft(int descriptor) {
  return *Telemetry::create({.service_name = std::string(kService),
                             .logs = logging({.queue_limit_bytes = 32u << 20,
                                              .exporter = log_lines({.descriptor = descriptor})}),
                             .traces = false});
}

Logger logger_of(const Telemetry& telemetry) {
  Identity who;
  who.request = *RequestId::parse(kRequest);
  who.tenant = *TenantId::parse(kTenant);
  who.user = *UserId::parse(kUser);
  return telemetry.logger(kLoggerName).with(who);
}

void write_line(const Logger& log) {
  log.info("charge accepted", {"charge_id", kChargeId}, {"amount_minor", kAmount},
           {"currency", kCurrency}, {"retried", false}, {"took", kTook});
}

Told write_with_aloft(int descriptor, std::uint64_t lines) {
  Telemetry telemetry = open_aloft(descriptor);
  const Logger log = logger_of(telemetry);
  for (std::uint64_t i = 0; i < lines; ++i) {
    write_line(log);
    if (i % 4'096 == 0 && telemetry.log_accounting().in_flight > kAhead) {
      telemetry.flush(std::chrono::seconds(10));
    }
  }
  telemetry.flush(std::chrono::seconds(10));
  const Accounting books = telemetry.log_accounting();
  return {0, lines - books.sent, telemetry.log_counters().wakeups};
}

/// So many lines a second, in bursts of a hundredth of one, for two seconds.
Told write_paced(int descriptor, std::uint64_t lines_per_second) {
  Telemetry telemetry = open_aloft(descriptor);
  const Logger log = logger_of(telemetry);
  const Clock& clock = Clock::system();
  std::uint64_t lines = 0;
  for (SteadyTime at = clock.steady_now(); lines < 2 * lines_per_second;
       at += std::chrono::milliseconds(10)) {
    for (std::uint64_t i = 0; i < lines_per_second / 100; ++i, ++lines) write_line(log);
    while (clock.steady_now() < at + std::chrono::milliseconds(10)) usleep(1'000);
  }
  telemetry.flush(std::chrono::seconds(10));
  return {0, lines - telemetry.log_accounting().sent, telemetry.log_counters().wakeups};
}

using Contender = Told (*)(std::uint64_t lines);

Told run_aloft(std::uint64_t lines) {
  return write_with_aloft(open("/dev/null", O_WRONLY | O_CLOEXEC), lines);
}
Told run_spdlog(std::uint64_t lines) {
  write_with_spdlog(SpdlogMode::synchronous, "/dev/null", lines);
  return {};
}
Told run_spdlog_async(std::uint64_t lines) {
  write_with_spdlog(SpdlogMode::asynchronous, "/dev/null", lines);
  return {};
}
Told run_paced(std::uint64_t /*lines*/) {
  return write_paced(open("/dev/null", O_WRONLY | O_CLOEXEC), 20'000);
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// In a process of its own.
Run run(Contender contender, std::uint64_t lines) {
  int ends[2];
  if (pipe(ends) != 0) std::exit(2);
  const pid_t child = fork();
  if (child == 0) {
    const SteadyTime begin = Clock::system().steady_now();
    Told told = contender(lines);
    told.seconds = std::chrono::duration<double>(Clock::system().steady_now() - begin).count();
    _exit(write(ends[1], &told, sizeof told) == sizeof told ? 0 : 1);
  }
  close(ends[1]);
  Run result;
  rusage used{};
  int status = 0;
  const bool told = read(ends[0], &result.told, sizeof result.told) == sizeof result.told;
  wait4(child, &status, 0, &used);
  close(ends[0]);
  if (!told || status != 0) {
    std::fprintf(stderr, "a run failed\n");
    std::exit(2);
  }
  result.cpu_ns =
      (seconds(used.ru_utime) + seconds(used.ru_stime)) * 1e9 / static_cast<double>(lines);
  return result;
}

struct Entry {
  const char* name;
  Contender contender;
  std::vector<Run> runs{};

  template <typename Figure>
  std::array<double, 3> quartiles(Figure figure) const {
    std::vector<double> values;
    for (const Run& one : runs) values.push_back(figure(one));
    std::sort(values.begin(), values.end());
    const auto at = [&](double part) {
      return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1) + 0.5)];
    };
    return {at(0.25), at(0.5), at(0.75)};
  }
  double cpu() const {
    return quartiles([](const Run& one) { return one.cpu_ns; })[1];
  }
};

void print(const Entry& entry, std::uint64_t lines) {
  const auto cpu = entry.quartiles([](const Run& one) { return one.cpu_ns; });
  const auto rate = entry.quartiles(
      [&](const Run& one) { return static_cast<double>(lines) / one.told.seconds; });
  std::printf("| %s | %.0f (%.0f to %.0f) | %.0f (%.0f to %.0f) |\n", entry.name, cpu[1], cpu[0],
              cpu[2], rate[1], rate[0], rate[2]);
}

int show() {
  write_with_aloft(STDOUT_FILENO, 1);
  write_with_spdlog(SpdlogMode::synchronous, "/dev/stdout", 1);
  return 0;
}

int run_ours(std::uint64_t lines) { return run_aloft(lines).lost == 0 ? 0 : 1; }

struct Arguments {
  std::uint64_t lines = 1'000'000;
  std::uint64_t rounds = 7;
  bool gate = false;
  bool gate_rate = false;
  bool show = false;
  bool only_ours = false;
};

Arguments parse(int argc, char** argv) {
  Arguments given;
  for (int i = 1; i < argc; ++i) {
    const auto number = [&] { return std::strtoull(i + 1 < argc ? argv[++i] : "1", nullptr, 10); };
    if (std::strcmp(argv[i], "--lines") == 0) given.lines = number();
    if (std::strcmp(argv[i], "--rounds") == 0) given.rounds = number();
    given.gate = given.gate || std::strcmp(argv[i], "--gate") == 0;
    given.gate_rate = given.gate_rate || std::strcmp(argv[i], "--gate-rate") == 0;
    given.only_ours = given.only_ours || std::strcmp(argv[i], "--only-ours") == 0;
    given.show = given.show || std::strcmp(argv[i], "--show") == 0;
  }
  return given;
}

int judge(const Arguments& given, const Entry& ours, const Entry& theirs) {
  const double share = ours.cpu() / theirs.cpu();
  const Run paced = run(run_paced, 40'000);
  std::uint64_t lost = paced.told.lost;
  double wakeups = static_cast<double>(paced.told.wakeups) / 40;
  double busy = 0;
  for (const Run& one : ours.runs) {
    lost += one.told.lost;
    busy = std::max(busy,
                    static_cast<double>(one.told.wakeups) * 1e3 / static_cast<double>(given.lines));
  }
  const double rate = ours.quartiles(
      [&](const Run& one) { return static_cast<double>(given.lines) / one.told.seconds; })[1];
  std::printf("\nCPU a line beside spdlog's: %.2f, the limit is %.1f\n", share, kCpuLimit);
  std::printf(
      "wake-ups for 1,000 lines: %.3f at full speed, %.3f at 20,000 lines a second, the "
      "limit is %.0f\n",
      busy, wakeups, kWakeupsLimit);
  std::printf("lines lost: %llu\n", static_cast<unsigned long long>(lost));
  const bool holds = share <= kCpuLimit && std::max(wakeups, busy) <= kWakeupsLimit && lost == 0;
  if (given.gate && !holds) return 1;
  return given.gate_rate && rate < kRateLimit ? 1 : 0;
}

int compare(const Arguments& given) {
  std::vector<Entry> entries{
      {"Aloft, redacted", run_aloft},
      {"spdlog, synchronous", run_spdlog},
      {"spdlog, asynchronous, waits when its queue is full", run_spdlog_async}};
  for (std::uint64_t round = 0; round < given.rounds; ++round) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      Entry& entry = entries[round % 2 == 0 ? i : entries.size() - 1 - i];
      entry.runs.push_back(run(entry.contender, given.lines));
    }
  }
  double load = 0;
  static_cast<void>(getloadavg(&load, 1));
  std::printf("%llu lines, %llu rounds, load %.1f; medians (quartiles)\n\n",
              static_cast<unsigned long long>(given.lines),
              static_cast<unsigned long long>(given.rounds), load);
  std::printf("| | CPU of the process, ns a line | lines a second |\n|---|---|---|\n");
  for (const Entry& entry : entries) print(entry, given.lines);
  return judge(given, entries[0], entries[1]);
}

}  // namespace
}  // namespace aloft::bench

int main(int argc, char** argv) {
  const aloft::bench::Arguments given = aloft::bench::parse(argc, argv);
  if (given.only_ours) return aloft::bench::run_ours(given.lines);
  return given.show ? aloft::bench::show() : aloft::bench::compare(given);
}
