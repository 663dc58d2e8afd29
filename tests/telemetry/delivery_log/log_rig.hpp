// SPDX-License-Identifier: Apache-2.0
// One log on a disk in memory, with a clock and diagnostics of the test's.
//
// Thread-safety: one thread.
#pragma once

#include "telemetry/delivery/write_ahead_log.hpp"
#include "telemetry/delivery_log/memory_disk.hpp"

#include <aloft/testing/manual_clock.hpp>
#include <aloft/testing/memory_diagnostics.hpp>
#include <aloft/testing/sequence_random.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aloft::delivery::fixture {

using std::chrono::milliseconds;

inline LogOptions small_options() {
  LogOptions options;
  options.directory = "/log";
  options.limit_bytes = 64u << 10;
  options.segment_bytes = 4u << 10;
  return options;
}

inline Record record_of(std::string payload, std::uint32_t count = 1) {
  Record record;
  record.payload = std::move(payload);
  record.count = count;
  return record;
}

class LogRig {
 public:
  LogRig() { files = std::make_unique<MemoryFiles>(disk); }

  Platform platform() { return {clock, random, diagnostics}; }
  Result<std::unique_ptr<WriteAheadLog>> try_open(const LogOptions& options) {
    return WriteAheadLog::open(options, platform(), *files);
  }
  /// Opens, or a null pointer.
  WriteAheadLog& open(const LogOptions& options = small_options()) {
    auto opened = try_open(options);
    log = opened ? std::move(*opened) : nullptr;
    return *log;
  }
  /// As SIGKILL does, and the next process is there.
  void kill() {
    files->die();
    log.reset();
    files = std::make_unique<MemoryFiles>(disk);
  }
  WriteAheadLog& reopen(const LogOptions& options = small_options()) {
    kill();
    return open(options);
  }
  /// The payloads of what `next` gives; "damaged" for what is.
  static std::vector<std::string> payloads(WriteAheadLog& of) {
    std::vector<std::string> all;
    for (LogRecord found; of.next(found.sequence, found);) {
      all.push_back(found.damaged ? "damaged" : found.record.payload);
    }
    return all;
  }
  std::vector<std::string> payloads() { return payloads(*log); }
  /// Of the files of the log; without locks.
  std::vector<std::string> segments() const {
    std::vector<std::string> all;
    for (std::string& path : disk.files("/log")) {
      if (path.ends_with(".log")) all.push_back(std::move(path));
    }
    return all;
  }
  Node& segment(std::size_t index) const { return *disk.find(segments().at(index)); }

  MemoryDisk disk;
  testing::ManualClock clock;
  testing::SequenceRandom random;
  testing::MemoryDiagnostics diagnostics;
  std::unique_ptr<MemoryFiles> files;
  std::unique_ptr<WriteAheadLog> log;
};

}  // namespace aloft::delivery::fixture
