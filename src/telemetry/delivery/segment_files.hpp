// SPDX-License-Identifier: Apache-2.0
// What is done with whole files of the log: read one at the start, read one record of it, write
// what was acknowledged to its end, write it anew without that, remove it.
//
// Every call that fails says minus the errno and leaves the file as it was, or with a torn end that
// the next reader passes over. Thread-safety: one thread at a time.
#pragma once

#include "telemetry/delivery/file_system.hpp"
#include "telemetry/delivery/segment.hpp"

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>

namespace aloft {
inline namespace v0 {
namespace delivery {

/// 16 hex digits and ".log".
std::string segment_name(std::uint64_t number);
/// Of a rewrite that is going on; found at the start, it is removed.
std::string temporary_name(std::uint64_t number);
std::optional<std::uint64_t> parse_segment_name(const std::string& name) noexcept;
bool is_temporary_name(const std::string& name) noexcept;

/// What one file held.
struct Recovered {
  int error = 0;  ///< minus an errno: it could not be opened or read, and was left as it is
  HeaderState state = HeaderState::damaged;
  std::optional<Segment> segment{};  ///< only with a good header
  std::uint64_t lost = 0;            ///< records of it whose bytes are damaged
  std::uint64_t lost_items = 0;
  std::uint64_t repeated = 0;  ///< records whose sequence did not rise; passed over
  std::uint64_t damaged_bytes = 0;
  std::uint64_t torn_bytes = 0;  ///< and cut off
};

/// Of `SegmentFiles::read`: the bytes are not what was written, or the file is gone. Every other
/// error says nothing about the record: no descriptor is left, or the device does not answer now.
constexpr bool is_lost(int error) noexcept { return error == -EBADMSG || error == -ENOENT; }

class SegmentFiles {
 public:
  explicit SegmentFiles(FileSystem& files) noexcept : files_(files) {}

  /// @param number  of a file in `directory`.
  /// @param first   the sequence that its first record gets here.
  Recovered recover(int directory, std::uint64_t number, std::uint64_t first);
  /// The state of a file's header alone; none when it cannot be opened or read.
  std::optional<HeaderState> look(int directory, std::uint64_t number, std::uint64_t& bytes);
  /// @return 0; minus an errno when it cannot be read now; or what `is_lost` knows.
  int read(int directory, const Segment& segment, std::uint64_t sequence, Record& record);
  /// @param descriptor  of the file; none: it is opened.
  int write_settled(int directory, Segment& segment, int descriptor = -1);
  /// Writes the live records to a new file, syncs it and puts it in the place of the old one.
  /// Records that are damaged are lost and counted; one that cannot be read now is an error.
  struct Lost {
    std::uint64_t records = 0;
    std::uint64_t items = 0;
  };
  int rewrite(int directory, Segment& segment, std::uint64_t salt, Lost& lost);
  int remove(int directory, Segment& segment) noexcept;
  /// Closes what is open for reading.
  void forget() noexcept;

 private:
  class Rewrite;
  int open_for_reading(int directory, const Segment& segment);
  int window(const Segment& segment, std::uint64_t at, std::size_t bytes, std::string_view& out);
  int find(int directory, const Segment& segment, std::uint64_t sequence, FrameHeader& header,
           std::string_view& frame);

  FileSystem& files_;
  Descriptor reading_;
  FileStatus reading_status_;
  std::uint64_t reading_number_ = 0;
  std::string buffer_;
  std::uint64_t buffer_at_ = 0;
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
