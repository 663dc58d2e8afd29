// SPDX-License-Identifier: Apache-2.0
// The engine with its log: what is counted durable is on disk, across ends, kills and power cuts.
#include "telemetry/delivery/engine_access.hpp"
#include "telemetry/delivery/hand_wire.hpp"
#include "telemetry/delivery_log/memory_disk.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace aloft {
namespace {

using delivery::Engine;
using delivery::EngineAccess;
using delivery::fixture::MemoryDisk;
using delivery::fixture::MemoryFiles;

class DeliveryLog : public EngineTest {
 protected:
  DeliveryLog() {
    options.log = delivery::LogOptions{.directory = "/log", .sync_interval = milliseconds(50)};
  }
  ~DeliveryLog() override { engine.reset(); }
  /// A new process on the same disk.
  void begin() {
    files = std::make_unique<MemoryFiles>(disk);
    Result<Engine> made =
        EngineAccess::create(options, std::make_unique<HandWire>(requests), platform(), *files);
    ASSERT_TRUE(made) << made.error().to_string();
    engine = std::make_unique<Engine>(std::move(*made));
  }
  void kill() {
    files->die();
    engine.reset();
    requests.open.clear();
    requests.sent.clear();
  }

  MemoryDisk disk;
  std::unique_ptr<MemoryFiles> files;
};

TEST_F(DeliveryLog, CountsARecordDurableWhenItIsSynced) {
  begin();
  offer({"a"});
  engine->poll();
  EXPECT_EQ(books().in_flight, 1u);
  EXPECT_EQ(books().durable, 0u);

  pass(milliseconds(50));

  EXPECT_EQ(books().in_flight, 0u);
  EXPECT_EQ(books().durable, 1u);
  EXPECT_EQ(books().balance(), 0);
}

TEST_F(DeliveryLog, ARecordWaitsToBeSafeFromItsOfferOnAndNotFromItsRound) {
  begin();
  offer({"a"});
  clock.advance(milliseconds(50));

  engine->poll();

  EXPECT_EQ(books().durable, 1u);
}

TEST_F(DeliveryLog, AFlushIsSatisfiedByTheDisk) {
  begin();
  offer({"a"});

  EXPECT_TRUE(engine->flush(Deadline{clock.steady_now()}));

  EXPECT_EQ(books().durable, 1u);
  EXPECT_EQ(requests.open.size(), 1u);
}

TEST_F(DeliveryLog, AnAcknowledgementEndsWhatWasDurable) {
  begin();
  offer({"a"});
  engine->flush(Deadline{clock.steady_now()});

  requests.answer(Answer::accepted());
  pass(seconds(1));

  EXPECT_EQ(books().durable, 0u);
  EXPECT_EQ(books().acknowledged, 1u);
  EXPECT_EQ(engine->counters().log->live_records, 0u);
}

TEST_F(DeliveryLog, DeliversAfterAPowerCutWhatWasDurable) {
  begin();
  offer({"durable", "too"});
  ASSERT_TRUE(engine->flush(Deadline{clock.steady_now()}));
  ASSERT_EQ(books().durable, 2u);
  kill();
  std::mt19937_64 chance(1);
  disk.power_cut(chance);

  begin();
  EXPECT_EQ(books().accepted, 2u);
  EXPECT_EQ(books().durable, 2u);
  requests.at_once = {Answer::accepted()};
  pass(seconds(1));

  EXPECT_EQ(requests.sent, (std::vector<std::vector<std::string>>{{"durable", "too"}}));
  EXPECT_EQ(books().acknowledged, 2u);
  EXPECT_EQ(books().durable, 0u);
  EXPECT_EQ(books().balance(), 0);
}

TEST_F(DeliveryLog, LeavesOnDiskWhatItCannotDeliverBeforeItEnds) {
  begin();
  offer({"a"});

  const Accounting last = engine->shutdown(Deadline{clock.steady_now()});

  EXPECT_EQ(last.durable, 1u);
  EXPECT_EQ(last.dropped.total(), 0u);
  EXPECT_EQ(last.balance(), 0);
  EXPECT_EQ(engine->poll(), SteadyTime::max());
  engine.reset();
  begin();
  EXPECT_EQ(books().durable, 1u);
}

TEST_F(DeliveryLog, DoesNotBringBackWhatWasDropped) {
  options.attempts_limit = 1;
  begin();
  requests.at_once = {{.failure = Failure::transient}};
  offer({"a"});
  engine->flush(Deadline{clock.steady_now()});
  pass(seconds(5));
  ASSERT_EQ(books().dropped[Reason::unavailable], 1u);
  kill();

  begin();

  EXPECT_EQ(books().accepted, 0u);
}

TEST_F(DeliveryLog, AnOutageFillsTheDiskAndNotTheMemoryAndEachRecordArrivesOnce) {
  options.queue_limit_bytes = 1u << 20;
  options.age_limit = std::chrono::hours(2);
  requests.limits.record_bytes = 2'000;
  requests.at_once = {{.failure = Failure::transient}};
  begin();
  for (int i = 0; i < 60; ++i) {
    offer(std::vector<std::string>(100, std::string(2'000, 'x')));
    pass(seconds(1));
  }
  EXPECT_EQ(books().durable, 6'000u);  // 12 MB, with 1 MiB of memory
  EXPECT_EQ(books().dropped.total(), 0u);
  EXPECT_GT(engine->counters().records_spilled, 5'000u);
  EXPECT_LE(engine->counters().held_bytes_most, options.queue_limit_bytes);

  requests.at_once = {Answer::accepted()};
  requests.sent.clear();
  pass(minutes(10));

  std::size_t arrived = 0;
  for (const auto& payloads : requests.sent) arrived += payloads.size();
  EXPECT_EQ(arrived, 6'000u);
  EXPECT_EQ(books().acknowledged, 6'000u);
  EXPECT_EQ(books().balance(), 0);
  EXPECT_EQ(engine->counters().log->live_records, 0u);
}

TEST_F(DeliveryLog, TriesAgainInASecondWhatItCannotReadBackNow) {
  begin();
  offer({"a"});
  engine->flush(Deadline{clock.steady_now()});
  kill();
  begin();
  requests.at_once = {Answer::accepted()};
  files->fault = [](MemoryFiles::Call call, const std::string&) {
    return call == MemoryFiles::Call::open ? -EMFILE : 0;
  };

  EXPECT_EQ(engine->poll(), clock.steady_now() + seconds(1));
  pass(seconds(5));
  EXPECT_EQ(books().durable, 1u);
  EXPECT_EQ(books().dropped.total(), 0u);

  files->fault = {};
  pass(seconds(2));
  EXPECT_EQ(books().acknowledged, 1u);
  EXPECT_EQ(books().balance(), 0);
}

TEST_F(DeliveryLog, DropsWhatTheWireOfThisLifeCannotTake) {
  begin();
  offer({"small", std::string(3'000, 'x')});
  engine->flush(Deadline{clock.steady_now()});
  kill();
  requests.limits.record_bytes = 2'000;
  requests.limits.batch_bytes = 2'000;
  requests.at_once = {Answer::accepted()};

  begin();
  pass(seconds(1));

  EXPECT_EQ(books().acknowledged, 1u);
  EXPECT_EQ(books().dropped[Reason::too_large], 1u);
  EXPECT_EQ(books().durable, 0u);
  EXPECT_EQ(books().balance(), 0);
  EXPECT_EQ(engine->counters().log->live_records, 0u);
}

TEST_F(DeliveryLog, WritesAnewWhatItStillHasWhenItsFolderWasRemoved) {
  begin();
  offer({"a", "b"});
  engine->flush(Deadline{clock.steady_now()});
  ASSERT_EQ(books().durable, 2u);
  disk.remove_all("/log");

  offer({"c"});
  // The round that finds out makes "c" durable, the next one, at once, the others.
  EXPECT_FALSE(engine->flush(Deadline{clock.steady_now()}));
  EXPECT_TRUE(engine->flush(Deadline{clock.steady_now()}));

  EXPECT_EQ(books().durable, 3u);
  EXPECT_EQ(books().in_flight, 0u);
  EXPECT_EQ(books().balance(), 0);
  kill();
  begin();
  EXPECT_EQ(books().durable, 3u);
}

TEST_F(DeliveryLog, GoesOnInMemoryWhileTheDiskIsFull) {
  begin();
  files->fault = [](MemoryFiles::Call call, const std::string&) {
    return call == MemoryFiles::Call::write ? -ENOSPC : 0;
  };
  requests.at_once = {Answer::accepted()};
  offer({"a"});
  pass(seconds(2));

  EXPECT_EQ(books().acknowledged, 1u);
  EXPECT_EQ(books().durable, 0u);
  EXPECT_EQ(books().balance(), 0);
}

TEST_F(DeliveryLog, ReadsBackMoreThanMemoryHoldsAsThereIsRoom) {
  options.queue_limit_bytes = 1u << 20;
  requests.limits.record_bytes = 2'000;
  begin();
  std::uint64_t durable = 0;
  for (int life = 0; life < 3; ++life) {
    offer(std::vector<std::string>(400, std::string(2'000, 'x')));
    ASSERT_TRUE(engine->flush(Deadline{clock.steady_now()}));
    durable = books().durable;
    kill();
    begin();
    ASSERT_EQ(books().durable, durable);
  }
  ASSERT_EQ(durable, 1'200u);  // 2.4 MB of payloads with 1 MiB of memory

  requests.at_once = {Answer::accepted()};
  pass(minutes(1));

  EXPECT_EQ(books().acknowledged, 1'200u);
  EXPECT_EQ(books().durable, 0u);
  EXPECT_LE(engine->counters().held_bytes_most, options.queue_limit_bytes);
}

TEST_F(DeliveryLog, RefusesALogThatCannotBe) {
  options.log->directory = "/not/there";
  files = std::make_unique<MemoryFiles>(disk);

  const Result<Engine> made =
      EngineAccess::create(options, std::make_unique<HandWire>(requests), platform(), *files);

  EXPECT_FALSE(made);
}

/// A real directory, a real thread, a real SIGKILL.
TEST(DeliveryLogProcess, AKilledProcessLeavesWhatItCalledDurable) {
  std::string directory = ::testing::TempDir() + "aloft-engine-XXXXXX";
  ASSERT_NE(mkdtemp(directory.data()), nullptr);
  Requests requests;
  const auto make = [&] {
    return Engine::create(
        {.shutdown_timeout = Nanoseconds(0), .log = delivery::LogOptions{.directory = directory}},
        std::make_unique<HandWire>(requests));
  };
  int told[2];
  ASSERT_EQ(pipe(told), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    Result<Engine> engine = make();
    std::vector<delivery::Record> records;
    for (int i = 0; i < 100; ++i) records.push_back(record("r" + std::to_string(i), "", 3));
    if (engine) engine->offer(std::move(records));
    const bool flushed =
        engine && engine->flush(Deadline::after(Clock::system(), std::chrono::minutes(1)));
    const char verdict = flushed && engine->accounting().durable == 300 ? 'y' : 'n';
    if (write(told[1], &verdict, 1) == 1) raise(SIGKILL);
    _exit(1);
  }
  char verdict = 0;
  ASSERT_EQ(read(told[0], &verdict, 1), 1);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  close(told[0]);
  close(told[1]);

  EXPECT_EQ(verdict, 'y');
  EXPECT_TRUE(WIFSIGNALED(status));
  requests.at_once = {delivery::Answer::accepted()};
  Result<Engine> engine = make();
  ASSERT_TRUE(engine) << engine.error().to_string();
  EXPECT_EQ(engine->accounting().accepted, 300u);
  // Its own thread reads them back; the flush has nothing of its own to wait for.
  for (SteadyTime until = Clock::system().steady_now() + std::chrono::minutes(1);
       engine->accounting().durable > 0 && Clock::system().steady_now() < until;) {
    std::this_thread::yield();
  }
  EXPECT_EQ(engine->accounting().acknowledged, 300u);
}

}  // namespace
}  // namespace aloft
