// SPDX-License-Identifier: Apache-2.0
#include "examples/support/http_exchange.hpp"

#include <aloft/core/text.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstddef>

namespace examples_test {
namespace {

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  constexpr ::timeval kPatience{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = ::htons(port);
  name.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  // The socket interface takes every kind of address through this cast.
  if (::connect(socket, reinterpret_cast<const ::sockaddr*>(&name), sizeof name) == 0)
    return socket;
  ::close(socket);
  return -1;
}

Reply parse(std::string_view bytes) {
  Reply reply;
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return reply;
  reply.head = bytes.substr(0, end);
  reply.body = bytes.substr(end + 4);
  // "HTTP/1.1 201 Created"
  reply.status = static_cast<int>(
      aloft::text::parse_decimal(std::string_view(reply.head).substr(9, 3)).value_or(0));
  return reply;
}

}  // namespace

std::string RawRequest::bytes() const {
  std::string text =
      method + " " + target + " HTTP/1.1\r\nhost: example.test\r\nconnection: close\r\n";
  for (const auto& [name, value] : headers) {
    text.append(name).append(": ").append(value).append("\r\n");
  }
  if (!body.empty()) text += "content-length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

std::string Reply::header(std::string_view name) const {
  const std::string_view text = head;
  for (std::size_t at = text.find("\r\n"); at != std::string_view::npos;) {
    const std::size_t end = text.find("\r\n", at + 2);
    const std::string_view line =
        text.substr(at + 2, end == std::string_view::npos ? end : end - at - 2);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos &&
        aloft::text::equals_ignoring_case(line.substr(0, colon), name)) {
      return std::string(aloft::text::trim(line.substr(colon + 1)));
    }
    at = end;
  }
  return {};
}

Reply exchange_bytes(std::uint16_t port, std::string_view request) {
  const int socket = send_and_leave(port, request);
  if (socket < 0) return {};
  std::string received;
  std::array<char, 16 * 1024> buffer;
  ::ssize_t count = 0;
  while ((count = ::recv(socket, buffer.data(), buffer.size(), 0)) > 0) {
    received.append(buffer.data(), static_cast<std::size_t>(count));
  }
  ::close(socket);
  return parse(received);
}

int send_and_leave(std::uint16_t port, std::string_view request) {
  const int socket = connect_to(port);
  while (socket >= 0 && !request.empty()) {
    const ::ssize_t sent = ::send(socket, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent <= 0) break;  // the answer may be there all the same, e.g. 413 before the body's end
    request.remove_prefix(static_cast<std::size_t>(sent));
  }
  return socket;
}

void close_socket(int socket) {
  if (socket >= 0) ::close(socket);
}

}  // namespace examples_test
