// SPDX-License-Identifier: Apache-2.0
// Runs lock-free code in every order that the atomic steps of its threads can have.
//
//   struct Counter { Stepped<int> value{0}; };            // the code under test, on these atomics
//   for_every_order([] { return Counter(); },
//                   {[](Counter& c) { … }, [](Counter& c) { … }},   // one thread each
//                   [](const Counter& c) { EXPECT_EQ(…); });         // after each order
//
// One thread goes on at a time, from one atomic operation to its next, so what is seen is what a
// sequentially consistent machine may do: every race of logic, and nothing about memory ordering.
// A weak exchange also fails for no reason, once in each run, at each place where it may.
#pragma once

#include "telemetry/schedule.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace aloft {

/// Who of the threads of one run may go on.
class Turns {
 public:
  explicit Turns(Schedule& schedule) : schedule_(schedule) {}

  /// Runs each body to its end; whose step is next is the schedule's to say.
  void run(const std::vector<std::function<void()>>& bodies) {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < bodies.size(); ++i) {
      threads.emplace_back([this, i, &body = bodies[i]] {
        current() = {this, i};
        wait_for_turn(i);
        body();
        give_turn_back();
      });
      // What is before its first step nobody sees: no order to try.
      waiting_.push_back(i);
      hand_turn_to(waiting_.size() - 1);
    }
    while (!waiting_.empty()) hand_turn_to(schedule_.choose(waiting_.size()));
    for (std::thread& thread : threads) thread.join();
  }
  /// Called by one of the threads before each of its atomic steps; does nothing outside of a run.
  static void step() {
    const Seat seat = current();
    if (seat.turns != nullptr) seat.turns->pause(seat.number);
  }
  static bool fails_for_no_reason() {
    Turns* const turns = current().turns;
    if (turns == nullptr || turns->failed_ || turns->schedule_.choose(2) == 0) return false;
    turns->failed_ = true;
    return true;
  }

 private:
  struct Seat {
    Turns* turns = nullptr;
    std::size_t number = 0;
  };
  static constexpr std::size_t kNobody = ~std::size_t{0};

  static Seat& current() {
    thread_local Seat seat;
    return seat;
  }
  void hand_turn_to(std::size_t place) {
    std::unique_lock lock(mutex_);
    turn_ = waiting_[place];
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(place));
    changed_.notify_all();
    changed_.wait(lock, [this] { return turn_ == kNobody; });
  }
  void wait_for_turn(std::size_t number) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return turn_ == number; });
  }
  void give_turn_back() {
    const std::lock_guard lock(mutex_);
    turn_ = kNobody;
    changed_.notify_all();
  }
  void pause(std::size_t number) {
    std::unique_lock lock(mutex_);
    waiting_.push_back(number);
    turn_ = kNobody;
    changed_.notify_all();
    changed_.wait(lock, [&] { return turn_ == number; });
  }

  Schedule& schedule_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t turn_ = kNobody;
  std::vector<std::size_t> waiting_;  // threads that are before a step
  bool failed_ = false;
};

/// In place of `std::atomic`.
template <typename T>
class Stepped {
 public:
  Stepped(T value) : value_(value) {}  // NOLINT(google-explicit-constructor): as the standard's

  T load(std::memory_order) const {
    Turns::step();
    return value_;
  }
  void store(T value, std::memory_order) {
    Turns::step();
    value_ = value;
  }
  bool compare_exchange_weak(T& expected, T desired, std::memory_order) {
    Turns::step();
    if (value_ != expected || Turns::fails_for_no_reason()) {
      expected = value_;
      return false;
    }
    value_ = desired;
    return true;
  }

 private:
  T value_;  // handed from thread to thread with the turn
};

/// @return how many orders there were.
template <typename Make, typename Subject = decltype(std::declval<Make>()())>
std::size_t for_every_order(const Make& make,
                            const std::vector<std::function<void(Subject&)>>& threads,
                            const std::function<void(Subject&)>& check) {
  return for_every_schedule([&](Schedule& schedule) {
    Subject subject = make();
    std::vector<std::function<void()>> bodies;
    for (const auto& thread : threads) bodies.push_back([&] { thread(subject); });
    Turns(schedule).run(bodies);
    check(subject);
  });
}

}  // namespace aloft
