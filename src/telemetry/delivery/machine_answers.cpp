// SPDX-License-Identifier: Apache-2.0
// What an answer means for the records that it is about.
#include "telemetry/delivery/machine.hpp"

#include <algorithm>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace delivery {

void Machine::answered(std::uint64_t id, const Answer& answer, TimePoint now) noexcept {
  if (creation_ == Creation::asked && id == creation_id_) {
    created(answer, creation_started_, now.steady);
    return;
  }
  const auto at = std::find_if(flying_.begin(), flying_.end(),
                               [id](const Parcel& parcel) { return parcel.id == id; });
  if (at == flying_.end()) {
    ++counters_.answers_ignored;
    return;
  }
  Parcel parcel = std::move(*at);
  flying_.erase(at);
  if (!answer.failure) {
    accepted(parcel, answer, now.steady);
    recycle(std::move(parcel));
  } else {
    failed(std::move(parcel), answer, now);
  }
}

/// The receiver has all but what it names.
void Machine::accepted(Parcel& parcel, const Answer& answer, SteadyTime now) noexcept {
  destination_.answers();
  limit_.answered(parcel.started, now);
  Parcel again = new_parcel();
  again.attempts = parcel.attempts;
  for (const Refusal& refusal : answer.refusals) {
    Item* const item = refusal.index < parcel.items.size()
                           ? std::exchange(parcel.items[refusal.index], nullptr)
                           : nullptr;
    if (item == nullptr) {
      ++counters_.answers_ignored;
    } else if (!refusal.again) {
      reject(*item, refusal, answer.message, now);
    } else if (parcel.attempts >= options_.attempts_limit) {
      give_up(*item, refusal.reason, now);
    } else {
      again.items.push_back(item);
    }
  }
  for (Item* item : parcel.items) {
    if (item != nullptr) acknowledge(*item);
  }
  if (answer.refusals.empty()) destination_.refund(parcel.attempts);
  if (again.items.empty()) {
    recycle(std::move(again));
  } else {
    wait(std::move(again),
         now + std::max(answer.retry_after, destination_.short_delay(parcel.attempts)));
  }
}

void Machine::failed(Parcel&& parcel, const Answer& answer, TimePoint now) noexcept {
  const SteadyTime started = parcel.started;
  const Failure failure = *answer.failure;
  ++counters_.failures;
  if (answer.maybe_received) {
    for (Item* item : parcel.items) item->maybe_received = true;
  }
  switch (failure) {
    case Failure::throttled:
    case Failure::transient:
      counters_.throttles += failure == Failure::throttled ? 1u : 0u;
      limit_.refused(started, now.steady);
      destination_.fails(answer, started, now.steady);
      retry(std::move(parcel), answer, now);
      break;
    case Failure::unauthorized:
      destination_.fails(answer, started, now.steady);
      --parcel.attempts;
      retry(std::move(parcel), answer, now);
      break;
    case Failure::missing:
      limit_.answered(started, now.steady);
      await_creation(std::move(parcel), now.steady);
      break;
    case Failure::poison:
      destination_.answers();
      limit_.answered(started, now.steady);
      bisect(std::move(parcel), answer, now.steady);
      break;
    case Failure::final:
      destination_.refuses(answer);
      limit_.answered(started, now.steady);
      for (Item* item : parcel.items) {
        // Not a judgement of this record: an earlier attempt may have brought it there.
        if (item->maybe_received) {
          give_up(*item, reason_of(answer), now.steady);
        } else {
          reject(*item, {.reason = reason_of(answer)}, answer.message, now.steady);
        }
      }
      recycle(std::move(parcel));
      break;
  }
}

void Machine::retry(Parcel&& parcel, const Answer& answer, TimePoint now) noexcept {
  drop_old(parcel, now);
  if (parcel.items.empty()) {
    recycle(std::move(parcel));
  } else if (parcel.attempts >= options_.attempts_limit) {
    give_up_all(std::move(parcel), reason_of(answer), now.steady);
  } else {
    const Nanoseconds delay = destination_.delay(answer, parcel.attempts);
    wait(std::move(parcel), now.steady + delay);
  }
}

/// Half of the batch at a time, down to the record that is not acceptable; the rest goes through.
/// It costs two requests a halving and no attempt: the receiver is well.
void Machine::bisect(Parcel&& parcel, const Answer& answer, SteadyTime now) noexcept {
  if (parcel.items.size() == 1) {
    reject(*parcel.items.front(), {.reason = reason_of(answer)}, answer.message, now);
    recycle(std::move(parcel));
    return;
  }
  ++counters_.bisections;
  --parcel.attempts;
  Parcel second = new_parcel();
  second.attempts = parcel.attempts;
  const auto middle = parcel.items.begin() + static_cast<std::ptrdiff_t>(parcel.items.size() / 2);
  second.items.assign(middle, parcel.items.end());
  parcel.items.erase(middle, parcel.items.end());
  wait(std::move(parcel), now);
  wait(std::move(second), now);
}

void Machine::await_creation(Parcel&& parcel, SteadyTime now) noexcept {
  if (parcel.attempts >= options_.attempts_limit) {
    give_up_all(std::move(parcel), Reason::missing, now);
    return;
  }
  missing_.push_back(std::move(parcel));
  if (creation_ == Creation::none) {
    creation_ = Creation::wanted;
    creation_attempts_ = 0;
  }
}

void Machine::created(const Answer& answer, SteadyTime started, SteadyTime now) noexcept {
  creation_ = Creation::none;
  if (!answer.failure) {
    for (Parcel& parcel : missing_) {
      // At once the first time; not for ever when it is made and missing by turns.
      const Nanoseconds delay =
          parcel.attempts > 1 ? destination_.short_delay(parcel.attempts) : Nanoseconds::zero();
      wait(std::move(parcel), now + delay);
    }
    missing_.clear();
    return;
  }
  ++counters_.failures;
  const bool hopeless = answer.failure == Failure::final || answer.failure == Failure::poison ||
                        answer.failure == Failure::missing;
  Answer verdict = answer;
  if (hopeless) verdict.failure = Failure::missing;
  destination_.fails(verdict, started, now);
  if (answer.failure == Failure::unauthorized) --creation_attempts_;
  if (!hopeless && creation_attempts_ < options_.attempts_limit) {
    creation_ = Creation::wanted;
    return;
  }
  for (Parcel& parcel : missing_) give_up_all(std::move(parcel), Reason::missing, now);
  missing_.clear();
}

void Machine::wait(Parcel&& parcel, SteadyTime due) noexcept {
  parcel.due = due;
  waiting_.push_back(std::move(parcel));
  std::push_heap(waiting_.begin(), waiting_.end(),
                 [](const Parcel& a, const Parcel& b) { return a.due > b.due; });
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
