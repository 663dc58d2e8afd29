// SPDX-License-Identifier: Apache-2.0
// A receiver in virtual time with a ledger of its own: it enforces the limits, loses requests and
// answers in every way a network can, refuses records, forgets its resource and our credentials;
// and it remembers of each record what it has and what it told the sender.
//
// Nothing in it reads the engine's books: the simulation compares the two.
#pragma once

#include <aloft/telemetry/delivery/wire.hpp>
#include <aloft/testing/manual_clock.hpp>

#include "telemetry/delivery/seeded_random.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace aloft {

/// What a receiver does with a record that reaches it.
enum class Nature : std::uint8_t { good, poison, refused, refused_at_first };

struct Entry {
  std::uint32_t count = 0;
  Nature nature = Nature::good;
  std::uint32_t refusals_left = 0;  // of one refused at first
  std::uint32_t received = 0;       // times that the receiver took it
  bool told_accepted = false;       // the sender was told so
  bool told_rejected = false;
  bool maybe = false;             // the sender was told that it may have been received
  bool flying = false;            // in a request that has not been answered
  bool excused = false;           // the sender has died since, and forgot what it was told
  bool refused_for_good = false;  // in any life
};

/// What the world is like for a while.
enum class Weather : std::uint8_t {
  calm,
  flaky,  // resets before and after, time limits, slow answers, some 5xx
  throttling,
  failing,  // 5xx
  silent,   // time limits only
  unauthorized,
  missing,  // the resource is gone until it is made
};
inline constexpr std::uint64_t kWeathers = 7;

class FakeReceiver {
 public:
  FakeReceiver(testing::ManualClock& clock, SeededRandom& random, delivery::Limits limits)
      : clock_(clock), random_(random), limits_(limits) {}

  const delivery::Limits& limits() const noexcept { return limits_; }
  void set_weather(Weather weather) noexcept;
  /// A new record's entry; its payload must be `payload_of(its index)`, padded.
  std::uint64_t open_entry(std::uint32_t count, Nature nature);
  static std::string payload_of(std::uint64_t id, std::size_t bytes);

  void send(delivery::Records records, Deadline deadline, delivery::Wire::Done done);
  void create(Deadline deadline, delivery::Wire::Done done);
  /// The sender has died, or ended: what was under way is not answered, what it was told forgotten.
  void hang_up();
  /// When the next answer is due; `SteadyTime::max()` for never.
  SteadyTime next_answer() const noexcept;
  /// Gives the answers that are due.
  void give_due_answers();

  const std::vector<Entry>& ledger() const noexcept { return ledger_; }
  std::uint64_t told_accepted() const noexcept { return told_accepted_; }
  std::uint64_t told_rejected() const noexcept { return told_rejected_; }
  std::uint64_t duplicates() const noexcept { return duplicates_; }
  std::uint64_t requests() const noexcept { return requests_; }
  /// The first thing that an engine must never do, or empty.
  const std::string& offence() const noexcept { return offence_; }

 private:
  struct Pending {
    SteadyTime due;
    std::vector<std::uint64_t> ids;
    delivery::Answer answer;
    delivery::Wire::Done done;
  };

  void check_limits(delivery::Records records);
  std::vector<std::uint64_t> take_ids(delivery::Records records);
  delivery::Answer judge(const std::vector<std::uint64_t>& ids);
  delivery::Answer serve(const std::vector<std::uint64_t>& ids);
  delivery::Answer flake(const std::vector<std::uint64_t>& ids);
  void receive(const std::vector<std::uint64_t>& ids, const delivery::Answer& answer);
  void tell(const std::vector<std::uint64_t>& ids, const delivery::Answer& answer);
  void reply(Pending pending, Deadline deadline);
  void offend(const std::string& what);

  testing::ManualClock& clock_;
  SeededRandom& random_;
  const delivery::Limits limits_;
  Weather weather_ = Weather::calm;
  bool resource_ = true;
  bool creating_ = false;
  bool late_ = false;  // the next answer comes at the deadline
  std::vector<Entry> ledger_;
  std::vector<Pending> pending_;
  std::uint64_t told_accepted_ = 0;
  std::uint64_t told_rejected_ = 0;
  std::uint64_t duplicates_ = 0;
  std::uint64_t requests_ = 0;
  std::string offence_;
};

}  // namespace aloft
