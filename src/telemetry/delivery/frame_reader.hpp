// SPDX-License-Identifier: Apache-2.0
// Reads the frames of one file of the log from its beginning, whatever its bytes are. It holds one
// buffer, which grows to the largest frame, and reads each byte of the file once.
//
//   FrameReader reader(files, descriptor, salt);
//   while (reader.next() != FrameReader::Found::end) index(reader.header(), reader.offset());
//
// Behind a damaged header it looks for the next frame at every eighth byte. A frame whose header is
// sound and whose body is not is passed over whole. Thread-safety: one thread at a time.
#pragma once

#include "telemetry/delivery/file_system.hpp"
#include "telemetry/delivery/log_format.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace delivery {

class FrameReader {
 public:
  enum class Found : std::uint8_t {
    record,
    acknowledgement,
    damaged_record,  ///< its header is sound, its body is not
    end,
  };

  FrameReader(FileSystem& files, int descriptor, std::uint64_t salt) noexcept
      : files_(files), descriptor_(descriptor), salt_(salt) {}

  Found next();
  /// Of what was found last.
  const FrameHeader& header() const noexcept { return header_; }
  std::uint64_t offset() const noexcept { return offset_; }
  /// Until the next call; empty for a damaged one.
  std::string_view body() const noexcept;

  /// Regions between frames, and bodies, that could not be read.
  std::uint64_t damaged_bytes() const noexcept { return damaged_bytes_; }
  /// What follows the last frame: where a write had stopped. Known at the end.
  std::uint64_t torn_bytes() const noexcept { return torn_bytes_; }
  /// Where the last frame ends.
  std::uint64_t sound_end() const noexcept { return sound_end_; }
  /// The device failed, and the rest of the file was given up as damaged.
  bool failed() const noexcept { return failed_; }

 private:
  /// What is in the buffer from `at` on, at least `bytes` of it unless the file ends before.
  std::string_view window(std::uint64_t at, std::size_t bytes);
  Found end_at(std::uint64_t at) noexcept;

  FileSystem& files_;
  int descriptor_;
  std::uint64_t salt_;
  std::string buffer_;
  std::uint64_t buffer_at_ = 0;
  bool at_end_ = false;
  bool failed_ = false;
  FrameHeader header_;
  std::uint64_t offset_ = 0;
  std::uint64_t position_ = kFileHeaderBytes;
  std::uint64_t sound_end_ = kFileHeaderBytes;
  std::uint64_t damaged_bytes_ = 0;
  std::uint64_t torn_bytes_ = 0;
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
