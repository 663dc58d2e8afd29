// SPDX-License-Identifier: Apache-2.0
// The program as a user runs it: its output, its exit codes, its signals.
#include "scratch_folder.hpp"
#include "sockets.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

extern char** environ;  // NOLINT: POSIX wants it declared here

namespace aloft::console {
namespace {

class Program {
 public:
  explicit Program(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), ALOFT_CONSOLE_PROGRAM);
    std::vector<char*> values;
    for (std::string& argument : arguments) values.push_back(argument.data());
    values.push_back(nullptr);
    std::array<int, 2> out{};
    std::array<int, 2> err{};
    EXPECT_EQ(pipe2(out.data(), O_CLOEXEC), 0);
    EXPECT_EQ(pipe2(err.data(), O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
    EXPECT_EQ(posix_spawn(&id_, values[0], &actions, nullptr, values.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    close(err[1]);
    out_ = out[0];
    err_ = err[0];
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    if (!reaped_) {
      kill(id_, SIGKILL);
      waitpid(id_, nullptr, 0);
    }
    close(out_);
    close(err_);
  }

  std::string line() {
    std::string text;
    char c = 0;
    while (read(out_, &c, 1) == 1) {
      text += c;
      if (c == '\n') break;
    }
    return text;
  }
  std::string rest_of(int descriptor) {
    std::string text;
    char buffer[4096];
    for (ssize_t n = 0; (n = read(descriptor, buffer, sizeof buffer)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(n));
    }
    return text;
  }
  std::string rest_of_output() { return rest_of(out_); }
  std::string complaints() { return rest_of(err_); }
  void signal(int number) { kill(id_, number); }
  int exit_code() {
    int status = 0;
    waitpid(id_, &status, 0);
    reaped_ = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t id_ = 0;
  int out_ = -1;
  int err_ = -1;
  bool reaped_ = false;
};

std::uint16_t port_after(const std::string& line, const std::string& before) {
  const std::size_t at = line.find(before);
  return at == std::string::npos
             ? std::uint16_t{0}
             : static_cast<std::uint16_t>(std::atoi(line.c_str() + at + before.size()));
}

void expect_clean_end(int signal) {
  Program program({"--http", "127.0.0.1:0", "--xray", "127.0.0.1:0"});
  const std::string line = program.line();
  ASSERT_EQ(line.find("aloft-console ready: console http://127.0.0.1:"), 0U) << line;
  ASSERT_NE(line.find(" (udp, tcp)\n"), std::string::npos) << line;
  fixture::HttpConnection events(port_after(line, "http://127.0.0.1:"));
  ASSERT_TRUE(events.send_raw("GET /api/events HTTP/1.1\r\nhost: localhost\r\n\r\n"));
  events.read_until("event: status\n");

  program.signal(signal);

  EXPECT_EQ(program.exit_code(), 0);
  EXPECT_EQ(program.rest_of_output(), "");
  EXPECT_EQ(program.complaints(), "");
}

TEST(Program, EndsCleanlyOnSigterm) { expect_clean_end(SIGTERM); }

TEST(Program, EndsCleanlyOnSigint) { expect_clean_end(SIGINT); }

TEST(Program, RefusesAnUnknownOption) {
  Program program({"--nope=secret"});

  EXPECT_EQ(program.exit_code(), 2);
  EXPECT_EQ(program.rest_of_output(), "");
  EXPECT_EQ(program.complaints(),
            "aloft-console: argument 1 is no option of aloft-console; aloft-console --help lists "
            "them\n");
}

TEST(Program, NamesATakenPortWithItsRemedy) {
  Program first({"--http", "127.0.0.1:0", "--xray", "127.0.0.1:0"});
  const std::string port = std::to_string(port_after(first.line(), "http://127.0.0.1:"));

  Program second({"--http", "127.0.0.1:" + port, "--xray", "127.0.0.1:0"});

  EXPECT_EQ(second.exit_code(), 2);
  EXPECT_EQ(second.rest_of_output(), "");
  const std::string complaint = second.complaints();
  EXPECT_NE(complaint.find("--http"), std::string::npos) << complaint;
  EXPECT_NE(complaint.find(port), std::string::npos) << complaint;
  EXPECT_NE(complaint.find("; "), std::string::npos) << complaint;
}

TEST(Program, RefusesAWrongSamplingRuleBeforeItTakesAPort) {
  const fixture::ScratchFolder folder;
  const std::string path = folder.path("rules.json");
  std::ofstream(path) << R"([{"RuleName":"checkout","Priority":0}])";
  Program program({"--http", "127.0.0.1:0", "--xray", "127.0.0.1:0", "--sampling-rules", path});

  EXPECT_EQ(program.exit_code(), 2);
  EXPECT_EQ(program.rest_of_output(), "");
  EXPECT_EQ(program.complaints(),
            "aloft-console: --sampling-rules: rule 1: Priority is missing or not 1 to 9999; the "
            "shape is that of `aws xray get-sampling-rules`\n");
}

TEST(Program, TellsItsVersionAndItsOptions) {
  Program version({"--version"});
  EXPECT_EQ(version.exit_code(), 0);
  EXPECT_EQ(version.rest_of_output(), "aloft-console 0.1.0\n");

  Program help({"--help"});
  EXPECT_EQ(help.exit_code(), 0);
  EXPECT_NE(help.rest_of_output().find("usage: aloft-console [options]"), std::string::npos);
}

}  // namespace
}  // namespace aloft::console
