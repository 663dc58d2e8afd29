// SPDX-License-Identifier: Apache-2.0
#include "telemetry/export/udp_socket.hpp"

#include <aloft/core/text.hpp>

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <memory>

namespace aloft {
inline namespace v0 {
namespace {

/// How long a full send buffer is waited for; the backend's thread, never a request's.
constexpr int kSendPatienceMs = 20;

Unexpected bad_address() {
  return fail(ErrorCode::invalid_argument, "the X-Ray daemon's address is malformed",
              "write host:port, [ipv6]:port or tcp:host:port udp:host:port");
}

Result<HostAndPort> parse_host_and_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad_address();
  std::string_view host = text.substr(0, colon);
  const auto port = text::parse_decimal(text.substr(colon + 1));
  if (!port || *port == 0 || *port > 65'535) return bad_address();
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return bad_address();  // an IPv6 address needs brackets
  }
  // 253 is the longest name DNS can hold (RFC 1035).
  if (host.empty() || host.size() > 253) return bad_address();
  return HostAndPort{std::string(host), static_cast<std::uint16_t>(*port)};
}

/// Of a socket; 0 for whatever else the descriptor may be. Sockets have inodes of their own, which
/// are not given out twice while one of them is open.
std::uint64_t inode_of(int descriptor) noexcept {
  struct stat status {};
  return fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode) ? status.st_ino : 0;
}

/// Where 0, 1 or 2 is closed, the next descriptor gets the number, and what the program prints
/// would go to the daemon.
int above_standard(int descriptor) noexcept {
  if (descriptor < 0 || descriptor > STDERR_FILENO) return descriptor;
  const int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  ::close(descriptor);
  return moved;
}

struct FreeAddresses {
  void operator()(addrinfo* list) const noexcept { freeaddrinfo(list); }
};

}  // namespace

Result<HostAndPort> parse_daemon_address(std::string_view text) {
  text = text::trim(text);
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos && !text.starts_with("udp:")) {
    return text.starts_with("tcp:") ? bad_address() : parse_host_and_port(text);
  }
  for (const std::string_view part :
       {text.substr(0, blank),
        blank == std::string_view::npos ? std::string_view() : text::trim(text.substr(blank))}) {
    if (part.starts_with("udp:")) return parse_host_and_port(part.substr(4));
  }
  return bad_address();
}

Result<void> UdpSocket::connect(const HostAndPort& address) noexcept {
  close();
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  if (getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found) != 0) {
    return fail(ErrorCode::unavailable, "the X-Ray daemon's host name has no address",
                "check AWS_XRAY_DAEMON_ADDRESS; it is looked up again after 5 s");
  }
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
  for (const addrinfo* at = addresses.get(); at != nullptr; at = at->ai_next) {
    descriptor_ = above_standard(
        socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, at->ai_protocol));
    if (descriptor_ < 0) continue;
    inode_ = inode_of(descriptor_);
    if (::connect(descriptor_, at->ai_addr, at->ai_addrlen) == 0) return {};
    close();
  }
  return fail(ErrorCode::unavailable, "no socket to the X-Ray daemon could be opened",
              "check the process's limit of open files and its network");
}

void UdpSocket::close() noexcept {
  if (intact()) ::close(descriptor_);
  descriptor_ = -1;
}

bool UdpSocket::intact() const noexcept {
  return descriptor_ >= 0 && inode_of(descriptor_) == inode_;
}

SendOutcome UdpSocket::send(std::string_view datagram) noexcept {
  if (descriptor_ < 0) return SendOutcome::failed;
  for (int attempt = 0;; ++attempt) {
    if (::send(descriptor_, datagram.data(), datagram.size(), MSG_NOSIGNAL) >= 0) {
      return SendOutcome::taken;
    }
    if (const auto outcome = outcome_of(errno, attempt)) return *outcome;
  }
}

std::optional<SendOutcome> UdpSocket::outcome_of(int error, int attempt) const noexcept {
  switch (error) {
    case ECONNREFUSED:
      return SendOutcome::refused;
    case EMSGSIZE:
      return SendOutcome::too_large;
    case EINTR:
      break;
    case EAGAIN:
    case ENOBUFS: {
      pollfd ready{descriptor_, POLLOUT, 0};
      if (attempt > 0 || poll(&ready, 1, kSendPatienceMs) <= 0) return SendOutcome::failed;
      break;
    }
    default:
      return SendOutcome::failed;
  }
  if (attempt > 8) return SendOutcome::failed;  // interrupted again and again
  return std::nullopt;
}

SendOutcome UdpSocket::pending_error() noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  if (descriptor_ >= 0 && getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 &&
      error == ECONNREFUSED) {
    return SendOutcome::refused;
  }
  return SendOutcome::taken;
}

}  // namespace v0
}  // namespace aloft
