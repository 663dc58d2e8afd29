// SPDX-License-Identifier: Apache-2.0
#include "telemetry/logs/log_bench.hpp"
#include "telemetry/logs/pipe.hpp"

#include <aloft/telemetry/export/pretty_lines.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>
#include <string>

namespace aloft {
namespace {

/// A terminal: what is written to `program` is read from `screen`.
struct Terminal {
  int screen = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  int program = -1;
  Terminal() {
    EXPECT_EQ(grantpt(screen), 0);
    EXPECT_EQ(unlockpt(screen), 0);
    program = open(ptsname(screen), O_RDWR | O_NOCTTY | O_CLOEXEC);
    termios raw{};
    tcgetattr(program, &raw);
    cfmakeraw(&raw);
    tcsetattr(program, TCSANOW, &raw);
  }
  ~Terminal() {
    close(program);
    close(screen);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  std::string read_all() const {
    std::string text;
    char piece[4'096];
    for (ssize_t got = 0; (got = read(screen, piece, sizeof piece)) > 0;) {
      text.append(piece, static_cast<std::size_t>(got));
    }
    return text;
  }
};

void say(int descriptor, LineColour colour, const Environment& environment) {
  LogBench bench(
      {.exporter = pretty_lines({.descriptor = descriptor, .colour = colour}, environment)});
  bench.log.info("ready", {"port", 8080});
  static_cast<void>(bench.bench.flush());
  EXPECT_EQ(bench.telemetry.log_accounting().sent, 1u);
}

TEST(PrettyLines, AreColouredOnATerminalUnlessTheEnvironmentSaysNo) {
  const Terminal terminal;

  say(terminal.program, LineColour::automatic, Environment::of({}));
  const std::string coloured = terminal.read_all();
  say(terminal.program, LineColour::automatic, Environment::of({{"NO_COLOR", "1"}}));
  const std::string plain = terminal.read_all();
  say(terminal.program, LineColour::yes, Environment::of({{"NO_COLOR", "1"}}));
  const std::string forced = terminal.read_all();
  say(terminal.program, LineColour::no, Environment::of({}));
  const std::string refused = terminal.read_all();

  EXPECT_NE(coloured.find("Z \x1B[32mINFO\x1B[0m  ready  port=8080\n"), std::string::npos)
      << coloured;
  EXPECT_NE(plain.find("Z INFO  ready  port=8080\n"), std::string::npos) << plain;
  EXPECT_NE(forced.find("\x1B[32m"), std::string::npos) << forced;
  EXPECT_EQ(refused.find('\x1B'), std::string::npos) << refused;
}

TEST(PrettyLines, HaveNoColoursInAPipe) {
  const Pipe pipe;

  say(pipe.writer(), LineColour::automatic, Environment::of({}));

  EXPECT_NE(pipe.read_all().find("Z INFO  ready  port=8080\n"), std::string::npos);
}

TEST(PrettyLines, AreDroppedAndCountedWhereATerminalHasBeenStopped) {
  const Terminal terminal;
  LogBench bench({.exporter = pretty_lines({.descriptor = terminal.program})});
  const std::string filler(2'000, 'x');

  for (int i = 0; i < 200; ++i) bench.log.info("line", {"filler", filler});
  static_cast<void>(bench.bench.flush());

  const Accounting books = bench.telemetry.log_accounting();
  EXPECT_GT(books.dropped[Reason::send_failed], 0u);
  EXPECT_EQ(books.sent + books.dropped[Reason::send_failed], 200u);
  EXPECT_EQ(books.balance(), 0);
}

TEST(PrettyLines, SeeALineAfterRedaction) {
  const Pipe pipe;
  LogBench bench({.exporter = pretty_lines({.descriptor = pipe.writer()})});

  bench.log.info("charged", {"note", "card 4111 1111 1111 1111"}, {"password", "hunter2"});
  static_cast<void>(bench.bench.flush());

  const std::string text = pipe.read_all();
  EXPECT_EQ(text.find("4111"), std::string::npos) << text;
  EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
  EXPECT_NE(text.find("charged"), std::string::npos) << text;
}

}  // namespace
}  // namespace aloft
