// SPDX-License-Identifier: Apache-2.0
// A TLS server with a certificate of its own for "localhost": the openssl command, which Debian's
// ca-certificates brings along.
#pragma once

#include "http_client/raw_server.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

namespace aloft::http_client {

/// Answers GET /answer with the bytes it was made with, one connection after the other.
class TlsServer {
 public:
  explicit TlsServer(std::string_view answer) {
    folder_ = ::testing::TempDir() + "/aloft_tls_XXXXXX";
    if (::mkdtemp(folder_.data()) == nullptr) return;
    std::ofstream(folder_ + "/answer") << answer;
    if (!make_certificate()) return;
    start("exec openssl s_server -4 -accept 127.0.0.1:0 -HTTP -cert cert.pem -key key.pem");
    const std::string said = read_until("ACCEPT 127.0.0.1:", '\n');
    port_ = static_cast<std::uint16_t>(std::atoi(said.c_str()));
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  ~TlsServer() {
    if (process_ > 0) {
      ::kill(process_, SIGKILL);
      ::waitpid(process_, nullptr, 0);
    }
    ::close(output_);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  /// 0: it did not start.
  std::uint16_t port() const { return port_; }
  std::string certificate() const { return folder_ + "/cert.pem"; }
  std::string url(std::string_view host = "localhost") const {
    return "https://" + std::string(host) + ":" + std::to_string(port_) + "/answer";
  }

 private:
  bool make_certificate() {
    start(
        "exec openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
        " -subj /CN=localhost -addext subjectAltName=DNS:localhost"
        " -keyout key.pem -out cert.pem");
    int status = -1;
    ::waitpid(process_, &status, 0);
    ::close(output_);
    process_ = output_ = -1;
    return status == 0;
  }
  void start(std::string_view command) {
    const std::string line = "cd '" + folder_ + "' && " + std::string(command);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    std::string shell = "sh";
    std::string flag = "-c";
    std::string text = line;
    const std::array<char*, 4> words = {shell.data(), flag.data(), text.data(), nullptr};
    if (::posix_spawn(&process_, "/bin/sh", &actions, nullptr, words.data(), environ) != 0) {
      process_ = -1;
    }
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    output_ = ends[0];
  }
  /// What stands between `begin` and `end` in its output; "" when it ended first.
  std::string read_until(std::string_view begin, char end) const {
    std::string text;
    char one = 0;
    while (::read(output_, &one, 1) == 1) {
      text += one;
      const std::size_t at = text.find(begin);
      if (one == end && at != std::string::npos) return text.substr(at + begin.size());
    }
    return {};
  }

  std::string folder_;
  pid_t process_ = -1;
  int output_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace aloft::http_client
