// SPDX-License-Identifier: Apache-2.0
// Between the machine and the log on disk: writes what was admitted, says what is durable, lets go
// of what is settled, and brings in what earlier lives and dead processes left, as there is room.
//
// The disk is touched without the engine's mutex, so that an offer never waits for it.
//
// Thread-safety: one thread at a time; the engine's rounds.
#pragma once

#include "telemetry/delivery/machine.hpp"
#include "telemetry/delivery/write_ahead_log.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace delivery {

class LogKeeper {
 public:
  /// Counts what the log holds as accepted and durable.
  LogKeeper(std::unique_ptr<WriteAheadLog> log, const EngineOptions& options, Machine& machine,
            SteadyTime now);

  /// @param lock  held by the caller, and held again on return.
  void round(std::unique_lock<std::mutex>& lock, SteadyTime now);
  /// After the last answer: makes durable what can be, closes the machine, and the log.
  void finish(std::unique_lock<std::mutex>& lock, SteadyTime now);
  /// When the next round is due, if nothing else happens.
  SteadyTime due(SteadyTime now) const;
  /// Of the last round.
  const LogCounters& counters() const noexcept { return counters_; }

 private:
  struct Range {
    Sequence after;
    Sequence last;
  };

  void write(const std::vector<Item*>& fresh, const std::vector<std::uint64_t>& settled, bool sync);
  void adopt(SteadyTime now);
  void spill();
  void read_back(SteadyTime now);
  void restore(SteadyTime now);
  bool wants_sync(const std::vector<Item*>& fresh, SteadyTime now) const noexcept;
  bool has_backlog() const noexcept { return !backlog_.empty(); }

  std::unique_ptr<WriteAheadLog> log_;  // null after the end
  Machine& machine_;
  const Nanoseconds sync_interval_;
  const std::size_t read_limit_bytes_;
  std::deque<Range> backlog_;      // on disk and not in memory
  std::vector<LogRecord> read_;    // outside of the budget, and small
  bool relogs_ = false;            // what was lost is to be written anew, at once
  bool read_all_ = false;          // of the first range
  std::vector<Sequence> written_;  // of each fresh item; 0: not stored
  std::uint64_t recovered_items_ = 0;
  SteadyTime next_adoption_;
  SteadyTime next_reading_{SteadyTime::min()};  // not before: the disk could not be read
  LogCounters counters_;
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
