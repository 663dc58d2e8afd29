// SPDX-License-Identifier: Apache-2.0
// What the engine decides: which records are admitted, what is sent next, and what an answer means
// for each of them. It has no thread, reads no clock and does no I/O, so that a simulation can
// drive it through any order of events; `Core` gives it time, answers and a wire.
//
// A record is *queued* with its tenant, then in a *parcel*: records that are sent together, flying
// or waiting for the next attempt. Every record ends in `settle`, once.
//
// Thread-safety: none, except `books()`.
#pragma once

#include <aloft/core/random.hpp>
#include <aloft/telemetry/delivery/engine_options.hpp>
#include <aloft/telemetry/delivery/wire.hpp>

#include "telemetry/delivery/books.hpp"
#include "telemetry/delivery/concurrency_limit.hpp"
#include "telemetry/delivery/destination.hpp"
#include "telemetry/delivery/fair_queue.hpp"
#include "telemetry/delivery/loss_window.hpp"
#include "telemetry/delivery/slab.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace delivery {

/// What the wire is to do now.
struct Dispatch {
  std::uint64_t id = 0;  ///< to be given back with the answer
  bool create = false;   ///< `create_missing` instead of `send`
  Records records{};     ///< valid until the answer has been given
};

class Machine {
 public:
  Machine(const EngineOptions& options, const Limits& limits, bool logs, Random& random);

  /// Admits the record, or drops and counts it.
  void offer(Record&& record, TimePoint now) noexcept;
  /// One that the log kept, counted durable already; false, and unchanged, when there is no room.
  /// What this wire cannot take is dropped.
  bool restore(Record& record, std::uint64_t sequence, SteadyTime now) noexcept;
  /// The next thing to do; nothing when only time or an answer helps.
  std::optional<Dispatch> next(TimePoint now) noexcept;
  void answered(std::uint64_t id, const Answer& answer, TimePoint now) noexcept;
  /// When `next` is worth calling again without an answer or an offer.
  SteadyTime wakes_at(SteadyTime now) const noexcept;
  /// From now on whatever is offered is dropped, and nothing is sent.
  void refuse() noexcept { closed_ = true; }
  /// The same, and settles everything: what is not on disk is dropped as `reason`, or unknown.
  void close(Reason reason, SteadyTime now) noexcept;

  /// What the parent of a fork had in flight: accepted here, and dropped.
  void inherit(std::uint64_t count, SteadyTime now) noexcept;

  /// What was offered so far is wanted soon. @return what `flushed` is asked with.
  std::uint64_t begin_flush() noexcept;
  bool flushed(std::uint64_t flush) const noexcept;
  bool flush_is_wanted() const noexcept { return wanted_generation_ >= oldest_generation_; }

  /// What the log has yet to write; the records stay until `logged` was called for each.
  std::vector<Item*> take_unlogged();
  /// @param sequence  0 when the log did not take it.
  void logged(Item& item, std::uint64_t sequence) noexcept;
  /// Everything up to `sequence` is on disk.
  void durable(std::uint64_t sequence) noexcept;
  /// Records that are not on disk any more, and are in memory yet, are what the log is to have.
  /// @param holds  whether a sequence is.
  /// @return whether there are any.
  bool relog(const std::function<bool(std::uint64_t)>& holds);
  /// Of records on disk that were settled since the last call.
  std::vector<std::uint64_t> take_settled_sequences() noexcept;
  /// Records on disk that are not in memory, since earlier lives or dead processes left them.
  void found_on_disk(std::uint64_t count) noexcept;
  /// Memory is so full that what is on disk leaves it.
  bool is_crowded() const noexcept { return held_bytes() > options_.queue_limit_bytes / 4 * 3; }
  /// When it is, records that are queued and on disk leave memory, the newest first, until half of
  /// it is free: they stay durable. What came back from disk does not leave again.
  /// @return their sequences, rising.
  std::vector<std::uint64_t> spill();
  void lost_on_disk(std::uint64_t count, SteadyTime now) noexcept;

  std::vector<DeadLetter> take_dead_letters();
  const Books& books() const noexcept { return books_; }
  EngineCounters counters() const noexcept;
  EngineHealth health(SteadyTime now) const;
  std::size_t held_bytes() const noexcept { return text_bytes_ + letter_bytes_ + slab_.bytes(); }
  /// From when on more from disk is welcome: there is room, and the receiver does well enough for
  /// it not to grow old in memory.
  SteadyTime wants_more_at(SteadyTime now) const noexcept;

