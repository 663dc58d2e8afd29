// SPDX-License-Identifier: Apache-2.0
// Writes fields as entries into memory that somebody else has found: a chunk, a logger's context,
// or a few thousand bytes of stack for what cannot be measured before.
#pragma once

#include <aloft/telemetry/log_field.hpp>

#include "core/short_copy.hpp"
#include "telemetry/logs/entry.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace detail {

inline char* put_text(char* at, std::string_view bytes) noexcept {
  if (bytes.size() <= kShortBytes) [[likely]]
    return put_short(at, bytes);
  std::memcpy(at, bytes.data(), bytes.size());
  return at + bytes.size();
}

class LogEncoder {
 public:
  LogEncoder(char* at, char* limit) noexcept : at_(at), limit_(limit) {}

  static bool is_object(const LogField& field) noexcept {
    return field.entry_.type == LogEntryType::object_begin;
  }
  static std::size_t bytes_of(const LogField& field) noexcept {
    return sizeof(LogEntry) + field.entry_.key_bytes +
           std::min<std::size_t>(field.entry_.value_bytes, kMaxLogTextBytes);
  }
  void add(const LogField& field) noexcept {
    switch (field.entry_.type) {
      case LogEntryType::text:
        add_text(LogEntryType::text, field.key(), {field.text_, field.entry_.value_bytes},
                 field.entry_.flags);
        break;
      case LogEntryType::object_begin:
        add_object(field);
        break;
      default:
        if (char* at =
                begin(field.entry_.type, field.entry_.flags, field.key(), sizeof field.bits_)) {
          std::memcpy(at, &field.bits_, sizeof field.bits_);
        }
    }
  }
  void add_text(LogEntryType type, std::string_view key, std::string_view value,
                LogEntryFlags flags = {}) noexcept {
    const bool cut = value.size() > kMaxLogTextBytes;
    flags.is_special = cut ? 1 : 0;
    if (cut) value = value.substr(0, kMaxLogTextBytes);
    if (char* at = begin(type, flags, key, value.size())) put_text(at, value);
  }
  template <typename Bytes>
  void add_bytes(LogEntryType type, const Bytes& bytes) noexcept {
    if (char* at = begin(type, {}, {}, sizeof bytes)) std::memcpy(at, &bytes, sizeof bytes);
  }

  char* at() const noexcept { return at_; }
  /// Fields that found no room, or were too deep.
  std::uint32_t left_out() const noexcept { return left_out_; }

 private:
  /// Where the value goes, or null; the cursor stands behind it.
  char* begin(LogEntryType type, LogEntryFlags flags, std::string_view key,
              std::size_t value_bytes) noexcept {
    const std::size_t bytes = sizeof(LogEntry) + key.size() + value_bytes;
    if (static_cast<std::size_t>(limit_ - at_) < bytes) [[unlikely]] {
      ++left_out_;
      return nullptr;
    }
    const LogEntry entry{type, flags, static_cast<std::uint16_t>(key.size()),
                         static_cast<std::uint32_t>(value_bytes)};
    std::memcpy(at_, &entry, sizeof entry);
    char* const value = put_text(at_ + sizeof entry, key);
    at_ = value + value_bytes;
    return value;
  }
  void add_object(const LogField& field) noexcept;

  char* at_;
  char* limit_;
  std::uint32_t left_out_ = 0;
  int depth_ = 0;
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
