// SPDX-License-Identifier: Apache-2.0
// The smallest real use: a trace leaves by UDP, and is read back from the socket it went to.
// Prints the document; exits with 1 and a reason when anything is not as it must be.
#include <aloft/aloft.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <iostream>
#include <string>
#include <string_view>

namespace {

/// Stands where the X-Ray daemon would.
class Receiver {
 public:
  Receiver() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{5, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof name;
    // The socket interface takes every kind of address through this cast.
    auto* address = reinterpret_cast<sockaddr*>(&name);
    if (::bind(socket_, address, size) == 0 && ::getsockname(socket_, address, &size) == 0) {
      address_ = "127.0.0.1:" + std::to_string(ntohs(name.sin_port));
    }
  }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;
  ~Receiver() { ::close(socket_); }

  const std::string& address() const { return address_; }
  std::string take() {
    std::array<char, 65'536> buffer{};
    const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    return size < 0 ? std::string() : std::string(buffer.data(), static_cast<std::size_t>(size));
  }

 private:
  int socket_;
  std::string address_;
};

int fail(std::string_view why) {
  std::cerr << why << '\n';
  return 1;
}

}  // namespace

int main() {
  Receiver daemon;
  auto telemetry =
      aloft::Telemetry::create({.service_name = "consumer", .daemon_address = daemon.address()});
  if (!telemetry) return fail(telemetry.error().to_string());

  aloft::Span request = telemetry->tracer().start("round_trip");
  request.annotate("tenant_id", "acme");
  request.child("ledger", aloft::SpanKind::remote).annotate("rows", 3);
  const std::string trace_id(request.trace_id().xray_text().view());
  request.end();
  const aloft::FlushReport report = telemetry->flush(std::chrono::seconds(5));
  const std::string datagram = daemon.take();

  std::cout << datagram << '\n';
  if (!report.complete || report.accounting.sent != 2) return fail("the books do not say: 2 sent");
  if (datagram.find(trace_id) == std::string::npos) return fail("the trace did not come back");
  if (datagram.find(R"("tenant_id":"acme")") == std::string::npos) return fail("no annotation");
  if (datagram.find(R"("rows":3)") == std::string::npos) return fail("no child");
  return 0;
}
