// SPDX-License-Identifier: Apache-2.0
// A Telemetry on manual time whose lines go to a file, on a disk in memory or a real one.
#pragma once

#include "telemetry/delivery_log/memory_disk.hpp"
#include "telemetry/export/log_file_exporter.hpp"
#include "telemetry/logs/log_bench.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aloft {

using delivery::fixture::MemoryDisk;
using delivery::fixture::MemoryFiles;

/// A process that writes "/logs/a.log"; a test may make several on one disk.
class FileWriter {
 public:
  FileWriter(MemoryDisk& disk, LogFileOptions options)
      : counters(std::make_shared<LogFileCounters>()), files(disk) {
    if (options.path.empty()) options.path = "/logs/a.log";
    options.counters = counters;
    auto opened = detail::log_file(std::move(options), {clock, random, diagnostics}, files);
    if (opened) {
      exporter = std::move(*opened);
    } else {
      error = opened.error();
    }
  }
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  /// Lines of one batch, each with its message and the wall clock's time.
  ExportReport write(const std::vector<std::string>& messages) {
    const Resource resource;
    std::vector<LogRecord> lines;
    for (const std::string& message : messages) {
      lines.push_back({.time = clock.now().wall, .message = message, .fields = {}});
    }
    ExportReport report;
    exporter->export_batch({resource, lines}, report);
    return report;
  }

  testing::ManualClock clock;
  testing::SequenceRandom random;
  testing::MemoryDiagnostics diagnostics;
  std::shared_ptr<LogFileCounters> counters;
  MemoryFiles files;
  std::unique_ptr<LogExporter> exporter;
  Error error;
};

}  // namespace aloft
