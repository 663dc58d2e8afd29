// SPDX-License-Identifier: Apache-2.0
// How much a span keeps. What is above a limit is cut or dropped, and counted (`TraceCounters`);
// the record goes on.
//
// Thread-safety: constants.
#pragma once

#include <cstddef>

namespace aloft {
inline namespace v0 {

/// Longest kept, in bytes; longer text is cut between characters and counted.
/// Source: X-Ray developer guide, segment documents (names) and SDK guides (annotations), 2026-11.
inline constexpr std::size_t kMaxNameBytes = 200;
inline constexpr std::size_t kMaxAnnotationKeyBytes = 500;
inline constexpr std::size_t kMaxAnnotationValueBytes = 1'000;
/// X-Ray indexes 50 annotations of a trace; we keep that many a span.
inline constexpr std::size_t kMaxAnnotationsPerSpan = 50;
/// Ours: two of them fit into one chunk.
inline constexpr std::size_t kMaxMetadataValueBytes = 3'500;
inline constexpr std::size_t kMaxErrorMessageBytes = 1'000;
/// Ours: longer than most statements; X-Ray names no limit for a query.
inline constexpr std::size_t kMaxSqlQueryBytes = 2'000;
/// Ours: what people still read.
inline constexpr std::size_t kMaxMetadataPerSpan = 100;
/// X-Ray links a segment to at most 20 other traces, and a trace by at most 100 links; a segment is
/// a local root with its children. Source: X-Ray developer guide, "Trace linking", read 2026-11.
inline constexpr std::size_t kMaxLinkedTraces = 20;
inline constexpr std::size_t kMaxLinks = 100;
/// Ours: what people still read.
inline constexpr std::size_t kMaxLinkAttributes = 16;
/// Ours: a block stays below the 64 KB of one document in the common case.
inline constexpr std::size_t kMaxSpansPerBlock = 1'000;

}  // namespace v0
}  // namespace aloft
