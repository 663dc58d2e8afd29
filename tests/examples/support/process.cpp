// SPDX-License-Identifier: Apache-2.0
#include "examples/support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string_view>

extern char** environ;

namespace examples_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr milliseconds kPatience = seconds(10);

std::vector<std::string> environment_with(const Variables& variables) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (!text.starts_with("ALOFT_") && !text.starts_with("AWS_XRAY_")) {
      environment.emplace_back(text);
    }
  }
  for (const auto& [name, value] : variables) {
    environment.emplace_back(name).append("=").append(value);
  }
  return environment;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Appends what is there; false at the end of the stream.
bool read_into(int stream, std::string& text) {
  std::array<char, 4096> buffer;
  const ::ssize_t count = ::read(stream, buffer.data(), buffer.size());
  if (count <= 0) return false;
  text.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

}  // namespace

Process::Process(std::vector<std::string> command, const Variables& variables) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(err.data(), O_CLOEXEC) != 0) return;

  ::posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
  std::vector<std::string> environment = environment_with(variables);
  if (::posix_spawn(&pid_, command.front().c_str(), &actions, nullptr, pointers_to(command).data(),
                    pointers_to(environment).data()) != 0) {
    pid_ = -1;
  }
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(out[1]);
  ::close(err[1]);
  out_ = out[0];
  err_ = err[0];
}

Process::~Process() {
  if (pid_ > 0) stop();
}

std::string Process::read_line() {
  const auto end = steady_clock::now() + kPatience;
  std::size_t line_end = 0;
  while ((line_end = exit_.out.find('\n', line_start_)) == std::string::npos &&
         steady_clock::now() < end && read_some(milliseconds(100))) {
  }
  std::string line = exit_.out.substr(line_start_, line_end - line_start_);
  line_start_ += line.size() + 1;
  return line;
}

Exit Process::stop() {
  if (pid_ > 0) ::kill(pid_, SIGTERM);
  return wait();
}

Exit Process::wait() {
  if (pid_ <= 0) return exit_;
  const auto start = steady_clock::now();
  while (read_some(milliseconds(100))) {
    if (steady_clock::now() - start > kPatience) ::kill(pid_, SIGKILL);
  }
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  exit_.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  exit_.took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
  return exit_;
}

bool Process::read_some(milliseconds timeout) {
  std::array<::pollfd, 2> streams = {{{out_, POLLIN, 0}, {err_, POLLIN, 0}}};
  if (::poll(streams.data(), streams.size(), static_cast<int>(timeout.count())) <= 0) {
    return out_ >= 0 || err_ >= 0;
  }
  // A negative descriptor is one that poll passes over.
  if (streams[0].revents != 0 && !read_into(out_, exit_.out)) {
    ::close(out_);
    out_ = -1;
  }
  if (streams[1].revents != 0 && !read_into(err_, exit_.err)) {
    ::close(err_);
    err_ = -1;
  }
  return out_ >= 0 || err_ >= 0;
}

}  // namespace examples_test
