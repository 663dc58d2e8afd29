// SPDX-License-Identifier: Apache-2.0
// Everything between an encoded record and an acknowledgement, for every signal and every wire:
// fair queues, batches, parallel requests, repetitions, bisection of what is refused, accounting.
//
//   auto engine = delivery::Engine::create({.name = "traces"}, std::move(wire), platform);
//   if (!engine) return engine.error();
//   engine->offer(std::move(records));
//   const bool all_settled = engine->flush(Deadline::after(platform.clock, 2s));
//
// What is accepted is in exactly one place of `accounting()`, in units of `Record::count`. Memory
// never exceeds `queue_limit_bytes`. When more than half of it is used, a tenant above its share is
// refused (`over_share`); when all of it is, a tenant below half of its share displaces the newest
// records of the one that queues the most. So a tenant is sure of half of its share, whatever the
// others do. With a log, queued records that are durable leave memory above three quarters and wait
// on disk alone.
//
// Threads: one, started with the first record; none with `Threading::manual` (call `poll`). A
// fork's child drops what its parent had in flight (`forked`), keeps its hands off the parent's
// log, and starts a thread of its own.
//
// Thread-safety: all calls, except moving and destruction. `offer` keeps order only when it is
// called from one thread.
#pragma once

#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/telemetry/accounting.hpp>
#include <aloft/telemetry/delivery/engine_options.hpp>
#include <aloft/telemetry/delivery/wire.hpp>

#include <memory>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace delivery {

class Engine {
 public:
  /// @error invalid_argument  an option or a limit of the wire is out of its range.
  /// @error permission_denied, unavailable, resource_exhausted  the log cannot be opened.
  static Result<Engine> create(EngineOptions options, std::unique_ptr<Wire> wire,
                               Platform platform = Platform::system());
  Engine(Engine&& other) noexcept;
  Engine& operator=(Engine&& other) noexcept;
  /// `shutdown` with the options' timeout.
  ~Engine();

  /// Takes the records, or drops and counts them. Never waits for the wire or a disk.
  void offer(std::vector<Record> records) noexcept;
  /// Sends without lingering, and waits until every record offered before the call is settled:
  /// acknowledged, rejected, dropped, unknown, or durable on disk. True exactly when they are.
  /// With `Threading::manual` the calling thread does the work.
  bool flush(Deadline deadline) noexcept;
  /// One round of work on the calling thread; only with `Threading::manual`.
  /// @return when to call again if nothing is offered and no answer comes; `SteadyTime::max()` for
  ///         never.
  SteadyTime poll() noexcept;
  /// Flushes, stops, lets go of the wire and returns the final books: what is left is dropped as
  /// `owner_gone`, or unknown when it may have arrived, or stays durable. Idempotent; afterwards
  /// whatever is offered is dropped as `owner_gone`.
  Accounting shutdown(Deadline deadline) noexcept;

  /// Never waits for anything.
  Accounting accounting() const noexcept;
  EngineCounters counters() const;
  EngineHealth health() const;
  /// The dead letters kept so far, oldest first; afterwards they are the caller's.
  std::vector<DeadLetter> take_dead_letters();

 private:
  friend struct EngineAccess;
  class Core;
  explicit Engine(std::unique_ptr<Core> core) noexcept;
  std::unique_ptr<Core> core_;
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
