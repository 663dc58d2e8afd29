// SPDX-License-Identifier: Apache-2.0
// What sending costs with a system call a document and with many documents to one: CPU time of the
// sender a request of three spans, in user space and in the kernel, apart.
//
//   bench_offload [ROUNDS]
//
// A child process reads every datagram; the two exporters take turns, 40,000 requests each, one
// round of the backend for 64 of them. Printed are medians and quartiles of the rounds, and how
// many datagrams came. Not measured: what the receiver pays, a datagram a document either way.
#include <aloft/telemetry/export/xray_daemon_exporter.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace aloft;

constexpr int kRequests = 40'000;
constexpr int kRequestsARound = 64;

/// Reads until an empty datagram comes, and tells how many came before.
class Receiver {
 public:
  Receiver() {
    const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
    // The sender is faster than who reads; without the right to ask for this, the kernel drops.
    const int room = 256 << 20;
    setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    std::array<int, 2> told{};
    if (bind(socket, any, size) != 0 || getsockname(socket, any, &size) != 0 ||
        pipe(told.data()) != 0) {
      std::abort();
    }
    child_ = fork();
    if (child_ == 0) {
      std::vector<char> buffer(65'536);
      long count = 0;
      while (recv(socket, buffer.data(), buffer.size(), 0) > 0) ++count;
      _exit(write(told[1], &count, sizeof count) == sizeof count ? 0 : 1);
    }
    close(told[1]);
    socket_ = socket;
    told_ = told[0];
    port_ = ntohs(address.sin_port);
  }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;
  ~Receiver() {
    close(socket_);
    close(told_);
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  /// Ends it.
  long received() {
    const int sender = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port_);
    sendto(sender, "", 0, 0, reinterpret_cast<sockaddr*>(&address), sizeof address);
    close(sender);
    long count = 0;
    const bool good = read(told_, &count, sizeof count) == sizeof count;
    waitpid(child_, nullptr, 0);
    return good ? count : -1;
  }

 private:
  pid_t child_ = 0;
  int socket_ = -1;
  int told_ = -1;
  std::uint16_t port_ = 0;
};

struct Cost {
  double user_us = 0;
  double kernel_us = 0;
  long received = 0;
};

double microseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
}

using Make = Result<std::unique_ptr<Exporter>> (*)(const XRayDaemonOptions&, Platform);

Cost run(Make make) {
  Receiver receiver;
  Telemetry telemetry =
      *Telemetry::create({.service_name = "bench",
                          .exporter = *make({.address = receiver.address()}, Platform::system()),
                          .pipeline = {.threading = Threading::manual}});
  const Tracer tracer = telemetry.tracer();
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  for (int i = 1; i <= kRequests; ++i) {
    {
      Span root = tracer.start("payments", {.kind = SpanKind::server});
      for (const char* name : {"authorise", "store"}) {
        Span child = root.child(name);
        child.annotate("tenant_id", "tenant-00017");
        child.annotate("amount_minor", 4'200 + i);
      }
    }
    if (i % kRequestsARound == 0) telemetry.poll();
  }
  telemetry.poll();
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  return {(microseconds(after.ru_utime) - microseconds(before.ru_utime)) / kRequests,
          (microseconds(after.ru_stime) - microseconds(before.ru_stime)) / kRequests,
          receiver.received()};
}

void print(const char* name, std::vector<Cost> costs) {
  const auto quartiles = [&](double Cost::*member) {
    std::vector<double> values;
    for (const Cost& cost : costs) values.push_back(cost.*member);
    std::sort(values.begin(), values.end());
    const std::size_t n = values.size();
    return std::array<double, 3>{values[n / 4], values[n / 2], values[n - 1 - n / 4]};
  };
  long received = 0;
  for (const Cost& cost : costs) received += cost.received;
  const auto user = quartiles(&Cost::user_us);
  const auto kernel = quartiles(&Cost::kernel_us);
  std::printf(
      "%-24s user %.2f us (%.2f to %.2f), kernel %.2f us (%.2f to %.2f), received %.1f %%\n", name,
      user[1], user[0], user[2], kernel[1], kernel[0], kernel[2],
      100.0 * static_cast<double>(received) / kRequests / static_cast<double>(costs.size()));
}

}  // namespace

int main(int argc, char** argv) {
  const long rounds = argc > 1 ? std::max(1L, std::strtol(argv[1], nullptr, 10)) : 11;
  std::vector<Cost> alone;
  std::vector<Cost> together;
  for (long round = 0; round < rounds; ++round) {
    alone.push_back(run(xray_daemon_exporter));
    together.push_back(run(xray_offload_exporter));
  }
  print("a call a document", std::move(alone));
  print("many to a call", std::move(together));
  return 0;
}
