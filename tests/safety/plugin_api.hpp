// SPDX-License-Identifier: Apache-2.0
// What the plugin of the safety runs offers through dlsym. It links aloft statically, with hidden
// symbols, as a module of a server would.
#pragma once

namespace aloft::safety {

struct PluginOptions {
  const char* daemon_address;
  int hang_ms;  ///< above zero: an exporter that takes this long instead of the daemon
  int shutdown_ms;
  bool thread;
};

extern "C" {
/// Makes a Telemetry that a static object of the plugin owns; 0 when it could.
using PluginStart = int (*)(const PluginOptions*);
/// Records some spans, one of them with an error and its stack.
using PluginWork = void (*)(int spans);
/// Shuts it down; the balance of its books.
using PluginShutdown = long (*)(int timeout_ms);
}

}  // namespace aloft::safety
