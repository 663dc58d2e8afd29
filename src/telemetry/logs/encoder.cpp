// SPDX-License-Identifier: Apache-2.0
#include "telemetry/logs/encoder.hpp"

#include <aloft/telemetry/detail/span_entry.hpp>

namespace aloft {
inline namespace v0 {
namespace detail {

char* put_log_text(char* at, const char* text, std::size_t bytes) noexcept {
  return put_text(at, {text, bytes});
}

void LogEncoder::add_object(const LogField& field) noexcept {
  const std::size_t edges = 2 * sizeof(LogEntry) + field.entry_.key_bytes;
  if (depth_ == kMaxLogObjectDepth || static_cast<std::size_t>(limit_ - at_) < edges) {
    ++left_out_;
    return;
  }
  limit_ -= sizeof(LogEntry);  // kept for its end
  begin(LogEntryType::object_begin, {}, field.key(), 0);
  ++depth_;
  LogObject object(*this);
  // Members before one whose making throws stay.
  guard_making([&] { field.write_(object, field.object_); }, [this] { ++left_out_; });
  --depth_;
  limit_ += sizeof(LogEntry);
  begin(LogEntryType::object_end, {}, {}, 0);
}

}  // namespace detail

void LogObject::add(const LogField& member) noexcept { encoder_.add(member); }

}  // namespace v0
}  // namespace aloft
