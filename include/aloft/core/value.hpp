// SPDX-License-Identifier: Apache-2.0
// The value of an annotation, a metadata entry or a log field: text, integer, number or truth.
//
// A `Value` views its text and lives only as long as the call it is passed to. Any integer type
// converts, so `annotate("status", response.status)` never needs a cast; an unsigned integer above
// the signed range becomes a number (double).
//
// Thread-safety: plain value.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

namespace aloft {
inline namespace v0 {

class Value {
 public:
  enum class Kind : std::uint8_t { text, integer, number, boolean };

  constexpr Value(std::string_view text) noexcept : kind_(Kind::text), text_(text) {}
  /// A null pointer is an empty text.
  constexpr Value(const char* text) noexcept
      : Value(text != nullptr ? std::string_view(text) : std::string_view()) {}
  Value(const std::string& text) noexcept : Value(std::string_view(text)) {}
  constexpr Value(bool truth) noexcept : kind_(Kind::boolean), integer_(truth ? 1 : 0) {}
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool>) constexpr Value(Integer integer) noexcept {
    if constexpr (std::is_unsigned_v<Integer> && sizeof(Integer) >= sizeof(std::int64_t)) {
      if (integer > static_cast<Integer>((std::numeric_limits<std::int64_t>::max)())) {
        kind_ = Kind::number;
        number_ = static_cast<double>(integer);
        return;
      }
    }
    kind_ = Kind::integer;
    integer_ = static_cast<std::int64_t>(integer);
  }
  constexpr Value(double number) noexcept : kind_(Kind::number), number_(number) {}
  /// A pointer is not a truth value.
  Value(const void*) = delete;

  constexpr Kind kind() const noexcept { return kind_; }
  /// Each requires the matching kind.
  constexpr std::string_view text() const noexcept { return text_; }
  constexpr std::int64_t integer() const noexcept { return integer_; }
  constexpr double number() const noexcept { return number_; }
  constexpr bool boolean() const noexcept { return integer_ != 0; }
  /// The 64 bits of an integer, number or boolean, and the way back; requires no text.
  constexpr std::uint64_t bits() const noexcept {
    return kind_ == Kind::number ? std::bit_cast<std::uint64_t>(number_)
                                 : static_cast<std::uint64_t>(integer_);
  }
  static constexpr Value from_bits(Kind kind, std::uint64_t bits) noexcept {
    switch (kind) {
      case Kind::number:
        return std::bit_cast<double>(bits);
      case Kind::boolean:
        return bits != 0;
      default:
        return static_cast<std::int64_t>(bits);
    }
  }

 private:
  Kind kind_ = Kind::integer;
  std::string_view text_;
  union {
    std::int64_t integer_ = 0;
    double number_;
  };
};

}  // namespace v0
}  // namespace aloft
