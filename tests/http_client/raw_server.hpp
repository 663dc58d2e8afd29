// SPDX-License-Identifier: Apache-2.0
// A server that answers with exactly the bytes it is told, or breaks off where it is told.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace aloft::http_client {

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

class RawConnection {
 public:
  explicit RawConnection(int socket) : socket_(socket) {}
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;
  ~RawConnection() { ::shutdown(socket_, SHUT_RDWR); }

  /// Everything up to and including `mark`, or what came before the end.
  std::string receive_until(std::string_view mark) {
    std::size_t at;
    while ((at = buffer_.find(mark)) == std::string::npos) {
      if (!fill()) return std::exchange(buffer_, {});
    }
    std::string taken = buffer_.substr(0, at + mark.size());
    buffer_.erase(0, at + mark.size());
    return taken;
  }
  /// Until the peer closes.
  std::string receive_all() {
    while (fill()) {
    }
    return std::exchange(buffer_, {});
  }
  /// What has come; waits only when that is nothing. Empty at the end.
  std::string receive_some() {
    if (buffer_.empty()) fill();
    return std::exchange(buffer_, {});
  }
  std::string receive_request() { return receive_until("\r\n\r\n"); }
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// Passes bytes on in both directions until one side ends, as a proxy does after CONNECT.
  void tunnel_to(std::uint16_t port) {
    const int other = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    const void* const generic = &address;
    ::connect(other, static_cast<const sockaddr*>(generic), sizeof address);
    pollfd both[] = {{socket_, POLLIN, 0}, {other, POLLIN, 0}};
    bool open = true;
    while (open && ::poll(both, 2, -1) > 0) {
      open = (both[0].revents == 0 || pass_on(socket_, other)) &&
             (both[1].revents == 0 || pass_on(other, socket_));
    }
    ::close(other);
  }
  /// The close at the end says RST instead of FIN.
  void reset_when_closed() {
    const linger hard{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    reset_ = true;
  }
  void close_now() {
    if (reset_) {
      // Only close() itself sends the RST.
      const int hole = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      ::dup2(hole, socket_);
      ::close(hole);
    } else {
      ::shutdown(socket_, SHUT_RDWR);
    }
  }

 private:
  static bool pass_on(int from, int to) {
    char bytes[4096];
    const ssize_t got = ::recv(from, bytes, sizeof bytes, 0);
    return got > 0 && ::send(to, bytes, static_cast<std::size_t>(got), MSG_NOSIGNAL) == got;
  }
  bool fill() {
    char bytes[4096];
    const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }

  const int socket_;
  bool reset_ = false;
  std::string buffer_;
};

/// A socket bound to a free port of the loopback.
inline int bound_socket(std::uint16_t& port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  void* const generic = &address;
  socklen_t size = sizeof address;
  ::bind(socket, static_cast<sockaddr*>(generic), size);
  ::getsockname(socket, static_cast<sockaddr*>(generic), &size);
  port = ntohs(address.sin_port);
  return socket;
}

inline std::string url_of(std::uint16_t port, std::string_view target = "/") {
  return "http://127.0.0.1:" + std::to_string(port) + std::string(target);
}

/// Runs `serve` on a thread for each connection; ends them all when it is destroyed.
class RawServer {
 public:
  using Serve = std::function<void(RawConnection&)>;

  explicit RawServer(Serve serve) : serve_(std::move(serve)), listener_(bound_socket(port_)) {
    ::listen(listener_, 128);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  ~RawServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
    for (const int socket : sockets_) ::close(socket);
    ::close(listener_);
  }

  std::uint16_t port() const { return port_; }
  std::string url(std::string_view target = "/") const { return url_of(port_, target); }
  int connections() const { return connections_.load(); }

 private:
  void accept_all() {
    while (true) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0 && errno == EMFILE) {  // a test took the descriptors away for a while
        ::poll(nullptr, 0, 1);
        continue;
      }
      if (socket < 0) return;
      ++connections_;
      const std::lock_guard lock(mutex_);
      sockets_.push_back(socket);
      threads_.emplace_back([this, socket] {
        RawConnection connection(socket);
        serve_(connection);
        connection.close_now();
      });
    }
  }

  const Serve serve_;
  std::uint16_t port_ = 0;
  const int listener_;
  std::atomic<int> connections_{0};
  std::thread acceptor_;
  std::mutex mutex_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
};

/// A port where nobody listens; nobody takes it while this lives.
class ClosedPort {
 public:
  ClosedPort() : socket_(bound_socket(port_)) {}
  ClosedPort(const ClosedPort&) = delete;
  ClosedPort& operator=(const ClosedPort&) = delete;
  ~ClosedPort() { ::close(socket_); }
  std::string url() const { return url_of(port_); }

 private:
  std::uint16_t port_ = 0;
  const int socket_;
};

/// A port whose queue of connections is full, so that a further connect gets no answer at all.
class FullBacklog {
 public:
  FullBacklog() : listener_(bound_socket(port_)) {
    ::listen(listener_, 0);
    const sockaddr_in address = loopback(port_);
    const void* const generic = &address;
    for (int& filler : fillers_) {
      filler = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      ::connect(filler, static_cast<const sockaddr*>(generic), sizeof address);
    }
  }
  FullBacklog(const FullBacklog&) = delete;
  FullBacklog& operator=(const FullBacklog&) = delete;
  ~FullBacklog() {
    for (const int filler : fillers_) ::close(filler);
    ::close(listener_);
  }
  std::string url() const { return url_of(port_); }

 private:
  std::uint16_t port_ = 0;
  const int listener_;
  int fillers_[4] = {};
};

}  // namespace aloft::http_client
