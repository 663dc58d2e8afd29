// SPDX-License-Identifier: Apache-2.0
// The TCP side of the X-Ray port: what SDKs ask the daemon for, and the operations of the service
// itself, in X-Ray's own shapes.
//
// Sampling rules and targets are answered to anybody, as the daemon does, and hold no data. All the
// rest, reads and PutTraceSegments, asks three questions first: is the Host one of ours (against
// rebinding), is there a header of Signature Version 4 (which no web page can send unasked), and,
// off loopback, is its access key id the console's token. Any credentials will do otherwise.
//
// A POST of `/` is for STS, or, with `X-Amz-Target`, for CloudWatch Logs (logs/operations.hpp): the
// same questions are asked, and bodies may be gzipped.
//
// Thread-safety: handlers run on several threads; what they use is thread-safe.
#pragma once

#include "console/gate.hpp"
#include "console/logs/operations.hpp"
#include "console/sampling.hpp"
#include "console/xray/operations.hpp"

#include <aloft/core/clock.hpp>
#include <aloft/http/handler.hpp>
#include <aloft/http/request.hpp>

#include <cstddef>
#include <functional>

namespace aloft::console {

/// Fifty documents of 64 KiB, a third of their bytes escaped once more; and a batch of a megabyte
/// of log events, each byte of it escaped to six.
inline constexpr std::size_t kXrayBodyLimitBytes = std::size_t{7} << 20U;

/// What the X-Ray port answers with. The parts are there before the first request, and later than
/// the port, so the handler asks for them.
struct XrayOptions {
  std::function<xray::OperationParts()> parts;
  std::function<const logs::OperationTable&()> logs;
  GateOptions gate;  ///< `token` empty: any access key id will do
  Sampling& sampling;
};

http::Handler make_xray_handler(Clock& clock, XrayOptions options);

}  // namespace aloft::console
