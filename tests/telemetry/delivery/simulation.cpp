// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery/simulation.hpp"

#include <aloft/telemetry/delivery/engine.hpp>
#include <aloft/testing/manual_clock.hpp>
#include <aloft/testing/memory_diagnostics.hpp>

#include "telemetry/delivery/engine_access.hpp"
#include "telemetry/delivery/fake_receiver.hpp"
#include "telemetry/delivery_log/memory_disk.hpp"

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace aloft {
namespace {

using delivery::Engine;
using delivery::EngineCounters;
using delivery::EngineOptions;
using delivery::Limits;
using delivery::Record;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// The engine owns its wire, the simulation its receiver.
class Cable final : public delivery::Wire {
 public:
  Cable(FakeReceiver& receiver, const bool& cut) : receiver_(receiver), cut_(cut) {}
  Limits limits() const noexcept override { return receiver_.limits(); }
  void send(delivery::Records records, Deadline deadline, Done done) noexcept override {
    if (!cut_) receiver_.send(records, deadline, std::move(done));
  }
  void create_missing(Deadline deadline, Done done) noexcept override {
    if (!cut_) receiver_.create(deadline, std::move(done));
  }

 private:
  FakeReceiver& receiver_;
  const bool& cut_;  // the sender is dead: what its object still does is not done
};

Limits random_limits(SeededRandom& random) {
  Limits limits;
  limits.batch_records = random.between(1, 24);
  limits.record_bytes = random.between(200, 2'000);
  limits.record_overhead_bytes = random.one_in(2) ? random.between(1, 40) : 0;
  limits.batch_bytes = random.between(limits.record_bytes / 2, 16'000) + 100;
  if (random.one_in(3)) limits.batch_count = random.between(5, 40);
  if (random.one_in(4)) limits.oldest = seconds(random.between(5, 600));
  if (random.one_in(3)) limits.longest_span = milliseconds(random.between(0, 20'000));
  return limits;
}

EngineOptions random_options(SeededRandom& random) {
  EngineOptions options;
  options.queue_limit_bytes = random.between(64u << 10, 200u << 10);
  options.tenant_limit = random.between(1, 6);
  options.linger = milliseconds(random.between(0, 500));
  options.request_timeout = seconds(10);
  options.requests_limit = random.between(1, 8);
  options.attempts_limit = static_cast<std::uint32_t>(random.between(1, 12));
  options.age_limit = seconds(random.between(1, 600));
  options.probe_interval = seconds(random.between(1, 60));
  options.shutdown_timeout = Nanoseconds(0);
  options.dead_letter_limit = random.between(0, 8);
  options.threading = Threading::manual;
  return options;
}

class Simulation {
 public:
  explicit Simulation(std::uint64_t seed)
      : random_(seed), engine_random_(~seed), receiver_(clock_, random_, random_limits(random_)) {}

  /// One life without a log; or two with one, the first of which ends somehow.
  Findings run() {
    options_ = random_options(random_);
    if (random_.one_in(2)) {
      options_.log = delivery::LogOptions{
          .directory = "/log",
          .limit_bytes = random_.between(64u << 10, 1u << 20),
          .segment_bytes = random_.between(4u << 10, 16u << 10),
          .sync_interval = milliseconds(random_.one_in(4) ? 0 : random_.between(1, 2'000))};
    }
    if (options_.log && random_.one_in(6)) disk_.space = random_.between(8u << 10, 400u << 10);
    if (!begin()) return findings_;
    live();
    if (options_.log) {
      if (ok()) random_.one_in(3) ? end_and_begin_again() : crash_and_begin_again();
      if (ok() && random_.one_in(2)) live();
    }
    if (ok()) settle();
    finish();
    return findings_;
  }

 private:
  bool begin() {
    cut_ = false;
    accepted_ = 0;
    files_ = std::make_unique<delivery::fixture::MemoryFiles>(disk_);
    Result<Engine> engine =
        delivery::EngineAccess::create(options_, std::make_unique<Cable>(receiver_, cut_),
                                       {clock_, engine_random_, diagnostics_}, *files_);
    if (!engine && options_.log && disk_.space != UINT64_MAX) {
      // No room for so much as a directory: memory has to do.
      options_.log.reset();
      return begin();
    }
    if (!engine) {
      offend(engine.error().to_string());
      return false;
    }
    engine_ = std::make_unique<Engine>(std::move(*engine));
    accepted_ = engine_->accounting().accepted;
    return true;
  }

  /// What the end left on disk is what the next life begins with, to the item.
  void end_and_begin_again() {
    const Accounting books = engine_->shutdown(Deadline{clock_.steady_now()});
    compare(books);
    forget(books);
    engine_.reset();
    receiver_.hang_up();
    if (!begin() || !options_.log) return;
    // On a full disk it could not be noted what was settled, and that comes back.
    const std::uint64_t durable = engine_->accounting().durable;
    const bool more = durable > books.durable && disk_.space != UINT64_MAX;
    if (durable != books.durable && !more) offend("durable did not survive a restart");
    step();
  }

  /// A kill, or a power cut, between any two steps.
  void crash_and_begin_again() {
    const bool flushed = random_.one_in(2) && engine_->flush(Deadline{clock_.steady_now()});
    step();
    const Accounting books = engine_->accounting();
    if (flushed && books.in_flight != 0) offend("a flush did not tell the truth");
    forget(books);
    may_be_lost_ += books.in_flight;
    cut_ = true;
    files_->die();
    engine_.reset();
    receiver_.hang_up();
    const bool power_cut = random_.one_in(2);
    if (power_cut) {
      std::mt19937_64 chance(random_.next());
      disk_.power_cut(chance);
    }
    if (!begin() || !options_.log) {
      may_be_lost_ += books.durable;  // of a disk without room for a directory
      return;
    }
    if (engine_->accounting().durable < books.durable) offend("durable did not survive a crash");
    step();
  }

  /// What is damaged was half written when the crash came: in flight then, or settled already.
  void forget(const Accounting& books) {
    may_be_lost_ += books.dropped.total() - books.dropped[Reason::damaged] + books.unknown;
  }

  /// Some minutes of offers in changing weather.
  void live() {
    const std::uint64_t events = random_.between(5, 80);
    for (std::uint64_t i = 0; i < events && ok(); ++i) {
      if (random_.one_in(6)) receiver_.set_weather(static_cast<Weather>(random_.below(kWeathers)));
      if (random_.one_in(25)) clock_.jump_wall(seconds(random_.between(0, 7'200)) - seconds(3'600));
      if (random_.one_in(10)) engine_->take_dead_letters();
      offer();
      if (random_.one_in(8)) flush();
      pass(milliseconds(random_.one_in(5) ? random_.between(1, 60'000) : random_.between(0, 300)));
    }
  }

  /// Fair weather until nothing is in flight; the age limit puts an end to it.
  void settle() {
    // What is on disk is read as there is room: in bad weather that takes an age limit a time.
    if (options_.log || random_.one_in(2)) receiver_.set_weather(Weather::calm);
    // With a log the receiver's longest pause comes on top: nothing is read from disk meanwhile.
    const SteadyTime patience =
        clock_.steady_now() + options_.age_limit + minutes(options_.log ? 30 : 2);
    while (ok() && engine_->accounting().in_flight + engine_->accounting().durable > 0) {
      if (clock_.steady_now() > patience) return offend("something never settles");
      pass(seconds(5));
    }
    if (ok() && !engine_->flush(Deadline{clock_.steady_now()})) {
      offend("a flush denies that all is settled");
    }
  }

  void offer() {
    std::vector<Record> records;
    const std::uint64_t count = random_.one_in(8) ? random_.between(50, 200) : random_.below(12);
    for (std::uint64_t i = 0; i < count; ++i) records.push_back(record());
    engine_->offer(std::move(records));
    step();
  }

  Record record() {
    Nature nature = Nature::good;
    if (random_.one_in(40)) nature = static_cast<Nature>(random_.between(1, 3));
    const auto items = static_cast<std::uint32_t>(random_.between(1, 5));
    const std::uint64_t id = receiver_.open_entry(items, nature);
    // Mostly small ones, now and then one that is too large.
    const std::size_t most = receiver_.limits().record_bytes;
    const std::size_t bytes = random_.one_in(5) ? most + most / 20 : most / 8;
    Record record;
    record.payload = FakeReceiver::payload_of(id, random_.below(bytes));
    record.tenant = random_.one_in(2) ? "noisy" : "tenant-" + std::to_string(random_.below(9));
    record.count = items;
    record.time = clock_.now().wall - milliseconds(random_.between(0, 3'000));
    findings_.records += 1;
    accepted_ += items;
    return record;
  }

  void flush() {
    const bool flushed = engine_->flush(Deadline{clock_.steady_now()});
    step();
    if (flushed != (engine_->accounting().in_flight == 0)) offend("a flush did not tell the truth");
  }

  /// Lets time pass, event by event.
  void pass(Nanoseconds time) {
    const SteadyTime until = clock_.steady_now() + time;
    while (ok()) {
      const SteadyTime now = clock_.steady_now();
      const SteadyTime next = std::min(engine_->poll(), receiver_.next_answer());
      step();
      if (next >= until) {
        clock_.advance(until - now);
        return;
      }
      if (next <= now && ++stuck_ > 10'000) return offend("time stands still");
      if (next > now) {
        stuck_ = 0;
        clock_.advance(next - now);
      }
      receiver_.give_due_answers();
    }
  }

  void step() {
    ++findings_.steps;
    const Accounting books = engine_->accounting();
    const EngineCounters counters = engine_->counters();
    if (books.balance() != 0) offend("the accounting does not balance");
    // With a log, what dead processes left comes in as there is room on disk.
    const bool more = options_.log && books.accepted > accepted_;
    if (books.accepted != accepted_ && !more) offend("accepted is not what was offered");
    if (counters.held_bytes_most > options_.queue_limit_bytes) offend("above the byte budget");
    if (!receiver_.offence().empty()) offend(receiver_.offence());
  }

  /// What was told and what was concluded agree, record by record.
  void finish() {
    if (ok()) engine_->poll();
    const Accounting books = engine_->shutdown(Deadline{clock_.steady_now()});
    compare(books);
    forget(books);
    std::uint64_t nowhere = 0;
    for (const Entry& entry : receiver_.ledger()) {
      if (entry.received == 0 && !entry.refused_for_good) nowhere += entry.count;
    }
    if (nowhere > may_be_lost_) offend("something was lost silently");
    findings_.requests = receiver_.requests();
    findings_.acknowledged = books.acknowledged;
    findings_.rejected = books.rejected.total();
    findings_.dropped = books.dropped.total();
    findings_.unknown = books.unknown;
    findings_.duplicates = receiver_.duplicates();
  }

  /// The books of one life with what the receiver told it, at its end.
  void compare(const Accounting& books) {
    std::uint64_t maybe = 0;
    std::uint64_t never = 0;
    for (const Entry& entry : receiver_.ledger()) {
      if (entry.told_accepted || entry.told_rejected) continue;
      // Of a request that is out at the end nobody ever says what became of it.
      (entry.maybe || entry.flying ? maybe : never) += entry.count;
      if (!entry.maybe && !entry.excused && entry.received > 0 && !entry.flying) {
        offend("dropped what the receiver has");
      }
    }
    if (books.acknowledged != receiver_.told_accepted())
      offend("acknowledged is not what was told");
    if (books.rejected.total() != receiver_.told_rejected())
      offend("rejected is not what was told");
    if (books.in_flight != 0 || books.balance() != 0) offend("the last books do not balance");
    if (!options_.log) {
      if (books.unknown != maybe) offend("unknown is not what may have arrived");
      if (books.dropped.total() != never) offend("dropped is not what was never sent");
    } else if (books.unknown > maybe) {
      offend("unknown is more than what may have arrived");
    }
  }

  bool ok() const noexcept { return findings_.offence.empty(); }
  void offend(const std::string& what) {
    if (ok()) findings_.offence = what;
  }

  testing::ManualClock clock_;
  SeededRandom random_;
  SeededRandom engine_random_;
  testing::MemoryDiagnostics diagnostics_;
  FakeReceiver receiver_;
  EngineOptions options_;
  delivery::fixture::MemoryDisk disk_;
  std::unique_ptr<delivery::fixture::MemoryFiles> files_;
  std::unique_ptr<Engine> engine_;
  bool cut_ = false;
  std::uint64_t may_be_lost_ = 0;  // items that the books of all lives gave up, or a crash took
  Findings findings_;
  std::uint64_t accepted_ = 0;
  int stuck_ = 0;
};

}  // namespace

void Findings::add(const Findings& more) noexcept {
  records += more.records;
  requests += more.requests;
  steps += more.steps;
  acknowledged += more.acknowledged;
  rejected += more.rejected;
  dropped += more.dropped;
  unknown += more.unknown;
  duplicates += more.duplicates;
}

Findings run_schedule(std::uint64_t seed) { return Simulation(seed).run(); }

}  // namespace aloft
