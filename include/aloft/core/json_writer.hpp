// SPDX-License-Identifier: Apache-2.0
// Writes JSON straight into a bounded buffer: no document tree, no locale, no allocation in steady
// state.
//
// The writer places commas and quotes; the caller calls in order. Text is escaped, invalid UTF-8
// becomes U+FFFD, NaN and infinities become null, numbers are printed by `to_chars`. When the limit
// is reached nothing more is written and `overflowed()` says so; the buffer then holds a prefix
// that must be thrown away.
//
//   json::Buffer buffer(65'477);
//   json::Writer json(buffer);
//   json.begin_object();
//   json.key("name").text("payments");
//   json.end_object();
//   if (!buffer.overflowed()) send(buffer.view());
//
// Thread-safety: none; one writer a thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace json {

/// A byte buffer that grows up to a limit and keeps its memory when cleared.
class Buffer {
 public:
  /// @param limit_bytes  most bytes it will ever hold.
  explicit Buffer(std::size_t limit_bytes) noexcept : limit_(limit_bytes) {}

  void clear() noexcept {
    size_ = 0;
    overflowed_ = false;
  }
  /// Gives back everything after `size`, e.g. an entry that did not fit, and forgets the overflow.
  void truncate(std::size_t size) noexcept {
    size_ = size;
    overflowed_ = false;
  }
  std::string_view view() const noexcept { return {data_.get(), size_}; }
  std::size_t size() const noexcept { return size_; }
  bool overflowed() const noexcept { return overflowed_; }

  void append(char byte) noexcept {
    if (char* at = reserve(1)) {
      *at = byte;
      ++size_;
    }
  }
  void append(std::string_view bytes) noexcept;
  /// Room for `count` more bytes at the end, or null once the limit is reached.
  char* reserve(std::size_t count) noexcept {
    return capacity_ - size_ >= count && !overflowed_ ? data_.get() + size_ : grow(count);
  }
  /// Says that `count` of the reserved bytes were written.
  void commit(std::size_t count) noexcept { size_ += count; }

 private:
  char* grow(std::size_t count) noexcept;

  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  std::size_t limit_;
  bool overflowed_ = false;
};

class Writer {
 public:
  explicit Writer(Buffer& buffer) noexcept : out_(buffer) {}

  void begin_object() noexcept { open('{'); }
  void end_object() noexcept { close('}'); }
  void begin_array() noexcept { open('['); }
  void end_array() noexcept { close(']'); }
  /// The name of the next member.
  Writer& key(std::string_view name) noexcept;
  /// The same for a literal that needs no escape: copied as it stands.
  template <std::size_t N>
  Writer& key(const char (&plain)[N]) noexcept {
    if (char* at = out_.reserve(N + 3)) {
      const std::size_t comma = comma_ ? 1 : 0;
      at[0] = ',';
      at += comma;
      *at = '"';
      std::memcpy(at + 1, plain, N - 1);
      at[N] = '"';
      at[N + 1] = ':';
      out_.commit(N + 2 + comma);
    }
    comma_ = false;
    return *this;
  }
  /// The same for a name of letters, digits and `_`, e.g. an annotation key.
  Writer& plain_key(std::string_view name) noexcept;
  /// Printable ASCII without quote and backslash, e.g. an id in hex: copied as it stands.
  void plain(std::string_view ascii) noexcept;

  void text(std::string_view utf8) noexcept;
  void integer(std::int64_t value) noexcept;
  void number(double value) noexcept;
  void boolean(bool value) noexcept;
  void null() noexcept;
  /// Text that is JSON already, e.g. a stored document; not checked.
  void raw(std::string_view json) noexcept;
  /// Nanoseconds since the epoch as seconds with exactly six decimals, e.g. 1763812345.123456.
  void epoch_seconds(std::int64_t nanoseconds) noexcept;

  Buffer& buffer() noexcept { return out_; }

 private:
  void separate() noexcept {
    if (comma_) out_.append(',');
    comma_ = true;
  }
  void put_plain(std::string_view ascii, std::string_view behind) noexcept;
  void open(char bracket) noexcept {
    separate();
    out_.append(bracket);
    comma_ = false;
  }
  void close(char bracket) noexcept {
    out_.append(bracket);
    comma_ = true;
  }

  Buffer& out_;
  bool comma_ = false;
  // The times of one document are mostly in the same second.
  std::uint64_t second_ = 0;
  char second_digits_[10] = {};
};

/// Appends `utf8` escaped for a JSON string, without the quotes.
void append_escaped(Buffer& out, std::string_view utf8) noexcept;

}  // namespace json
}  // namespace v0
}  // namespace aloft
