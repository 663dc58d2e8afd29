// SPDX-License-Identifier: Apache-2.0
// The ends and accidents of a process, one by one; tests/safety plays them at random.
#include "telemetry/bench_of_one.hpp"
#include "telemetry/ends.hpp"

#include "core/harmless_write.hpp"
#include "telemetry/export/udp_socket.hpp"
#include "telemetry/format/symbol_table.hpp"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace aloft {
namespace {

std::size_t entries(const char* folder) {
  const std::filesystem::directory_iterator all(folder);
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST(ProcessSafety, ShutdownInsideOfACallThatMakesASpanEnds) {
  std::optional<Telemetry> telemetry;
  TelemetryOptions options{.service_name = "test",
                           .sampler = std::make_shared<ShutsDown>(telemetry),
                           .exporter = testing::MemoryExporter().exporter()};
  telemetry.emplace(*Telemetry::create(std::move(options)));

  Span span = telemetry->tracer().start("interrupted");
  span.annotate("still", "alive");
  span.end();

  EXPECT_FALSE(telemetry->enabled());
}

TEST(ProcessSafety, ShutdownInsideOfAnExportEndsAtOnce) {
  std::optional<Telemetry> telemetry;
  std::promise<Accounting> books;
  std::atomic<bool> first{true};
  const auto call = [&] {
    if (first.exchange(false)) books.set_value(telemetry->shutdown(seconds(60)));
  };
  telemetry.emplace(
      *Telemetry::create({.service_name = "test", .exporter = std::make_unique<Calling>(call)}));
  telemetry->tracer().start("one").end();

  const Accounting seen = books.get_future().get();

  EXPECT_EQ(seen.accepted, 1u);
  EXPECT_EQ(seen.balance(), 0);
}

TEST(ProcessSafety, AnExporterMayOwnATelemetry) {
  auto inner = std::make_shared<std::optional<Telemetry>>();
  inner->emplace(*Telemetry::create(
      {.service_name = "inner", .exporter = testing::MemoryExporter().exporter()}));
  const auto call = [inner] { (*inner)->tracer().start("batch").end(); };
  inner.reset();
  auto outer =
      Telemetry::create({.service_name = "outer", .exporter = std::make_unique<Calling>(call)});
  ASSERT_TRUE(outer);
  outer->tracer().start("one").end();

  EXPECT_EQ(outer->shutdown(seconds(10)).acknowledged, 1u);
}

TEST(ProcessSafety, AThousandTelemetriesLeaveNothing) {
  const auto one = [] {
    auto telemetry = Telemetry::create({.service_name = "test", .daemon_address = "127.0.0.1:9"});
    telemetry->tracer().start("one").end();
    telemetry->shutdown(seconds(10));
  };
  one();
  const std::size_t descriptors = entries("/proc/self/fd");
  const std::size_t threads = entries("/proc/self/task");

  for (int i = 0; i < 1'000; ++i) one();

  EXPECT_EQ(entries("/proc/self/fd"), descriptors);
  EXPECT_EQ(entries("/proc/self/task"), threads);
}

TEST(ProcessSafety, WithoutAThreadThereIsAnErrorAndNoException) {
  pthread_attr_t before;
  pthread_attr_t impossible;
  pthread_getattr_default_np(&before);
  pthread_attr_init(&impossible);
  pthread_attr_setstacksize(&impossible, std::size_t{1} << 46);  // more than an address space
  pthread_setattr_default_np(&impossible);

  const auto refused = Telemetry::create({.service_name = "test"});
  pthread_setattr_default_np(&before);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::resource_exhausted);
  pthread_attr_destroy(&before);
  pthread_attr_destroy(&impossible);
}

TEST(ProcessSafety, TheGrandchildOfTwoForksHasAThreadOfItsOwn) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "ThreadSanitizer cannot follow a thread of such a child";
#endif
  int said[2];
  int alive[2];
  ASSERT_EQ(pipe(said) + pipe(alive), 0);
  const auto say = [&said] { static_cast<void>(detail::harmless_write(said[1], "x", 1, 0)); };
  auto telemetry =
      Telemetry::create({.service_name = "daemon", .exporter = std::make_unique<Calling>(say)});
  const pid_t child = fork();
  if (child == 0) {
    if (fork() != 0) _exit(0);
    close(alive[1]);
    telemetry->tracer().start("in the daemon").end();  // and no flush
    char nothing = 0;
    _exit(read(alive[0], &nothing, 1) == 0 ? 0 : 1);  // until the test has seen it
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);

  pollfd ready{said[0], POLLIN, 0};
  EXPECT_EQ(poll(&ready, 1, 10'000), 1);  // its own thread has exported
  for (const int end : {said[0], said[1], alive[0], alive[1]}) close(end);
}

/// Time flies while the backend waits, until it would wait longer than its interval: there it
/// stays.
class Flying final : public Clock {
 public:
  TimePoint now() const noexcept override { return {WallTime(seconds(1)), steady_now()}; }
  SteadyTime steady_now() const noexcept override { return SteadyTime(Nanoseconds(now_.load())); }
  void wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& wakeup,
                  SteadyTime until) override {
    const Nanoseconds length = until - steady_now();
    if (length > milliseconds(200)) {
      if (!dozed_.exchange(true)) doze_.set_value(length);
      // By short looks: a notification takes no mutex, and may have come before this wait.
      return Clock::system().wait_until(lock, wakeup,
                                        Clock::system().steady_now() + milliseconds(1));
    }
    now_ += length.count();
    ++short_waits_;
  }
  Nanoseconds doze() { return doze_.get_future().get(); }
  int short_waits() const { return short_waits_; }

 private:
  std::atomic<std::int64_t> now_{0};
  std::atomic<int> short_waits_{0};
  std::atomic<bool> dozed_{false};
  std::promise<Nanoseconds> doze_;
};

TEST(Backend, DozesAfterASecondOfNothingAndIsWokenByTheFirstTrace) {
  Flying clock;
  std::promise<void> exported;
  auto telemetry = Telemetry::create(
      {.service_name = "idle",
       .exporter = std::make_unique<Calling>([&exported] { exported.set_value(); })},
      {clock, Random::system(), Diagnostics::standard_error()});
  ASSERT_TRUE(telemetry);

  EXPECT_EQ(clock.doze(), seconds(1));
  EXPECT_EQ(clock.short_waits(), 5);
  telemetry->tracer().start("first").end();

  exported.get_future().get();
  EXPECT_EQ(telemetry->counters().wakeups, 1u);
}

TEST(UdpSocket, NeverTakesTheNumberOfAStandardStream) {
  const int kept = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
  close(STDIN_FILENO);
  UdpSocket socket;

  const bool connected = socket.connect({"127.0.0.1", 9}).has_value();
  const bool still_closed = fcntl(STDIN_FILENO, F_GETFD) == -1;
  if (kept >= 0) dup2(kept, STDIN_FILENO);
  close(kept);

  EXPECT_TRUE(connected);
  EXPECT_TRUE(still_closed);
}

TEST(UdpSocket, LeavesADescriptorAloneThatTheHostHasTaken) {
  const int file = memfd_create("host", MFD_CLOEXEC);
  const int number = fcntl(file, F_DUPFD_CLOEXEC, 3);
  close(number);  // the lowest that is free: the socket gets it
  UdpSocket socket;
  ASSERT_TRUE(socket.connect({"127.0.0.1", 9}));
  ASSERT_TRUE(socket.intact());
  ASSERT_EQ(dup2(file, number), number);

  EXPECT_FALSE(socket.intact());
  socket.close();

  struct stat status {};
  EXPECT_EQ(fstat(number, &status), 0);
  close(number);
  close(file);
}

TEST(HarmlessWrite, NeitherWaitsForAFullPipeNorDiesOfAClosedOne) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const std::string page(detail::kHarmlessBytes, 'x');
  EXPECT_EQ(detail::harmless_write(ends[1], "x", 1, 0), 1u);
  while (detail::harmless_write(ends[1], page.data(), page.size(), 0) != 0) {
  }

  EXPECT_EQ(detail::harmless_write(ends[1], "x", 1, 0), 0u);
  close(ends[0]);
  EXPECT_EQ(detail::harmless_write(ends[1], "x", 1, 0), 0u);
  close(ends[1]);
}

TEST(HarmlessWrite, LeavesErrnoAsItWas) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  errno = ERANGE;
  EXPECT_EQ(detail::harmless_write(ends[1], "x", 1, 0), 1u);
  EXPECT_EQ(errno, ERANGE);
  close(ends[0]);

  errno = ERANGE;
  EXPECT_EQ(detail::harmless_write(ends[1], "x", 1, 0), 0u);
  EXPECT_EQ(errno, ERANGE);
  close(ends[1]);
}

TEST(SymbolTable, AgreesWithDladdr) {
  for (const char* name : {"getaddrinfo", "qsort", "_ZSt9terminatev"}) {
    void* const address = dlsym(RTLD_DEFAULT, name);
    ASSERT_NE(address, nullptr) << name;
    Dl_info info{};
    ASSERT_NE(dladdr(address, &info), 0);

    const SymbolOfFile found = find_symbol(reinterpret_cast<std::uintptr_t>(address) + 1);

    EXPECT_EQ(found.start, reinterpret_cast<std::uintptr_t>(info.dli_saddr)) << name;
    EXPECT_EQ(found.base, reinterpret_cast<std::uintptr_t>(info.dli_fbase)) << name;
    EXPECT_FALSE(found.symbol.empty()) << name;
  }
  EXPECT_FALSE(find_symbol(1).found);
}

}  // namespace
}  // namespace aloft
