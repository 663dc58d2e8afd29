// SPDX-License-Identifier: Apache-2.0
// Header fields: an ordered multimap with case-insensitive names, validated when added.
//
// A name is a token of RFC 9110; a value has no CR, LF, NUL or other control byte but tab, and no
// blank at its ends. So a `Headers` can be written to a wire as it is: a response cannot be split
// by what a handler puts in it. The first 8 fields and 256 bytes live in the object itself, so that
// the fields of a usual response cost no allocation.
//
//   headers.add("set-cookie", "a=1"); headers.add("set-cookie", "b=2");
//   std::optional<std::string_view> type = headers.get("Content-Type");
//   for (const HeaderField field : headers) use(field.name, field.value);
//
// Thread-safety: plain value. Views die with the next change.
#pragma once

#include <aloft/core/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace http {

/// Ours: twice the fields of the busiest browser request behind two proxies.
inline constexpr std::size_t kMaxHeaderFields = 128;
/// Ours: longest token we have met is 44 bytes.
inline constexpr std::size_t kMaxHeaderNameBytes = 256;
/// Ours: what most proxies take for one line.
inline constexpr std::size_t kMaxHeaderValueBytes = 8 * 1024;
/// Ours: all names and values of one message.
inline constexpr std::size_t kMaxHeaderBytes = 64 * 1024;

/// A token of RFC 9110, 5.6.2: 1..256 of `!#$%&'*+-.^_`|~`, digits and letters.
bool is_valid_header_name(std::string_view name) noexcept;
/// RFC 9110, 5.5: visible ASCII, blanks and tabs inside, bytes above 0x7F; at most 8 KiB.
bool is_valid_header_value(std::string_view value) noexcept;

class Tracing;

/// One field, viewed inside its map.
struct HeaderField {
  std::string_view name;
  std::string_view value;
};

class Headers {
 public:
  class Iterator;

  Headers() noexcept {}
  Headers(const Headers& other);
  Headers(Headers&& other) noexcept;
  Headers& operator=(const Headers& other);
  Headers& operator=(Headers&& other) noexcept;
  ~Headers() = default;

  /// Appends a field; a second one with the same name stays beside the first.
  /// @error invalid_argument    the name or the value has a byte that is not allowed.
  /// @error resource_exhausted  one of the limits above.
  Result<void> add(std::string_view name, std::string_view value);
  /// Replaces all fields of that name by one. Refused like `add`, and then changes nothing.
  Result<void> set(std::string_view name, std::string_view value);
  /// `add` and `set` for whoever only needs to know whether it was taken.
  bool try_add(std::string_view name, std::string_view value);
  bool try_set(std::string_view name, std::string_view value);
  /// `set` for every field of `other`, several of one name kept; they need no second check.
  /// @return how many did not fit.
  std::uint32_t replace_by(const Headers& other);
  /// Removes every field of that name and tells how many there were.
  std::size_t remove(std::string_view name) noexcept;
  void clear() noexcept;

  /// The first value of that name.
  std::optional<std::string_view> get(std::string_view name) const noexcept;
  std::size_t count(std::string_view name) const noexcept;
  bool has(std::string_view name) const noexcept { return get(name).has_value(); }
  std::size_t size() const noexcept { return count_; }
  bool empty() const noexcept { return count_ == 0; }
  HeaderField at(std::size_t index) const noexcept;
  Iterator begin() const noexcept;
  Iterator end() const noexcept;

 private:
  /// Writes one header of each response whose bytes are all its own; saves 300 instructions there.
  friend class Tracing;

  struct Entry {
    std::uint32_t offset;  // of the name, the value follows; from kInlineBytes on in more_bytes_
    std::uint16_t name_bytes;
    std::uint16_t value_bytes;
  };
  enum class Refusal : std::uint8_t { none, name, value, count, bytes };
  Refusal check(std::string_view name, std::string_view value) const noexcept;
  bool fits(std::string_view name, std::string_view value) const noexcept;
  void append(std::string_view name, std::string_view value);
  static Result<void> explain(Refusal refusal);

  Entry& entry(std::size_t index) noexcept {
    return index < kInlineFields ? inline_entries_[index] : more_entries_[index - kInlineFields];
  }
  const Entry& entry(std::size_t index) const noexcept {
    return index < kInlineFields ? inline_entries_[index] : more_entries_[index - kInlineFields];
  }
  void copy_inline(const Headers& other) noexcept;

  static constexpr std::size_t kInlineFields = 8;
  static constexpr std::size_t kInlineBytes = 256;

  // Left uninitialised beyond what is used: clearing it would cost more than most uses.
  std::array<char, kInlineBytes> inline_bytes_;
  std::array<Entry, kInlineFields> inline_entries_;
  std::size_t inline_used_ = 0;
  std::size_t count_ = 0;
  std::string more_bytes_;  // a field is wholly in here or wholly inline
  std::vector<Entry> more_entries_;
};

class Headers::Iterator {
 public:
  using value_type = HeaderField;
  using difference_type = std::ptrdiff_t;
  using iterator_category = std::input_iterator_tag;
  using pointer = void;
  using reference = HeaderField;

  Iterator(const Headers& headers, std::size_t index) noexcept
      : headers_(&headers), index_(index) {}
  HeaderField operator*() const noexcept { return headers_->at(index_); }
  Iterator& operator++() noexcept {
    ++index_;
    return *this;
  }
  friend bool operator==(const Iterator& a, const Iterator& b) noexcept {
    return a.index_ == b.index_;
  }

 private:
  const Headers* headers_;
  std::size_t index_;
};

inline HeaderField Headers::at(std::size_t index) const noexcept {
  const Entry& at = entry(index);
  const char* name = at.offset < kInlineBytes ? inline_bytes_.data() + at.offset
                                              : more_bytes_.data() + (at.offset - kInlineBytes);
  return {{name, at.name_bytes}, {name + at.name_bytes, at.value_bytes}};
}
inline Headers::Iterator Headers::begin() const noexcept { return {*this, 0}; }
inline Headers::Iterator Headers::end() const noexcept { return {*this, count_}; }

}  // namespace http
}  // namespace v0
}  // namespace aloft
