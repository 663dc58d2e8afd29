// SPDX-License-Identifier: Apache-2.0
// Ends that meet somebody in their way: a thread that hangs, a mutex that is held, a loader that is
// busy. Clocks decide who stands where; nothing here waits by time.
#include "telemetry/bench_of_one.hpp"
#include "telemetry/ends.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <atomic>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <semaphore>
#include <thread>

namespace {

std::function<void()> in_static_constructor;

}  // namespace

extern "C" [[gnu::visibility("default")]] void aloft_test_in_static_constructor();
extern "C" void aloft_test_in_static_constructor() { in_static_constructor(); }

namespace aloft {
namespace {

TEST(ProcessSafety, WhatWasLeftBehindIsFreedOnceItHasComeBack) {
  std::promise<void> gate;
  std::weak_ptr<int> alive;
  {
    auto life = std::make_shared<int>(0);
    alive = life;
    auto telemetry =
        Telemetry::create({.service_name = "test",
                           .exporter = std::make_unique<Calling>(
                               [life, open = gate.get_future().share()] { open.wait(); })});
    telemetry->tracer().start("one").end();
    EXPECT_EQ(telemetry->shutdown(milliseconds(1)).dropped[Reason::owner_gone], 1u);
  }
  EXPECT_FALSE(alive.expired());

  gate.set_value();
  while (!alive.expired()) {  // its thread ends in its own time; the next to start looks
    ASSERT_TRUE(Telemetry::create(
        {.service_name = "next", .exporter = testing::MemoryExporter().exporter()}));
  }
}

TEST(ProcessSafety, WhatPollStandsInIsKeptUntilItHasComeBack) {
  std::promise<void> exporting;
  std::promise<void> gate;
  auto life = std::make_shared<int>(0);
  const std::weak_ptr<int> alive = life;
  auto telemetry =
      Telemetry::create({.service_name = "test",
                         .exporter = std::make_unique<Calling>([&, life = std::move(life)] {
                           exporting.set_value();
                           gate.get_future().wait();
                         }),
                         .pipeline = {.threading = Threading::manual}});
  ASSERT_TRUE(telemetry);
  telemetry->tracer().start("one").end();
  std::thread poll([&] { telemetry->poll(); });
  exporting.get_future().wait();

  telemetry->shutdown(milliseconds(1));
  ASSERT_TRUE(Telemetry::create(
      {.service_name = "next", .exporter = testing::MemoryExporter().exporter()}));
  EXPECT_FALSE(alive.expired());

  gate.set_value();
  poll.join();
  EXPECT_TRUE(is_freed(alive));
}

TEST(ProcessSafety, WhatWasHandedOverToALostLastRoundIsNotSentByTheNext) {
  std::promise<void> exporting;
  std::promise<void> gate;
  auto former = Telemetry::create({.service_name = "former",
                                   .exporter = std::make_unique<Calling>([&] {
                                     exporting.set_value();
                                     gate.get_future().wait();
                                   }),
                                   .pipeline = {.threading = Threading::manual}});
  ASSERT_TRUE(former);
  former->tracer().start("one").end();
  std::thread poll([&] { former->poll(); });
  exporting.get_future().wait();
  former->tracer().start("two").end();
  EXPECT_EQ(former->shutdown(milliseconds(1)).dropped[Reason::owner_gone], 2u);
  gate.set_value();
  poll.join();

  Bench next;  // has the pipeline that has become free

  EXPECT_TRUE(next.flush().complete);
  EXPECT_EQ(next.memory.spans().size(), 0u);
  EXPECT_EQ(next.telemetry.accounting().balance(), 0);
}

/// Tells when a thread waits for the backend's to end, and lets its deadline pass at once.
class Impatient final : public Clock {
 public:
  TimePoint now() const noexcept override { return Clock::system().now(); }
  SteadyTime steady_now() const noexcept override {
    return Clock::system().steady_now() + std::chrono::hours(passed_ ? 1 : 0);
  }
  void wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& wakeup,
                  SteadyTime until) override {
    if (std::this_thread::get_id() != closer_.load()) {
      return Clock::system().wait_until(lock, wakeup, until);
    }
    if (!passed_.exchange(true)) waits_.set_value();
  }
  void i_close() { closer_ = std::this_thread::get_id(); }
  void wait_until_it_waits() { waits_.get_future().wait(); }

