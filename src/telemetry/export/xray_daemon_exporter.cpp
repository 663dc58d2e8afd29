// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/export/xray_daemon_exporter.hpp>

#include "core/fork_epoch.hpp"
#include "telemetry/export/udp_socket.hpp"

#include <aloft/telemetry/format/xray_document.hpp>

#include <utility>

namespace aloft {
inline namespace v0 {
namespace {

/// A name that has no address is not asked for again sooner.
constexpr Nanoseconds kLookupPause = std::chrono::seconds(5);

class XRayDaemonExporter final : public Exporter {
 public:
  XRayDaemonExporter(HostAndPort address, Platform platform)
      : address_(std::move(address)),
        platform_(platform),
        writer_(kXRayDaemonHeader, kMaxDatagramBytes) {}

  void export_batch(const Batch& batch, ExportReport& report) noexcept override {
    if (!connected()) {
      report.dropped(Reason::unresolved, batch.span_count());
      return;
    }
    for (const TraceRecord& trace : batch.traces) {
      writer_.begin(batch.resource, trace);
      std::size_t documents = 0;
      while (const auto document = writer_.next()) {
        send(*document, report);
        ++documents;
      }
      if (documents > 1 && trace.has_root) report.split();
      report.dropped(Reason::too_large, writer_.too_large());
    }
    confirm(socket_.pending_error(), report);
  }

 private:
  bool connected() noexcept {
    // A socket shared with the parent of a fork would mix up whose refusal is whose.
    const bool open = socket_.intact() && opened_in_ == detail::fork_epoch();
    // Where nobody listens any more, the name may have moved to another address.
    if (open && !absent_) return true;
    const SteadyTime now = platform_.clock.steady_now();
    if (open && now < next_lookup_) return true;
    if (failed_ && now < next_lookup_) return false;
    next_lookup_ = now + kLookupPause;
    opened_in_ = detail::fork_epoch();
    unconfirmed_ = 0;
    const Result<void> connected = socket_.connect(address_);
    failed_ = !connected;
    if (failed_) {
      platform_.diagnostics.report(connected.error().code, "xray_daemon_exporter",
                                   connected.error().to_string());
      return false;
    }
    return true;
  }

  void send(const XRayDocument& document, ExportReport& report) noexcept {
    SendOutcome outcome = socket_.send(document.text);
    if (outcome == SendOutcome::refused) {
      // What the kernel tells now is about the datagram before; this one was not sent.
      confirm(SendOutcome::refused, report);
      outcome = socket_.send(document.text);
    } else {
      confirm(SendOutcome::taken, report);
    }
    switch (outcome) {
      case SendOutcome::taken:
        unconfirmed_ = document.spans;
        break;
      case SendOutcome::refused:
        report.dropped(Reason::refused, document.spans);
        break;
      case SendOutcome::too_large:
        report.dropped(Reason::too_large, document.spans);
        break;
      case SendOutcome::failed:
        report.dropped(Reason::send_failed, document.spans);
        socket_.close();
        break;
    }
  }

  /// Settles the datagram before, which the kernel took.
  void confirm(SendOutcome verdict, ExportReport& report) noexcept {
    const std::size_t spans = std::exchange(unconfirmed_, 0);
    if (verdict != SendOutcome::refused) {
      report.sent(spans);
      if (spans != 0) absent_ = false;
      return;
    }
    report.dropped(Reason::refused, spans);
    if (!std::exchange(absent_, true)) {
      platform_.diagnostics.report(
          ErrorCode::unavailable, "xray_daemon_exporter",
          "nobody listens at the X-Ray daemon's address; spans are dropped until somebody does. "
          "Start aloft-console or a daemon there, or set AWS_XRAY_DAEMON_ADDRESS");
    }
  }

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

}  // namespace

Result<std::unique_ptr<Exporter>> xray_daemon_exporter(const XRayDaemonOptions& options,
                                                       Platform platform) {
  Result<HostAndPort> address = parse_daemon_address(options.address);
  if (!address) return unexpected(address.error());
  return std::unique_ptr<Exporter>(
      std::make_unique<XRayDaemonExporter>(std::move(*address), platform));
}

}  // namespace v0
}  // namespace aloft
