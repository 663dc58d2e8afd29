// SPDX-License-Identifier: Apache-2.0
// The body of PutLogEvents, and what its answer says about each event: pure.
#pragma once

#include <aloft/telemetry/delivery/wire.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace aws {

/// Which records of a batch go into a call, in which order, and which cannot.
struct LogCall {
  std::vector<std::size_t> order{};  ///< indexes of the batch, by time, then by sequence
  std::vector<delivery::Refusal> refusals{};
};

/// Leaves out what would cost the whole call: an event without text, or before 1970.
LogCall plan_log_call(delivery::Records records);

std::string put_log_events_body(std::string_view group, std::string_view stream,
                                delivery::Records records, const LogCall& call);

/// Reads the body of an answer with status 200. Bytes from outside.
delivery::Answer read_rejected_events(std::string_view body, const LogCall& call);

}  // namespace aws
}  // namespace v0
}  // namespace aloft
