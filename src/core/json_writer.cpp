// SPDX-License-Identifier: Apache-2.0
#include <aloft/core/json_writer.hpp>

#include "core/short_copy.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <new>

namespace aloft {
inline namespace v0 {
namespace json {
namespace {

constexpr std::size_t kFirstCapacity = 4'096;
constexpr std::size_t kMaxNumberChars = 32;  // shortest double has at most 24

enum : unsigned char { kPlain, kEscape, kMultiByte };

constexpr std::array<unsigned char, 256> make_classes() {
  std::array<unsigned char, 256> classes{};
  for (int i = 0; i < 0x20; ++i) classes[static_cast<std::size_t>(i)] = kEscape;
  classes['"'] = kEscape;
  classes['\\'] = kEscape;
  classes[0x7F] = kEscape;
  for (int i = 0x80; i < 256; ++i) classes[static_cast<std::size_t>(i)] = kMultiByte;
  return classes;
}
constexpr std::array<unsigned char, 256> kClasses = make_classes();

void append_escape(Buffer& out, unsigned char c) noexcept {
  switch (c) {
    case '"':
      out.append("\\\"");
      return;
    case '\\':
      out.append("\\\\");
      return;
    case '\b':
      out.append("\\b");
      return;
    case '\f':
      out.append("\\f");
      return;
    case '\n':
      out.append("\\n");
      return;
    case '\r':
      out.append("\\r");
      return;
    case '\t':
      out.append("\\t");
      return;
    default:
      break;
  }
  constexpr char kDigits[] = "0123456789abcdef";
  const char unicode[] = {'\\', 'u', '0', '0', kDigits[c >> 4], kDigits[c & 15]};
  out.append(std::string_view(unicode, sizeof unicode));
}

constexpr std::array<char, 200> make_digit_pairs() {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}
constexpr std::array<char, 200> kDigitPairs = make_digit_pairs();

/// Exactly `2 * Pairs` digits, with leading zeros.
template <int Pairs>
void put_digits(char* at, std::uint32_t value) noexcept {
#pragma GCC unroll 5
  for (int pair = Pairs - 1; pair >= 0; --pair) {
    std::memcpy(at + 2 * pair, &kDigitPairs[2 * (value % 100)], 2);
    value /= 100;
  }
}

// Sixteen bytes at once: SSE2 on x86-64, NEON on arm64, both part of the base line.
using Bytes [[gnu::vector_size(16)]] = unsigned char;
using Words [[gnu::vector_size(16)]] = std::uint64_t;

/// Whether each byte is printable ASCII and neither quote nor backslash.
bool all_plain(Bytes bytes) noexcept {
  const auto odd =
      reinterpret_cast<Words>((bytes - 0x20 >= 0x5F) | (bytes == '"') | (bytes == '\\'));
  return (odd[0] | odd[1]) == 0;
}

/// Copies `text` and answers true, unless a byte of it needs an escape or is no ASCII; then what
/// was copied does not count. Two overlapping words cover a text of 8 to 16 bytes, and so on.
bool copy_if_plain(char* at, std::string_view text) noexcept {
  const char* const from = text.data();
  const std::size_t size = text.size();
  if (size >= 16) {
    Bytes bytes;
    for (std::size_t i = 0; i + 16 <= size; i += 16) {
      std::memcpy(&bytes, from + i, 16);
      if (!all_plain(bytes)) return false;
      std::memcpy(at + i, &bytes, 16);
    }
    std::memcpy(&bytes, from + size - 16, 16);
    if (!all_plain(bytes)) return false;
    std::memcpy(at + size - 16, &bytes, 16);
    return true;
  }
  if (size >= 8) {
    std::uint64_t words[2];
    std::memcpy(&words[0], from, 8);
    std::memcpy(&words[1], from + size - 8, 8);
    if (!all_plain(reinterpret_cast<Bytes>(Words{words[0], words[1]}))) return false;
    std::memcpy(at, &words[0], 8);
    std::memcpy(at + size - 8, &words[1], 8);
    return true;
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (kClasses[static_cast<unsigned char>(from[i])] != kPlain) return false;
    at[i] = from[i];
  }
  return true;
}

}  // namespace

char* Buffer::grow(std::size_t count) noexcept {
  if (overflowed_ || count > limit_ - size_) {
    overflowed_ = true;
    return nullptr;
  }
  const std::size_t wanted =
      std::min(limit_, std::max({kFirstCapacity, capacity_ * 2, size_ + count}));
  std::unique_ptr<char[]> bigger(new (std::nothrow) char[wanted]);
  if (!bigger) {
    overflowed_ = true;
    return nullptr;
  }
  if (size_ != 0) std::memcpy(bigger.get(), data_.get(), size_);
  data_ = std::move(bigger);
  capacity_ = wanted;
  return data_.get() + size_;
}

void Buffer::append(std::string_view bytes) noexcept {
  if (bytes.empty()) return;
  if (char* at = reserve(bytes.size())) {
    std::memcpy(at, bytes.data(), bytes.size());
    size_ += bytes.size();
  }
}

void append_escaped(Buffer& out, std::string_view utf8) noexcept {
  const auto* at = reinterpret_cast<const unsigned char*>(utf8.data());
  const auto* const end = at + utf8.size();
  const unsigned char* plain = at;
  const auto flush = [&] {
    out.append({reinterpret_cast<const char*>(plain), static_cast<std::size_t>(at - plain)});
  };
  while (at != end) {
    const unsigned char kind = kClasses[*at];
    if (kind == kPlain) {
      ++at;
      continue;
    }
    if (kind == kMultiByte) {
      const std::size_t length = text::utf8_length(
          {reinterpret_cast<const char*>(at), static_cast<std::size_t>(end - at)});
      if (length != 0) {
        at += length;
        continue;
      }
      flush();
      out.append("\xEF\xBF\xBD");  // U+FFFD for a byte that is no UTF-8
    } else {
      flush();
      append_escape(out, *at);
    }
    plain = ++at;
  }
  flush();
}

Writer& Writer::key(std::string_view name) noexcept {
  text(name);
  out_.append(':');
  comma_ = false;
  return *this;
}

void Writer::text(std::string_view utf8) noexcept {
  // Room for comma, quotes and the text as it is: nearly all text needs no escape.
  if (char* const start = out_.reserve(utf8.size() + 3)) [[likely]] {
    char* at = start;
    if (comma_) *at++ = ',';
    *at++ = '"';
    if (copy_if_plain(at, utf8)) [[likely]] {
      at[utf8.size()] = '"';
      out_.commit(static_cast<std::size_t>(at - start) + utf8.size() + 1);
      comma_ = true;
      return;
    }
  }
  separate();
  out_.append('"');
  append_escaped(out_, utf8);
  out_.append('"');
}

void Writer::plain(std::string_view ascii) noexcept {
  put_plain(ascii, {});
  comma_ = true;
}

Writer& Writer::plain_key(std::string_view name) noexcept {
  put_plain(name, ":");
  comma_ = false;
  return *this;
}

inline void Writer::put_plain(std::string_view ascii, std::string_view behind) noexcept {
  char* const start = out_.reserve(ascii.size() + 4);
  if (start == nullptr) return;
  char* at = start;
  if (comma_) *at++ = ',';
  *at++ = '"';
  if (ascii.size() <= detail::kShortBytes) [[likely]] {
    at = detail::put_short(at, ascii);
  } else {
    std::memcpy(at, ascii.data(), ascii.size());
    at += ascii.size();
  }
  *at++ = '"';
  if (!behind.empty()) *at++ = behind[0];
  out_.commit(static_cast<std::size_t>(at - start));
}

void Writer::integer(std::int64_t value) noexcept {
  separate();
  if (char* at = out_.reserve(kMaxNumberChars)) {
    const auto small = static_cast<std::uint32_t>(value);
    if (value >= 100 && value < 1'000) {  // every status
      *at = static_cast<char>('0' + small / 100);
      put_digits<1>(at + 1, small % 100);
      out_.commit(3);
      return;
    }
    if (value >= 1'000 && value < 10'000) {
      put_digits<2>(at, small);
      out_.commit(4);
      return;
    }
    const auto result = std::to_chars(at, at + kMaxNumberChars, value);
    out_.commit(static_cast<std::size_t>(result.ptr - at));
  }
}

namespace {

/// Prints what has at most six decimals and lies between 0.001 and 10,000, as durations and shares
/// mostly do, and answers where it ends; else null. The same bytes as `to_chars`, which writes such
/// a number without an exponent, in a tenth of its 600 instructions.
char* put_short_decimal(char* at, double value) noexcept {
  constexpr double kMillion = 1e6;
  const double size = std::fabs(value);
  if (!(size >= 0.001 && size < 10'000)) return nullptr;
  // A guess is enough, for it is looked at below; `lround` would be a call.
  const double micros_and_half = size * kMillion + 0.5;
  const auto micros = static_cast<std::uint64_t>(micros_and_half);
  // Fewer than sixteen digits that give the same number when divided are its shortest text.
  if (static_cast<double>(micros) / kMillion != size) return nullptr;
  if (value < 0) *at++ = '-';
  at = std::to_chars(at, at + kMaxNumberChars, micros / 1'000'000).ptr;
  std::uint32_t decimals = static_cast<std::uint32_t>(micros % 1'000'000);
  if (decimals == 0) return at;
  *at = '.';
  put_digits<3>(at + 1, decimals);
  at += 7;
  while (at[-1] == '0') --at;
  return at;
}

}  // namespace

void Writer::number(double value) noexcept {
  if (!std::isfinite(value)) {
    null();
    return;
  }
  separate();
  if (char* at = out_.reserve(kMaxNumberChars)) {
    if (const char* const end = put_short_decimal(at, value)) {
      out_.commit(static_cast<std::size_t>(end - at));
      return;
    }
    const auto result = std::to_chars(at, at + kMaxNumberChars, value);
    out_.commit(static_cast<std::size_t>(result.ptr - at));
  }
}

void Writer::boolean(bool value) noexcept {
  separate();
  out_.append(value ? std::string_view("true") : std::string_view("false"));
}

void Writer::null() noexcept {
  separate();
  out_.append("null");
}

void Writer::raw(std::string_view json) noexcept {
  separate();
  out_.append(json);
}

void Writer::epoch_seconds(std::int64_t nanoseconds) noexcept {
  // Exactly microseconds, which is what X-Ray advises; a double would lose the last digit.
  separate();
  const auto micros = static_cast<std::uint64_t>(std::max<std::int64_t>(0, nanoseconds)) / 1'000;
  if (char* at = out_.reserve(kMaxNumberChars)) {
    const std::uint64_t seconds = micros / 1'000'000;
    char* end = at + sizeof second_digits_;
    if (seconds == second_ && seconds != 0) [[likely]] {
      std::memcpy(at, second_digits_, sizeof second_digits_);
    } else if (seconds >= 1'000'000'000 && seconds <= 4'000'000'000) {  // 2001 to 2096
      put_digits<5>(at, static_cast<std::uint32_t>(seconds));
      std::memcpy(second_digits_, at, sizeof second_digits_);
      second_ = seconds;
    } else {
      end = std::to_chars(at, at + kMaxNumberChars, seconds).ptr;
    }
    *end = '.';
    put_digits<3>(end + 1, static_cast<std::uint32_t>(micros % 1'000'000));
    out_.commit(static_cast<std::size_t>(end + 7 - at));
  }
}

}  // namespace json
}  // namespace v0
}  // namespace aloft
