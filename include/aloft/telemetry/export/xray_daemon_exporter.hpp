// SPDX-License-Identifier: Apache-2.0
// Sends X-Ray documents to an X-Ray daemon, a CloudWatch agent or `aloft-console`: one UDP datagram
// a document.
//
// The wire has no acknowledgement, so a span is *sent* when the kernel took its datagram. A closed
// port answers with a refusal that the kernel reports at the next call on the socket; it is charged
// to the datagram it belongs to, and the next datagram is tried again. Host names are looked up on
// the exporter's thread, again after a failure.
//
// Thread-safety: as every exporter, one thread at a time.
#pragma once

#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/telemetry/exporter.hpp>

#include <memory>
#include <string>

namespace aloft {
inline namespace v0 {

struct XRayDaemonOptions {
  /// `host:port`, `[ipv6]:port`, or `tcp:host:port udp:host:port` in either order.
  /// Source: AWS_XRAY_DAEMON_ADDRESS in the X-Ray SDKs, read 2026-11.
  std::string address = "127.0.0.1:2000";
};

/// @error invalid_argument  the address has none of the forms above.
Result<std::unique_ptr<Exporter>> xray_daemon_exporter(const XRayDaemonOptions& options = {},
                                                       Platform platform = Platform::system());

/// The same, with many documents to a system call where the daemon is on loopback and the kernel
/// cuts a buffer into datagrams (UDP_SEGMENT, probed when the socket is opened): an experiment. All
/// but the last of such a call have blanks behind their JSON. A kernel that refuses after all is
/// counted (`TraceCounters::offloads_refused`), and each document goes alone from then on.
/// docs/guides/offload-datagrams.md says what was measured, and what takes such documents.
/// @error invalid_argument  as `xray_daemon_exporter`.
Result<std::unique_ptr<Exporter>> xray_offload_exporter(const XRayDaemonOptions& options = {},
                                                        Platform platform = Platform::system());

}  // namespace v0
}  // namespace aloft
