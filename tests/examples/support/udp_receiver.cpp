// SPDX-License-Identifier: Apache-2.0
#include "examples/support/udp_receiver.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <utility>

namespace examples_test {
namespace {

constexpr std::size_t kMaxDatagramBytes = 65'536;
constexpr int kPollMilliseconds = 20;

}  // namespace

UdpReceiver::UdpReceiver() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  ::sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  ::socklen_t size = sizeof name;
  // The socket interface takes every kind of address through this cast.
  auto* address = reinterpret_cast<::sockaddr*>(&name);
  if (::bind(socket_, address, size) == 0 && ::getsockname(socket_, address, &size) == 0) {
    port_ = ::ntohs(name.sin_port);
  }
  thread_ = std::thread([this] { receive(); });
}

UdpReceiver::~UdpReceiver() {
  take_all();
  ::close(socket_);
}

std::string UdpReceiver::address() const { return "127.0.0.1:" + std::to_string(port_); }

std::vector<std::string> UdpReceiver::take_all() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  return std::exchange(datagrams_, {});
}

void UdpReceiver::receive() {
  std::string buffer(kMaxDatagramBytes, '\0');
  for (;;) {
    // Read before the socket is looked at: what was sent before `take_all` is always found.
    const bool last_look = stopping_;
    ::pollfd readable{socket_, POLLIN, 0};
    while (::poll(&readable, 1, last_look ? 0 : kPollMilliseconds) > 0) {
      const ::ssize_t count = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (count < 0) break;
      datagrams_.emplace_back(buffer, 0, static_cast<std::size_t>(count));
    }
    if (last_look) return;
  }
}

}  // namespace examples_test
