// SPDX-License-Identifier: Apache-2.0
// Why a datagram was refused: one word per reason, counted, never with the refused bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aloft::console {

/// The reasons, in the order in which they are found out.
enum class Reject : std::uint8_t {
  queue_full,      ///< the writer is behind by the whole queue
  stopped,         ///< the console was stopped before it was stored
  too_large,       ///< longer than the receive buffer of the real daemon, 64 KiB
  bad_header,      ///< no `{"format":"json","version":1}` and newline in front
  empty_body,      ///< nothing behind the header
  bad_json,        ///< not JSON, or not UTF-8
  too_deep,        ///< nested deeper than `kMaxDepth`
  not_an_object,   ///< JSON, but no document
  too_many_spans,  ///< more than `kMaxSpansPerDocument` subsegments in one document
  bad_name,        ///< no name, or longer than 200 characters
  bad_id,          ///< no id of 16 hex digits
  bad_trace_id,    ///< no trace id like 1-67891234-012345678901234567890123
  bad_parent_id,   ///< a parent id that is not 16 hex digits, or a lone subsegment without one
  bad_time,        ///< no start time, or times that are no seconds since the epoch
  no_end,          ///< neither end_time nor in_progress
  trace_full,      ///< the trace has reached its limit of documents or bytes
  store_failed,    ///< the store refused the batch, e.g. the disk is full
};
inline constexpr std::size_t kRejects = 17;

/// The name in the status answer.
std::string_view to_string(Reject reason) noexcept;

/// Refusals by reason.
using RejectCounts = std::array<std::uint64_t, kRejects>;

inline std::uint64_t& count_of(RejectCounts& counts, Reject reason) noexcept {
  return counts[static_cast<std::size_t>(reason)];
}

}  // namespace aloft::console
