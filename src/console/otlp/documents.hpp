// SPDX-License-Identifier: Apache-2.0
// X-Ray documents from a request of OTLP: the spans of a trace that came together are one
// document, each below its parent, and a span whose parent came before, or will come, travels
// alone.
//
// A document above the limit of a datagram is split: the span alone, then each child's subtree;
// nothing is measured, since what is stored has no wire to save documents on. A span that alone is
// too large loses its metadata before it is given up.
//
// Thread-safety: pure function.
#pragma once

#include "console/otlp/request.hpp"
#include "console/reject.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace aloft::console::otlp {

/// Ours: each level is two of JSON, and the store takes `kMaxDepth`.
inline constexpr std::size_t kMaxNesting = 48;

/// Some documents of a request.
struct Documents {
  std::vector<std::string> texts;
  std::vector<std::uint32_t> spans;  ///< how many each of them holds
};
/// Ours: what is handed over at once, so that a request that repeats itself never stands in memory
/// whole.
inline constexpr std::size_t kMaxBatchDocuments = 256;
inline constexpr std::size_t kMaxBatchBytes = std::size_t{1} << 20U;

struct Leftovers {
  RejectCounts rejected{};     ///< spans that no document could be made of
  std::uint64_t repeated = 0;  ///< spans that the request has twice
  std::uint64_t links = 0;     ///< links of spans: X-Ray has no place for them
};

/// Calls `take` with the documents, batch by batch; gives what became none.
Leftovers documents_of(const Request& request, const std::function<void(const Documents&)>& take);

}  // namespace aloft::console::otlp
