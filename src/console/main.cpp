// SPDX-License-Identifier: Apache-2.0
// aloft-console: one ready line on stdout, complaints on stderr, exit 0 after SIGTERM or SIGINT,
// 2 when it could not start as asked.
#include "console/app.hpp"

#include <aloft/core/version.hpp>

#include <pthread.h>
#include <signal.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace {

using aloft::console::App;

constexpr int kExitUsage = 2;

int complain(const aloft::Error& error) {
  std::fprintf(stderr, "aloft-console: %s", error.message.c_str());
  if (!error.remedy.empty()) std::fprintf(stderr, "; %s", error.remedy.c_str());
  std::fputc('\n', stderr);
  return kExitUsage;
}

void say(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

// Every thread inherits the mask, so the signals wait for `sigwait` in main.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

int run(aloft::console::AppOptions options) {
  const sigset_t signals = block_stop_signals();
  auto app = App::create(std::move(options), aloft::Platform::system());
  if (!app) return complain(app.error());
  if (auto started = (*app)->start(); !started) return complain(started.error());
  say((*app)->ready_line() + "\n");
  int signal = 0;
  sigwait(&signals, &signal);
  (*app)->stop();
  return 0;
}

}  // namespace

int main(int count, char** values) {
  const std::vector<std::string_view> arguments(values + (count > 0 ? 1 : 0), values + count);
  auto command = aloft::console::parse_command(arguments);
  if (!command) return complain(command.error());
  if (std::holds_alternative<aloft::console::ShowHelp>(*command)) {
    say(aloft::console::help_text());
    return 0;
  }
  if (std::holds_alternative<aloft::console::ShowVersion>(*command)) {
    say("aloft-console " + std::string(aloft::kVersion) + "\n");
    return 0;
  }
  return run(std::get<aloft::console::AppOptions>(std::move(*command)));
}
