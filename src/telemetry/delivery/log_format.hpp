// SPDX-License-Identifier: Apache-2.0
// The bytes of a file of the log (docs/decisions/0006-the-file-format-of-the-log.md). A file is its
// header, twice, and frames at offsets that eight divides:
//
//   header  "ALOFTWAL" version u32, crc u32 of these 12 | salt u64, first sequence u64, made i64
//           (wall clock, ns), unused u32, crc u32 of all before it: 48 bytes
//   frame   magic u32, body bytes u32, sequence u64, count u32, tenant bytes u32, time i64 (ns),
//           body crc u32, crc u32 of salt and header: 40 bytes; then tenant and payload, and zeros
//
// An acknowledgement is a frame without a body: `count` records from `sequence` on need not come
// back. The salt keeps a frame that somebody put into a payload from being taken for one. All
// numbers are little-endian. Thread-safety: pure functions.
#pragma once

#include <aloft/telemetry/delivery/wire.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace delivery {

inline constexpr std::uint32_t kLogVersion = 1;
/// Every version begins with the first 16, at 0 and at 48.
inline constexpr std::size_t kHeaderCopyBytes = 48;
inline constexpr std::size_t kFileHeaderBytes = 2 * kHeaderCopyBytes;
inline constexpr std::size_t kFrameHeaderBytes = 40;
inline constexpr std::size_t kFrameAlignment = 8;
/// Payload and tenant of a record together. Ours: four times the largest record of any wire (an
/// event of CloudWatch Logs has 1 MiB), and what a reader must hold at most.
inline constexpr std::size_t kMaxRecordBytes = 4u << 20;
/// Records that are written and not synced together: at most these bytes, or one record. Ours: what
/// a disk writes in some 10 ms.
inline constexpr std::size_t kGroupBytes = 1u << 20;

struct FileHeader {
  std::uint64_t salt = 0;
  std::uint64_t first = 0;  ///< the sequence of its first record
  WallTime made{};
};

enum class HeaderState : std::uint8_t {
  good,
  empty,    ///< shorter than a header, or zeros: its making was interrupted
  newer,    ///< of a version that this program does not know
  damaged,  ///< neither copy can be read
};

struct FrameHeader {
  bool acknowledges = false;  ///< not a record: `count` records from `sequence` on are settled
  std::uint32_t body_bytes = 0;
  std::uint64_t sequence = 0;
  std::uint32_t count = 0;
  std::uint32_t tenant_bytes = 0;  ///< of the body, its beginning
  WallTime time{};
  std::uint32_t body_crc = 0;
};

constexpr std::uint64_t aligned(std::uint64_t bytes) noexcept {
  return (bytes + kFrameAlignment - 1) / kFrameAlignment * kFrameAlignment;
}
/// How many bytes of the file a frame takes.
constexpr std::uint64_t frame_bytes(std::uint64_t body_bytes) noexcept {
  return aligned(kFrameHeaderBytes + body_bytes);
}

std::string encode_file_header(const FileHeader& header);
/// @param bytes  the first `kFileHeaderBytes` of the file, or all of a shorter one.
HeaderState decode_file_header(std::string_view bytes, FileHeader& header) noexcept;

/// Requires payload and tenant of at most `kMaxRecordBytes`.
void append_record_frame(std::string& out, std::uint64_t salt, std::uint64_t sequence,
                         const Record& record);
void append_acknowledgement(std::string& out, std::uint64_t salt, std::uint64_t first,
                            std::uint32_t count);
/// @param bytes  `kFrameHeaderBytes` of them.
/// @return false when it is no frame's header, or a damaged one.
bool decode_frame_header(std::string_view bytes, std::uint64_t salt, FrameHeader& header) noexcept;
/// True when the body is what was written.
bool body_matches(const FrameHeader& header, std::string_view body) noexcept;

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
