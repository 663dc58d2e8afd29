// SPDX-License-Identifier: Apache-2.0
// The exporter of the daemon's datagrams. Who sends several documents at once derives from it
// (offload.cpp), so that nobody else links that.
#pragma once

#include "telemetry/export/udp_socket.hpp"

#include <aloft/core/platform.hpp>
#include <aloft/telemetry/exporter.hpp>
#include <aloft/telemetry/format/xray_document.hpp>

#include <cstddef>
#include <cstdint>

namespace aloft {
inline namespace v0 {
namespace detail {

class XRayDaemonExporter : public Exporter {
 public:
  XRayDaemonExporter(HostAndPort address, Platform platform);
  void export_batch(const Batch& batch, ExportReport& report) noexcept override;

 protected:
  /// A socket has just been connected.
  virtual void opened(const UdpSocket& /*socket*/) noexcept {}
  /// A document of a trace that has ended.
  virtual void take(const XRayDocument& document, ExportReport& report) noexcept;
  /// The last one of a batch was taken.
  virtual void finish(ExportReport& /*report*/) noexcept {}

  /// True when the kernel has it.
  bool send(const XRayDocument& document, ExportReport& report) noexcept;
  /// Calls again where the kernel tells of the datagram before, and has not sent this one.
  template <typename Call>
  SendOutcome attempt(Call call, ExportReport& report) noexcept {
    const SendOutcome outcome = call();
    confirm(outcome == SendOutcome::refused ? outcome : SendOutcome::taken, report);
    return outcome == SendOutcome::refused ? call() : outcome;
  }
  void settle(SendOutcome outcome, std::size_t spans, ExportReport& report) noexcept;
  UdpSocket& socket() noexcept { return socket_; }

 private:
  bool connected() noexcept;
  /// Settles the datagram before, which the kernel took.
  void confirm(SendOutcome verdict, ExportReport& report) noexcept;

  HostAndPort address_;
  Platform platform_;
  XRayDocumentWriter writer_;
  UdpSocket socket_;
  std::size_t unconfirmed_ = 0;  // spans of the datagram that a refusal would belong to
  SteadyTime next_lookup_{};
  std::uint32_t opened_in_ = 0;
  bool failed_ = false;
  bool absent_ = false;
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
