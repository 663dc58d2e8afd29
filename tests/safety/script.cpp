// SPDX-License-Identifier: Apache-2.0
#include "safety/script.hpp"

#include <csignal>

namespace aloft::safety {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(Daemon::count_)> kDaemons{
    "reader",  "dead",        "full",   "liar",        "unresolvable", "slow",
    "hanging", "false_books", "nested", "broken_pipe", "full_pipe"};
constexpr std::array<std::string_view, static_cast<std::size_t>(Home::count_)> kHomes{
    "local", "static", "function_static", "thread_local", "leaked"};
constexpr std::array<std::string_view, static_cast<std::size_t>(Act::count_)> kActs{
    "spans",     "children",      "errors",      "burst",         "outlive",          "flush",
    "restart",   "cycles",        "toggle",      "handler_spans", "no_fds",           "no_threads",
    "plugin",    "plugin_static", "plugin_left", "plugin_twins",  "plugin_forgotten", "fork_exit",
    "fork_quit", "fork_twice",    "fork_killed", "fork_exec",     "fork_in_thread",   "spawn"};
constexpr std::array<std::string_view, static_cast<std::size_t>(Ending::count_)> kEndings{
    "main",  "exit_in_thread", "exit_in_handler", "quick_exit", "_exit",
    "abort", "sigterm",        "sigkill",         "sigsegv",    "exec"};

template <typename Enum, std::size_t N>
std::string_view name(const std::array<std::string_view, N>& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

}  // namespace

std::uint64_t Dice::next() noexcept {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

Script draw(std::uint64_t seed, Grammar grammar) {
  Dice dice(seed);
  Script script;
  script.seed = seed;
  script.daemon = dice.pick<Daemon>();
  script.home = dice.pick<Home>();
  script.manual = dice.roll(5) == 0;
  // By hand, the owner's own thread would hang with the exporter; that is what by hand means.
  if (script.daemon == Daemon::hanging) script.manual = false;
  script.joined = dice.roll(2) == 0;
  script.threads = static_cast<int>(dice.roll(4));
  script.shutdown_ms = static_cast<int>(dice.roll(3)) * 10;
  script.rate = dice.roll(4) == 0 ? 0.5 : 1.0;
  const std::size_t acts = static_cast<std::size_t>(grammar.fork ? Act::count_ : kFirstOfFork);
  for (std::size_t i = 1 + dice.roll(5); i > 0; --i) {
    script.acts.push_back(static_cast<Act>(dice.roll(acts)));
  }
  script.ending = dice.pick<Ending>();
  // Half of all lives end as most processes do.
  if (dice.roll(2) == 0) script.ending = Ending::from_main;
  return script;
}

std::string to_text(const Script& script) {
  std::string text = "seed " + std::to_string(script.seed) + ": daemon ";
  text.append(name(kDaemons, script.daemon)).append(", home ").append(name(kHomes, script.home));
  text.append(script.manual ? ", manual" : "").append(script.joined ? ", joined" : "");
  text.append(", threads ").append(std::to_string(script.threads));
  text.append(", shutdown ").append(std::to_string(script.shutdown_ms)).append(" ms, acts");
  for (const Act act : script.acts) text.append(" ").append(name(kActs, act));
  return text.append(", ending ").append(name(kEndings, script.ending));
}

int signal_of(Ending ending) {
  switch (ending) {
    case Ending::abort_signal:
      return SIGABRT;
    case Ending::terminated:
      return SIGTERM;
    case Ending::killed:
      return SIGKILL;
    case Ending::fault:
      return SIGSEGV;
    default:
      return 0;
  }
}

}  // namespace aloft::safety
