// SPDX-License-Identifier: Apache-2.0
// A connected, non-blocking UDP socket and the daemon address it goes to.
#pragma once

#include <aloft/core/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {

struct HostAndPort {
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const HostAndPort&, const HostAndPort&) = default;
};

/// The UDP part of `host:port`, `[ipv6]:port` or `tcp:host:port udp:host:port`.
/// @error invalid_argument  any other form; the text is not quoted.
Result<HostAndPort> parse_daemon_address(std::string_view text);

enum class SendOutcome : std::uint8_t {
  taken,        ///< the kernel has it
  refused,      ///< an earlier datagram met a closed port; this one was not sent
  too_large,    ///< longer than the route allows
  failed,       ///< anything else
  unsupported,  ///< of several datagrams at once only: the kernel does not do it here
};

class UdpSocket {
 public:
  UdpSocket() noexcept = default;
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;
  ~UdpSocket() { close(); }

  /// Looks the host up (may block for a name) and connects.
  /// @error unavailable  the name has no address, or no socket could be had.
  Result<void> connect(const HostAndPort& address) noexcept;
  /// Leaves a descriptor alone that is no longer ours.
  void close() noexcept;
  bool open() const noexcept { return descriptor_ >= 0; }
  /// Whether the descriptor still is this socket: a program that becomes a daemon closes all that
  /// it does not know, and its next file gets the number.
  bool intact() const noexcept;

  SendOutcome send(std::string_view datagram) noexcept;
  /// What an attempt's errno means, or nothing when another one is worth it; waits for room.
  std::optional<SendOutcome> outcome_of(int error, int attempt) const noexcept;
  /// For calls that are not made here; -1 when there is none.
  int descriptor() const noexcept { return descriptor_; }
  /// What became known since the last send: `refused` or `taken`.
  SendOutcome pending_error() noexcept;

 private:
  int descriptor_ = -1;
  std::uint64_t inode_ = 0;
};

}  // namespace v0
}  // namespace aloft
