// SPDX-License-Identifier: Apache-2.0
#include "safety/world.hpp"

#include <aloft/telemetry/export/stdout_exporter.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace aloft::safety {
namespace {

int bound_socket(std::string& address) {
  const int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  if (bind(descriptor, reinterpret_cast<sockaddr*>(&at), size) != 0 ||
      getsockname(descriptor, reinterpret_cast<sockaddr*>(&at), &size) != 0) {
    std::abort();
  }
  address = "127.0.0.1:" + std::to_string(ntohs(at.sin_port));
  return descriptor;
}

[[noreturn]] void serve(int reader, int liar) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  char datagram[65'536];
  for (;;) {
    pollfd ready[2] = {{reader, POLLIN, 0}, {liar, POLLIN, 0}};
    if (poll(ready, 2, -1) <= 0) continue;
    if (ready[0].revents != 0) {
      static_cast<void>(recv(reader, datagram, sizeof datagram, 0));
    }
    if (ready[1].revents != 0) {
      sockaddr_in from{};
      socklen_t size = sizeof from;
      const ssize_t got =
          recvfrom(liar, datagram, 64, 0, reinterpret_cast<sockaddr*>(&from), &size);
      for (ssize_t i = 0; i < got; ++i) datagram[i] = static_cast<char>(~datagram[i]);
      if (got > 0) {
        static_cast<void>(sendto(liar, datagram, static_cast<std::size_t>(got), MSG_DONTWAIT,
                                 reinterpret_cast<sockaddr*>(&from), size));
      }
    }
  }
}

class Slow : public Exporter {
 public:
  explicit Slow(int milliseconds) noexcept : milliseconds_(milliseconds) {}
  void export_batch(const Batch& batch, ExportReport& report) noexcept override {
    poll(nullptr, 0, milliseconds_);
    report.acknowledged(batch.span_count());
  }

 private:
  int milliseconds_;
};

class FalseBooks final : public Exporter {
 public:
  void export_batch(const Batch& batch, ExportReport& report) noexcept override {
    report.sent(batch.span_count() / 2);
  }
};

/// Records a span of its own for each batch, as one that observes itself would.
class Nested final : public Exporter {
 public:
  explicit Nested(Telemetry inner) noexcept : inner_(std::move(inner)) {}
  void export_batch(const Batch& batch, ExportReport& report) noexcept override {
    inner_.tracer().start("batch").end();
    report.acknowledged(batch.span_count());
  }

 private:
  Telemetry inner_;
};

/// Writes to a pipe that it owns.
class Piped final : public Exporter {
 public:
  explicit Piped(bool with_reader) {
    if (pipe2(ends_, O_CLOEXEC) != 0) std::abort();
    if (!with_reader) close(std::exchange(ends_[0], -1));
    inner_ = stdout_exporter(ends_[1]);
  }
  ~Piped() override {
    for (const int end : ends_) {
      if (end >= 0) close(end);
    }
  }
  Piped(const Piped&) = delete;
  Piped& operator=(const Piped&) = delete;
  void export_batch(const Batch& batch, ExportReport& report) noexcept override {
    inner_->export_batch(batch, report);
  }

 private:
  int ends_[2] = {-1, -1};
  std::unique_ptr<Exporter> inner_;
};

}  // namespace

World::World() {
  const int reader = bound_socket(reader_);
  const int liar = bound_socket(liar_);
  close(bound_socket(dead_));
  bound_socket(full_);  // open and unread as long as the driver lives
  serving_ = fork();
  if (serving_ == 0) serve(reader, liar);
  close(reader);
  close(liar);
  const auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  plugin_ = (folder / "safety_plugin.so").string();
  twin_ = (folder / "safety_plugin_twin.so").string();
}

World::~World() {
  kill(serving_, SIGKILL);
  waitpid(serving_, nullptr, 0);
}

std::string World::address(Daemon daemon) const {
  switch (daemon) {
    case Daemon::dead:
      return dead_;
    case Daemon::full:
      return full_;
    case Daemon::liar:
      return liar_;
    case Daemon::unresolvable:
      return "no-such-host.invalid:2000";
    default:
      return reader_;
  }
}

std::unique_ptr<Exporter> exporter_for(Daemon daemon) {
  switch (daemon) {
    case Daemon::slow:
      return std::make_unique<Slow>(2);
    case Daemon::hanging:
      return std::make_unique<Slow>(60'000);
    case Daemon::false_books:
      return std::make_unique<FalseBooks>();
    case Daemon::nested:
      return std::make_unique<Nested>(
          *Telemetry::create({.service_name = "inner",
                              .exporter = std::make_unique<FalseBooks>(),
                              .pipeline = {.queue_limit_bytes = 64u << 10}}));
    case Daemon::broken_pipe:
      return std::make_unique<Piped>(false);
    case Daemon::full_pipe:
      return std::make_unique<Piped>(true);
    default:
      return nullptr;
  }
}

}  // namespace aloft::safety
