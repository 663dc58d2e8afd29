// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery/fake_receiver.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace aloft {

using delivery::Answer;
using delivery::Failure;
using std::chrono::milliseconds;
using std::chrono::seconds;

void FakeReceiver::set_weather(Weather weather) noexcept {
  weather_ = weather;
  if (weather == Weather::missing) resource_ = false;
}

std::uint64_t FakeReceiver::open_entry(std::uint32_t count, Nature nature) {
  Entry entry{.count = count, .nature = nature};
  if (nature == Nature::refused_at_first) {
    entry.refusals_left = static_cast<std::uint32_t>(random_.between(1, 3));
  }
  ledger_.push_back(entry);
  return ledger_.size() - 1;
}

std::string FakeReceiver::payload_of(std::uint64_t id, std::size_t bytes) {
  std::string payload = std::to_string(id) + ".";
  if (payload.size() < bytes) payload.resize(bytes, 'x');
  return payload;
}

void FakeReceiver::offend(const std::string& what) {
  if (offence_.empty()) offence_ = what;
}

void FakeReceiver::check_limits(delivery::Records records) {
  if (records.empty()) offend("an empty request");
  if (records.size() > limits_.batch_records) offend("too many records in a request");
  std::size_t bytes = 0;
  std::size_t count = 0;
  WallTime first = WallTime::max();
  WallTime last = WallTime::min();
  for (const delivery::Record* record : records) {
    if (record->payload.size() > limits_.record_bytes) offend("a record is too large");
    bytes += record->payload.size() + limits_.record_overhead_bytes;
    count += record->count;
    first = std::min(first, record->time);
    last = std::max(last, record->time);
    if (clock_.now().wall - record->time > limits_.oldest) offend("a record is too old");
  }
  if (bytes > limits_.batch_bytes) offend("a request is too large");
  if (count > limits_.batch_count) offend("a request stands for too many");
  if (!records.empty() && last - first > limits_.longest_span) offend("a request spans too much");
}

std::vector<std::uint64_t> FakeReceiver::take_ids(delivery::Records records) {
  std::vector<std::uint64_t> ids;
  for (const delivery::Record* record : records) {
    std::uint64_t id = ledger_.size();
    const std::string& payload = record->payload;
    std::from_chars(payload.data(), payload.data() + payload.size(), id);
    if (id >= ledger_.size()) {
      offend("a record that nobody offered");
      continue;
    }
    Entry& entry = ledger_[id];
    if (entry.count != record->count) offend("a record's count has changed");
    if (entry.told_accepted) offend("sent again what was acknowledged");
    if (entry.told_rejected) offend("sent again what was rejected");
    if (std::exchange(entry.flying, true)) offend("a record in two requests at once");
    ids.push_back(id);
  }
  return ids;
}

void FakeReceiver::send(delivery::Records records, Deadline deadline, delivery::Wire::Done done) {
  ++requests_;
  check_limits(records);
  Pending pending{.due = {}, .ids = take_ids(records), .answer = {}, .done = std::move(done)};
  pending.answer = judge(pending.ids);
  reply(std::move(pending), deadline);
}

void FakeReceiver::create(Deadline deadline, delivery::Wire::Done done) {
  if (std::exchange(creating_, true)) offend("two creations at once");
  Pending pending{.due = {}, .ids = {}, .answer = {}, .done = std::move(done)};
  switch (random_.below(8)) {
    case 0:
      pending.answer.failure = Failure::transient;
      break;
    case 1:
      pending.answer.failure = Failure::throttled;
      break;
    case 2:
      if (random_.one_in(4)) pending.answer.failure = Failure::final;
      break;
    default:
      break;
  }
  if (!pending.answer.failure) resource_ = true;
  reply(std::move(pending), deadline);
}

Answer FakeReceiver::judge(const std::vector<std::uint64_t>& ids) {
  late_ = false;
  switch (weather_) {
    case Weather::calm:
      break;
    case Weather::flaky:
      if (random_.one_in(2)) return flake(ids);
      break;
    case Weather::throttling:
      if (random_.one_in(4)) break;
      return {.failure = Failure::throttled,
              .retry_after = random_.one_in(3) ? seconds(random_.between(1, 400)) : seconds(0)};
    case Weather::failing:
      return {.failure = Failure::transient};
    case Weather::silent:
      late_ = true;
      if (random_.one_in(2)) receive(ids, serve(ids));
      return {.failure = Failure::transient, .maybe_received = true};
    case Weather::unauthorized:
      return {.failure = Failure::unauthorized};
    case Weather::missing:
      break;
  }
  if (!resource_) return {.failure = Failure::missing};
  const Answer answer = serve(ids);
  receive(ids, answer);
  return answer;
}

