// SPDX-License-Identifier: Apache-2.0
// The books of a signal, from what its backend counts and what its exporter reports.
#pragma once

#include <aloft/telemetry/exporter.hpp>

#include "telemetry/counters.hpp"

#include <cstdint>

namespace aloft {
inline namespace v0 {
namespace detail {

void reset(Outcomes& outcomes) noexcept;
/// What an exporter reports of a batch.
void settle(Outcomes& outcomes, const ExportReport& report, std::uint64_t records) noexcept;

/// Everything of `books` but what was accepted and is in flight. Read it before those, so that a
/// record on its way is seen in flight rather than twice.
/// @return how many records are no longer in flight.
std::uint64_t read_outcomes(const Outcomes& outcomes, Accounting& books) noexcept;

/// Adds the books of an exporter that keeps what it is given. What it took left as *taken*, and was
/// accepted before; what else it has (found on disk, inherited by a fork) is accepted here.
void add_exporters(Accounting& books, const Outcomes& outcomes, const Accounting& later) noexcept;

}  // namespace detail
}  // namespace v0
}  // namespace aloft
