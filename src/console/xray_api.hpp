// SPDX-License-Identifier: Apache-2.0
// The TCP side of the X-Ray port: what SDKs ask the daemon for, and the operations of the service
// itself, in X-Ray's own shapes.
//
// Sampling rules and targets are answered to anybody, as the daemon does, and hold no data. All the
// rest, reads and PutTraceSegments, asks three questions first: is the Host one of ours (against
// rebinding), is there a header of Signature Version 4 (which no web page can send unasked), and,
// off loopback, is its access key id the console's token. Any credentials will do otherwise.
//
// Thread-safety: handlers run on several threads; what they use is thread-safe.
#pragma once

#include "console/gate.hpp"
#include "console/sampling.hpp"
#include "console/xray/operations.hpp"

#include <aloft/core/clock.hpp>
#include <aloft/http/handler.hpp>
#include <aloft/http/request.hpp>

#include <functional>

namespace aloft::console {

/// What the X-Ray port answers with. The parts are there before the first request, and later than
/// the port, so the handler asks for them.
struct XrayOptions {
  std::function<xray::OperationParts()> parts;
  GateOptions gate;  ///< `token` empty: any access key id will do
  Sampling& sampling;
};

http::Handler make_xray_handler(Clock& clock, XrayOptions options);

}  // namespace aloft::console
