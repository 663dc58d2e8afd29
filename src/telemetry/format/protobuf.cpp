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
constexpr std::uint32_t kArrayValue = 5;
constexpr std::uint32_t kArrayEntries = 1;
// For each byte that is no UTF-8, as in JSON.
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

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

/// What `utf8` takes once it is valid.
std::size_t text_bytes(std::string_view utf8) noexcept {
  if (is_ascii(utf8)) return utf8.size();
  std::size_t bytes = 0;
  while (!utf8.empty()) {
    const std::size_t length = text::utf8_length(utf8);
    bytes += length != 0 ? length : kReplacement.size();
    utf8.remove_prefix(length != 0 ? length : 1);
  }
  return bytes;
}

/// @param bytes  as `text_bytes` told.
char* put_text(char* at, std::string_view utf8, std::size_t bytes) noexcept {
  if (bytes == utf8.size()) {  // a replacement would have made it longer
    if (!utf8.empty()) std::memcpy(at, utf8.data(), utf8.size());
    return at + bytes;
  }
  while (!utf8.empty()) {
    const std::size_t length = text::utf8_length(utf8);
    const std::string_view piece = length != 0 ? utf8.substr(0, length) : kReplacement;
    std::memcpy(at, piece.data(), piece.size());
    at += piece.size();
    utf8.remove_prefix(length != 0 ? length : 1);
  }
  return at;
}

/// A field of that length with its tag, which has one byte, and its length in front.
constexpr std::size_t field_bytes(std::size_t length) noexcept {
  return 1 + varint_bytes(length) + length;
}

char* put_tag(char* at, std::uint32_t field, std::uint32_t wire_type) noexcept {
  *at = static_cast<char>(field << 3U | wire_type);
  return at + 1;
}

char* put_head(char* at, std::uint32_t field, std::size_t length) noexcept {
  at = put_tag(at, field, kLength);
  return at + put_varint(at, length);
}

/// An AnyValue.
std::size_t value_bytes(const Value& value, std::size_t text) noexcept {
  switch (value.kind()) {
    case Value::Kind::text:
      return field_bytes(text);
    case Value::Kind::integer:
      return 1 + varint_bytes(static_cast<std::uint64_t>(value.integer()));
    case Value::Kind::number:
      return 1 + sizeof(double);
    case Value::Kind::boolean:
      break;
  }
  return 2;
}

char* put_value(char* at, const Value& value, std::size_t text) noexcept {
  switch (value.kind()) {
    case Value::Kind::text:
      return put_text(put_head(at, kStringValue, text), value.text(), text);
    case Value::Kind::integer:
      at = put_tag(at, kIntValue, kVarint);
      return at + put_varint(at, static_cast<std::uint64_t>(value.integer()));
    case Value::Kind::number:
      at = put_tag(at, kDoubleValue, kFixed64);
      put_little_endian(at, std::bit_cast<std::uint64_t>(value.number()));
      return at + sizeof(double);
    case Value::Kind::boolean:
      break;
  }
  at = put_tag(at, kBoolValue, kVarint);
  *at = value.boolean() ? 1 : 0;
  return at + 1;
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
  const std::size_t length = text_bytes(utf8);
  if (char* at = out_.reserve(field_bytes(length))) {
    put_text(put_head(at, field, length), utf8, length);
    out_.commit(field_bytes(length));
  }
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
  const std::size_t key_length = text_bytes(key);
  const std::size_t text = value.kind() == Value::Kind::text ? text_bytes(value.text()) : 0;
  const std::size_t any = value_bytes(value, text);
  const std::size_t entry = field_bytes(key_length) + field_bytes(any);
  char* at = out_.reserve(field_bytes(entry));
  if (at == nullptr) return;
  at = put_head(at, field, entry);
  at = put_text(put_head(at, kKey, key_length), key, key_length);
  put_value(put_head(at, kValue, any), value, text);
  out_.commit(field_bytes(entry));
}

std::size_t Writer::array_entry_bytes(std::string_view utf8) noexcept {
  return field_bytes(field_bytes(text_bytes(utf8)));
}

void Writer::array_entry(std::string_view utf8) noexcept {
  const std::size_t length = text_bytes(utf8);
  const std::size_t any = field_bytes(length);
  if (char* at = out_.reserve(field_bytes(any))) {
    at = put_head(at, kArrayEntries, any);
    put_text(put_head(at, kStringValue, length), utf8, length);
    out_.commit(field_bytes(any));
  }
}

/// The entries follow, `bytes` of them.
void Writer::begin_array(std::uint32_t field, std::string_view key, std::size_t bytes) noexcept {
  const std::size_t key_length = text_bytes(key);
  const std::size_t any = field_bytes(bytes);
  const std::size_t entry = field_bytes(key_length) + field_bytes(any);
  char* const begin = out_.reserve(field_bytes(entry));
  if (begin == nullptr) return;
  char* at = put_head(begin, field, entry);
  at = put_text(put_head(at, kKey, key_length), key, key_length);
  at = put_head(put_head(at, kValue, any), kArrayValue, bytes);
  out_.commit(static_cast<std::size_t>(at - begin));
}

}  // namespace protobuf
}  // namespace v0
}  // namespace aloft
