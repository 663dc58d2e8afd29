// SPDX-License-Identifier: Apache-2.0
// Stands where the X-Ray daemon would and keeps every datagram: the second ledger.
//
//   UdpReceiver daemon;
//   …start a program with AWS_XRAY_DAEMON_ADDRESS=daemon.address(), stop it…
//   std::vector<std::string> datagrams = daemon.take_all();
//
// Thread-safety: its own thread receives; one other thread calls.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace examples_test {

class UdpReceiver {
 public:
  UdpReceiver();
  UdpReceiver(const UdpReceiver&) = delete;
  UdpReceiver& operator=(const UdpReceiver&) = delete;
  ~UdpReceiver();

  /// "127.0.0.1:40001".
  std::string address() const;
  /// Everything that was sent before this call. Afterwards it no longer receives.
  std::vector<std::string> take_all();

 private:
  void receive();

  int socket_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::vector<std::string> datagrams_;  // the thread's until it is joined
  std::thread thread_;
};

}  // namespace examples_test