 private:
  std::atomic<std::thread::id> closer_{};
  std::atomic<bool> passed_{false};
  std::promise<void> waits_;
};

TEST(ProcessSafety, AStaticConstructorMayStartATelemetryWhileOneIsLeftBehind) {
  Impatient clock;
  std::promise<void> gate;
  auto life = std::make_shared<int>(0);
  const std::weak_ptr<int> alive = life;
  auto hang = [&gate, life = std::move(life)] { gate.get_future().wait(); };
  auto telemetry = Telemetry::create(
      {.service_name = "test", .exporter = std::make_unique<Calling>(std::move(hang))},
      {clock, Random::system(), Diagnostics::standard_error()});
  ASSERT_TRUE(telemetry);
  telemetry->tracer().start("one").end();
  std::promise<void> loader_is_ours;
  in_static_constructor = [&] {
    loader_is_ours.set_value();
    clock.wait_until_it_waits();
    // Long enough for the shutdown to come to where it needs the loader, too.
    for (int i = 0; i < 2'000; ++i) {
      EXPECT_TRUE(Telemetry::create({.service_name = "plugin",
                                     .exporter = testing::MemoryExporter().exporter(),
                                     .pipeline = {.threading = Threading::manual}}));
    }
  };
  std::thread loads([] {
    const auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    EXPECT_NE(dlopen((folder / "plugin_with_constructor.so").c_str(), RTLD_NOW), nullptr);
  });
  loader_is_ours.get_future().wait();
  clock.i_close();

  telemetry->shutdown(seconds(60));

  loads.join();
  gate.set_value();
  EXPECT_TRUE(is_freed(alive));
}

/// A backend's mutex in somebody's hands: the clock does not give it back while it waits.
class Holding final : public Clock {
 public:
  TimePoint now() const noexcept override { return Clock::system().now(); }
  SteadyTime steady_now() const noexcept override { return Clock::system().steady_now(); }
  void wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& wakeup,
                  SteadyTime until) override {
    if (let_go_.load()) return Clock::system().wait_until(lock, wakeup, until);
    held_.release();
    let_go_.wait(false);
  }
  void wait_until_held() { held_.acquire(); }
  void let_go() {
    let_go_.store(true);
    let_go_.notify_all();
  }

 private:
  std::counting_semaphore<> held_{0};
  std::atomic<bool> let_go_{false};
};

TEST(ProcessSafety, AThreadThatCouldNotBeToldToStopIsFreedOnceItHasComeBack) {
  Holding clock;
  std::weak_ptr<int> alive;
  {
    auto life = std::make_shared<int>(0);
    alive = life;
    auto telemetry = Telemetry::create(
        {.service_name = "held", .exporter = std::make_unique<Calling>([life] {})},
        {clock, Random::system(), Diagnostics::standard_error()});
    ASSERT_TRUE(telemetry);
    clock.wait_until_held();
    telemetry->shutdown(seconds(60));
  }
  EXPECT_FALSE(alive.expired());

  clock.let_go();
  EXPECT_TRUE(is_freed(alive));
}

constexpr int kStillOn = 64;

/// Zero when nothing of the parent's works, somebody was told, and the child can start its own.
int life_of_a_child_that_is_off(Telemetry& telemetry, const testing::MemoryDiagnostics& said) {
  if (telemetry.tracer().start("here").recording()) return kStillOn;
  const bool off = !telemetry.enabled() && !telemetry.flush(seconds(60)).complete;
  const Accounting books = telemetry.shutdown(seconds(60));
  const bool told = said.reports().size() == 1;
  const auto own = Telemetry::create({.service_name = "own", .daemon_address = "127.0.0.1:9"});
  const bool works = own && own->tracer().start("here").recording();
  return (off ? 0 : 1) + (told ? 0 : 2) + (works ? 0 : 4) + (books.balance() == 0 ? 0 : 8);
}

TEST(ProcessSafety, AChildOfAForkThatCouldNotLookAtTheListIsOff) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "ThreadSanitizer cannot follow a thread of such a child";
#endif
  testing::MemoryDiagnostics diagnostics;
  auto telemetry =
      Telemetry::create({.service_name = "test", .exporter = testing::MemoryExporter().exporter()},
                        {Clock::system(), Random::system(), diagnostics});
  ASSERT_TRUE(telemetry);
  Span open = telemetry->tracer().start("of the parent");
  Holding clock;
  auto life = std::make_shared<int>(0);
  const std::weak_ptr<int> alive = life;
  auto held = Telemetry::create(
      {.service_name = "held", .exporter = std::make_unique<Calling>([life = std::move(life)] {})},
      {clock, Random::system(), Diagnostics::standard_error()});
  ASSERT_TRUE(held);
  clock.wait_until_held();
  held->shutdown(milliseconds(1));
  // Who starts a Telemetry has the list, and looks at what was left behind: there it stops.
  std::thread looks([] {
    EXPECT_TRUE(Telemetry::create({.service_name = "next", .daemon_address = "127.0.0.1:9"}));
  });

  int status = kStillOn << 8;
  for (int i = 0; i < 50 && WEXITSTATUS(status) == kStillOn; ++i) {  // until it stands there
    const pid_t child = fork();
    if (child == 0) _exit(life_of_a_child_that_is_off(*telemetry, diagnostics));
    ASSERT_EQ(waitpid(child, &status, 0), child);
  }
  clock.let_go();
  looks.join();

  EXPECT_EQ(status, 0);
  EXPECT_TRUE(open.recording());
  EXPECT_TRUE(telemetry->enabled());
  EXPECT_TRUE(is_freed(alive));
}

