// SPDX-License-Identifier: Apache-2.0
// The few kinds of protobuf field that OTLP needs, written into a bounded buffer. A message is
// written before its length is known; the length is put in front of it when it ends. An attribute,
// of which a span has a dozen, is measured first and written in one piece.
//
//   const Mark mark = proto.begin(2);
//   proto.text(5, span.name);
//   proto.end(mark);
//
// Source: protobuf encoding, protobuf.dev/programming-guides/encoding, read 2026-11.
// Thread-safety: none.
#pragma once

#include <aloft/core/json_writer.hpp>
#include <aloft/core/value.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace protobuf {

/// Bytes of a varint.
constexpr std::size_t varint_bytes(std::uint64_t value) noexcept {
  std::size_t bytes = 1;
  while (value >= 0x80) {
    value >>= 7;
    ++bytes;
  }
  return bytes;
}

class Writer {
 public:
  /// Where the length of an open message goes.
  using Mark = std::size_t;

  explicit Writer(json::Buffer& out) noexcept : out_(out) {}

  /// Field numbers are 1 to 31 where they are given as `field`, of texts and attributes 1 to 15:
  /// all that we write.
  Mark begin(std::uint32_t field) noexcept;
  void end(Mark mark) noexcept;

  void varint(std::uint32_t field, std::uint64_t value) noexcept;
  void fixed64(std::uint32_t field, std::uint64_t value) noexcept;
  void fixed32(std::uint32_t field, std::uint32_t value) noexcept;
  void bytes(std::uint32_t field, std::string_view value) noexcept;
  /// As `bytes`; what is no UTF-8 becomes U+FFFD.
  void text(std::uint32_t field, std::string_view utf8) noexcept;
  /// Sixteen hex digits as eight bytes, most significant first.
  void id(std::uint32_t field, std::uint64_t high, std::uint64_t low) noexcept;
  void id(std::uint32_t field, std::uint64_t value) noexcept;

  /// OTLP's `KeyValue` in the repeated `field`.
  void attribute(std::uint32_t field, std::string_view key, const Value& value) noexcept;
  /// The same with an array of texts; `text_at(i)` is asked twice for each of `count`.
  template <typename TextAt>
  void attribute(std::uint32_t field, std::string_view key, std::size_t count,
                 TextAt text_at) noexcept {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < count; ++i) bytes += array_entry_bytes(text_at(i));
    begin_array(field, key, bytes);
    for (std::size_t i = 0; i < count; ++i) array_entry(text_at(i));
  }
  void text_unless_empty(std::uint32_t field, std::string_view key,
                         std::string_view text) noexcept {
    if (!text.empty()) attribute(field, key, text);
  }

  json::Buffer& buffer() noexcept { return out_; }

 private:
  void tag(std::uint32_t field, std::uint32_t wire_type) noexcept;
  static std::size_t array_entry_bytes(std::string_view utf8) noexcept;
  void array_entry(std::string_view utf8) noexcept;
  void begin_array(std::uint32_t field, std::string_view key, std::size_t bytes) noexcept;
  void raw_varint(std::uint64_t value) noexcept;

  json::Buffer& out_;
};

}  // namespace protobuf
}  // namespace v0
}  // namespace aloft
