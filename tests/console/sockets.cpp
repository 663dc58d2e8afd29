// SPDX-License-Identifier: Apache-2.0
#include "sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>

namespace aloft::console::fixture {
namespace {

int connect_to(std::uint16_t port, int type) {
  const int socket = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // Ends a test that has failed; no test waits for it.
  const timeval limit{20, 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(socket);
    return -1;
  }
  return socket;
}

}  // namespace

UdpSender::UdpSender(std::uint16_t port) : socket_(connect_to(port, SOCK_DGRAM)) {}

UdpSender::~UdpSender() { close(socket_); }

bool UdpSender::send(std::string_view datagram) const {
  return ::send(socket_, datagram.data(), datagram.size(), 0) ==
         static_cast<ssize_t>(datagram.size());
}

HttpConnection::HttpConnection(std::uint16_t port) : socket_(connect_to(port, SOCK_STREAM)) {}

HttpConnection::~HttpConnection() {
  if (socket_ >= 0) close(socket_);
}

bool HttpConnection::send_raw(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool HttpConnection::receive_more() {
  char buffer[16384];
  const ssize_t count = recv(socket_, buffer, sizeof buffer, 0);
  if (count <= 0) return false;
  received_.append(buffer, static_cast<std::size_t>(count));
  return true;
}

HttpAnswer HttpConnection::ask(std::string_view method, std::string_view target,
                               std::string_view fields, std::string_view body) {
  std::string request;
  request.append(method).append(" ").append(target).append(" HTTP/1.1\r\n").append(fields);
  if (fields.find("host:") == std::string_view::npos) request += "host: 127.0.0.1\r\n";
  if (!body.empty()) request += "content-length: " + std::to_string(body.size()) + "\r\n";
  request.append("\r\n").append(body);
  HttpAnswer answer;
  if (!send_raw(request)) return answer;
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive_more()) return answer;
  }
  answer.head = received_.substr(0, end + 2);
  received_.erase(0, end + 4);
  answer.status = std::atoi(answer.head.c_str() + 9);
  const std::size_t length = answer.head.find("content-length: ");
  if (length == std::string::npos || method == "HEAD") return answer;
  const auto bytes = static_cast<std::size_t>(std::atoll(answer.head.c_str() + length + 16));
  while (received_.size() < bytes) {
    if (!receive_more()) return HttpAnswer{};
  }
  answer.body = received_.substr(0, bytes);
  received_.erase(0, bytes);
  return answer;
}

std::string HttpConnection::read_until(std::string_view part) {
  while (received_.find(part) == std::string::npos && receive_more()) {
  }
  return received_;
}

}  // namespace aloft::console::fixture