/// Tells when the thread that it was made on has ended.
struct ToldAtItsEnd {
  std::atomic<bool>& ended;
  ~ToldAtItsEnd() { ended.store(true); }
};

/// The thread of a flush is the last to come out of the library: it sleeps on until the exporter's
/// has ended. And a shutdown that finds it there opens the gate that both wait for.
class LateFlush final : public Clock {
 public:
  TimePoint now() const noexcept override { return Clock::system().now(); }
  SteadyTime steady_now() const noexcept override { return Clock::system().steady_now(); }
  void wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& wakeup,
                  SteadyTime until) override {
    if (std::this_thread::get_id() == closer.load()) gate.set_value();
    closer.store({});
    Clock::system().wait_until(lock, wakeup, until);
    if (std::this_thread::get_id() != flusher.load()) return;
    lock.unlock();
    while (!thread_ended.load()) std::this_thread::yield();
    lock.lock();
  }

  std::promise<void> gate;
  std::atomic<bool> thread_ended{false};
  std::atomic<std::thread::id> closer{};
  std::atomic<std::thread::id> flusher{};
};

TEST(ProcessSafety, AFlushThatTookLongLeavesNothingBehind) {
  LateFlush clock;
  std::promise<void> exporting;
  std::weak_ptr<int> alive;
  auto life = std::make_shared<int>(0);
  alive = life;
  auto telemetry = Telemetry::create(
      {.service_name = "test", .exporter = std::make_unique<Calling>([&, life = std::move(life)] {
                                 thread_local const ToldAtItsEnd told{clock.thread_ended};
                                 static_cast<void>(told);
                                 exporting.set_value();
                                 clock.gate.get_future().wait();
                               })},
      {clock, Random::system(), Diagnostics::standard_error()});
  ASSERT_TRUE(telemetry);
  telemetry->tracer().start("one").end();
  std::thread flush([&] {
    clock.flusher = std::this_thread::get_id();
    EXPECT_TRUE(telemetry->flush(seconds(60)).complete);
  });
  exporting.get_future().wait();
  clock.closer = std::this_thread::get_id();

  const Accounting books = telemetry->shutdown(seconds(60));

  EXPECT_EQ(books.acknowledged, 1u);
  EXPECT_TRUE(alive.expired());
  flush.join();
}

/// A backend that has gone to doze and that no notification reaches.
class Deaf final : public Clock {
 public:
  TimePoint now() const noexcept override { return {WallTime(seconds(1)), steady_now()}; }
  SteadyTime steady_now() const noexcept override { return SteadyTime(Nanoseconds(now_.load())); }
  void wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& wakeup,
                  SteadyTime until) override {
    const Nanoseconds length = until - steady_now();
    ++waits_;
    if (awake_.load()) return Clock::system().wait_until(lock, wakeup, SteadyTime{});
    if (length < seconds(1)) {
      now_ += length.count();
      return;
    }
    lock.unlock();
    dozes_.release();
    wakes_.acquire();
    lock.lock();
  }
  void wait_until_it_dozes() { dozes_.acquire(); }
  void wake() {
    awake_.store(true);
    wakes_.release();
  }
  int waits() const { return waits_; }

 private:
  std::atomic<std::int64_t> now_{0};
  std::atomic<int> waits_{0};
  std::atomic<bool> awake_{false};
  std::counting_semaphore<> dozes_{0};
  std::counting_semaphore<> wakes_{0};
};

TEST(Backend, IsWokenByTheNextTraceWhenTheFirstOneWasNotHeard) {
  Deaf clock;
  auto telemetry =
      Telemetry::create({.service_name = "idle", .exporter = testing::MemoryExporter().exporter()},
                        {clock, Random::system(), Diagnostics::standard_error()});
  ASSERT_TRUE(telemetry);
  clock.wait_until_it_dozes();

  for (int i = 0; i < 3; ++i) telemetry->tracer().start("trace").end();

  EXPECT_EQ(telemetry->counters().wakeups, 3u);
  clock.wake();
}

TEST(ProcessSafety, ShutdownInsideOfACallDoesNotWaitForABackendThatDozes) {
  Deaf clock;
  auto life = std::make_shared<int>(0);
  const std::weak_ptr<int> alive = life;
  std::optional<Telemetry> telemetry;
  telemetry.emplace(
      *Telemetry::create({.service_name = "idle",
                          .sampler = std::make_shared<ShutsDown>(telemetry),
                          .exporter = std::make_unique<Calling>([life = std::move(life)] {})},
                         {clock, Random::system(), Diagnostics::standard_error()}));
  clock.wait_until_it_dozes();
  const int waits = clock.waits();

  telemetry->tracer().start("interrupted").end();

  EXPECT_EQ(clock.waits(), waits);
  clock.wake();
  EXPECT_TRUE(is_freed(alive));
}

}  // namespace
}  // namespace aloft
