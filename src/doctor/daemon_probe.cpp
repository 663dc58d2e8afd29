// SPDX-License-Identifier: Apache-2.0
#include "doctor/daemon_probe.hpp"

#include "telemetry/export/udp_socket.hpp"

#include <condition_variable>
#include <mutex>

namespace aloft::doctor {
namespace {

/// How often the kernel is asked for a refusal.
constexpr Nanoseconds kLook = std::chrono::milliseconds(5);

}  // namespace

Result<Listener> probe_udp(std::string_view address, Nanoseconds patience, Clock& clock) {
  const Result<HostAndPort> parsed = parse_daemon_address(address);
  if (!parsed) return unexpected(parsed.error());
  UdpSocket socket;
  if (const Result<void> connected = socket.connect(*parsed); !connected) {
    return unexpected(connected.error());
  }
  // Nothing in it: a daemon counts and ignores it.
  if (socket.send({}) != SendOutcome::taken) return Listener::refused;
  std::mutex nobodys;
  std::condition_variable never;
  std::unique_lock lock(nobodys);
  const Deadline until = Deadline::after(clock, patience);
  while (!until.passed(clock.steady_now())) {
    clock.wait_until(lock, never, clock.steady_now() + kLook);
    if (socket.pending_error() == SendOutcome::refused) return Listener::refused;
  }
  return Listener::silent;
}

}  // namespace aloft::doctor
