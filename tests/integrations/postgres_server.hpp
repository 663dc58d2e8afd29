// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL of this test's own, in a folder that it removes, reached over a socket in there.
#pragma once

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::integrations {

class PostgresServer {
 public:
  static constexpr std::string_view kPassword = "hunter2";

  PostgresServer() {
    std::string pattern = "/tmp/aloft-postgres-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    folder_ = pattern;
    std::ofstream(folder_ + "/password") << kPassword << '\n';
    if (::geteuid() == 0) {
      // PostgreSQL refuses to run as root; Debian's package has made a user for it.
      user_ = ::getpwnam("postgres");
      if (user_ == nullptr) throw std::runtime_error("there is no user postgres");
      for (const std::string& path : {folder_, folder_ + "/password"}) {
        if (::chown(path.c_str(), user_->pw_uid, user_->pw_gid) != 0)
          throw std::runtime_error(path);
      }
    }
    const pid_t made = spawn({bin("initdb"), "--pgdata=" + folder_ + "/data", "--username=aloft",
                              "--pwfile=" + folder_ + "/password", "--auth=scram-sha-256",
                              "--locale=C", "--encoding=UTF8", "--no-sync"});
    const std::string said = read_until("");
    int status = 0;
    if (::waitpid(made, &status, 0) != made || status != 0) throw std::runtime_error(said);
    server_ = spawn({bin("postgres"), "-D", folder_ + "/data", "-k", folder_, "-c",
                     "listen_addresses=", "-c", "fsync=off"});
    const std::string log = read_until("ready to accept connections");
    if (log.find("ready to accept") == std::string::npos) throw std::runtime_error(log);
  }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  ~PostgresServer() {
    ::kill(server_, SIGQUIT);
    ::waitpid(server_, nullptr, 0);
    ::close(output_);
    std::filesystem::remove_all(folder_);
  }

  std::string connection_info() const {
    return "host=" + folder_ +
           " port=5432 dbname=postgres user=aloft password=" + std::string(kPassword);
  }

 private:
  static std::string bin(const char* program) {
    return std::string(ALOFT_POSTGRES_BIN) + "/" + program;
  }

  /// Runs a program whose output goes into `output_`.
  pid_t spawn(std::vector<std::string> words) {
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    const pid_t child = ::fork();
    if (child == 0) {
      const bool dropped =
          user_ == nullptr || (::setgroups(0, nullptr) == 0 && ::setgid(user_->pw_gid) == 0 &&
                               ::setuid(user_->pw_uid) == 0);
      // It must not outlive a test that crashes.
      ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
      ::dup2(ends[1], 1);
      ::dup2(ends[1], 2);
      if (dropped && ::chdir(folder_.c_str()) == 0) ::execv(arguments[0], arguments.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    if (output_ >= 0) ::close(output_);
    output_ = ends[0];
    return child;
  }

  /// What was printed until `mark`, or until the end.
  std::string read_until(std::string_view mark) {
    std::string all;
    char bytes[4096];
    while (mark.empty() || all.find(mark) == std::string::npos) {
      const ssize_t got = ::read(output_, bytes, sizeof bytes);
      if (got <= 0) break;
      all.append(bytes, static_cast<std::size_t>(got));
    }
    return all;
  }

  std::string folder_;
  const passwd* user_ = nullptr;
  pid_t server_ = -1;
  int output_ = -1;
};

}  // namespace aloft::integrations
