// SPDX-License-Identifier: Apache-2.0
// The engine with its own thread, and a wire that answers from others.
#include <aloft/telemetry/delivery/engine.hpp>
#include <aloft/testing/memory_diagnostics.hpp>

#include "core/fork_epoch.hpp"
#include "telemetry/delivery/hand_wire.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace aloft {
namespace {

using delivery::Answer;
using delivery::Engine;
using delivery::Limits;
using delivery::Records;
using std::chrono::milliseconds;
using std::chrono::minutes;

/// Answers from two threads: mostly yes, sometimes later, sometimes once more please. It sums up
/// what it accepted on its own.
class PooledWire final : public delivery::Wire {
 public:
  explicit PooledWire(std::atomic<std::uint64_t>& accepted) : accepted_(accepted) {
    for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { answer(); });
  }
  ~PooledWire() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      came_.notify_all();
    }
    for (std::thread& thread : threads_) thread.join();
  }
  Limits limits() const noexcept override { return {.batch_records = 20}; }
  void send(Records records, Deadline, Done done) noexcept override {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({records, std::move(done)});
    came_.notify_one();
  }
  void create_missing(Deadline, Done done) noexcept override { done(Answer::accepted()); }

 private:
  struct Waiting {
    Records records;
    Done done;
  };
  void answer() {
    std::unique_lock lock(mutex_);
    for (;;) {
      came_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      Waiting waiting = std::move(waiting_.back());
      waiting_.pop_back();
      const std::uint64_t number = ++answered_;
      lock.unlock();
      Answer answer;
      for (std::size_t i = 0; i < waiting.records.size(); ++i) {
        if (number % 7 == 0 && i == 0) {
          answer.refusals.push_back({.index = i, .again = true, .reason = Reason::throttled});
        } else {
          accepted_ += waiting.records[i]->count;
        }
      }
      waiting.done(std::move(answer));
      lock.lock();
    }
  }

  std::atomic<std::uint64_t>& accepted_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<Waiting> waiting_;
  bool stopping_ = false;
  std::uint64_t answered_ = 0;
  std::vector<std::thread> threads_;
};

TEST(DeliveryThreads, DeliverEverythingUnderLoadAndTheBooksBalance) {
  std::atomic<std::uint64_t> accepted{0};
  Result<Engine> engine =
      Engine::create({.queue_limit_bytes = 64u << 20, .shutdown_timeout = minutes(2)},
                     std::make_unique<PooledWire>(accepted));
  ASSERT_TRUE(engine);
  std::atomic<bool> over{false};
  std::thread reader([&] {
    while (!over) {
      const Accounting books = engine->accounting();
      EXPECT_GE(books.accepted, books.acknowledged);
      static_cast<void>(engine->health());
      static_cast<void>(engine->counters());
    }
  });

  for (int i = 0; i < 200; ++i) {
    std::vector<delivery::Record> records;
    for (int k = 0; k < 50; ++k) {
      records.push_back(record(std::string(200, 'x'), "t" + std::to_string(k % 7), 2));
    }
    engine->offer(std::move(records));
  }
  EXPECT_TRUE(engine->flush(Deadline::after(Clock::system(), minutes(2))));
  over = true;
  reader.join();

  const Accounting books = engine->accounting();
  EXPECT_EQ(books.accepted, 20'000u);
  EXPECT_EQ(books.acknowledged, 20'000u);
  EXPECT_EQ(accepted.load(), 20'000u);
  EXPECT_EQ(books.balance(), 0);
}

TEST(DeliveryThreads, EndsInTimeWhenTheWireNeverAnswers) {
  Requests requests;
  Result<Engine> engine =
      Engine::create({.shutdown_timeout = milliseconds(20)}, std::make_unique<HandWire>(requests));
  ASSERT_TRUE(engine);
  std::vector<delivery::Record> records;
  records.push_back(record("a"));
  engine->offer(std::move(records));

  const Accounting books = engine->shutdown(Deadline::after(Clock::system(), milliseconds(20)));

  EXPECT_EQ(books.unknown, 1u);
  EXPECT_EQ(books.balance(), 0);
}

/// Stands still in `send`, against the contract, until it is told to go on.
class StubbornWire final : public delivery::Wire {
 public:
  struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool entered = false;
    bool open = false;
  };
  explicit StubbornWire(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) {}
  Limits limits() const noexcept override { return {}; }
  void send(Records, Deadline, Done done) noexcept override {
    const std::shared_ptr<Gate> gate = gate_;
    std::unique_lock lock(gate->mutex);
    gate->entered = true;
    gate->changed.notify_all();
    gate->changed.wait(lock, [&] { return gate->open; });
    done(Answer::accepted());
  }
  void create_missing(Deadline, Done done) noexcept override { done(Answer::accepted()); }

 private:
  std::shared_ptr<Gate> gate_;
};

TEST(DeliveryThreads, LeaveAWireBehindThatStandsStill) {
  const auto gate = std::make_shared<StubbornWire::Gate>();
  {
    Result<Engine> engine =
        Engine::create({.shutdown_timeout = milliseconds(1)}, std::make_unique<StubbornWire>(gate));
    ASSERT_TRUE(engine);
    std::vector<delivery::Record> records;
    records.push_back(record("a"));
    engine->offer(std::move(records));
    static_cast<void>(engine->flush(Deadline::after(Clock::system(), milliseconds(1))));
    std::unique_lock lock(gate->mutex);
    gate->changed.wait(lock, [&] { return gate->entered; });
  }
  const std::lock_guard lock(gate->mutex);
  gate->open = true;
  gate->changed.notify_all();
}

/// What the child of a fork tells by its exit status.
int status_of_child(pid_t child) {
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(DeliveryThreads, AForkedChildDropsWhatItsParentHadInFlightAndDeliversItsOwn) {
  Requests requests;
  Result<Engine> engine =
      Engine::create({.shutdown_timeout = milliseconds(1)}, std::make_unique<HandWire>(requests));
  ASSERT_TRUE(engine);
  std::vector<delivery::Record> records;
  records.push_back(record("of the parent", "", 5));
  engine->offer(std::move(records));

  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const Accounting first = engine->accounting();
    bool good = first.accepted == 5 && first.dropped[Reason::forked] == 5 && first.balance() == 0;
    requests.at_once = {Answer::accepted()};
    std::vector<delivery::Record> own;
    own.push_back(record("of the child", "", 2));
    engine->offer(std::move(own));
    good = good && engine->flush(Deadline::after(Clock::system(), minutes(1)));
    const Accounting books = engine->accounting();
    good = good && books.acknowledged == 2 && books.accepted == 7 && books.balance() == 0;
    _exit(good ? 0 : 1);
  }

  EXPECT_EQ(status_of_child(child), 0);
  EXPECT_EQ(engine->accounting().in_flight, 5u);
  EXPECT_EQ(engine->accounting().dropped.total(), 0u);
}

}  // namespace
}  // namespace aloft
