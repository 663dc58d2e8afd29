// SPDX-License-Identifier: Apache-2.0
// One destination on one wire, as the delivery engine sees it: it sends a batch of encoded records
// and says what became of each. Whoever adds a destination (PutTraceSegments, OTLP, CloudWatch
// Logs) writes this class and nothing else: batching, parallelism, retries, fairness, the log on
// disk and the accounting are the engine's.
//
//   class MyWire final : public delivery::Wire {
//     Limits limits() const noexcept override { return {.batch_records = 50}; }
//     void send(Records records, Deadline deadline, Done done) noexcept override {
//       client_.send(encode(records), deadline, [done](auto answer) { done(judge(answer)); });
//     }
//     void create_missing(Deadline, Done done) noexcept override { done(Answer::accepted()); }
//   };
//
// End: the engine destroys the wire while requests may be out. Its destructor calls the `done`s
// that it still owes, or lets go of them, and touches no record afterwards. Fork: the child's
// engine goes on with the wire it inherited, at a moment when the parent's thread may have been
// inside of it; a wire that keeps a socket, a thread or a mutex makes new ones where
// `detail::fork_epoch()` changed.
//
// Thread-safety: the engine calls a wire from one thread at a time; `done` may be called from any
// thread, also inside `send`, and after the engine has gone. Plain values otherwise.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/telemetry/accounting.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace delivery {

/// What one destination is sent: encoded and redacted, so that it may be written to disk as it is.
struct Record {
  std::string payload{};    ///< in the wire's encoding; the wire joins payloads into a body
  std::string tenant{};     ///< whose; empty: nobody's
  std::uint32_t count = 1;  ///< what it stands for in the accounting: spans, events, points
  WallTime time{};          ///< of the oldest of them
};

/// What one request can hold. The engine never sends more.
struct Limits {
  std::size_t batch_records = 50;                   ///< 1..1,000,000
  std::size_t batch_bytes = 1u << 20;               ///< sum of payloads and overheads
  std::size_t batch_count = SIZE_MAX;               ///< sum of `Record::count`: spans, events
  std::size_t record_bytes = 64u << 10;             ///< one payload; above it `Reason::too_large`
  std::size_t record_overhead_bytes = 0;            ///< added to each payload in a body
  Nanoseconds oldest = (Nanoseconds::max)();        ///< an older record is `Reason::expired`
  Nanoseconds longest_span = (Nanoseconds::max)();  ///< between the oldest and newest of a batch
};

/// Why a request as a whole was not accepted, by what helps.
enum class Failure : std::uint8_t {
  throttled,     ///< we send too much: wait longer, with less at once
  transient,     ///< 5xx, a time limit, a reset: try again
  unauthorized,  ///< the credentials are missing, wrong or expired: refresh, then probe slowly
  missing,       ///< the resource is not there: create it, then send again
  poison,        ///< a record in the batch is not acceptable, and it is not said which: bisect
  final,         ///< no repetition will help
};

/// What a record is counted as when it is given up after such a failure.
inline Reason reason_of(Failure failure) noexcept {
  switch (failure) {
    case Failure::throttled:
      return Reason::throttled;
    case Failure::transient:
      return Reason::unavailable;
    case Failure::unauthorized:
      return Reason::unauthorized;
    case Failure::missing:
      return Reason::missing;
    case Failure::poison:
    case Failure::final:
      break;
  }
  return Reason::invalid;
}

/// One record that a receiver refused out of a batch that it accepted.
struct Refusal {
  std::size_t index = 0;  ///< in the batch
  bool again = false;     ///< a repetition may help
  Reason reason = Reason::invalid;
  /// How much of what the record stands for; 0: all of it. The rest was accepted.
  std::uint32_t count = 0;
};

/// What became of one request.
struct Answer {
  std::optional<Failure> failure{};  ///< empty: the receiver has all but `refusals`
  /// What a record is counted as when it is given up. Left at `invalid`, the failure says it:
  /// throttled, unavailable, unauthorized, missing.
  Reason reason = Reason::invalid;
  /// The bytes may have reached the receiver, which then has them: a time limit or a reset after
  /// writing. Resending can duplicate; giving up leaves *unknown*.
  bool maybe_received = false;
  Nanoseconds retry_after{0};       ///< as the receiver asked; 0 when it did not
  std::vector<Refusal> refusals{};  ///< only without `failure`
  std::string message{};            ///< for the operator, in our words; quotes no payload

  static Answer accepted() { return {}; }
};

/// One request's worth.
using Records = std::span<const Record* const>;

class Wire {
 public:
  /// Called exactly once for each `send` and `create_missing`.
  using Done = std::function<void(Answer)>;

  virtual ~Wire() = default;
  /// Constant while the wire lives.
  virtual Limits limits() const noexcept = 0;
  /// Starts one request with `records`, which live until `done` is called. Never blocks.
  virtual void send(Records records, Deadline deadline, Done done) noexcept = 0;
  /// After `Failure::missing`: creates what is not there. One at a time, however many batches miss
  /// it. That it exists already is success.
  virtual void create_missing(Deadline deadline, Done done) noexcept = 0;
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
