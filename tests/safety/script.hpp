// SPDX-License-Identifier: Apache-2.0
// One random life of a process that uses Aloft, drawn from a seed: how it starts, what it does, how
// it ends. The same seed is the same script on every machine.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::safety {

/// What stands at the other end of the wire.
enum class Daemon : std::uint8_t {
  reader,        ///< reads every datagram
  dead,          ///< nobody at the port
  full,          ///< a socket that nobody reads
  liar,          ///< answers each datagram with garbage
  unresolvable,  ///< a host name without an address
  slow,          ///< an exporter that takes 2 ms a batch
  hanging,       ///< an exporter that outlasts every shutdown
  false_books,   ///< an exporter that reports less than it got
  nested,        ///< an exporter that owns a Telemetry
  broken_pipe,   ///< the stdout exporter, whose reader has gone
  full_pipe,     ///< the stdout exporter, whose reader never reads
  count_,
};

/// Where the `Telemetry` lives, which decides when it is destroyed.
enum class Home : std::uint8_t {
  local,
  static_object,
  function_static,
  thread_local_object,
  leaked,
  count_
};

enum class Act : std::uint8_t {
  spans,
  children,
  errors,
  burst,    ///< more than the pool holds
  outlive,  ///< spans are kept until after everything else
  flush,
  restart,        ///< the Telemetry is destroyed, another made
  cycles,         ///< more of them, started and destroyed
  toggle,         ///< the kill switch, off and on
  handler_spans,  ///< a signal handler that records
  without_descriptors,
  without_threads,
  // With dlopen.
  plugin,            ///< loaded, used, shut down, unloaded
  plugin_static,     ///< its Telemetry is destroyed by dlclose
  plugin_left,       ///< its exporter hangs; unloaded all the same
  plugin_twins,      ///< two, each with a copy of the library of its own
  plugin_forgotten,  ///< never unloaded
  // With a second process.
  fork_exit,
  fork_quit,    ///< the child ends with _exit
  fork_twice,   ///< as a daemon does
  fork_killed,  ///< the child kills itself
  fork_exec,
  fork_in_thread,
  spawn,
  count_,
};
inline constexpr Act kFirstOfFork = Act::fork_exit;

enum class Ending : std::uint8_t {
  from_main,
  exit_in_thread,   ///< exit() by another thread than main's
  exit_in_handler,  ///< exit() by a signal handler that interrupts a recording thread
  quick,            ///< quick_exit
  now,              ///< _exit
  abort_signal,
  terminated,  ///< SIGTERM, default action
  killed,
  fault,  ///< SIGSEGV, default action
  exec,
  count_,
};

struct Script {
  std::uint64_t seed = 0;
  Daemon daemon = Daemon::reader;
  Home home = Home::local;
  bool manual = false;
  bool joined = false;  ///< the load ends before the process does
  int threads = 0;      ///< of load
  int shutdown_ms = 0;
  double rate = 1.0;
  std::vector<Act> acts;
  Ending ending = Ending::from_main;
};

struct Grammar {
  bool fork = true;  ///< off under ThreadSanitizer, which cannot follow one
};

Script draw(std::uint64_t seed, Grammar grammar);
/// One line, for whoever replays it.
std::string to_text(const Script& script);
/// The signal that this ending shows to the parent; 0 for an exit.
int signal_of(Ending ending);

/// SplitMix64: a stream of numbers from a seed.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) noexcept : state_(seed) {}
  std::uint64_t next() noexcept;
  /// 0 to `below` - 1.
  std::size_t roll(std::size_t below) noexcept { return next() % below; }
  template <typename Enum>
  Enum pick() noexcept {
    return static_cast<Enum>(roll(static_cast<std::size_t>(Enum::count_)));
  }

 private:
  std::uint64_t state_;
};

}  // namespace aloft::safety
