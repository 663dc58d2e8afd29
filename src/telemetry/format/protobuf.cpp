// SPDX-License-Identifier: Apache-2.0
#include "telemetry/format/protobuf.hpp"

#include <aloft/core/text.hpp>

#include <bit>
#include <cstring>

namespace aloft {
inline namespace v0 {
namespace protobuf {
namespace {

constexpr std::uint32_t kVarint = 0;
constexpr std::uint32_t kFixed64 = 1;
constexpr std::uint32_t kLength = 2;
constexpr std::uint32_t kFixed32 = 5;
// A varint of 64 bits.
constexpr std::size_t kMaxVarintBytes = 10;

// Members of OTLP's AnyValue and KeyValue. Source: common/v1/common.proto, read 2026-11.
constexpr std::uint32_t kKey = 1;
constexpr std::uint32_t kValue = 2;
constexpr std::uint32_t kStringValue = 1;
constexpr std::uint32_t kBoolValue = 2;
constexpr std::uint32_t kIntValue = 3;
constexpr std::uint32_t kDoubleValue = 4;

std::size_t put_varint(char* at, std::uint64_t value) noexcept {
  std::size_t bytes = 0;
  while (value >= 0x80) {
    at[bytes++] = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  at[bytes++] = static_cast<char>(value);
  return bytes;
}

template <typename Integer>
void put_little_endian(char* at, Integer value) noexcept {
  for (std::size_t i = 0; i < sizeof value; ++i) at[i] = static_cast<char>(value >> (8 * i));
}

void put_big_endian(char* at, std::uint64_t value) noexcept {
  for (std::size_t i = 0; i < 8; ++i) at[i] = static_cast<char>(value >> (56 - 8 * i));
}

// Nearly all text is ASCII: eight bytes at once.
bool is_ascii(std::string_view text) noexcept {
  std::uint64_t all = 0;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    all |= word;
  }
  for (; i < text.size(); ++i) all |= static_cast<unsigned char>(text[i]);
  return (all & 0x8080'8080'8080'8080) == 0;
}

}  // namespace

void Writer::tag(std::uint32_t field, std::uint32_t wire_type) noexcept {
  raw_varint(std::uint64_t{field} << 3 | wire_type);
}

void Writer::raw_varint(std::uint64_t value) noexcept {
  if (char* at = out_.reserve(kMaxVarintBytes)) out_.commit(put_varint(at, value));
}

Writer::Mark Writer::begin(std::uint32_t field) noexcept {
  tag(field, kLength);
  const Mark mark = out_.size();
  out_.append('\0');
  return mark;
}

void Writer::end(Mark mark) noexcept {
  if (out_.overflowed()) return;
  const std::size_t length = out_.size() - mark - 1;
  const std::size_t bytes = varint_bytes(length);
  // One byte was kept for the length: most messages are an attribute, below 128.
  char* const end = out_.reserve(bytes - 1);
  if (end == nullptr) return;
  char* const at = end - length - 1;
  if (bytes > 1) {
    std::memmove(at + bytes, at + 1, length);
    out_.commit(bytes - 1);
  }
  put_varint(at, length);
}

void Writer::varint(std::uint32_t field, std::uint64_t value) noexcept {
  tag(field, kVarint);
  raw_varint(value);
}

void Writer::fixed64(std::uint32_t field, std::uint64_t value) noexcept {
  tag(field, kFixed64);
  if (char* at = out_.reserve(sizeof value)) {
    put_little_endian(at, value);
    out_.commit(sizeof value);
  }
}

void Writer::fixed32(std::uint32_t field, std::uint32_t value) noexcept {
  tag(field, kFixed32);
  if (char* at = out_.reserve(sizeof value)) {
    put_little_endian(at, value);
    out_.commit(sizeof value);
  }
}

void Writer::bytes(std::uint32_t field, std::string_view value) noexcept {
  tag(field, kLength);
  raw_varint(value.size());
  out_.append(value);
}

void Writer::text(std::uint32_t field, std::string_view utf8) noexcept {
  if (is_ascii(utf8)) {
    bytes(field, utf8);
    return;
  }
  const Mark mark = begin(field);
  while (!utf8.empty()) {
    const std::size_t length = text::utf8_length(utf8);
    // U+FFFD for each byte that is no UTF-8, as in JSON.
    out_.append(length != 0 ? utf8.substr(0, length) : std::string_view("\xEF\xBF\xBD"));
    utf8.remove_prefix(length != 0 ? length : 1);
  }
  end(mark);
}

void Writer::id(std::uint32_t field, std::uint64_t high, std::uint64_t low) noexcept {
  char bits[16];
  put_big_endian(bits, high);
  put_big_endian(bits + 8, low);
  bytes(field, {bits, sizeof bits});
}

void Writer::id(std::uint32_t field, std::uint64_t value) noexcept {
  char bits[8];
  put_big_endian(bits, value);
  bytes(field, {bits, sizeof bits});
}

void Writer::attribute(std::uint32_t field, std::string_view key, const Value& value) noexcept {
  const Mark entry = begin(field);
  text(kKey, key);
  const Mark any = begin(kValue);
  switch (value.kind()) {
    case Value::Kind::text:
      text(kStringValue, value.text());
      break;
    case Value::Kind::integer:
      varint(kIntValue, static_cast<std::uint64_t>(value.integer()));
      break;
    case Value::Kind::number:
      fixed64(kDoubleValue, std::bit_cast<std::uint64_t>(value.number()));
      break;
    case Value::Kind::boolean:
      varint(kBoolValue, value.boolean() ? 1 : 0);
      break;
  }
  end(any);
  end(entry);
}

}  // namespace protobuf
}  // namespace v0
}  // namespace aloft
