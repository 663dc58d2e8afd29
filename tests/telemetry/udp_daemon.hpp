// SPDX-License-Identifier: Apache-2.0
// What the tests of datagrams send to.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

namespace aloft {

/// A daemon's UDP port on loopback that can go away and come back.
class Daemon {
 public:
  Daemon() { listen(0); }
  ~Daemon() { kill(); }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  void kill() {
    if (socket_ >= 0) close(socket_);
    socket_ = -1;
  }
  void restart() { listen(port_); }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  std::vector<std::string> datagrams() const {
    std::vector<std::string> received;
    std::string buffer(65'536, '\0');
    for (;;) {
      const ssize_t size = recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (size < 0) return received;
      received.push_back(buffer.substr(0, static_cast<std::size_t>(size)));
    }
  }

 private:
  void listen(std::uint16_t port) {
    socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    socklen_t size = sizeof address;
    ASSERT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }

  int socket_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace aloft
