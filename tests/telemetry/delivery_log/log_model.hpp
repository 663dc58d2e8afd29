// SPDX-License-Identifier: Apache-2.0
// What must be true of the log, kept beside it: which records were reported durable, which were
// acknowledged, and what came back. One seed plays one story of processes on one disk.
//
// Thread-safety: one thread.
#pragma once

#include "telemetry/delivery/write_ahead_log.hpp"
#include "telemetry/delivery_log/memory_disk.hpp"

#include <aloft/testing/manual_clock.hpp>
#include <aloft/testing/memory_diagnostics.hpp>
#include <aloft/testing/sequence_random.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace aloft::delivery::fixture {

/// The payload of record `id`: its number, then bytes that follow from it.
Record make_record(std::uint64_t id, std::size_t bytes);
/// The number in front; nothing when there is none.
std::optional<std::uint64_t> id_of(const std::string& payload);

struct StoryRules {
  bool power_cuts = false;   ///< else processes are killed, and the kernel keeps what was written
  bool corruption = false;   ///< bytes of files change
  bool bad_devices = false;  ///< errors of writes, syncs, truncations and renames
};

class Story {
 public:
  Story(std::uint64_t seed, StoryRules rules);
  /// @return what was wrong; empty when nothing was.
  std::string play(int steps);

 private:
  struct Known {
    std::size_t bytes = 0;
    bool durable = false;
    bool acknowledged = false;
    bool acknowledgement_kept = false;  ///< written, and no power cut since
  };
  struct Process {
    std::unique_ptr<MemoryFiles> files{};
    std::unique_ptr<WriteAheadLog> log{};
    std::map<Sequence, std::uint64_t> ids{};          ///< what it gave out or found, unsettled
    std::vector<std::uint64_t> acknowledged_since{};  ///< the last commit
    std::uint64_t lost = 0;                           ///< that it said were damaged
  };

  void step(Process& process);
  void open(Process& process);
  void end(Process& process, bool killed);
  void append(Process& process);
  void acknowledge(Process& process);
  void commit(Process& process, bool sync);
  void read_all(Process& process);
  void note_durable(Process& process);
  void break_something(Process& process);
  void power_cut();
  void corrupt();
  void wrong(const std::string& what);
  void check_end();
  std::uint64_t draw(std::uint64_t below) { return random_() % below; }

  StoryRules rules_;
  std::mt19937_64 random_;
  MemoryDisk disk_;
  testing::ManualClock clock_;
  testing::SequenceRandom ids_;
  testing::MemoryDiagnostics diagnostics_;
  std::map<std::uint64_t, Known> known_;
  std::uint64_t next_id_ = 1;
  std::vector<Process> processes_;
  std::uint64_t corruptions_ = 0;
  std::string problem_;
};

}  // namespace aloft::delivery::fixture
