// SPDX-License-Identifier: Apache-2.0
// The acts with a second process: forks that go on, exit, die or become another program.
#pragma once

#include "safety/script.hpp"
#include "safety/world.hpp"

#include <aloft/telemetry/telemetry.hpp>

#include <functional>

namespace aloft::safety {

class Processes {
 public:
  Processes(const Script& script, Report& report) : script_(script), report_(report) {}

  void play(Act act, Telemetry& telemetry);

 private:
  /// Forks; the child runs `body`, which does not return. Waits, and wants this end of it.
  void in_child(const std::function<void()>& body, int exit_code, int signal = 0);
  /// What a child does with the Telemetry that it inherited.
  void use(Telemetry& telemetry);

  const Script& script_;
  Report& report_;
};

}  // namespace aloft::safety
