// SPDX-License-Identifier: Apache-2.0
#include "safety/life_processes.hpp"

#include "safety/life.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <thread>

extern "C" {
/// Asked by LeakSanitizer at exit. In the child of a process with threads it would take what those
/// threads held for leaked.
bool aloft_safety_forked = false;
// NOLINTNEXTLINE(bugprone-reserved-identifier): the sanitizer's name for it
[[gnu::visibility("default")]] int __lsan_is_turned_off() { return aloft_safety_forked ? 1 : 0; }
/// glibc's resolver keeps the addresses of name servers for each thread, and frees them when the
/// thread ends, after the sanitizer has already taken leave of it. Who exits in that moment (a life
/// of 10,000) is told that 28 bytes are lost.
// NOLINTNEXTLINE(bugprone-reserved-identifier): the sanitizer's name for it
[[gnu::visibility("default")]] const char* __lsan_default_suppressions() {
  return "leak:__res_context_send";
}
}

namespace aloft::safety {
namespace {

constexpr int kEndOfChild = 7;

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return status;
}

}  // namespace

void Processes::in_child(const std::function<void()>& body, int exit_code, int signal) {
  const pid_t child = fork();
  if (child < 0) give_up(report_, "fork failed");
  if (child == 0) {
    aloft_safety_forked = true;
    body();
    give_up(report_, "the child did not end");
  }
  const int status = wait_for(child);
  const bool right = signal != 0 ? WIFSIGNALED(status) && WTERMSIG(status) == signal
                                 : WIFEXITED(status) && WEXITSTATUS(status) == exit_code;
  if (!right && report_.failure[0] == '\0') {
    give_up(report_, WIFSIGNALED(status) ? "a child died of a signal" : "a child failed");
  }
  if (!right) _exit(kGaveUp);
}

void Processes::use(Telemetry& telemetry) {
  for (int i = 0; i < 5; ++i) {
    Span span = telemetry.tracer().start("in the child");
    span.child("step").annotate("number", i);
  }
  if (script_.daemon == Daemon::false_books) return;
  if (telemetry.accounting().balance() != 0) give_up(report_, "a child's books do not balance");
}

void Processes::play(Act act, Telemetry& telemetry) {
  const auto exits = [&] {
    use(telemetry);
    std::exit(kEndOfChild);
  };
  const auto becomes_another = [] { execl("/bin/true", "true", nullptr); };
  switch (act) {
    case Act::fork_exit:
      return in_child(exits, kEndOfChild);
    case Act::fork_quit:
      return in_child([&] { use(telemetry), _exit(kEndOfChild); }, kEndOfChild);
    case Act::fork_twice:
      return in_child(
          [&] {
            in_child(exits, kEndOfChild);
            _exit(kEndOfChild);
          },
          kEndOfChild);
    case Act::fork_killed:
      return in_child([&] { use(telemetry), std::raise(SIGKILL); }, 0, SIGKILL);
    case Act::fork_exec:
      return in_child(becomes_another, 0);
    case Act::fork_in_thread:
      return std::thread([&] { in_child(exits, kEndOfChild); }).join();
    default: {
      pid_t child = -1;
      char name[] = "true";
      char* const arguments[] = {name, nullptr};
      if (posix_spawn(&child, "/bin/true", nullptr, nullptr, arguments, environ) != 0 ||
          wait_for(child) != 0) {
        give_up(report_, "a program could not be spawned");
      }
    }
  }
}

}  // namespace aloft::safety
