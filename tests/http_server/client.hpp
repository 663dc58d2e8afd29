// SPDX-License-Identifier: Apache-2.0
// A blocking client that sends exactly the bytes it is told, for tests of the server.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace aloft::http_server {

struct Reply {
  int status = 0;  ///< 0: the connection ended before a whole reply
  std::string head;
  std::string body;

  bool has(std::string_view text) const { return head.find(text) != std::string::npos; }
};

class Client {
 public:
  explicit Client(std::uint16_t port, int receive_buffer_bytes = 0)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    timeval limit{};
    limit.tv_sec = 20;  // a test that would hang fails instead
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (receive_buffer_bytes > 0) {
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                   sizeof receive_buffer_bytes);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const void* generic = &address;
    connected_ = ::connect(socket_, static_cast<const sockaddr*>(generic), sizeof address) == 0;
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { close(); }

  bool connected() const { return connected_; }
  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  /// Says that nothing more will be sent.
  void finish() { ::shutdown(socket_, SHUT_WR); }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// One reply with content-length, or until the connection ends; `bodyless` for HEAD.
  Reply receive(bool bodyless = false) {
    Reply reply;
    reply.head = receive_until("\r\n\r\n");
    if (reply.head.size() < 12) return {};
    reply.status = std::atoi(reply.head.c_str() + 9);
    const std::size_t at = reply.head.find("content-length: ");
    if (bodyless || at == std::string::npos) return reply;
    const auto length = static_cast<std::size_t>(std::atoll(reply.head.c_str() + at + 16));
    while (buffer_.size() < length && fill()) {
    }
    reply.body = take(length);
    return reply;
  }
  /// Everything up to and including `mark`, or what came before the end.
  std::string receive_until(std::string_view mark) {
    std::size_t at;
    while ((at = buffer_.find(mark)) == std::string::npos) {
      if (!fill()) return take(buffer_.size());
    }
    return take(at + mark.size());
  }
  std::string receive_all() {
    while (fill()) {
    }
    return take(buffer_.size());
  }
  /// True when the peer has closed and nothing is left to read.
  bool at_end() { return buffer_.empty() && !fill(); }

  Reply ask(std::string_view request) {
    send(request);
    return receive();
  }

 private:
  bool fill() {
    char bytes[4096];
    const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }
  std::string take(std::size_t count) {
    std::string taken = buffer_.substr(0, count);
    buffer_.erase(0, count);
    return taken;
  }

  int socket_;
  bool connected_ = false;
  std::string buffer_;
};

}  // namespace aloft::http_server
