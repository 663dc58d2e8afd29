// SPDX-License-Identifier: Apache-2.0
// What the ways of a line into memory share: lane.cpp, and lane_rings.cpp.
#pragma once

#include "telemetry/logs/encoder.hpp"
#include "telemetry/logs/lane.hpp"
#include "telemetry/pipeline.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <span>

namespace aloft {
inline namespace v0 {
namespace detail {

/// The fields of a line that does not write them in its place at once. Objects are written down
/// first, to know how long they are.
class LaidFields {
 public:
  explicit LaidFields(std::span<const LogField> fields) noexcept
      : fields_(fields), encoder_(objects_, objects_ + sizeof objects_) {
    for (const LogField& field : fields) {
      if (LogEncoder::is_object(field)) {
        encoder_.add(field);
      } else {
        bytes_ += LogEncoder::bytes_of(field);
      }
    }
    bytes_ = std::min(bytes_ + object_bytes(), kMaxLogFieldBytes);
  }
  LaidFields(const LaidFields&) = delete;
  LaidFields& operator=(const LaidFields&) = delete;
  ~LaidFields() = default;

  std::size_t bytes() const noexcept { return bytes_; }
  /// Into a place with so much room. @return how many fields were left out.
  std::uint32_t put(char* at, LogLine& line) const noexcept {
    // Objects keep their room: they tell of errors.
    LogEncoder encoder(at, at + bytes_ - object_bytes());
    for (const LogField& field : fields_) {
      if (!LogEncoder::is_object(field)) encoder.add(field);
    }
    std::memcpy(encoder.at(), objects_, object_bytes());
    line.entry_bytes = static_cast<std::uint32_t>(encoder.at() + object_bytes() - at);
    return encoder.left_out() + encoder_.left_out();
  }

 private:
  std::size_t object_bytes() const noexcept {
    return static_cast<std::size_t>(encoder_.at() - objects_);
  }

  std::span<const LogField> fields_;
  char objects_[kMaxLogObjectBytes];
  LogEncoder encoder_;
  std::size_t bytes_ = 0;
};

/// Everything of a line but its fields, into a place for it.
[[gnu::always_inline]] inline Logger::Line LogLane::fill(const Place& place, const Logger& logger,
                                                         const Message& message,
                                                         std::size_t field_bytes) noexcept {
  auto* const line = new (place.at)
      LogLine{.bytes = static_cast<std::uint32_t>(bytes_of(message, field_bytes)),
              .context_at = place.context_at,
              .level = message.level,
              .kind = LogLineKind::line,
              .wall_ns = pipeline_.settings().platform.clock.wall_now().time_since_epoch().count(),
              .message_bytes = static_cast<std::uint32_t>(message.text.size()),
              .entry_bytes = static_cast<std::uint32_t>(field_bytes),
              .site = message.site,
              .stamp = logger.stamp_};
  char* at = put_text(reinterpret_cast<char*>(line + 1), message.text);
  if (message.site.file_bytes != 0) [[unlikely]]
    at = put_text(at, {message.file, message.site.file_bytes});
  return {at, line};
}

[[gnu::always_inline]] inline std::size_t LogLane::bytes_of(const Message& message,
                                                            std::size_t field_bytes) noexcept {
  return line_bytes(sizeof(LogLine) + message.text.size() + message.site.file_bytes + field_bytes);
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
