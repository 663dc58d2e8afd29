// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/export/xray_daemon_exporter.hpp>

#include "core/fork_epoch.hpp"
#include "telemetry/export/xray_daemon.hpp"

#include <utility>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

/// A name that has no address is not asked for again sooner.
constexpr Nanoseconds kLookupPause = std::chrono::seconds(5);

}  // namespace

XRayDaemonExporter::XRayDaemonExporter(HostAndPort address, Platform platform)
    : address_(std::move(address)),
      platform_(platform),
      writer_(kXRayDaemonHeader, kMaxDatagramBytes) {}

void XRayDaemonExporter::export_batch(const Batch& batch, ExportReport& report) noexcept {
  if (!connected()) {
    report.dropped(Reason::unresolved, batch.span_count());
    return;
  }
  for (const TraceRecord& trace : batch.traces) {
    writer_.begin(batch.resource, trace);
    std::size_t documents = 0;
    while (const auto document = writer_.next()) {
      take(*document, report);
      ++documents;
    }
    if (documents > 1 && trace.has_root) report.split();
    report.dropped(Reason::too_large, writer_.too_large());
  }
  finish(report);
  for (const TraceRecord& root : batch.in_progress) {
    writer_.begin(batch.resource, root);
    const auto document = writer_.next();
    if (document && send({document->text, 0}, report)) report.in_progress();
  }
  confirm(socket_.pending_error(), report);
}

bool XRayDaemonExporter::connected() noexcept {
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
  opened(socket_);
  return true;
}

void XRayDaemonExporter::take(const XRayDocument& document, ExportReport& report) noexcept {
  send(document, report);
}

bool XRayDaemonExporter::send(const XRayDocument& document, ExportReport& report) noexcept {
  const SendOutcome outcome = attempt([&] { return socket_.send(document.text); }, report);
  settle(outcome, document.spans, report);
  return outcome == SendOutcome::taken;
}

void XRayDaemonExporter::settle(SendOutcome outcome, std::size_t spans,
                                ExportReport& report) noexcept {
  switch (outcome) {
    case SendOutcome::taken:
      unconfirmed_ = spans;
      break;
    case SendOutcome::refused:
      report.dropped(Reason::refused, spans);
      break;
    case SendOutcome::too_large:
      report.dropped(Reason::too_large, spans);
      break;
    case SendOutcome::failed:
    case SendOutcome::unsupported:
      report.dropped(Reason::send_failed, spans);
      socket_.close();
      break;
  }
}

void XRayDaemonExporter::confirm(SendOutcome verdict, ExportReport& report) noexcept {
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

}  // namespace detail

Result<std::unique_ptr<Exporter>> xray_daemon_exporter(const XRayDaemonOptions& options,
                                                       Platform platform) {
  Result<HostAndPort> address = parse_daemon_address(options.address);
  if (!address) return unexpected(address.error());
  return std::unique_ptr<Exporter>(
      std::make_unique<detail::XRayDaemonExporter>(std::move(*address), platform));
}

}  // namespace v0
}  // namespace aloft
