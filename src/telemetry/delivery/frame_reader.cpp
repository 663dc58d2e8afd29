// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery/frame_reader.hpp"

#include <algorithm>

namespace aloft {
inline namespace v0 {
namespace delivery {
namespace {

/// What is asked of the kernel at once. Ours: larger ones were not faster.
constexpr std::size_t kReadBytes = 256u << 10;

}  // namespace

std::string_view FrameReader::window(std::uint64_t at, std::size_t bytes) {
  const std::uint64_t have_to = buffer_at_ + buffer_.size();
  if (at >= buffer_at_ && at + bytes <= have_to) {
    return std::string_view(buffer_).substr(static_cast<std::size_t>(at - buffer_at_));
  }
  if (!at_end_) {
    // Callers go forward only, so what lies before `at` is done with.
    if (at < have_to && at >= buffer_at_) {
      buffer_.erase(0, static_cast<std::size_t>(at - buffer_at_));
    } else {
      buffer_.clear();
    }
    buffer_at_ = at;
    const std::size_t kept = buffer_.size();
    const std::size_t wanted = std::max(bytes, kReadBytes);
    buffer_.resize(wanted);
    const std::int64_t got =
        read_some(files_, descriptor_, at + kept, buffer_.data() + kept, wanted - kept);
    failed_ = got < 0;
    buffer_.resize(kept + (failed_ ? 0 : static_cast<std::size_t>(got)));
    at_end_ = buffer_.size() < wanted;
  }
  if (at < buffer_at_ || at >= buffer_at_ + buffer_.size()) return {};
  return std::string_view(buffer_).substr(static_cast<std::size_t>(at - buffer_at_));
}

FrameReader::Found FrameReader::end_at(std::uint64_t at) noexcept {
  FileStatus status;
  std::uint64_t file_end = at;
  if (files_.status(descriptor_, status) == 0) file_end = std::max(at, status.bytes);
  (failed_ ? damaged_bytes_ : torn_bytes_) += file_end - sound_end_;
  position_ = file_end;
  return Found::end;
}

FrameReader::Found FrameReader::next() {
  std::uint64_t at = position_;
  for (;; at += kFrameAlignment) {
    const std::string_view bytes = window(at, kFrameHeaderBytes);
    if (bytes.size() < kFrameHeaderBytes) return end_at(at);
    if (decode_frame_header(bytes, salt_, header_)) break;
  }
  offset_ = at;
  const std::size_t whole = kFrameHeaderBytes + header_.body_bytes;
  const std::string_view frame = window(at, whole);
  // Its end is not there: that is where a write had stopped.
  if (frame.size() < whole) return end_at(at);
  damaged_bytes_ += at - position_;
  position_ = at + frame_bytes(header_.body_bytes);
  sound_end_ = position_;
  if (header_.acknowledges) return Found::acknowledgement;
  if (body_matches(header_, frame.substr(kFrameHeaderBytes, header_.body_bytes))) {
    return Found::record;
  }
  damaged_bytes_ += header_.body_bytes;
  return Found::damaged_record;
}

std::string_view FrameReader::body() const noexcept {
  const auto begin = static_cast<std::size_t>(offset_ - buffer_at_) + kFrameHeaderBytes;
  return std::string_view(buffer_).substr(begin, header_.body_bytes);
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
