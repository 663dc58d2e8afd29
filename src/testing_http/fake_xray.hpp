// SPDX-License-Identifier: Apache-2.0
// What PutTraceSegments takes and what it refuses, document by document.
//
// Sources: X-Ray API reference, PutTraceSegments; X-Ray developer guide, "Segment documents" and
// "Quotas", all read 2026-11. A request holds at most 50 documents (the service's own error text).
// Thread-safety: pure functions.
#pragma once

#include <aloft/core/clock.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace testing {

inline constexpr std::size_t kMaxDocumentsPerCall = 50;
/// "Maximum size of a segment document: 64 kB". Quotas page.
inline constexpr std::size_t kMaxDocumentBytes = 64u << 10;

struct FakeDocument {
  std::string id;                    ///< of the segment; empty when it has none
  std::vector<std::string> spans{};  ///< "trace.span" of it and of all that is nested in it
  std::string error{};               ///< the code it is refused with; empty: it is taken
};

/// The documents of a request body; nothing when the body as a whole is not acceptable.
std::optional<std::vector<std::string>> read_documents(std::string_view body);
/// @param now  of the endpoint: a trace id is at most 30 days old.
FakeDocument judge_document(const std::string& document, WallTime now);

}  // namespace testing
}  // namespace v0
}  // namespace aloft