/// What a well receiver says to a whole request.
Answer FakeReceiver::serve(const std::vector<std::uint64_t>& ids) {
  Answer answer;
  if (random_.one_in(400)) return {.failure = Failure::final, .reason = Reason::invalid};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    Entry& entry = ledger_[ids[i]];
    if (entry.nature == Nature::poison) {
      return {.failure = Failure::poison, .reason = Reason::invalid, .message = "not a document"};
    }
    if (entry.nature == Nature::refused) {
      answer.refusals.push_back({.index = i, .again = false, .reason = Reason::too_large});
    } else if (entry.refusals_left > 0) {
      --entry.refusals_left;
      answer.refusals.push_back({.index = i, .again = true, .reason = Reason::throttled});
    }
  }
  return answer;
}

Answer FakeReceiver::flake(const std::vector<std::uint64_t>& ids) {
  switch (random_.below(4)) {
    case 0:  // a reset before anything was written
      return {.failure = Failure::transient};
    case 1:  // a reset after the receiver had it all
      receive(ids, serve(ids));
      return {.failure = Failure::transient, .maybe_received = true};
    case 2:  // a reset in the middle
      return {.failure = Failure::transient, .maybe_received = true};
    default:  // a time limit
      late_ = true;
      if (random_.one_in(2)) receive(ids, serve(ids));
      return {.failure = Failure::transient, .maybe_received = true};
  }
}

void FakeReceiver::receive(const std::vector<std::uint64_t>& ids, const Answer& answer) {
  if (answer.failure) return;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const bool refused = std::any_of(answer.refusals.begin(), answer.refusals.end(),
                                     [i](const auto& refusal) { return refusal.index == i; });
    if (refused) continue;
    Entry& entry = ledger_[ids[i]];
    if (entry.received > 0) {
      ++duplicates_;
      if (!entry.maybe && !entry.excused) offend("a duplicate that nothing excuses");
    }
    ++entry.received;
  }
}

void FakeReceiver::reply(Pending pending, Deadline deadline) {
  const SteadyTime now = clock_.steady_now();
  Nanoseconds delay(0);
  if (late_) {
    delay = deadline.left(now);
  } else if (!random_.one_in(4)) {
    const bool slow = random_.one_in(20);
    delay = milliseconds(random_.between(1, slow ? 9'000 : 80));
    delay = std::min(delay, deadline.left(now));
  }
  pending.due = now + delay;
  late_ = false;
  pending_.push_back(std::move(pending));
  // One that is at once is given inside of `send`.
  if (delay == Nanoseconds::zero()) give_due_answers();
}

void FakeReceiver::hang_up() {
  pending_.clear();
  creating_ = false;
  told_accepted_ = 0;
  told_rejected_ = 0;
  for (Entry& entry : ledger_) {
    entry.told_accepted = false;
    entry.told_rejected = false;
    entry.maybe = false;
    entry.flying = false;
    entry.excused = true;
  }
}

SteadyTime FakeReceiver::next_answer() const noexcept {
  SteadyTime next = SteadyTime::max();
  for (const Pending& pending : pending_) next = std::min(next, pending.due);
  return next;
}

void FakeReceiver::give_due_answers() {
  const SteadyTime now = clock_.steady_now();
  for (std::size_t i = 0; i < pending_.size();) {
    if (pending_[i].due > now) {
      ++i;
      continue;
    }
    Pending pending = std::move(pending_[i]);
    pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(i));
    if (pending.ids.empty()) creating_ = false;
    tell(pending.ids, pending.answer);
    pending.done(std::move(pending.answer));
    i = 0;
  }
}

/// What the sender knows from here on.
void FakeReceiver::tell(const std::vector<std::uint64_t>& ids, const Answer& answer) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    Entry& entry = ledger_[ids[i]];
    entry.flying = false;
    entry.maybe = entry.maybe || answer.maybe_received;
    const bool alone_and_poison = answer.failure == Failure::poison && ids.size() == 1;
    const bool final = answer.failure == Failure::final && !entry.maybe;
    bool rejected = alone_and_poison || final;
    bool again = false;
    for (const auto& refusal : answer.refusals) {
      if (refusal.index != i) continue;
      rejected = !refusal.again;
      again = refusal.again;
    }
    if (rejected) {
      entry.told_rejected = true;
      entry.refused_for_good = true;
      told_rejected_ += entry.count;
    } else if (!answer.failure && !again) {
      entry.told_accepted = true;
      told_accepted_ += entry.count;
      if (entry.received == 0) offend("the fake acknowledged what it does not have");
    }
  }
}

}  // namespace aloft
