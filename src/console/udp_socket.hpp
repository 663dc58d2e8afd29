// SPDX-License-Identifier: Apache-2.0
// A UDP socket that is read in batches and can be woken up to stop.
//
// Thread-safety: one thread receives; `wake`, `kernel_dropped` and `port` from any.
#pragma once

#include "console/options.hpp"

#include <aloft/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace aloft::console {

class UdpSocket {
 public:
  /// @error already_exists  the port is taken; names it, with the remedy.
  /// @error permission_denied, unavailable  as said.
  static Result<UdpSocket> bind(const Endpoint& endpoint);
  UdpSocket(UdpSocket&& other) noexcept;
  UdpSocket& operator=(UdpSocket&& other) noexcept;
  ~UdpSocket();

  /// Blocks until datagrams are there, then returns up to a batch of them; they live until the next
  /// call. Empty after `wake`.
  std::span<const std::string_view> receive();
  void wake() noexcept;

  std::uint16_t port() const noexcept { return port_; }
  /// Datagrams that the kernel threw away because nobody read fast enough.
  std::uint64_t kernel_dropped() const noexcept;

 private:
  struct Batch;
  UdpSocket() noexcept;

  int socket_ = -1;
  int wake_ = -1;
  std::uint16_t port_ = 0;
  std::unique_ptr<Batch> batch_;
};

}  // namespace aloft::console
