// SPDX-License-Identifier: Apache-2.0
// A wire whose answers a test gives by hand, and an engine on it that moves only by hand.
#pragma once

#include <aloft/telemetry/delivery/engine.hpp>
#include <aloft/testing/manual_clock.hpp>
#include <aloft/testing/memory_diagnostics.hpp>

#include "telemetry/delivery/seeded_random.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aloft {

/// What a test sees of the requests, also after the engine has gone.
struct Requests {
  struct Request {
    std::vector<std::string> payloads;
    delivery::Wire::Done done;
  };
  delivery::Limits limits{};
  /// Answers at once while it is not empty; the last one is used again and again.
  std::deque<delivery::Answer> at_once{};
  std::vector<Request> open{};
  std::vector<delivery::Wire::Done> creations{};
  std::vector<std::vector<std::string>> sent{};  ///< of every request

  /// Answers the oldest request that is open.
  void answer(delivery::Answer answer) {
    ASSERT_FALSE(open.empty());
    Request request = std::move(open.front());
    open.erase(open.begin());
    request.done(std::move(answer));
  }
  void answer_creation(delivery::Answer answer) {
    ASSERT_FALSE(creations.empty());
    delivery::Wire::Done done = std::move(creations.front());
    creations.erase(creations.begin());
    done(std::move(answer));
  }
};

class HandWire final : public delivery::Wire {
 public:
  explicit HandWire(Requests& requests) : requests_(requests) {}
  delivery::Limits limits() const noexcept override { return requests_.limits; }
  void send(delivery::Records records, Deadline, Done done) noexcept override {
    Requests::Request request{.payloads = {}, .done = std::move(done)};
    for (const delivery::Record* record : records) request.payloads.push_back(record->payload);
    requests_.sent.push_back(request.payloads);
    if (requests_.at_once.empty()) {
      requests_.open.push_back(std::move(request));
      return;
    }
    const delivery::Answer answer = requests_.at_once.front();
    if (requests_.at_once.size() > 1) requests_.at_once.pop_front();
    request.done(answer);
  }
  void create_missing(Deadline, Done done) noexcept override {
    requests_.creations.push_back(std::move(done));
  }

 private:
  Requests& requests_;
};

inline delivery::Record record(std::string payload, std::string tenant = {},
                               std::uint32_t count = 1) {
  return {.payload = std::move(payload), .tenant = std::move(tenant), .count = count};
}

/// An engine by hand: each test changes what it is about and calls `make`.
class EngineTest : public ::testing::Test {
 protected:
  using Answer = delivery::Answer;
  using Failure = delivery::Failure;
  using milliseconds = std::chrono::milliseconds;
  using seconds = std::chrono::seconds;
  using minutes = std::chrono::minutes;

  void make() {
    Result<delivery::Engine> made =
        delivery::Engine::create(options, std::make_unique<HandWire>(requests), platform());
    ASSERT_TRUE(made) << made.error().to_string();
    engine = std::make_unique<delivery::Engine>(std::move(*made));
  }
  Platform platform() { return {clock, random, diagnostics}; }
  void offer(const std::vector<std::string>& payloads, const std::string& tenant = {}) {
    std::vector<delivery::Record> records;
    for (const std::string& payload : payloads) records.push_back(record(payload, tenant));
    engine->offer(std::move(records));
  }
  /// Lets time pass and the engine work at each moment that it asked for.
  void pass(Nanoseconds time) {
    const SteadyTime until = clock.steady_now() + time;
    for (SteadyTime now = clock.steady_now(); now < until; now = clock.steady_now()) {
      const SteadyTime next = std::max(engine->poll(), now + Nanoseconds(1));
      clock.advance(std::min(next, until) - now);
    }
    engine->poll();
  }
  Accounting books() const { return engine->accounting(); }

  testing::ManualClock clock;
  SeededRandom random{7};
  testing::MemoryDiagnostics diagnostics;
  Requests requests;
  delivery::EngineOptions options{.shutdown_timeout = Nanoseconds(0),
                                  .threading = Threading::manual};
  std::unique_ptr<delivery::Engine> engine;
};

}  // namespace aloft
