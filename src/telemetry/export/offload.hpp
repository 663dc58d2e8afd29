// SPDX-License-Identifier: Apache-2.0
// Several documents to one system call (`xray_offload_exporter`).
#pragma once

#include "telemetry/export/udp_socket.hpp"
#include "telemetry/export/xray_daemon.hpp"

#include <aloft/telemetry/format/xray_document.hpp>

#include <memory>
#include <vector>

namespace aloft {
inline namespace v0 {

class Offload {
 public:
  virtual ~Offload() = default;
  /// Whether it can serve this socket, which has just been connected.
  virtual bool serves(const UdpSocket& socket) = 0;
  /// Keeps a copy; false when what it has must be sent first. One alone is always taken.
  virtual bool add(const XRayDocument& document) = 0;
  /// Sends what was added since `clear`, each document a datagram.
  virtual SendOutcome send(UdpSocket& socket) = 0;
  /// What was added, for who sends it one by one.
  virtual const std::vector<XRayDocument>& documents() = 0;
  virtual void clear() = 0;
};

/// The exporter of the daemon, with somebody who sends several documents at once.
class OffloadingExporter final : public detail::XRayDaemonExporter {
 public:
  OffloadingExporter(HostAndPort address, Platform platform, std::unique_ptr<Offload> offload);

 private:
  void opened(const UdpSocket& socket) noexcept override;
  void take(const XRayDocument& document, ExportReport& report) noexcept override;
  void finish(ExportReport& report) noexcept override;

  std::unique_ptr<Offload> offload_;
  bool offloads_ = false;  // it serves the socket as it is connected now
};

/// By UDP_SEGMENT.
std::unique_ptr<Offload> udp_segmentation();

}  // namespace v0
}  // namespace aloft
