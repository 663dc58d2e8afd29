// SPDX-License-Identifier: Apache-2.0
// What a receiver's answer means for the records of a request. Private to the room.
//
// Thread-safety: pure functions.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/http_client/client.hpp>
#include <aloft/telemetry/delivery/wire.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace http_client {

/// How many spans an `ExportTraceServiceResponse` rejects; nothing when it is none.
std::optional<std::uint64_t> read_rejected_spans(std::string_view body) noexcept;

/// What `Retry-After` asks for, at most a day: seconds, or a date; 0 when it is neither.
/// Source: RFC 9110, 10.2.3 and 5.6.7 (the preferred form of a date).
Nanoseconds read_retry_after(std::string_view value, WallTime now) noexcept;

/// An answer that came. `unreadable` tells that a 200 had a body that is no answer of OTLP.
struct OtlpVerdict {
  delivery::Answer answer;
  bool unreadable = false;
};
/// @param counts  how many spans each record stands for.
OtlpVerdict judge_answer(const ClientResponse& response, const std::vector<std::uint32_t>& counts,
                         WallTime now);

/// No answer came. `sent`: bytes may have gone out.
delivery::Answer judge_failure(const Error& error, bool sent);

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
