// SPDX-License-Identifier: Apache-2.0
#include "console/udp_socket.hpp"

#include "console/datagram.hpp"

#include <arpa/inet.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace aloft::console {
namespace {

// 2 MiB of buffer, touched only under load; at 100,000 datagrams a second one call per 0.3 ms.
constexpr std::size_t kBatch = 32;
// Half a second of 10,000 datagrams a second of a kilobyte with the kernel's overhead of about as
// much again; without privileges the kernel grants what net.core.rmem_max allows.
constexpr int kReceiveBufferBytes = 8 << 20;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

Address address_of(const Endpoint& endpoint) noexcept {
  Address out;
  if (endpoint.address.find(':') == std::string::npos) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(endpoint.port);
    inet_pton(AF_INET, endpoint.address.c_str(), &v4->sin_addr);
    out.size = sizeof *v4;
  } else {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(endpoint.port);
    inet_pton(AF_INET6, endpoint.address.c_str(), &v6->sin6_addr);
    out.size = sizeof *v6;
  }
  return out;
}

std::uint16_t bound_port(int socket) noexcept {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
  return storage.ss_family == AF_INET6
             ? ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port)
             : ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
}

Unexpected not_bound(const Endpoint& endpoint, int error) {
  const std::string where = "UDP " + endpoint.text();
  switch (error) {
    case EADDRINUSE:
      return fail(ErrorCode::already_exists, where + " is taken",
                  "stop what holds it (an X-Ray daemon?), or choose another port with --xray");
    case EACCES:
      return fail(ErrorCode::permission_denied, where + " needs privileges",
                  "choose a port above 1023 with --xray");
    default:
      return fail(ErrorCode::unavailable, where + " is no address of this machine",
                  "choose another address with --xray");
  }
}

}  // namespace

struct UdpSocket::Batch {
  Batch() {
    for (std::size_t i = 0; i < kBatch; ++i) {
      vectors[i] = {bytes.get() + i * kMaxDatagramBytes, kMaxDatagramBytes};
      messages[i].msg_hdr.msg_iov = &vectors[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
  }
  // Left uninitialised: pages that no datagram reaches are never touched.
  std::unique_ptr<char[]> bytes{new char[kBatch * kMaxDatagramBytes]};
  std::array<iovec, kBatch> vectors{};
  std::array<mmsghdr, kBatch> messages{};
  std::array<std::string_view, kBatch> views;
};

UdpSocket::UdpSocket() noexcept = default;

UdpSocket::UdpSocket(UdpSocket&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      wake_(std::exchange(other.wake_, -1)),
      port_(other.port_),
      batch_(std::move(other.batch_)) {}

UdpSocket& UdpSocket::operator=(UdpSocket&& other) noexcept {
  std::swap(socket_, other.socket_);
  std::swap(wake_, other.wake_);
  std::swap(port_, other.port_);
  std::swap(batch_, other.batch_);
  return *this;
}

UdpSocket::~UdpSocket() {
  if (socket_ >= 0) close(socket_);
  if (wake_ >= 0) close(wake_);
}

Result<UdpSocket> UdpSocket::bind(const Endpoint& endpoint) {
  const Address address = address_of(endpoint);
  UdpSocket out;
  out.socket_ = socket(address.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  out.wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (out.socket_ < 0 || out.wake_ < 0) {
    return fail(ErrorCode::resource_exhausted, "the system gives no more sockets",
                "raise the limit of open files");
  }
  if (setsockopt(out.socket_, SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBufferBytes,
                 sizeof kReceiveBufferBytes) != 0) {
    setsockopt(out.socket_, SOL_SOCKET, SO_RCVBUF, &kReceiveBufferBytes,
               sizeof kReceiveBufferBytes);
  }
  if (::bind(out.socket_, reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0) {
    return not_bound(endpoint, errno);
  }
  out.port_ = bound_port(out.socket_);
  out.batch_ = std::make_unique<Batch>();
  return out;
}

std::span<const std::string_view> UdpSocket::receive() {
  Batch& batch = *batch_;
  for (;;) {
    std::array<pollfd, 2> waiting = {{{socket_, POLLIN, 0}, {wake_, POLLIN, 0}}};
    if (poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return {};
    if ((waiting[1].revents & POLLIN) != 0) return {};
    const int count = recvmmsg(socket_, batch.messages.data(), kBatch, MSG_DONTWAIT, nullptr);
    if (count <= 0) continue;  // an error of an earlier datagram, or a checksum that was wrong
    for (int i = 0; i < count; ++i) {
      const auto at = static_cast<std::size_t>(i);
      batch.views[at] = {static_cast<const char*>(batch.vectors[at].iov_base),
                         batch.messages[at].msg_len};
    }
    return {batch.views.data(), static_cast<std::size_t>(count)};
  }
}

void UdpSocket::wake() noexcept {
  const std::uint64_t one = 1;
  // The counter of an eventfd cannot overflow by one write, so this cannot fail.
  [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
}

std::uint64_t UdpSocket::kernel_dropped() const noexcept {
  std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
  socklen_t size = sizeof info;
  if (getsockopt(socket_, SOL_SOCKET, SO_MEMINFO, info.data(), &size) != 0) return 0;
  return info[SK_MEMINFO_DROPS];
}

}  // namespace aloft::console