 private:
  struct Parcel {
    std::vector<Item*> items;
    std::vector<const Record*> records;  // while flying
    std::uint64_t id = 0;
    std::uint32_t attempts = 0;
    SteadyTime due{};      // while waiting
    SteadyTime started{};  // while flying
  };
  enum class Creation : std::uint8_t { none, wanted, asked };

  // Admission.
  bool is_too_large(const Record& record) const noexcept;
  bool admit(std::uint32_t slot, std::size_t text_bytes, std::uint64_t count,
             SteadyTime now) noexcept;
  Item* take_in(Record&& record, std::uint32_t slot, SteadyTime now) noexcept;
  void evict(Item& item, SteadyTime now) noexcept;

  // Sending.
  bool may_send(SteadyTime now) noexcept;
  bool has_room_for_parcel() const noexcept;
  SteadyTime batch_ready_at(SteadyTime now) const noexcept;
  Parcel form(TimePoint now) noexcept;
  /// What a batch that is being formed has so far.
  struct Filling {
    std::size_t wire_bytes = 0;
    std::size_t count = 0;
    std::size_t memory = 0;
  };
  bool fits(const Item& item, const Filling& filling) const noexcept;
  Dispatch launch(Parcel&& parcel, SteadyTime now) noexcept;
  Dispatch launch_creation(SteadyTime now) noexcept;
  Parcel new_parcel() noexcept;
  void recycle(Parcel&& parcel) noexcept;

  // Answers.
  void accepted(Parcel& parcel, const Answer& answer, SteadyTime now) noexcept;
  void failed(Parcel&& parcel, const Answer& answer, TimePoint now) noexcept;
  void retry(Parcel&& parcel, const Answer& answer, TimePoint now) noexcept;
  void bisect(Parcel&& parcel, const Answer& answer, SteadyTime now) noexcept;
  void await_creation(Parcel&& parcel, SteadyTime now) noexcept;
  void created(const Answer& answer, SteadyTime started, SteadyTime now) noexcept;
  void wait(Parcel&& parcel, SteadyTime due) noexcept;

  // Ends.
  std::optional<Reason> too_old(const Item& item, TimePoint now) const noexcept;
  void drop_old(Parcel& parcel, TimePoint now) noexcept;
  void sweep(TimePoint now) noexcept;
  void acknowledge(Item& item) noexcept;
  void reject(Item& item, const Refusal& refusal, const std::string& message,
              SteadyTime now) noexcept;
  void give_up(Item& item, Reason reason, SteadyTime now) noexcept;
  void give_up_all(Parcel&& parcel, Reason reason, SteadyTime now) noexcept;
  void settle(Item& item) noexcept;
  void forget_sync(const Item& item) noexcept;
  void release(Item& item) noexcept;
  void settled_for_flush(Item& item) noexcept;
  void keep_letter(Item& item, Reason reason, const std::string& message) noexcept;

  EngineOptions options_;
  Limits limits_;
  std::size_t batch_memory_;  // at most in a parcel
  bool logs_;
  bool closed_ = false;
  Books books_;
  EngineCounters counters_;
  Slab slab_;
  FairQueue queue_;
  Destination destination_;
  ConcurrencyLimit limit_;
  LossWindow losses_;
  std::size_t text_bytes_ = 0;
  std::size_t letter_bytes_ = 0;
  std::size_t parcel_bytes_ = 0;  // memory of what is in parcels

  std::vector<Parcel> flying_;
  std::vector<Parcel> waiting_;  // a heap: the first is due first
  std::vector<Parcel> missing_;  // until what they go to was made
  std::vector<Parcel> spare_;
  std::uint64_t last_id_ = 0;
  Creation creation_ = Creation::none;
  std::uint64_t creation_id_ = 0;
  std::uint32_t creation_attempts_ = 0;
  SteadyTime creation_started_{};
  SteadyTime next_sweep_{SteadyTime::min()};

  std::deque<std::uint64_t> pending_{0};  // unsettled records by generation
  std::uint64_t oldest_generation_ = 1;
  std::uint64_t wanted_generation_ = 0;  // by a flush
  bool hurries_ = false;                 // a flush found something queued, and it still is

  struct Syncing {
    std::uint64_t sequence;
    Item* item;  // null when it was settled before
  };
  std::vector<Item*> unlogged_;
  std::deque<Syncing> syncing_;
  std::vector<std::uint64_t> settled_sequences_;
  std::vector<DeadLetter> letters_;
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
