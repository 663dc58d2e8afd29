// SPDX-License-Identifier: Apache-2.0
// Whether somebody listens where spans go by UDP.
//
// An empty datagram is sent: a closed port of this machine, or of a host that says so, refuses it
// within milliseconds; silence is no proof of a listener, and is told as such.
// Thread-safety: a function.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/core/result.hpp>

#include <cstdint>
#include <string_view>

namespace aloft::doctor {

enum class Listener : std::uint8_t { refused, silent };

/// Waits at most `patience` for the refusal.
/// @param address  as AWS_XRAY_DAEMON_ADDRESS.
/// @error invalid_argument  the address has another form.
/// @error unavailable       the name has no address, or no socket could be had.
Result<Listener> probe_udp(std::string_view address, Nanoseconds patience, Clock& clock);

}  // namespace aloft::doctor
