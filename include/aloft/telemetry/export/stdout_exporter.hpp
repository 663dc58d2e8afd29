// SPDX-License-Identifier: Apache-2.0
// Writes each trace as one line of JSON to standard output: to see what would be sent, or to let a
// log agent carry it.
//
//   Telemetry::from_environment({.service_name = "payments", .exporter = stdout_exporter()});
//
// A line is an X-Ray segment document. Writing to a pipe has no acknowledgement, so its spans are
// *sent*; a pipe that is closed or full drops them (`send_failed`), for a stalled reader must not
// stall the backend. Thread-safety: as every exporter, one thread at a time.
#pragma once

#include <aloft/telemetry/exporter.hpp>

#include <memory>

namespace aloft {
inline namespace v0 {

/// @param descriptor  where to write; stays open and stays the caller's.
std::unique_ptr<Exporter> stdout_exporter(int descriptor = 1);

}  // namespace v0
}  // namespace aloft
