// SPDX-License-Identifier: Apache-2.0
// Splits a datagram as the X-Ray daemon does: a header line, then one document.
//
//   {"format":"json","version":1}\n{"name":"payments", ...}
//
// Source: aws-xray-daemon, cmd/tracing/daemon.go and pkg/tracesegment/tracesegment.go (2026-11):
// split at the first newline, `format` compared ignoring case, version 1, empty body refused.
// Thread-safety: pure function.
#pragma once

#include "console/reject.hpp"

#include <cstddef>
#include <string_view>
#include <variant>

namespace aloft::console {

/// The receive buffer of the real daemon.
inline constexpr std::size_t kMaxDatagramBytes = std::size_t{64} << 10U;

/// The document (a view into `datagram`), or why there is none.
std::variant<std::string_view, Reject> split_datagram(std::string_view datagram);

}  // namespace aloft::console
