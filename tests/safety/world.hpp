// SPDX-License-Identifier: Apache-2.0
// What every life of the safety runs finds: daemons of each kind, and the page through which a life
// tells its driver how far it came.
#pragma once

#include "safety/script.hpp"

#include <aloft/telemetry/exporter.hpp>

#include <sys/types.h>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace aloft::safety {

/// Shared with the driver; a life has one.
struct Report {
  std::atomic<std::int64_t> end_began{0};  ///< steady nanoseconds; zero until the ending
  std::atomic<int> act{-1};                ///< index of the act that is being played
  char failure[160] = {};                  ///< why a life failed by its own word
};

/// Sockets of the driver and the processes behind them.
class World {
 public:
  World();
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// `host:port` of a daemon that speaks UDP.
  std::string address(Daemon daemon) const;
  const std::string& plugin() const noexcept { return plugin_; }
  /// The same plugin under another name, which the loader takes for another library.
  const std::string& twin() const noexcept { return twin_; }

 private:
  std::string reader_;
  std::string dead_;
  std::string full_;
  std::string liar_;
  std::string plugin_;
  std::string twin_;
  pid_t serving_ = -1;  // reads and lies
};

/// Null where the daemon is one that speaks UDP.
std::unique_ptr<Exporter> exporter_for(Daemon daemon);

}  // namespace aloft::safety
